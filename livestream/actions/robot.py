"""Every write to a chat group's robot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese, waker
from livestream.actions.refusal import refusing
from livestream.models import Notice, Robot
from livestream.platforms import ROBOTS
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind, NoticeState, Way

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import Place, User


@dataclass(frozen=True, slots=True)
class RobotPlan:
    """What staff copy from the group's settings. `secret`: where the group signs (加签, 签名校验), else ""."""

    name: str
    address: str
    secret: str = ""


def kind_of(address: str) -> str | None:
    """Whose robot is found at this address; None: nobody's."""
    return next((kind for kind, adapter in ROBOTS.items() if adapter.is_address(address)), None)


@transaction.atomic
def add_robot(plan: RobotPlan, *, county: Place, by: User) -> Robot:
    """From now on this group reads what staff of the county are told. Raises NotAllowed for an address of no platform that we
    know, and a second group of the same name."""
    kind = kind_of(plan.address)
    if kind is None:
        raise NotAllowed("robot_address")
    with refusing({"robot_in_use_named_once_per_county": "robot_name_taken"}):
        return Robot.objects.create(
            county=county, kind=kind, name=plan.name, address=plan.address, secret=plan.secret, made_by=by
        )


@transaction.atomic
def try_robot(robot: Robot, *, by: User, at: datetime) -> Notice:
    """A message to see whether the group reads it; what became of it stands on the page."""
    with in_chinese():
        text = _("试发：{county}的排期通知会发到这个群。（{name}）").format(county=robot.county.name, name=by.public_name)
    made = Notice.objects.create(
        county=robot.county, kind=NoticeKind.TEST, way=Way.ROBOT, robot=robot, text=text, link="/plan/", due_at=at
    )
    transaction.on_commit(waker.wake)
    return made


@transaction.atomic
def stop_robot(robot: Robot) -> None:
    """Nothing goes to this group any more, and its address is not kept. Once is enough."""
    Robot.objects.filter(pk=robot.pk).update(is_in_use=False, address="", secret="")
    Notice.objects.filter(robot=robot, state=NoticeState.WAITING).update(state=NoticeState.WITHDRAWN)

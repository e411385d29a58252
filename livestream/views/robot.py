"""The chat groups that read what staff are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from django.contrib import messages
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.robot import add_robot, stop_robot, try_robot
from livestream.models import Notice, Place, Robot
from livestream.notice_forms import RobotForm
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from livestream.views.desk import home_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

END_SHOWN = 4


class Row(NamedTuple):
    """A group, as much of its address as tells one from another, and what it was told last."""

    robot: Robot
    masked: str
    last: Notice | None


@never_cache
@needs(Action.KEEP_PLAN)
@require_http_methods(["GET", "POST"])
def robots(request: SignedInRequest) -> HttpResponse:
    """The groups, and the form for one more; with status 422 and what was typed when something is wrong with it."""
    counties = counties_of(request.user)
    if request.method == "GET":
        return robots_page(request, RobotForm(counties=counties))
    form = RobotForm(request.POST, counties=counties)
    if not form.is_valid():
        return robots_page(request, form, status=422)
    try:
        made = add_robot(form.plan, county=form.place, by=request.user)
    except NotAllowed as refused:
        form.add_error("name" if refused.code == "robot_name_taken" else "address", str(refused))
        return robots_page(request, form, status=422)
    try_robot(made, by=request.user, at=timezone.now())
    messages.success(request, _("加好了，正在往“{name}”试发一条。").format(name=made.name))
    return redirect("livestream:robots")


def robots_page(request: SignedInRequest, form: RobotForm, status: int = 200) -> HttpResponse:
    found = list(Robot.objects.visible_to(request.user).filter(is_in_use=True).select_related("county", "made_by").order_by("pk"))
    rows = rows_of(found)
    context = {"rows": rows, "form": form, "is_waiting": any(row.last and row.last.is_on_its_way for row in rows)}
    return render(request, "livestream/robots.html", context, status=status)


def rows_of(found: list[Robot]) -> list[Row]:
    """In one query more, however many there are."""
    newest = Notice.objects.filter(robot__in=found).values("robot").annotate(newest=Max("pk")).values("newest")
    last = {notice.robot_id: notice for notice in Notice.objects.filter(pk__in=newest)}
    return [Row(robot, masked(robot.address), last.get(robot.pk)) for robot in found]


def masked(address: str) -> str:
    """`qyapi.weixin.qq.com …5aaa`."""
    return f"{urlsplit(address).hostname} …{address[-END_SHOWN:]}"


def counties_of(user: User) -> list[Place]:
    """The counties in which this person keeps the plan; of somebody who may everywhere, his own."""
    codes = [code for code in user.reach(Action.KEEP_PLAN) if len(code) == COUNTY_DIGITS]
    if codes:
        return list(Place.objects.filter(pk__in=codes))
    home = home_of(user, Action.KEEP_PLAN)
    return [home] if home is not None and len(home.pk) == COUNTY_DIGITS else []


@needs(Action.KEEP_PLAN)
@require_POST
def test(request: SignedInRequest, pk: int) -> HttpResponse:
    """One message to the group; the page says what became of it."""
    found = get_object_or_404(Robot.objects.visible_to(request.user).filter(is_in_use=True).select_related("county"), pk=pk)
    try_robot(found, by=request.user, at=timezone.now())
    messages.success(request, _("正在往“{name}”试发一条。").format(name=found.name))
    return redirect("livestream:robots")


@needs(Action.KEEP_PLAN)
@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it stopped."""
    found = get_object_or_404(Robot.objects.visible_to(request.user), pk=pk)
    stop_robot(found)
    messages.success(request, _("“{name}”停了，地址也删了。要再用，重新加一次。").format(name=found.name))
    return redirect("livestream:robots")

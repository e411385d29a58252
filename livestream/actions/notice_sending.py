"""Letting notices leave: into inboxes, as text messages and e-mail, through group robots. `actions/notice_claim.py` says who
takes which, and why none leaves that should not. No network call is ever inside a transaction."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese
from livestream.actions.notice_claim import (
    claim_due,
    claim_of_a_robot,
    deliver_due,
    mark_sent,
    mark_unsent,
    retire_due,
    robots_with_something_to_say,
)
from livestream.actions.notice_text import letter, line_in_a_group, text_message
from livestream.models import Notice
from livestream.platforms import robot
from livestream.platforms.asking import Busy, Refused, Silent, Unreachable
from livestream.rules.notice import (
    BUSY_PAUSE,
    KEPT_FOR,
    SIGNED,
    TRIES_AT_MOST,
    NoticeState,
    Way,
    pause_after,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import httpx

    from livestream.models import Robot

log = structlog.get_logger(__name__)
AT_ONCE = 8  # what is claimed together goes out together: a claim is never older than one message
SECONDS = 20.0  # a run takes no more of a worker than this; the next one goes on


class NoWay(Exception):
    """Nothing that a later try would change."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """Why something did not leave, in words for staff, and the pause before it is tried again: None where trying is in vain."""

    why: str
    pause: timedelta | None


def send_due(at: datetime, seconds: float = SECONDS) -> int:
    """Lets leave what is due at that moment; returns how many left. May run any number of times at once."""
    started, left = time.monotonic(), 0
    with in_chinese():
        retire_due(at, _("发的时候程序中断了几次，不知道有没有发出。"))
        left += deliver_due(at)
        left += speak(at)
        while time.monotonic() - started < seconds:
            now = at + timedelta(seconds=time.monotonic() - started)
            claimed = claim_due(now, AT_ONCE)
            if not claimed:
                break
            left += send_claimed(claimed, now)
    return left


def send_claimed(claimed: Sequence[Notice], at: datetime) -> int:
    """Each at the same moment, in a thread that touches no database; then what became of each is written."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(outcome_of, claimed))
    for notice, unsent in zip(claimed, outcomes, strict=True):
        settle([notice], unsent, at)
    return sum(unsent is None for unsent in outcomes)


def settle(notices: Sequence[Notice], unsent: Unsent | None, at: datetime) -> None:
    if unsent is None:
        mark_sent(notices, at)
        return
    tries = max(notice.tries for notice in notices)
    log.warning("notice_not_sent", way=notices[0].way, notices=len(notices), tries=tries)
    mark_unsent(notices, unsent.why, None if unsent.pause is None or tries >= TRIES_AT_MOST else at + unsent.pause)


def outcome_of(notice: Notice) -> Unsent | None:
    """None: it left."""
    with in_chinese():
        try:
            SENDERS[Way(notice.way)](notice)
        except NoWay as error:
            return Unsent(str(error), None)
        except Exception as error:  # whatever an operator's sender or a mail server raises; its words may hold a number
            return Unsent(_("没发出去：{error}").format(error=type(error).__name__), pause_after(notice.tries))
    return None


def send_sms(notice: Notice) -> None:
    phone = notice.person.phone if notice.person else notice.phone
    if not settings.SMS_SENDER or not phone:
        raise NoWay(_("没有配置短信通道。"))
    send: Callable[[str, str], None] = import_string(settings.SMS_SENDER)
    send(phone, text_message(notice))


def send_email(notice: Notice) -> None:
    preference = getattr(notice.person, "notice_preference", None)
    if preference is None or not preference.email:
        raise NoWay(_("这个人没有填邮箱。"))
    if not settings.SENDS_EMAIL:
        raise NoWay(_("没有配置发邮件的服务器。"))
    send_mail(f"{SIGNED}{notice.get_kind_display()}", letter(notice), None, [preference.email])


SENDERS: dict[Way, Callable[[Notice], None]] = {Way.SMS: send_sms, Way.EMAIL: send_email}


# --- robots ---------------------------------------------------------------------------------------------------------------


def speak(at: datetime) -> int:
    """Each robot says in one message what is due of it; returns how many notices that were."""
    waiting = robots_with_something_to_say(at)
    claims = [claim for claim in (claim_of_a_robot(at, number) for number in waiting[:AT_ONCE]) if claim is not None]
    if not claims:
        return 0
    said = 0
    with robot.open_line() as line, ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(lambda claim: said_by(line, claim[0], claim[1], at), claims))
    for (_robot, notices), unsent in zip(claims, outcomes, strict=True):
        settle(notices, unsent, at)
        said += len(notices) if unsent is None else 0
    return said


def said_by(line: httpx.Client, speaker: Robot, notices: Sequence[Notice], at: datetime) -> Unsent | None:
    """None: the group has read it."""
    with in_chinese():
        text = "\n".join(line_in_a_group(notice) for notice in notices)
        try:
            robot.say(line, speaker.kind, speaker.address, speaker.secret, text, at)
        except Refused as error:
            return Unsent(_("平台不收：{error}").format(error=error), None)
        except Busy as error:
            return Unsent(_("平台说发得太多：{error}").format(error=error), BUSY_PAUSE)
        except Silent as error:
            log.warning("group_not_reached", error=str(error)[:200])
            return Unsent(_("连不上平台，请看服务器能不能上外网。"), pause_after(max(notice.tries for notice in notices)))
        except Unreachable as error:
            return Unsent(_("平台没有回应：{error}").format(error=error), pause_after(max(notice.tries for notice in notices)))
    return None


# --- retention ---------------------------------------------------------------------------------------------------------------


def forget_notices(*, at: datetime) -> int:
    """What is older than 180 days serves nobody; what still waits is not old yet."""
    return (
        Notice.objects.filter(made_at__lt=at - KEPT_FOR, due_at__lt=at - KEPT_FOR).exclude(state=NoticeState.WAITING).delete()[0]
    )

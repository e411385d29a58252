"""What is done before a session so that people come (预播推广): kinds of tasks, late in words, links that are counted. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.leader_words import forced_buying

if TYPE_CHECKING:
    from datetime import datetime

WHAT_AT_MOST, LINK_AT_MOST = 120, 500
APPOINTMENTS_AT_MOST = 10_000_000
REMIND_BEFORE = timedelta(hours=24)
CODE_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # without those that look alike on a poster
CODE_LENGTH = 7  # 27,000 million: nobody finds one by trying
_CODE = re.compile(f"[{CODE_SIGNS}]{{{CODE_LENGTH}}}")


class PromotionKind(TextChoices):
    POSTER = "poster", _("海报")
    VIDEO = "video", _("短视频预告")
    APPOINTMENT = "appointment", _("预约链接")
    VILLAGE = "village", _("大喇叭、微信群")
    MEDIA = "media", _("媒体报道")


class TaskState(TextChoices):
    OPEN = "open", _("没到期")
    SOON = "soon", _("快到期")
    LATE = "late", _("晚了")
    DONE = "done", _("做完了")


class Visits(NamedTuple):
    """How often a short link was opened, and on how many days: openings, not people. Who opened it, nobody writes down."""

    number: int
    days: int


def task_state(due_at: datetime, done_at: datetime | None, at: datetime) -> TaskState:
    if done_at is not None:
        return TaskState.DONE
    if due_at <= at:
        return TaskState.LATE
    return TaskState.SOON if due_at - REMIND_BEFORE <= at else TaskState.OPEN


def days_late(due_at: datetime, at: datetime) -> int:
    """Begun days since it was due: 1 within the first."""
    return max(0, -(-(at - due_at) // timedelta(days=1)))


def is_code(text: str) -> bool:
    """Whether it could be a short link: whatever else stands in an address is refused without asking the database."""
    return _CODE.fullmatch(text) is not None


def check_link(link: str) -> None:
    """Only the web, for a link is opened by others. Raises NotAllowed(`link_not_understood`)."""
    if not link:
        return
    try:
        parts = urlsplit(link)
    except ValueError as error:
        raise NotAllowed("link_not_understood") from error
    if parts.scheme not in {"http", "https"} or "." not in (parts.hostname or "") or parts.username is not None:
        raise NotAllowed("link_not_understood")


def check_due(due_at: datetime, at: datetime) -> None:
    """Raises NotAllowed(`due_in_the_past`)."""
    if due_at <= at:
        raise NotAllowed("due_in_the_past")


def check_no_quota(words: str) -> None:
    """Promotion spreads the word; it never makes staff buy (摊派). Raises NotAllowed(`task_is_a_quota`)."""
    if found := forced_buying(words):
        raise NotAllowed("task_is_a_quota", words=found)


def reminder_words(what: str, due_at: datetime, thing: str) -> str:
    """What the owner of a task is told a day before."""
    due = f"{due_at.astimezone(SHANGHAI):%m-%d %H:%M}"
    return _("推广任务快到期：{what}，{due} 以前做完（{thing}）。做完了请点一下“做完了”。").format(
        what=what, due=due, thing=thing
    )

"""What is done before a session so that people come (预播推广): kinds of tasks, late in words, links that are counted. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from datetime import datetime

WHAT_AT_MOST, LINK_AT_MOST = 120, 500
APPOINTMENTS_AT_MOST = 10_000_000
REMIND_BEFORE = timedelta(hours=24)
CODE_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # without those that look alike on a poster
CODE_LENGTH = 7  # 27,000 million: nobody finds one by trying
_CODE = re.compile(f"[{CODE_SIGNS}]{{{CODE_LENGTH}}}")
# What a task may not ask of the people who do it: to buy, or to sell a number (domain W32: no targets for staff).
_EVERYBODY = r"(?:每人|人均|人人|全体|每个村|各村|各单位|每位|干部|职工)"
_BUY = r"(?:买|购|下单|消费|认购|\d+ ?单)"
_QUOTA = re.compile(rf"指标|摊派|{_EVERYBODY}[^，。；,;]{{0,12}}{_BUY}|{_BUY}任务|完成[^，。；,;]{{0,8}}(?:销量|销售额|\d+ ?单)")


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
    """Promotion spreads the word; it never makes staff buy. Raises NotAllowed(`task_is_a_quota`)."""
    found = _QUOTA.search(words)
    if found:
        raise NotAllowed("task_is_a_quota", words=found.group())

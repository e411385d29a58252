"""What a plan must be, whoever makes it: on a form, in a file, by the API. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = timedelta(hours=24)
FARTHEST = timedelta(days=731)  # two years ahead: the next agreement year and the one after
MINUTE = timedelta(minutes=1)
TITLE_AT_MOST, NOTE_AT_MOST, NAME_AT_MOST, POST_AT_MOST, REASON_AT_MOST = 60, 500, 40, 60, 200
MOST_FEN = 2_000_000_000  # of one price: more than a column of 32 bits holds is a slip of the finger
ROWS_AT_MOST = 50  # of one kind: rooms, guests, segments, goods, crew; all of them together still fit into one form


class Platform(TextChoices):
    """Where a session has its rooms; the shops of these platforms send their orders."""

    DOUYIN = "douyin", _("抖音")
    KUAISHOU = "kuaishou", _("快手")
    WECHAT = "wechat", _("视频号")
    STANDARD = "standard", _("自有系统")


class StepKind(TextChoices):
    """What somebody did to a plan; each of these can be undone."""

    PLANNED = "planned", _("排了场次")
    CHANGED = "changed", _("改了计划")
    MOVED = "moved", _("挪了时间")
    CANCELLED = "cancelled", _("取消了场次")
    UNDONE = "undone", _("撤销了一步")


def shown(moment: datetime) -> str:
    """`2026-11-25 19:30`, in Shanghai."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def cancelled_text(title: str, starts_at: datetime, reason: str) -> str:
    """What the host and the crew are told, in words."""
    text = gettext("“{title}”取消了，原定 {start}。").format(title=title, start=shown(starts_at))
    return text + (gettext("原因：{reason}。").format(reason=reason) if reason else "")


def check_window(starts_at: datetime, ends_at: datetime) -> None:
    """A session ends after it starts, at most a day later. Raises NotAllowed(`session_backwards`, `session_too_long`)."""
    if ends_at <= starts_at:
        raise NotAllowed("session_backwards", start=shown(starts_at), end=shown(ends_at))
    if ends_at - starts_at > LONGEST:
        minutes = int((ends_at - starts_at).total_seconds()) // 60
        hours = f"{minutes / 60:.1f}".removesuffix(".0")
        raise NotAllowed("session_too_long", hours=hours, latest=shown(starts_at + LONGEST))


def check_day(starts_at: datetime, *, at: datetime) -> None:
    """Nobody plans what is over, nor what is years away. Raises NotAllowed(`session_past`, `session_far`)."""
    if starts_at < at - MINUTE:
        raise NotAllowed("session_past", start=shown(starts_at), now=shown(at))
    if starts_at > at + FARTHEST:
        raise NotAllowed("session_far", last=shown(at + FARTHEST)[:10])


def check_segments(windows: Sequence[tuple[datetime, datetime]], starts_at: datetime, ends_at: datetime) -> None:
    """The stretches of a relay lie inside the session, in order, in whole minutes, none before the other is over. Raises
    NotAllowed(`segment_backwards`, `segment_minutes`, `segment_outside`, `segment_overlaps`), `number` counting from 1."""
    before = starts_at
    for number, (begins, ends) in enumerate(windows, start=1):
        if any(moment.second or moment.microsecond for moment in (begins, ends)):
            raise NotAllowed("segment_minutes", number=number)
        if ends <= begins:
            raise NotAllowed("segment_backwards", number=number)
        if begins < starts_at or ends > ends_at:
            raise NotAllowed("segment_outside", number=number, start=shown(starts_at)[-5:], end=shown(ends_at)[-5:])
        if begins < before:
            raise NotAllowed("segment_overlaps", number=number, before=number - 1, end=shown(before)[-5:])
        before = ends

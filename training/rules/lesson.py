"""The states of a lesson, its hours, and when it is remembered. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from livestream.rules.day import SHANGHAI, shanghai_day
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from datetime import date

LONGEST_HOURS = 12
TITLE_AT_MOST, NOTE_AT_MOST, BECAUSE_AT_MOST, WHERE_AT_MOST = 60, 500, 120, 80
DAY = timedelta(days=1)
REMINDED_AT = time(18)  # of the day before, when people are home from the field


class LessonState(TextChoices):
    PLANNED = "planned", pgettext_lazy("lesson", "待上")
    HELD = "held", pgettext_lazy("lesson", "已上")
    CANCELLED = "cancelled", pgettext_lazy("lesson", "已取消")


def check_hours(starts_at: datetime, ends_at: datetime, *, from_on: date, until_on: date) -> None:
    """Raises NotAllowed(`lesson_backwards`, `lesson_too_long`), or (`lesson_outside`) where it does not begin on one of the days
    of its class, both included."""
    if ends_at <= starts_at:
        raise NotAllowed("lesson_backwards")
    if ends_at - starts_at > timedelta(hours=LONGEST_HOURS):
        raise NotAllowed("lesson_too_long", limit=LONGEST_HOURS)
    if not from_on <= shanghai_day(starts_at) <= until_on:
        raise NotAllowed("lesson_outside", from_on=from_on.isoformat(), until_on=until_on.isoformat())


def reminded_at(starts_at: datetime) -> datetime:
    """Six in the evening of the day before, in Shanghai."""
    return datetime.combine(shanghai_day(starts_at) - DAY, REMINDED_AT, SHANGHAI)

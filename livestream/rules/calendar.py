"""How sessions lie on a calendar: what a view spans, which quarter of an hour a block begins in, which blocks stand beside each
other. Days are Shanghai's. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.day import SHANGHAI, shanghai_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
QUARTERS_OF_A_DAY = 96
USUAL_FIRST_HOUR = 8  # nobody is on air earlier; a day on which somebody is begins with that hour
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2099, 12, 31)


class Span(TextChoices):
    """What a page of the calendar shows."""

    MONTH = "month", pgettext_lazy("calendar", "月")
    WEEK = "week", pgettext_lazy("calendar", "周")
    DAY = "day", pgettext_lazy("calendar", "日")


class Lanes(TextChoices):
    """By what the sessions of a day are laid out in rows."""

    HOST = "host", _("按主播")
    RESOURCE = "resource", _("按场地和设备")
    TOWNSHIP = "township", _("按乡镇")


class Show(TextChoices):
    """Which sessions a page of the calendar is narrowed to, by how far they are."""

    UNRELEASED = "unreleased", _("没发布的")
    CLASH = "clash", _("有冲突的")
    LEADER = "leader", _("领导的场次")
    PLANNED = "planned", _("还没播的")
    AIRED = "aired", _("播了的")
    CANCELLED = "cancelled", _("取消的")


class Days(NamedTuple):
    """From a day up to another, which is not part of it."""

    first: date
    after: date

    @property
    def begins_at(self) -> datetime:
        return midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        return midnight(self.after)

    def each(self) -> list[date]:
        return [self.first + number * DAY for number in range((self.after - self.first).days)]


def midnight(day: date) -> datetime:
    """The first moment of a Shanghai day."""
    return datetime.combine(day, time(), SHANGHAI)


def days_of(span: str, on: date) -> Days:
    """The days of the month, the week (from Monday) or the day that `on` lies in."""
    if span == Span.DAY:
        return Days(on, on + DAY)
    if span == Span.WEEK:
        monday = on - on.weekday() * DAY
        return Days(monday, monday + 7 * DAY)
    first = on.replace(day=1)
    return Days(first, (first + 31 * DAY).replace(day=1))


def weeks_around(days: Days) -> Days:
    """The same in whole weeks, from Monday to Sunday: the sheet of a month."""
    last = days.after - DAY
    return Days(days.first - days.first.weekday() * DAY, last + (7 - last.weekday()) * DAY)


def page_before(span: str, on: date) -> date:
    """A day of the page before."""
    return max(FIRST_DAY, days_of(span, on).first - DAY)


def page_after(span: str, on: date) -> date:
    """A day of the next page."""
    return min(LAST_DAY, days_of(span, on).after)


class Piece(NamedTuple):
    """The part of a stretch of time that lies in one day, in quarters of an hour from midnight: [begins, ends)."""

    begins: int
    ends: int
    is_tail: bool  # it began the day before
    goes_on: bool  # it ends the next day


def piece_of(begins_at: datetime, ends_at: datetime, day: date) -> Piece | None:
    """Where a stretch lies in that day; None: it does not. It reaches over every quarter that it touches, at least one."""
    start = midnight(day)
    if ends_at <= start or begins_at >= start + DAY:
        return None
    begins = max(0, (begins_at - start) // QUARTER)
    ends = min(QUARTERS_OF_A_DAY, -((start - ends_at) // QUARTER))
    return Piece(begins, max(ends, begins + 1), begins_at < start, ends_at > start + DAY)


def quarter_at(at: datetime) -> int:
    """The quarter of its Shanghai day that a moment lies in: 0 to 95."""
    return (at - midnight(shanghai_day(at))) // QUARTER


def first_hour(pieces: Iterable[Piece]) -> int:
    """The hour with which a day's page begins. What is left of the evening before does not widen it."""
    return min([USUAL_FIRST_HOUR, *(piece.begins // 4 for piece in pieces if not piece.is_tail)])


def from_hour(piece: Piece, hour: int) -> Piece:
    """The same on a page that begins with that hour: what lies before it is a piece of an hour at its edge."""
    begins = max(0, piece.begins - hour * 4)
    return piece._replace(begins=begins, ends=max(piece.ends - hour * 4, begins + (4 if piece.is_tail else 1)))


def side_by_side(things: Sequence[T], piece: Callable[[T], Piece]) -> list[tuple[int, T]]:
    """Each with the track it is laid on, from 1: on one track nothing overlaps, and there are as few tracks as can be."""
    ends: list[int] = []
    placed = []
    for thing in sorted(things, key=piece):
        its = piece(thing)
        track = next((number for number, end in enumerate(ends) if end <= its.begins), len(ends))
        ends[track : track + 1] = [its.ends]
        placed.append((track + 1, thing))
    return placed

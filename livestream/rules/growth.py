"""How a host grows: how many usually watch and how many at most, by session and by month, and what was begun in between. Pure.

Of a session on several platforms the one with most people stands for it: people are never summed across platforms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules import chart
from livestream.rules.audience import typical
from livestream.rules.day import SHANGHAI, shanghai_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

LABELS_AT_MOST = 5  # months named below a curve


class MarkKind(TextChoices):
    PROMOTION = "promotion", _("预播推广")
    REWARD = "reward", _("奖励规则")


class Crowd(NamedTuple):
    """Of one platform of a session: the median and the most people online, of so many readings."""

    platform: str
    typical: int
    peak: int
    readings: int


@dataclass(frozen=True, slots=True)
class Evening:
    """A session of a host. `crowd` is None where nobody noted viewers; `several`: it was on more than one platform."""

    session: UUID
    title: str
    began_at: datetime
    crowd: Crowd | None
    several: bool = False
    marks: frozenset[MarkKind] = frozenset()


class Month(NamedTuple):
    """`typical`: the median of the sessions' medians; `peak`: the most of all. `first` is the first day."""

    first: date
    sessions: int
    typical: int | None
    peak: int | None


class Mark(NamedTuple):
    """The moment at which a promotion plan or a reward rule of a session or a campaign began; `is_first`: of its kind."""

    at: datetime
    kind: MarkKind
    words: str
    is_first: bool


class Curves(NamedTuple):
    """What the page draws: paths and dots of 1,000 by 100, where the months begin, where the marks stand."""

    typical: str
    peak: str
    dots: list[tuple[str, str]]
    peaks: list[tuple[str, str]]
    most: int
    months: list[tuple[str, date]]
    marks: list[tuple[str, Mark]]


def strongest(crowds: Iterable[Crowd]) -> Crowd | None:
    return max(crowds, key=lambda crowd: (crowd.typical, crowd.peak), default=None)


def by_month(evenings: Iterable[Evening]) -> list[Month]:
    """The months of Shanghai in which the host was on air, in order."""
    found: dict[date, list[Evening]] = {}
    for evening in evenings:
        found.setdefault(shanghai_day(evening.began_at).replace(day=1), []).append(evening)
    return [_month(first, those) for first, those in sorted(found.items())]


def _month(first: date, those: Sequence[Evening]) -> Month:
    crowds = [evening.crowd for evening in those if evening.crowd]
    return Month(
        first, len(those), typical(crowd.typical for crowd in crowds), max((crowd.peak for crowd in crowds), default=None)
    )


def firsts(marks: Iterable[tuple[datetime, MarkKind, str]]) -> list[Mark]:
    """In order; the first of each kind is where it began for this host."""
    seen: set[MarkKind] = set()
    found = []
    for at, kind, words in sorted(marks):
        found.append(Mark(at, kind, words, kind not in seen))
        seen.add(kind)
    return found


def axis_of(moments: Sequence[datetime]) -> chart.Axis:
    """From the first to the last, with half a day beside them, so that one session alone stands in the middle."""
    return chart.Axis(min(moments) - timedelta(hours=12), max(moments) + timedelta(hours=12))


def months_on(axis: chart.Axis) -> list[tuple[str, date]]:
    """Where months begin, in percent of the axis, thinned out to what can be read."""
    first = shanghai_day(axis.first).replace(day=1)
    found = []
    while (moment := _midnight(first)) <= axis.last:
        if moment >= axis.first:
            found.append((chart.shown(axis.x(moment) / 10), first))
        first = (first + timedelta(days=32)).replace(day=1)
    step = -(-len(found) // LABELS_AT_MOST) or 1
    return found[::step]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), SHANGHAI)


def curves(evenings: Sequence[Evening], marks: Iterable[Mark]) -> Curves | None:
    """None where nobody noted viewers."""
    seen = [(evening.began_at, evening.crowd) for evening in evenings if evening.crowd]
    if not seen:
        return None
    axis = axis_of([evening.began_at for evening in evenings])
    most = max(crowd.peak for _began, crowd in seen)
    usual = [(axis.x(at), crowd.typical) for at, crowd in seen]
    peaks = [(axis.x(at), crowd.peak) for at, crowd in seen]
    return Curves(
        chart.line(usual, most),
        chart.line(peaks, most),
        chart.dots(usual, most),
        chart.dots(peaks, most),
        most,
        months_on(axis),
        marks_on(axis, marks),
    )


def marks_on(axis: chart.Axis, marks: Iterable[Mark]) -> list[tuple[str, Mark]]:
    """Those that lie between the first and the last session."""
    return [(chart.shown(axis.x(mark.at)), mark) for mark in marks if axis.first <= mark.at <= axis.last]

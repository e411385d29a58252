"""How lessons lie on a timetable: weeks of days across, clock times down. Days and times are Shanghai's. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from livestream.rules.day import SHANGHAI, shanghai_day

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = timedelta(days=1)
WORKING_DAYS, ALL_DAYS = 5, 7


class Timed(Protocol):
    starts_at: datetime
    ends_at: datetime


T = TypeVar("T", bound=Timed)


class Slot(NamedTuple, Generic[T]):
    """The lessons of one clock time, day by day of the week."""

    begins: str
    ends: str
    cells: list[list[T]]


class Week(NamedTuple, Generic[T]):
    """`number` counts the weeks of the class from 1, those without lessons too."""

    number: int
    days: list[date]
    slots: list[Slot[T]]
    lessons: list[T]  # the same by the clock


def weeks(lessons: Sequence[T]) -> list[Week[T]]:
    """The weeks that have lessons, from Monday; to Friday, where none of all of them lies at a weekend."""
    if not lessons:
        return []
    by_monday: dict[date, list[T]] = {}
    for lesson in sorted(lessons, key=lambda one: one.starts_at):
        day = shanghai_day(lesson.starts_at)
        by_monday.setdefault(day - day.weekday() * DAY, []).append(lesson)
    at_weekends = any(shanghai_day(lesson.starts_at).weekday() >= WORKING_DAYS for lesson in lessons)
    across = ALL_DAYS if at_weekends else WORKING_DAYS
    first = min(by_monday)
    return [
        Week((monday - first).days // 7 + 1, [monday + n * DAY for n in range(across)], _slots(its, across), its)
        for monday, its in by_monday.items()
    ]


def _slots(lessons: Sequence[T], across: int) -> list[Slot[T]]:
    by_clock: dict[tuple[str, str], list[list[T]]] = {}
    for lesson in lessons:
        clock = f"{lesson.starts_at.astimezone(SHANGHAI):%H:%M}", f"{lesson.ends_at.astimezone(SHANGHAI):%H:%M}"
        cells = by_clock.setdefault(clock, [[] for _day in range(across)])
        cells[shanghai_day(lesson.starts_at).weekday()].append(lesson)
    return [Slot(*clock, cells) for clock, cells in sorted(by_clock.items())]

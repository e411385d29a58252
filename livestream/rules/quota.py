"""What a county promised for its leaders on air: so many distinct people a year, and some leader every month. Pure.

The agreement is worded in persons (不少于12位一把手 a year), so a leader who comes twice is one, and deputies are none of
them; a county may count other ranks. The promise of every month (月月上线直播) is another one: there a deputy counts. The
agreement year begins with the calendar year unless a county says otherwise.

A person is the row of the county's register of leaders; a guest who is not in it is his name, and the same person as the leader
of that name. In a relay each leader counts whose segment had begun before the session was over. A visit belongs to the month in
which its session began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from livestream.rules.day import SHANGHAI
from livestream.rules.session import GuestRank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WANTED = 12
FIRST_MONTH = 1  # of the agreement year
MONTHS = 12
LEADERS = frozenset({GuestRank.TOP.value, GuestRank.DEPUTY.value})


def plain_name(name: str) -> str:
    """`武 㛃` and `武㛃` are one name."""
    return "".join(name.split())


@dataclass(frozen=True, slots=True)
class Promise:
    """What a county's agreement says: how many distinct people, of which ranks, in a year that begins with which month."""

    wanted: int = WANTED
    first_month: int = FIRST_MONTH
    ranks: frozenset[str] = frozenset({GuestRank.TOP.value})


class Appearance(NamedTuple):
    """A guest of a session that was on air: when it began, who, of which rank; `leader` is the row of the register, if known."""

    at: datetime
    name: str
    rank: str
    leader: int | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """`count` of `wanted` distinct top leaders since `began_on`; `uncovered` are the months (1–12), in order, up to the
    current one, in which no leader was on air."""

    count: int
    wanted: int
    began_on: date
    uncovered: list[int]


def agreement_year(day: date, first_month: int = FIRST_MONTH) -> date:
    """The first day of the agreement year in which a Shanghai day lies."""
    return date(day.year if day.month >= first_month else day.year - 1, first_month, 1)


def quota(appearances: Iterable[Appearance], day: date, promise: Promise = Promise()) -> Quota:
    """How far a county has come on a Shanghai day."""
    began_on = agreement_year(day, promise.first_month)
    seen = list(appearances)
    counted = [each for each in seen if began_on <= _on(each) <= day]
    person = people_of(seen)
    people = {person(each) for each in counted if each.rank in promise.ranks}
    covered = {(_on(each).year, _on(each).month) for each in counted if each.rank in LEADERS}
    uncovered = [first.month for first in months_of(began_on) if first <= day and (first.year, first.month) not in covered]
    return Quota(len(people), promise.wanted, began_on, uncovered)


def _on(appearance: Appearance) -> date:
    return appearance.at.astimezone(SHANGHAI).date()


class People(dict[str, int]):
    """Who is who: called with an appearance, it says which person that was."""

    def __call__(self, appearance: Appearance) -> int | str:
        name = plain_name(appearance.name)
        return self.get(name, name) if appearance.leader is None else appearance.leader


def people_of(appearances: Iterable[Appearance]) -> People:
    return People((plain_name(each.name), each.leader) for each in appearances if each.leader is not None)


def months_of(began_on: date) -> list[date]:
    """The first days of the twelve months of an agreement year."""
    firsts = [began_on]
    while len(firsts) < MONTHS:
        firsts.append((firsts[-1] + timedelta(days=31)).replace(day=1))
    return firsts


class MonthState(StrEnum):
    COVERED = "covered"
    UNCOVERED = "uncovered"  # it is over, and no leader was on air
    OPEN = "open"  # the current month, nobody yet
    TO_COME = "to_come"


class Visit(NamedTuple):
    """A leader in a month: the appearance, whether it counts towards the quota, and whether he was there before this year."""

    appearance: Appearance
    counts: bool
    is_again: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the agreement year: who was on air, and who is planned to come."""

    first: date
    state: MonthState
    visits: Sequence[Visit]
    planned: Sequence[Visit]

    @property
    def is_alarming(self) -> bool:
        """The current month, nobody on air yet and nobody planned."""
        return self.state == MonthState.OPEN and not self.planned


def year_of(
    appearances: Iterable[Appearance], planned: Iterable[Appearance], day: date, promise: Promise, began_on: date
) -> list[Month]:
    """The twelve months of the agreement year that began on that day, as they look on `day`; leaders only."""
    aired = sorted((each for each in appearances if each.rank in LEADERS or each.leader), key=lambda each: each.at)
    coming = sorted((each for each in planned if each.rank in LEADERS or each.leader), key=lambda each: each.at)
    seen: set[int | str] = set()
    person = people_of([*aired, *coming])
    months = []
    for first in months_of(began_on):
        visits = [_visit(each, person, promise, seen) for each in aired if _on(each).replace(day=1) == first]
        to_come = [_visit(each, person, promise, seen) for each in coming if _on(each).replace(day=1) == first]
        is_covered = any(visit.appearance.rank in LEADERS for visit in visits)
        months.append(Month(first, _state(first, day, is_covered=is_covered), visits, to_come))
    return months


def _visit(appearance: Appearance, person: People, promise: Promise, seen: set[int | str]) -> Visit:
    counts = appearance.rank in promise.ranks
    who = person(appearance)
    is_again = counts and who in seen
    if counts:
        seen.add(who)
    return Visit(appearance, counts, is_again)


def _state(first: date, day: date, *, is_covered: bool) -> MonthState:
    if is_covered:
        return MonthState.COVERED
    if first > day:
        return MonthState.TO_COME
    return MonthState.OPEN if (first.year, first.month) == (day.year, day.month) else MonthState.UNCOVERED

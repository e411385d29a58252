"""What a county promised for its leaders on air: so many distinct people a year, and some leader every month. Pure.

The agreement is worded in persons (不少于12位一把手 a year), so a leader who comes twice is one, and deputies are none of
them. The promise of every month (月月上线直播) is another one: there a deputy counts. The agreement year begins with the
calendar year unless a county says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from livestream.rules.day import SHANGHAI
from livestream.rules.session import GuestRank

if TYPE_CHECKING:
    from collections.abc import Iterable

WANTED = 12
FIRST_MONTH = 1  # of the agreement year
LEADERS = frozenset({GuestRank.TOP.value, GuestRank.DEPUTY.value})


def plain_name(name: str) -> str:
    """`武 㛃` and `武㛃` are one name."""
    return "".join(name.split())


class Appearance(NamedTuple):
    """A guest of a county-head session that was on air: when it began, who, of which rank."""

    at: datetime
    name: str
    rank: str


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


def quota(appearances: Iterable[Appearance], day: date, first_month: int = FIRST_MONTH) -> Quota:
    """How far a county has come on a Shanghai day."""
    began_on = agreement_year(day, first_month)
    on_air = [(shanghai.date(), name, rank) for at, name, rank in appearances for shanghai in [at.astimezone(SHANGHAI)]]
    counted = [entry for entry in on_air if began_on <= entry[0] <= day]
    people = {plain_name(name) for _, name, rank in counted if rank == GuestRank.TOP}
    covered = {(on.year, on.month) for on, _, rank in counted if rank in LEADERS}
    return Quota(len(people), WANTED, began_on, [month for year, month in _months(began_on, day) if (year, month) not in covered])


def _months(first: date, last: date) -> list[tuple[int, int]]:
    found = [(first.year, first.month)]
    while found[-1] < (last.year, last.month):
        following = date(*found[-1], 1) + timedelta(days=31)
        found.append((following.year, following.month))
    return found

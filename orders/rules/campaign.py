"""A campaign beside the one of the year before, day by day. Pure: sums of business days come in, nothing is guessed.

The first day is compared with the first, whatever weekday they are. Only days that are over on both sides are compared: a day
that is still running would look like a loss."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from livestream.rules.campaign import Window


class Sums(NamedTuple):
    """Of a scope and some days: distinct paid orders, fen paid, fen refunded (of these sales, whenever that was)."""

    orders: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0

    @property
    def net_fen(self) -> int:
        return self.paid_fen - self.refunded_fen

    def plus(self, other: Sums) -> Sums:
        return Sums(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Split(NamedTuple):
    """The whole county, and of it what the sessions of the campaign sold. The rest came by shelf or by other sessions."""

    county: Sums = Sums()
    live: Sums = Sums()

    def plus(self, other: Split) -> Split:
        return Split(self.county.plus(other.county), self.live.plus(other.live))


@dataclass(frozen=True, slots=True)
class Row:
    """The n-th day of a campaign and of the last one. None: that one has no such day; this one has not come yet."""

    number: int
    on: date | None
    now: Split | None
    last_on: date | None
    last: Split | None
    is_running: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """`so_far` and `last` are whole; `equal_now` and `equal_last` the first `days` of each, which are over on both sides."""

    rows: list[Row]
    so_far: Split
    last: Split
    days: int
    equal_now: Split
    equal_last: Split


def side_by_side(
    window: Window, now: Mapping[date, Split], last_window: Window | None, last: Mapping[date, Split], today: date
) -> Comparison:
    """`now` and `last` by business day; a day without an entry sold nothing."""
    days, last_days = _days(window), _days(last_window) if last_window else []
    rows = []
    for index in range(max(len(days), len(last_days))):
        on = days[index] if index < len(days) else None
        last_on = last_days[index] if index < len(last_days) else None
        here = now.get(on, Split()) if on and on <= today else None
        there = last.get(last_on, Split()) if last_on else None
        rows.append(Row(index + 1, on, here, last_on, there, is_running=on == today))
    equal = [row for row in rows if row.on and row.on < today and row.last is not None]
    return Comparison(
        rows,
        total(row.now for row in rows),
        total(row.last for row in rows),
        len(equal),
        total(row.now for row in equal),
        total(row.last for row in equal),
    )


def _days(window: Window) -> list[date]:
    return [window.from_on + timedelta(days=number) for number in range(window.days)]


def total(splits: Iterable[Split | None]) -> Split:
    found = Split()
    for split in splits:
        found = found.plus(split or Split())
    return found


def change(now_fen: int, before_fen: int) -> Decimal | None:
    """By how many percent it is more (or less), half up to a tenth; None where there was nothing before to compare with."""
    if before_fen <= 0:
        return None
    return (Decimal(now_fen - before_fen) * 100 / before_fen).quantize(Decimal("0.1"), ROUND_HALF_UP)


def reached(net_fen: int, goal_fen: int | None) -> int | None:
    """How much of a goal is there, in whole percent, never rounded up: 99.9 is not there yet."""
    return None if not goal_fen else max(0, net_fen * 100 // goal_fen)

"""What a session had earned by a mark after it (复盘数字): the figures, and why they differ from those before. Pure.

`orders` reads them from its ledger and hands them down; here is what they are and what follows from them. A ratio whose
denominator is nothing, or not known, is None: a page says so in words and never shows 0 for it. Sources: domain 2.8 and 2.11;
`rules/definitions.py` says each formula to people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from livestream.rules.review import AFTER, Cause, Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GRAMS_OF_JIN = 500
BULK_UNITS = 20  # an order of so many pieces is no household's
TOP_MINUTES = 3
EARLY = timedelta(hours=24)  # after its end almost nothing of a session has been shipped
# A transaction that began before the moment may commit after it: its entries bear the time of its beginning.
SETTLE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Sums:
    """What orders come to: pieces, grams, fen. `paid_fen` includes what was refunded later."""

    orders: int = 0
    units: int = 0
    grams: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0

    @property
    def net_fen(self) -> int:
        return self.paid_fen - self.refunded_fen

    def plus(self, other: Sums) -> Sums:
        return Sums(
            self.orders + other.orders,
            self.units + other.units,
            self.grams + other.grams,
            self.paid_fen + other.paid_fen,
            self.refunded_fen + other.refunded_fen,
        )

    def minus(self, other: Sums) -> Sums:
        return self.plus(Sums(-other.orders, -other.units, -other.grams, -other.paid_fen, -other.refunded_fen))


@dataclass(frozen=True, slots=True)
class GoodFigures:
    """A good of the session. `grams_each`, `committed` and `floor_fen` (what a buyer must pay for one, so that the seller still
    receives the floor price) are as they stood when it was first stated; None: nobody has said it."""

    sku: str
    title: str
    is_listed: bool  # on the line-up
    product: int | None = None
    grams_each: int | None = None
    committed: int | None = None
    floor_fen: int | None = None
    orders: int = 0
    units: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0
    below_floor_units: int = 0
    below_floor_fen: int = 0  # by how much, in all

    @property
    def net_fen(self) -> int:
        return self.paid_fen - self.refunded_fen

    @property
    def oversold(self) -> int:
        return 0 if self.committed is None else max(0, self.units - self.committed)

    @property
    def sell_through(self) -> Fraction | None:
        """售罄率."""
        return ratio(self.units, self.committed)


@dataclass(frozen=True, slots=True)
class PlatformFigures:
    platform: str
    orders: int = 0
    units: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0

    @property
    def net_fen(self) -> int:
        return self.paid_fen - self.refunded_fen


@dataclass(frozen=True, slots=True)
class Peak:
    """The minute of payment with the most orders, the first of several."""

    minute: datetime
    orders: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The longest stretch on air without a payment; going live and the end are its edges too."""

    from_at: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class People:
    """What a platform had said of its own viewers and buyers by then. People of two platforms are never added."""

    platform: str
    view_uv: int | None = None
    buyers: int | None = None


@dataclass(frozen=True, slots=True)
class Shipping:
    """Orders with money back, by whether they were ever reported as shipped. Of closed orders nobody says it."""

    before: int
    after: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked up when the figures were stated, because no ledger keeps it; None: it was stated too late to know."""

    people: tuple[People, ...] = ()
    shipping: Shipping | None = None
    closed_orders: int | None = None
    with_province: int = 0
    own_province: int = 0
    subsidy_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A session at a moment. All but `seen` and what is said of the goods follows from the ledger alone."""

    sums: Sums = field(default_factory=Sums)
    began_at: datetime | None = None  # on air, as it was known when this was stated
    ended_at: datetime | None = None
    unweighed_units: int = 0  # whose weight nobody has said: they are in no sum of grams
    refunded_orders: int = 0
    early_refunded_orders: int = 0  # with money back until a day after the end
    early_refunded_fen: int = 0
    bulk_orders: int = 0
    bulk_paid_fen: int = 0
    largest_order_units: int = 0
    top_minutes_orders: int = 0
    peak: Peak | None = None
    gap: Gap | None = None
    goods: tuple[GoodFigures, ...] = ()
    platforms: tuple[PlatformFigures, ...] = ()
    seen: Seen = field(default_factory=Seen)

    @property
    def aov_fen(self) -> int | None:
        """笔单价."""
        return rounded(ratio(self.sums.paid_fen, self.sums.orders))

    @property
    def per_unit_fen(self) -> int | None:
        """件均价."""
        return rounded(ratio(self.sums.paid_fen, self.sums.units))

    @property
    def items_per_order(self) -> Fraction | None:
        """连带率."""
        return ratio(self.sums.units, self.sums.orders)

    @property
    def refund_rate_orders(self) -> Fraction | None:
        return ratio(self.refunded_orders, self.sums.orders)

    @property
    def refund_rate_fen(self) -> Fraction | None:
        return ratio(self.sums.refunded_fen, self.sums.paid_fen)

    @property
    def listed(self) -> int:
        return sum(good.is_listed for good in self.goods)

    @property
    def listed_and_sold(self) -> int:
        return sum(good.is_listed and good.units > 0 for good in self.goods)

    @property
    def moving_rate(self) -> Fraction | None:
        """动销率."""
        return ratio(self.listed_and_sold, self.listed)

    @property
    def sell_through(self) -> Fraction | None:
        """售罄率, of the goods with committed stock."""
        promised = [good for good in self.goods if good.committed]
        return ratio(sum(good.units for good in promised), sum(good.committed or 0 for good in promised))

    @property
    def oversold_units(self) -> int:
        return sum(good.oversold for good in self.goods)

    @property
    def buyers(self) -> int | None:
        """Known only where the session sold on one platform and that one said it: people of two are never added."""
        said = {one.platform: one.buyers for one in self.seen.people}
        sold_on = {one.platform for one in self.platforms if one.orders} | set(said)
        return said.get(next(iter(sold_on))) if len(sold_on) == 1 else None

    @property
    def atv_fen(self) -> int | None:
        """客单价."""
        return rounded(ratio(self.sums.paid_fen, self.buyers))


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause did to the figures between two statements; `times`: how often."""

    cause: Cause
    times: int
    sums: Sums


def ratio(part: int | None, whole: int | None) -> Fraction | None:
    """Exactly; None where the whole is nothing or one of the two is not known."""
    return Fraction(part, whole) if whole and part is not None else None


def rounded(value: Fraction | None) -> int | None:
    """Half up."""
    return None if value is None else (2 * value.numerator + value.denominator) // (2 * value.denominator)


def total(parts: Iterable[Part]) -> Sums:
    found = Sums()
    for part in parts:
        found = found.plus(part.sums)
    return found


class NotExplained(ValueError):
    """The causes do not add up to the difference: something was counted that no rule knows. Never made to fit."""


def check_explained(before: Figures, after: Figures, parts: Sequence[Part]) -> None:
    """Raises NotExplained unless the causes come to the difference exactly, to the fen, the piece and the gram."""
    difference, explained = after.sums.minus(before.sums), total(parts)
    if difference != explained:
        raise NotExplained(f"{difference} is not {explained}")


def due_marks(ended_at: datetime, made: Iterable[str], at: datetime) -> list[Mark]:
    """The marks whose moment is past and that nobody has stated yet, the earliest first."""
    known = set(made)
    return [mark for mark in Mark if mark.value not in known and ended_at + AFTER[mark] + SETTLE <= at]


def as_json(figures: Figures | Sequence[Part]) -> Any:
    """What a JSON column keeps."""
    return msgspec.to_builtins(figures, builtin_types=())


def figures_of(stored: Any) -> Figures:
    return msgspec.convert(stored, Figures)


def parts_of(stored: Any) -> tuple[Part, ...]:
    return msgspec.convert(stored, tuple[Part, ...])

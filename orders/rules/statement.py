"""What a session's ledger said at a moment, and why it says something else at a later one. Pure: no query, no clock.

The ledger knows when each row was written, so the state at a moment is the sum of the rows written before it. Rows of one order
written at one moment are one *step*. A step is explained by where the order was counted before and after it, never by what is
left over: `livestream/rules/statement.py: check_explained` asserts that all causes add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from livestream.rules.review import Cause
from livestream.rules.statement import (
    BULK_UNITS,
    EARLY,
    TOP_MINUTES,
    Figures,
    Gap,
    GoodFigures,
    Part,
    Peak,
    PlatformFigures,
    Seen,
    Sums,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime


class Entry(NamedTuple):
    """A row of the ledger, of an order that this session ever held."""

    order: int
    recorded_at: datetime
    is_here: bool  # booked to this session; else to another one, or to none
    line_no: str
    item: int | None
    shop: int
    occurred_at: datetime
    refunded_on: date | None
    orders: int
    item_orders: int
    units: int
    paid_fen: int
    refunded_fen: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is said of the goods and shops by others than the ledger. `goods` in the order of the page; `skus`: what an item is
    called; `platforms` by shop."""

    goods: Sequence[GoodFigures]
    skus: Mapping[int, str]
    platforms: Mapping[int, str]
    began_at: datetime
    ended_at: datetime

    def grams_each(self) -> dict[int, int | None]:
        weights = {good.sku: good.grams_each for good in self.goods}
        return {item: weights.get(sku) for item, sku in self.skus.items()}


def explain(here: Sums, here_after: Sums, there: Sums, there_after: Sums) -> list[tuple[Cause, Sums]]:
    """Why a step took an order from `here` (its worth in this session) to `here_after`; `there`: in all others, or in none."""
    came, left = not here.orders and here_after.orders > 0, here.orders > 0 and not here_after.orders
    if came and there.orders > there_after.orders:
        return [(Cause.MOVED_IN, there), *_changed(there, here_after)]
    if came:
        late = replace(here_after, refunded_fen=0)
        return [(Cause.LATE, late), *_changed(late, here_after)]
    if left:
        gone = Sums().minus(here)
        return [(Cause.MOVED_OUT if there_after.orders > there.orders else Cause.CLOSED, gone)]
    return _changed(here, here_after)


def _changed(before: Sums, after: Sums) -> list[tuple[Cause, Sums]]:
    """Of an order that stayed: money given back (or not after all), and what the platform says otherwise now."""
    change = after.minus(before)
    refund = Sums(refunded_fen=change.refunded_fen)
    correction = replace(change, refunded_fen=0)
    return [(cause, sums) for cause, sums in ((Cause.REFUNDED, refund), (Cause.CORRECTED, correction)) if sums != Sums()]


@dataclass(slots=True)
class _Order:
    """One order while its entries are read."""

    here: Sums = field(default_factory=Sums)
    there: Sums = field(default_factory=Sums)
    early_fen: int = 0
    paid_at: Counter[datetime] = field(default_factory=Counter)
    lines: defaultdict[tuple[str, int | None, int], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * 4))
    shop: int = 0


@dataclass(slots=True)
class Reckoning:
    """Reads entries order by order and comes to the figures at `until` and to the causes since `since`, in one pass."""

    known: Known
    since: datetime | None
    until: datetime
    weights: dict[int, int | None] = field(init=False)
    floors: dict[str, int | None] = field(init=False)
    sums: Sums = field(default_factory=Sums)
    causes: dict[Cause, list[Sums]] = field(default_factory=lambda: defaultdict(list))
    goods: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * 6))
    shops: dict[int, Sums] = field(default_factory=lambda: defaultdict(Sums))
    moments: Counter[datetime] = field(default_factory=Counter)
    unweighed: int = 0
    refunded: int = 0
    early: list[int] = field(default_factory=list)
    bulk: list[Sums] = field(default_factory=list)
    largest: int = 0

    def __post_init__(self) -> None:
        self.weights = self.known.grams_each()
        self.floors = {good.sku: good.floor_fen for good in self.known.goods}

    def read(self, entries: Iterable[Entry]) -> None:
        """`entries` sorted by order, then by the moment they were written; those from `until` on are left out."""
        for _order, rows in groupby(entries, key=lambda entry: entry.order):
            self._read_order(rows)

    def _read_order(self, rows: Iterable[Entry]) -> None:
        order = _Order()
        for at, step in groupby(rows, key=lambda entry: entry.recorded_at):
            if at >= self.until:
                break
            here, there = order.here, order.there
            for entry in step:
                self._add(order, entry)
            if self.since is not None and at >= self.since:
                for cause, sums in explain(here, order.here, there, order.there):
                    self.causes[cause].append(sums)
        self._close(order)

    def _add(self, order: _Order, entry: Entry) -> None:
        if entry.refunded_on is not None and entry.recorded_at < self.known.ended_at + EARLY:
            order.early_fen += entry.refunded_fen  # a move takes it out and puts it in again
        grams = entry.units * (self.weights.get(entry.item) or 0) if entry.item is not None else 0
        sums = Sums(entry.orders, entry.units, grams, entry.paid_fen, entry.refunded_fen)
        if not entry.is_here:
            order.there = order.there.plus(sums)
            return
        order.here = order.here.plus(sums)
        order.paid_at[entry.occurred_at] += entry.orders
        order.shop = entry.shop
        line = order.lines[entry.line_no, entry.item, entry.shop]
        for place, amount in enumerate((entry.item_orders, entry.units, entry.paid_fen, entry.refunded_fen)):
            line[place] += amount

    def _close(self, order: _Order) -> None:
        """Adds what the order is worth at `until`."""
        here = order.here
        self.sums = self.sums.plus(here)
        self.shops[order.shop] = self.shops[order.shop].plus(here)
        for (_line, item, _shop), amounts in order.lines.items():
            self._add_line(item, *amounts)
        if not here.orders:
            return
        self.moments.update(at for at, number in order.paid_at.items() if number > 0)
        self.refunded += here.refunded_fen > 0
        if order.early_fen > 0:
            self.early.append(order.early_fen)
        if here.units >= BULK_UNITS:
            self.bulk.append(here)
        self.largest = max(self.largest, here.units)

    def _add_line(self, item: int | None, item_orders: int, units: int, paid: int, refunded: int) -> None:
        if item is None:
            return
        if self.weights.get(item) is None:
            self.unweighed += units
        sku = self.known.skus[item]
        floor = self.floors.get(sku)
        short = floor * units - paid if floor is not None and paid > 0 else 0  # what was free is a gift
        below = (units, short) if short > 0 else (0, 0)
        for place, amount in enumerate((item_orders, units, paid, refunded, *below)):
            self.goods[sku][place] += amount

    # --- what it comes to ---------------------------------------------------------------------------------------------

    def figures(self, seen: Seen) -> Figures:
        minutes = Counter(at.replace(second=0, microsecond=0) for at in self.moments.elements())
        return Figures(
            sums=self.sums,
            began_at=self.known.began_at,
            ended_at=self.known.ended_at,
            unweighed_units=self.unweighed,
            refunded_orders=self.refunded,
            early_refunded_orders=len(self.early),
            early_refunded_fen=sum(self.early),
            bulk_orders=len(self.bulk),
            bulk_paid_fen=sum(sums.paid_fen for sums in self.bulk),
            largest_order_units=self.largest,
            top_minutes_orders=sum(sorted(minutes.values())[-TOP_MINUTES:]),
            peak=min(
                (Peak(at, number) for at, number in minutes.items()), key=lambda peak: (-peak.orders, peak.minute), default=None
            ),
            gap=self._gap(),
            goods=tuple(self._good(good) for good in self.known.goods if good.is_listed or good.sku in self.goods),
            platforms=self._platforms(),
            seen=seen,
        )

    def _gap(self) -> Gap:
        began, ended = self.known.began_at, self.known.ended_at
        moments = [began, *sorted(at for at in self.moments if began <= at < ended), ended]
        longest, from_at = max(((b - a, a) for a, b in pairwise(moments)), key=lambda gap: (gap[0], -gap[1].timestamp()))
        return Gap(from_at, int(longest.total_seconds()))

    def _good(self, good: GoodFigures) -> GoodFigures:
        orders, units, paid, refunded, below_units, below_fen = self.goods.get(good.sku, [0] * 6)
        return replace(
            good,
            orders=orders,
            units=units,
            paid_fen=paid,
            refunded_fen=refunded,
            below_floor_units=below_units,
            below_floor_fen=below_fen,
        )

    def _platforms(self) -> tuple[PlatformFigures, ...]:
        found: dict[str, Sums] = defaultdict(Sums)
        for shop, sums in self.shops.items():
            if sums != Sums():
                name = self.known.platforms[shop]
                found[name] = found[name].plus(sums)
        return tuple(
            PlatformFigures(name, sums.orders, sums.units, sums.paid_fen, sums.refunded_fen)
            for name, sums in sorted(found.items())
        )

    def parts(self) -> tuple[Part, ...]:
        """The causes since `since`, in the order in which a page tells them."""
        return tuple(Part(cause, len(self.causes[cause]), _sum(self.causes[cause])) for cause in Cause if self.causes.get(cause))


def _sum(all_sums: Iterable[Sums]) -> Sums:
    found = Sums()
    for sums in all_sums:
        found = found.plus(sums)
    return found

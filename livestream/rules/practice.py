"""The practice room (练习): what a simulated audience buys, from what is pitched, prices, coupons, a seed and the clock. Pure.

Nothing random but the seed: the same room at the same second has always sold the same, so its figures need no table and can be
derived again. Sales grow by whole seconds; what was sold up to a second never changes while time goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST = timedelta(hours=2)
LONGEST_S = int(LONGEST.total_seconds())
GOODS_AT_MOST = 8
WHOLE = 1_000_000  # chances are of so many, each second

PITCHED, BESIDE, UNHEARD = 80_000, 6_000, 2_000  # of what is presented; of the rest meanwhile; of each while nobody presents
LESS_AT_FIRST = ((60, 33), (300, 66))  # until this second only so many percent of the audience is there
TIRED_S, TIRED_PERCENT = 360, 50  # who hears of one item for longer buys less
BURST_S, BURST_PERCENT = 90, 300  # after a coupon
DEAR, CHEAP = (100, 40), (80, 150)  # above this percent of the list price, and up to that: so many percent buy
ONE, TWO = 200, 245  # of 256: one piece, two; else three


class Doing(TextChoices):
    """What happens in the room that moves its sales."""

    PITCH = "pitch"
    HUSH = "hush"  # nothing is presented any more
    LIST = "list"
    UNLIST = "unlist"
    PRICE = "price"
    STOCK = "stock"
    COUPON = "coupon"


class Step(NamedTuple):
    """So many seconds after the beginning. `number`: fen of a price, pieces of a stock. A coupon without a product is for all."""

    second: int
    doing: Doing
    product: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Good:
    """As it was when the practice began; `stock` None: as much as anybody wants."""

    product: int
    sku: str
    title: str
    list_price_fen: int
    price_fen: int
    stock: int | None = None


class Sale(NamedTuple):
    """One simulated order of one item, in this second after the beginning."""

    second: int
    product: int
    units: int
    paid_fen: int


@dataclass(slots=True)
class _Item:
    good: Good
    price_fen: int
    left: int | None
    is_listed: bool = False
    burst_until: int = 0


@dataclass(slots=True)
class _Room:
    """The room as it stands at a second, while it is played through."""

    items: dict[int, _Item]
    pitched: int | None = None
    pitched_at: int = 0
    breaks: set[int] = field(default_factory=set)

    def take(self, step: Step) -> None:
        item = self.items.get(step.product) if step.product is not None else None
        if step.doing == Doing.PITCH and item:
            self.pitched, self.pitched_at = item.good.product, step.second
            self.breaks.add(step.second + TIRED_S)
        elif step.doing == Doing.HUSH:
            self.pitched = None
        elif step.doing == Doing.COUPON:
            for each in [item] if item else self.items.values():
                each.burst_until = step.second + BURST_S
            self.breaks.add(step.second + BURST_S)
        elif item:
            self._change(item, step)

    def _change(self, item: _Item, step: Step) -> None:
        if step.doing == Doing.PRICE:
            item.price_fen = step.number
        elif step.doing == Doing.STOCK:
            sold = (item.good.stock or 0) - (item.left or 0) if item.good.stock is not None else 0
            item.left = max(0, step.number - sold)
        else:
            item.is_listed = step.doing == Doing.LIST

    def chances(self, second: int) -> list[tuple[_Item, int]]:
        """How likely each item is bought in this second, in millionths."""
        there = next((percent for until, percent in LESS_AT_FIRST if second < until), 100)
        return [(item, self._chance(item, second) * there // 100) for item in self.items.values()]

    def _chance(self, item: _Item, second: int) -> int:
        if not item.is_listed or item.left == 0:
            return 0
        chance = UNHEARD if self.pitched is None else BESIDE
        if self.pitched == item.good.product:
            chance = PITCHED * (TIRED_PERCENT if second >= self.pitched_at + TIRED_S else 100) // 100
        if second < item.burst_until:
            chance = chance * BURST_PERCENT // 100
        return chance * _by_price(item) // 100


def _by_price(item: _Item) -> int:
    percent = item.price_fen * 100 // max(1, item.good.list_price_fen)
    if percent > DEAR[0]:
        return DEAR[1]
    return CHEAP[1] if percent <= CHEAP[0] else 100


def sales(goods: Sequence[Good], steps: Iterable[Step], *, seed: int, seconds: int) -> list[Sale]:
    """Every sale of the first `seconds` seconds, in order. More seconds only add to the end, as long as the steps of the past
    stay what they were."""
    waiting = sorted(steps, key=lambda step: step.second)
    room = _Room({good.product: _Item(good, good.price_fen, good.stock) for good in goods})
    room.breaks = {0, *(until for until, _percent in LESS_AT_FIRST), *(max(0, step.second) for step in waiting)}
    found: list[Sale] = []
    until = max(0, min(seconds, LONGEST_S))
    second = 0
    while second < until:
        while waiting and waiting[0].second <= second:
            room.take(waiting.pop(0))
        following = min((each for each in room.breaks if each > second), default=until)
        found.extend(_sold(room, seed, range(second, min(following, until))))
        second = following
    return found


def _sold(room: _Room, seed: int, span: range) -> Iterator[Sale]:
    """Of a stretch in which nothing changes but what is left."""
    chances = room.chances(span.start)
    whole = min(WHOLE, sum(chance for _item, chance in chances))
    for second in span:
        if not whole:
            return
        drawn = blake2b(f"{seed}:{second}".encode(), digest_size=9).digest()
        if int.from_bytes(drawn[:4], "big") % WHOLE >= whole:
            continue
        item = _picked(chances, int.from_bytes(drawn[4:8], "big"))
        wanted = 1 if drawn[8] < ONE else 2 if drawn[8] < TWO else 3
        units = wanted if item.left is None else min(wanted, item.left)
        yield Sale(second, item.good.product, units, units * item.price_fen)
        if item.left is not None:
            item.left -= units
        if item.left == 0:
            chances = room.chances(span.start)
            whole = min(WHOLE, sum(chance for _item, chance in chances))


def _picked(chances: Sequence[tuple[_Item, int]], drawn: int) -> _Item:
    rest = drawn % sum(chance for _item, chance in chances)
    for item, chance in chances:
        if rest < chance:
            return item
        rest -= chance
    raise AssertionError(rest)


class Sums(NamedTuple):
    orders: int = 0
    units: int = 0
    paid_fen: int = 0

    def plus(self, sale: Sale) -> Sums:
        return Sums(self.orders + 1, self.units + sale.units, self.paid_fen + sale.paid_fen)


@dataclass(frozen=True, slots=True)
class Sold:
    """What a practice room has sold after so many whole seconds."""

    seconds: int
    total: Sums
    by_product: dict[int, Sums]
    sales: tuple[Sale, ...] = ()

    def of(self, product: int) -> Sums:
        return self.by_product.get(product, Sums())


def summed(found: Iterable[Sale], seconds: int) -> Sold:
    """Each product, and all of them."""
    kept, total, by_product = tuple(found), Sums(), dict[int, Sums]()
    for sale in kept:
        total = total.plus(sale)
        by_product[sale.product] = by_product.get(sale.product, Sums()).plus(sale)
    return Sold(seconds, total, by_product, kept)

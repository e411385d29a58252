"""What the board and the staff's inbox warn of, and from when on. Pure: no query, no clock.

Once raised, an alarm goes only when its cause has gone, not when its figure steps back over the line it was raised at: so it
does not flicker, and nobody is alarmed twice by the same thing. docs/counting.md says the same in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from orders.rules.source import awaited_since, is_silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    Opened = Mapping["Key", Mapping[str, Any]]  # what is open, with what was said of it last


class AlertKind(TextChoices):
    OVERSOLD = "oversold", _("超卖")
    SELLING_OUT = "selling_out", _("即将售罄")
    REFUND_SPIKE = "refund_spike", _("退款突增")
    FEED_SILENT = "feed_silent", _("来源没有动静")
    NO_ORDERS = "no_orders", _("久无订单")
    BROKEN = "broken", _("数字对不上")


# The worst first: figures that may be wrong, what costs money with every further order, figures that may be late, then what
# calls for a look.
WORST_FIRST = (
    AlertKind.BROKEN,
    AlertKind.OVERSOLD,
    AlertKind.FEED_SILENT,
    AlertKind.REFUND_SPIKE,
    AlertKind.SELLING_OUT,
    AlertKind.NO_ORDERS,
)
URGENT = frozenset(WORST_FIRST[:4])

PACE_WINDOW = timedelta(minutes=5)  # the minutes a pace is taken from: those that run now and the five before
PACE_ORDERS = 3  # fewer orders of a good than this are chance, not a pace
PACE = "a_minute"
CLEARLY = 2  # an open alarm goes when its figure is this many times better than the line it was raised at
REFUNDS_FOR = timedelta(hours=24)  # after its end a session's refunds are watched: almost nothing of it has been shipped


class Key(NamedTuple):
    """One alarm: of whom, about what, which time. Two conditions of one key are the same alarm."""

    scope: str
    kind: AlertKind
    subject: str
    episode: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What is so right now. `number` is the one figure a board shows (pieces, minutes, percent), `facts` the others."""

    county: str
    key: Key
    title: str
    number: int
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def detail(self) -> dict[str, Any]:
        return {"title": self.title, "number": self.number, **self.facts}

    def says_more_than(self, said: Mapping[str, Any]) -> bool:
        """A figure that people see is another one. A pace alone, which moves with every second, is no news."""
        return {**self.detail, PACE: None} != {**said, PACE: None}


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on a county wants to be warned."""

    selling_out_minutes: int = 10
    no_orders_minutes: int = 10
    silent_minutes: int = 5
    refund_percent: int = 20
    refund_orders: int = 5


# --- what is looked at ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Air:
    """A session on air, or not long ago. `orders` are all it sold; `recent_orders` those since `recent_from`; `refunded`
    its orders refunded on the Shanghai day `day`."""

    scope: str
    county: str
    title: str
    is_live: bool
    went_live_at: datetime
    orders: int
    last_order_at: datetime | None
    recent_orders: int
    recent_from: datetime
    day: date
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class Stock:
    """A good on a session's line-up with committed stock; `orders` are those that hold it."""

    air: Air
    sku: str
    title: str
    committed: int
    units: int
    orders: int

    @property
    def left(self) -> int:
        return self.committed - self.units


@dataclass(frozen=True, slots=True)
class Sample:
    """The newest orders of a session since `recent_from`: how many, and of one good its pieces and the orders that hold it."""

    orders: int
    units: int
    item_orders: int


@dataclass(frozen=True, slots=True)
class Heard:
    """The road on which a shop was heard of last (push or API), and since when its platform has been on air in its county."""

    county: str
    shop: int
    name: str
    platform: str
    cause: str
    heard_at: datetime
    pause_ms: int
    on_air_since: datetime


@dataclass(frozen=True, slots=True)
class Doubt:
    """A board with open checks: how many, since when."""

    scope: str
    county: str
    title: str
    since: datetime
    count: int


# --- stock ----------------------------------------------------------------------------------------------------------------


def stock_key(stock: Stock, kind: AlertKind) -> Key:
    """Once per session and good; another committed stock is another promise, and breaking that one is another alarm."""
    return Key(stock.air.scope, kind, stock.sku, str(stock.committed))


def oversold(stock: Stock) -> Condition | None:
    """More sold than was promised. Refunds give nothing back: whether the piece is still there, only people know."""
    if stock.left >= 0:
        return None
    facts = {"units": stock.units, "stock": stock.committed}
    return Condition(stock.air.county, stock_key(stock, AlertKind.OVERSOLD), stock.title, -stock.left, facts)


def could_sell_out(stock: Stock, at: datetime, limits: Limits) -> bool:
    """Would it, if every order of the last minutes had held it? Only then is its own pace worth asking for."""
    if not stock.air.is_live or stock.left < 0 or not stock.units:
        return False
    each = max(1.0, stock.units / max(1, stock.orders))
    return stock.left <= _orders_a_minute(stock.air, at) * each * limits.selling_out_minutes * CLEARLY


def pace(air: Air, sample: Sample | None, at: datetime) -> float | None:
    """Pieces of a good a minute: its share in the newest orders × the session's orders a minute. None: too few to say.

    While all recent orders are in the sample this is the pieces of the last minutes ÷ minutes, and a burst of thousands
    costs no more than its newest few hundred.
    """
    if sample is None or sample.item_orders < PACE_ORDERS:
        return None
    return _orders_a_minute(air, at) * sample.units / sample.orders


def _orders_a_minute(air: Air, at: datetime) -> float:
    """Over at least one minute: the first seconds on air are no pace."""
    return air.recent_orders / max(1.0, (at - max(air.recent_from, air.went_live_at)).total_seconds() / 60)


def selling_out(stock: Stock, a_minute: float | None, limits: Limits, opened: Opened) -> Condition | None:
    """On air, sold out within so many minutes at the pace of the last ones; nothing left is zero minutes. While a good that
    is nearly gone does not sell, what was said last stays."""
    key = stock_key(stock, AlertKind.SELLING_OUT)
    if not stock.air.is_live or stock.left < 0 or not stock.units:
        return None
    minutes = _minutes_left(stock, a_minute)
    if minutes is None:
        return _still_said(stock, key, opened)
    if minutes > limits.selling_out_minutes * (CLEARLY if key in opened else 1):
        return None
    facts = {"left": stock.left, "stock": stock.committed, PACE: round(a_minute, 1) if a_minute else None}
    return Condition(stock.air.county, key, stock.title, max(1, round(minutes)) if stock.left else 0, facts)


def _still_said(stock: Stock, key: Key, opened: Opened) -> Condition | None:
    if key not in opened:
        return None
    said = {name: value for name, value in opened[key].items() if name not in {"title", "number"}}
    return Condition(stock.air.county, key, stock.title, opened[key]["number"], said | {"left": stock.left})


def _minutes_left(stock: Stock, a_minute: float | None) -> float | None:
    if not stock.left:
        return 0.0
    return stock.left / a_minute if a_minute else None


# --- a session ------------------------------------------------------------------------------------------------------------


def no_orders(air: Air, at: datetime, limits: Limits, opened: Opened) -> Condition | None:
    """On air, and no order for so many minutes; its first minutes on air count like a pause."""
    if not air.is_live:
        return None
    since = max(air.last_order_at or air.went_live_at, air.went_live_at)
    key = Key(air.scope, AlertKind.NO_ORDERS, "", stamp(since))
    minutes = whole_minutes(at - since)
    if minutes < limits.no_orders_minutes and key not in opened:
        return None
    return Condition(air.county, key, air.title, max(0, minutes), {"since": stamp(since)})


def refund_spike(air: Air, limits: Limits, opened: Opened) -> Condition | None:
    """Of a session's paid orders, so many and such a share had money back on this day. Once a day."""
    key = Key(air.scope, AlertKind.REFUND_SPIKE, "", air.day.isoformat())
    ease = CLEARLY if key in opened else 1
    is_many = air.refunded * ease >= limits.refund_orders
    if not air.refunded or not is_many or air.refunded * 100 * ease < limits.refund_percent * air.orders:
        return None
    orders = max(air.orders, air.refunded)
    percent = (200 * air.refunded + orders) // (2 * orders)  # half up
    return Condition(air.county, key, air.title, percent, {"refunded": air.refunded, "orders": orders})


# --- where figures come from ----------------------------------------------------------------------------------------------


def silent_feeds(heard: Sequence[Heard], at: datetime, limits: dict[str, Limits], opened: Opened) -> Iterator[Condition]:
    """Shops of a platform on air that are silent for longer than is their habit; their silence begins on air.

    Of several shops on one platform those that have said nothing since it is on air are probably not in this session: they
    are suspected only when none of the others was heard either.
    """
    speaking = {(shop.county, shop.platform) for shop in heard if shop.heard_at >= shop.on_air_since}
    for shop in heard:
        if shop.heard_at < shop.on_air_since and (shop.county, shop.platform) in speaking:
            continue
        since = awaited_since(shop.heard_at, shop.on_air_since)
        key = Key(f"county:{shop.county}", AlertKind.FEED_SILENT, f"{shop.shop}", stamp(since))
        if key in opened or is_silent(since, shop.pause_ms, at, limits[shop.county].silent_minutes):
            facts = {"platform": shop.platform, "cause": shop.cause, "heard_at": stamp(shop.heard_at)}
            yield Condition(shop.county, key, shop.name, whole_minutes(at - since), facts)


def broken(doubt: Doubt) -> Condition:
    """Figures of a board that did not stand a check. Once for each stretch of doubt."""
    key = Key(doubt.scope, AlertKind.BROKEN, "", stamp(doubt.since))
    return Condition(doubt.county, key, doubt.title, doubt.count, {"since": stamp(doubt.since)})


# --- in order -------------------------------------------------------------------------------------------------------------


def how_bad(kind: str) -> int:
    """For sorting: the smaller, the worse."""
    return WORST_FIRST.index(AlertKind(kind))


def once_each(conditions: Iterable[Condition]) -> dict[Key, Condition]:
    """By key, in the order in which every worker writes them."""
    found = {condition.key: condition for condition in conditions}
    return {key: found[key] for key in sorted(found)}


def boards_of(scope: str, county: str) -> set[tuple[str, str]]:
    """The boards on which an alarm of a scope is seen: its own and its county's."""
    return {(scope, county), (f"county:{county}", county)}


def stamp(moment: datetime) -> str:
    """To the second, in UTC: what names an episode."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def whole_minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)

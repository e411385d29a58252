"""A believable evening of livestream sales, as messages to send. Pure, and the same seed makes the same evening.

Every few minutes a host pitches an item and orders come in a burst that dies away; between pitches they trickle. Platforms
repeat messages, deliver some late and some out of order. Times are milliseconds since the evening began; `body` turns a
message into the `standard` push format once the beginning is known. `--rate` is the mean of the whole evening.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

# Where the goods of a Shanxi county go: the big cities, the province itself, and its neighbours.
PROVINCES = {
    "山西省": 22, "北京市": 13, "河北省": 11, "山东省": 9, "河南省": 9, "江苏省": 7, "广东省": 7, "天津市": 5,
    "浙江省": 5, "上海市": 5, "陕西省": 4, "四川省": 3, "湖北省": 3, "辽宁省": 3, "内蒙古自治区": 2, "安徽省": 2,
    "福建省": 1, "新疆维吾尔自治区": 1,
}  # fmt: skip
LIFT = 5.0  # a burst begins at most at twice this many times the mean: 20 a second for a mean of 2
BURSTS = 0.65  # the share of orders that comes in bursts
SECOND = 1000
PLAYED = "played-"  # the taps of pitches that an evening plays begin with this


class Road(TextChoices):
    """How a platform tells us: the open format, or 抖店 (ids by push, the order by API)."""

    STANDARD = "standard"
    DOUYIN = "douyin"


@dataclass(frozen=True, slots=True)
class Offer:
    sku: str
    title: str
    price_fen: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A session on air: where it is, what it offers, how big it is, and how long it was on air when the evening began."""

    room: str
    account: str
    offers: tuple[Offer, ...]
    weight: int = 1
    on_air_s: int = 0


@dataclass(frozen=True, slots=True)
class Habits:
    """How buyers and platforms behave. `rate`: orders a second, over all sessions; everything else is a share."""

    rate: float = 2.0
    duplicates: float = 0.03  # of messages
    late: float = 0.02  # of orders
    shuffle: float = 0.01  # of orders
    douyin: float = 0.0  # of orders
    cancelled: float = 0.04  # of orders
    refunded: float = 0.05  # of paid orders, asked for; seven of ten get it
    stray: float = 0.01  # of orders: bought off a shop's page, naming no room


@dataclass(frozen=True, slots=True)
class Line:
    line_no: str
    sku: str
    title: str
    quantity: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class Refund:
    refund_no: str
    line_no: str
    status: str
    refund_fen: int
    quantity: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as the buyer placed it; `paid_ms` is None for one that is never paid."""

    order_no: str
    road: Road
    room: str | None
    account: str | None
    province: str
    lines: tuple[Line, ...]
    created_ms: int
    paid_ms: int | None

    @property
    def paid_fen(self) -> int:
        return sum(line.paid_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class Message:
    """What a platform says of an order at a moment. It is sent at `due_ms`, which may be long after `updated_ms`."""

    due_ms: int
    message_id: str
    sale: Sale
    version: int
    status: str
    updated_ms: int
    refunds: tuple[Refund, ...] = ()
    names_lines: bool = True
    is_repeat: bool = False


def body(message: Message, began_at: datetime) -> dict[str, Any]:
    """The message in the `standard` push format, for an evening that began at this moment."""

    def moment(ms: int | None) -> str | None:
        return None if ms is None else (began_at + timedelta(milliseconds=ms)).isoformat()

    sale = message.sale
    said: dict[str, Any] = {
        "order_no": sale.order_no,
        "version": message.version,
        "updated_at": moment(message.updated_ms),
        "status": message.status,
        "paid_at": moment(sale.paid_ms) if message.status not in {"created", "cancelled"} else None,
        "live_room": sale.room,
        "host_account": sale.account,
        "province": sale.province,
    }
    if message.names_lines:
        names = Line.__dataclass_fields__
        said["lines"] = [{name: getattr(line, name) for name in names} for line in sale.lines]
    if message.refunds:
        said["refunds"] = [
            {
                "refund_no": refund.refund_no,
                "line_no": refund.line_no,
                "status": refund.status,
                "refund_fen": refund.refund_fen,
                "quantity": refund.quantity,
                "updated_at": moment(refund.updated_ms),
            }
            for refund in message.refunds
        ]
    return said


# --- the rhythm ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Pitch:
    """An item in the host's hand: its burst begins at `burst_at` and dies away; the next pitch begins at `until`."""

    offer: int
    burst_at: float
    burst_s: float
    until: float
    lift: float
    quiet: float

    def strength(self, second: int) -> float:
        """Times the mean rate; 1 on average over the pitch."""
        gone = (second - self.burst_at) / self.burst_s
        return self.quiet + (2 * self.lift * (1 - gone) if 0 <= gone < 1 else 0)

    def is_hot(self, second: int) -> bool:
        return 0 <= second - self.burst_at < 1.5 * self.burst_s


def next_pitch(random: Random, begins: float, offer: int) -> Pitch:
    lasts, burst_s = random.uniform(110, 240), random.uniform(10, 60)
    lift = min(LIFT, BURSTS * lasts / burst_s)
    burst_at = begins + random.uniform(5, 30)
    return Pitch(offer, burst_at, burst_s, begins + lasts, lift, 1 - lift * burst_s / lasts)


def how_many(random: Random, mean: float) -> int:
    """A Poisson number: Knuth's way for small means, the normal one for large."""
    if mean > 50:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


@dataclass(slots=True)
class Performance:
    """One stage's evening so far."""

    random: Random
    pitch: Pitch | None = None

    def orders_in(self, second: int, mean: float, offers: int) -> tuple[int, Pitch]:
        if self.pitch is None:  # the host was in the middle of something when the evening began
            self.pitch = next_pitch(self.random, second - self.random.uniform(0, 110), 0)
        elif second >= self.pitch.until:
            self.pitch = next_pitch(self.random, second, self.pitch.offer + 1)
        self.pitch.offer %= max(offers, 1)
        return how_many(self.random, mean * self.pitch.strength(second)), self.pitch


# --- what becomes of an order -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Teller:
    """Tells the story of one order as messages: each later one has a higher version."""

    random: Random
    sale: Sale
    told: list[Message] = field(default_factory=list)
    refunds: dict[str, Refund] = field(default_factory=dict)

    def tell(self, status: str, ms: int, *, names_lines: bool = False, held_ms: int = 0) -> None:
        version = len(self.told) + 1
        refunds = tuple(self.refunds.values())
        message_id = f"{self.sale.order_no}-{version}"
        self.told.append(Message(ms + held_ms, message_id, self.sale, version, status, ms, refunds, names_lines))

    def after(self, low_s: float, high_s: float) -> int:
        return round(self.random.uniform(low_s, high_s) * SECOND)


def story(random: Random, sale: Sale, habits: Habits, arrives_ms: int) -> list[Message]:
    """Everything a platform says of an order whose buyer decided at `arrives_ms`, repeats among it."""
    teller = Teller(random, sale)
    late_ms = arrives_ms - sale.created_ms
    teller.tell("created", sale.created_ms, names_lines=True, held_ms=late_ms)
    if sale.paid_ms is None:
        teller.tell("cancelled", sale.created_ms + teller.after(60, 300))
    else:
        teller.tell("paid", sale.paid_ms, names_lines=True, held_ms=late_ms)
        if random.random() < habits.shuffle:
            first, second = teller.told
            teller.told[0] = replace(first, due_ms=second.due_ms + teller.after(0.2, 4))
        _tell_the_rest(teller, habits)
    repeats = [
        replace(message, due_ms=message.due_ms + teller.after(0.5, 20), is_repeat=True)
        for message in teller.told
        if random.random() < habits.duplicates
    ]
    return teller.told + repeats


def _tell_the_rest(teller: Teller, habits: Habits) -> None:
    """Shipping, and for some a refund of a line or of everything: asked for, then paid back, withdrawn or refused."""
    paid_ms = teller.told[-1].due_ms  # what follows a late message follows it late
    shipped_ms = paid_ms + teller.after(180, 900)
    if teller.random.random() >= habits.refunded:
        teller.tell("shipped", shipped_ms)
        teller.tell("completed", shipped_ms + teller.after(900, 2400))
        return
    asked_ms = paid_ms + teller.after(30, 170)
    whole = len(teller.sale.lines) == 1 or teller.random.random() < 0.4
    wanted = [line for line in teller.sale.lines if whole or line is teller.sale.lines[0]]
    _refund(teller, wanted, "requested", asked_ms)
    teller.tell("paid", asked_ms)
    answered_ms = asked_ms + teller.after(20, 120)
    answer = teller.random.choices(["succeeded", "withdrawn", "rejected"], [70, 20, 10])[0]
    _refund(teller, wanted, answer, answered_ms)
    is_closed = whole and answer == "succeeded"
    teller.tell("closed" if is_closed else "paid", answered_ms, names_lines=True)
    if not is_closed:
        teller.tell("shipped", max(shipped_ms, answered_ms + SECOND))


def _refund(teller: Teller, lines: Iterable[Line], status: str, ms: int) -> None:
    for line in lines:
        number = f"{teller.sale.order_no}-R{line.line_no}"
        teller.refunds[number] = Refund(number, line.line_no, status, line.paid_fen, line.quantity, ms)


# --- the evening --------------------------------------------------------------------------------------------------------


def place_order(random: Random, order_no: str, stage: Stage, pitch: Pitch, habits: Habits, arrives_ms: int) -> Sale:
    """One buyer's order: mostly what is pitched, sometimes more of the line-up, at the live price."""
    second = arrives_ms // SECOND
    first = pitch.offer if random.random() < (0.85 if pitch.is_hot(second) else 0.3) else random.randrange(len(stage.offers))
    wanted = min(random.choices([1, 2, 3], [78, 17, 5])[0], len(stage.offers))
    others = [i for i in range(len(stage.offers)) if i != first]
    lines = []
    for number, i in enumerate([first, *random.sample(others, wanted - 1)], start=1):
        offer, quantity = stage.offers[i], random.choices([1, 2, 3, 5], [76, 17, 5, 2])[0]
        lines.append(Line(str(number), offer.sku, offer.title, quantity, offer.price_fen * quantity))
    created_ms, paid_ms = arrives_ms, None
    if random.random() >= habits.cancelled:
        if random.random() < habits.late:
            oldest_s = min(300, stage.on_air_s + second)
            created_ms -= round(random.uniform(min(60, oldest_s), oldest_s) * SECOND)
        paid_ms = created_ms + random.randrange(400, 900)
    is_stray = random.random() < habits.stray
    return Sale(
        order_no=order_no,
        road=Road.DOUYIN if random.random() < habits.douyin else Road.STANDARD,
        room=None if is_stray else stage.room,
        account=None if is_stray else stage.account or None,
        province=random.choices(list(PROVINCES), list(PROVINCES.values()))[0],
        lines=tuple(lines),
        created_ms=created_ms,
        paid_ms=paid_ms,
    )


def nobody_asks(_stage: Stage, _offer: Offer, _second: int) -> None:
    pass


def evening(
    habits: Habits,
    seed: str,
    prefix: str,
    stages: Callable[[int], Sequence[Stage]],
    presents: Callable[[Stage, Offer, int], None] = nobody_asks,
) -> Iterator[list[Message]]:
    """Second by second, for ever, the messages due in it, in order of time. `stages` says who is on air in a second, and
    `presents` is told what a host begins to pitch, and in which second.

    Order numbers begin with `prefix`; but for them, two evenings of one seed and the same stages are the same.
    """
    performances: dict[str, Performance] = {}
    waiting: list[tuple[int, int, Message]] = []
    orders = told = second = 0
    while True:
        on_air = [stage for stage in stages(second) if stage.offers]
        weights = sum(stage.weight for stage in on_air)
        for stage in on_air:
            performance = performances.setdefault(stage.room, Performance(Random(f"{seed} {stage.room}")))
            mean = habits.rate * stage.weight / weights
            before = performance.pitch
            count, pitch = performance.orders_in(second, mean, len(stage.offers))
            if pitch is not before:
                presents(stage, stage.offers[pitch.offer], second)
            for _ in range(count):
                orders += 1
                random = Random(f"{seed} {orders}")
                arrives_ms = second * SECOND + random.randrange(SECOND)
                sale = place_order(random, f"{prefix}{orders:07d}", stage, pitch, habits, arrives_ms)
                for message in story(random, sale, habits, arrives_ms):
                    told += 1
                    heapq.heappush(waiting, (message.due_ms, told, message))
        second += 1
        due = []
        while waiting and waiting[0][0] < second * SECOND:
            due.append(heapq.heappop(waiting)[2])
        yield due

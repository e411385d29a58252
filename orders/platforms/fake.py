"""A 抖店 for practice, demos and tests: it takes orders, signs and sends pushes, answers its API, writes its export file.

It shares no code with the adapter it is talked to by, so that its totals and its signatures are an independent truth.

    with FakeDouyin("app", "secret", seed=1) as fake:      # serves its API at fake.url
        paid = fake.sell([(Good("LDS-500", "潞党参 500g", 5980), 2)], room="7300000000000000001")
        fake.send("http://127.0.0.1:8000/push/douyin/<key>/", *paid)
        fake.totals()
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import httpx

from orders.platforms.fake_file import write_export
from orders.platforms.fake_orders import (
    CLOSED,
    COMPLETED,
    PAID,
    REJECTED,
    REQUESTED,
    SHIPPED,
    SUCCEEDED,
    WITHDRAWN,
    FakeAfterSale,
    FakeLine,
    FakeOrder,
    Good,
    Push,
    Totals,
)
from orders.platforms.fake_server import serve
from orders.platforms.fake_token import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from http.server import ThreadingHTTPServer
    from pathlib import Path
__all__ = [
    "CLOSED",
    "REJECTED",
    "REQUESTED",
    "SUCCEEDED",
    "WITHDRAWN",
    "FakeDouyin",
    "FakeOrder",
    "Good",
    "Push",
    "Totals",
    "Trouble",
]
KEPT = 20_000  # orders in memory; beyond these the oldest finished ones are forgotten, beyond twice as many the oldest


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong on the way: shares of messages lost and sent twice, any order, seconds of delay at most."""

    drop: float = 0.0
    repeat: float = 0.0
    shuffle: bool = False
    delay: float = 0.0


CALM = Trouble()


@dataclass(frozen=True, slots=True)
class Delivered:
    """What `deliver` did: messages sent (repeats too), lost and repeated, and the HTTP requests answered with success."""

    sent: int
    dropped: int
    repeated: int
    requests: int


class FakeDouyin:
    """One shop of the platform. With a seed every run is the same; without one order numbers never repeat.

    `clock` is the platform's own; `calls_per_second` what it takes before it says 60000; `tokens.life_s` makes access tokens
    expire. At most `kept` orders stay in memory: a forgotten one is in no list any more, its money stays in `totals`.
    """

    def __init__(self, app_key: str, secret: str, shop_id: int = 77977, seed: int | None = None, kept: int = KEPT) -> None:
        self.app_key = app_key
        self.secret = secret
        self.shop_id = shop_id
        self.orders: dict[str, FakeOrder] = {}
        self.after_sales: dict[str, FakeAfterSale] = {}
        self.lock = threading.RLock()
        self.random = random.Random(seed)
        self.counter = self.random.randrange(10**12, 2 * 10**12)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.calls_per_second: int | None = None
        self.calls: Counter[int] = Counter()
        self.tokens = Tokens(self.random)
        self.kept = kept
        self.forgotten = Totals(0, 0, 0, 0)
        self.server: ThreadingHTTPServer | None = None

    # --- its API ----------------------------------------------------------------------------------------------------------

    def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serves the platform's API in a thread; returns its address. Port 0 takes a free one."""
        self.server = serve(self, host, port)
        threading.Thread(target=self.server.serve_forever, args=[0.05], name="fake-douyin", daemon=True).start()
        return self.url

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def url(self) -> str:
        assert self.server is not None, "start it first"
        host, port = self.server.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    # --- what happens in the shop -------------------------------------------------------------------------------------------

    def place_order(
        self,
        goods: Sequence[tuple[Good, int]],
        *,
        room: str = "0",
        account: str = "0",
        province: str = "北京市",
        at: datetime | None = None,
    ) -> Push:
        """A buyer orders; nothing is paid yet. `room` and `account` are "0" outside of a live room."""
        with self.lock:
            at = at or self.clock()
            self._forget()
            number = self._next_number()
            lines = [
                FakeLine(number if position == 0 else self._next_number(), good, quantity, *self._discounts(good, quantity))
                for position, (good, quantity) in enumerate(goods)
            ]
            order = self.orders[number] = FakeOrder(number, room, account, province, at, self._now(at), lines)
            return self._order_push(order, 100, create_time=_seconds(at))

    def pay_order(self, number: str, *, at: datetime | None = None) -> Push:
        with self.lock:
            at = at or self.clock()
            order = self._moved(number, PAID, at)
            order.paid_at = at
            amount = sum(line.due_fen for line in order.lines)
            return self._order_push(order, 101, pay_time=_seconds(at), pay_amount=amount, pay_type=1)

    def sell(self, goods: Sequence[tuple[Good, int]], *, at: datetime | None = None, **buyer: str) -> tuple[Push, Push]:
        """An order placed and paid at once: the two pushes."""
        placed = self.place_order(goods, at=at, **buyer)
        return placed, self.pay_order(placed.number, at=at)

    def ship_order(self, number: str, *, at: datetime | None = None) -> Push:
        with self.lock:
            order = self._moved(number, SHIPPED, at)
            return self._order_push(order, 102, update_time=_seconds(order.updated_at))

    def complete_order(self, number: str, *, at: datetime | None = None) -> Push:
        with self.lock:
            order = self._moved(number, COMPLETED, at)
            order.finished_at = order.updated_at
            return self._order_push(order, 103, complete_time=_seconds(order.updated_at))

    def cancel_order(self, number: str, *, at: datetime | None = None) -> Push:
        """The buyer walks away before paying."""
        with self.lock:
            order = self._moved(number, CLOSED, at)
            order.cancel_reason = "不想买了"
            return self._order_push(order, 106, cancel_time=_seconds(order.updated_at), cancel_reason=order.cancel_reason)

    def request_refund(self, number: str, *, line: int = 0, fen: int | None = None, at: datetime | None = None) -> Push:
        """The buyer asks for money back for one line: all of it, or `fen`. `Push.number` is the after-sale's."""
        with self.lock:
            at = at or self.clock()
            order = self.orders[number]
            sub_order = order.lines[line]
            left = sub_order.paid_fen - sub_order.refunded_fen
            after_sale = FakeAfterSale(
                self._next_number(), order, sub_order, left if fen is None else min(fen, left), at, self._now(at)
            )
            self.after_sales[after_sale.number] = after_sale
            sub_order.after_sales.append(after_sale)
            order.updated_at = self._now(at, order.updated_at)
            return self._after_sale_push(after_sale, 200, apply_time=_seconds(at))

    def settle_refund(self, after_sale_no: str, code: int = SUCCEEDED, *, at: datetime | None = None) -> Push:
        """SUCCEEDED: the money goes back, and an order that is refunded whole is closed. Or REJECTED, or WITHDRAWN."""
        with self.lock:
            at = at or self.clock()
            after_sale = self.after_sales[after_sale_no]
            after_sale.code, after_sale.updated_at = code, self._now(at, after_sale.updated_at)
            after_sale.refunded_at = at if code == SUCCEEDED else None
            order = after_sale.order
            order.updated_at = self._now(at, order.updated_at)
            if all(line.refunded_fen >= line.paid_fen for line in order.lines):
                order.code = CLOSED
            tag, moment = {SUCCEEDED: (206, "success_time"), REJECTED: (204, "refuse_time")}.get(code, (207, "close_time"))
            return self._after_sale_push(after_sale, tag, **{moment: _seconds(at)})

    def refund(self, number: str, *, line: int = 0, fen: int | None = None, at: datetime | None = None) -> tuple[Push, Push]:
        """A refund asked for and paid at once: the two pushes."""
        asked = self.request_refund(number, line=line, fen=fen, at=at)
        return asked, self.settle_refund(asked.number, at=at)

    def totals(self) -> Totals:
        with self.lock:
            return self.forgotten.plus(Totals.of(self.orders.values()))

    def write_export(self, path: Path, encoding: str = "utf-8-sig") -> int:
        """The order export by sub-order, 74 columns, `utf-8-sig` or `gb18030`; returns the number of rows."""
        with self.lock:
            return write_export(list(self.orders.values()), path, encoding)

    # --- its pushes ---------------------------------------------------------------------------------------------------------

    def send(self, url: str, *pushes: Push) -> httpx.Response:
        """One signed HTTP request with these messages."""
        with httpx.Client(trust_env=False, timeout=30) as line:
            return self.post(line, url, pushes)

    def probe(self, url: str) -> httpx.Response:
        """What the platform sends when a shop saves its push address."""
        return self.send(url, Push("", 0, "0", {"tag": "0", "msg_id": "0", "data": datetime.now(UTC).isoformat()}))

    def post(self, line: httpx.Client, url: str, pushes: Iterable[Push]) -> httpx.Response:
        body = json.dumps([push.message for push in pushes], ensure_ascii=False, separators=(",", ":")).encode()
        sign = hashlib.md5(self.app_key.encode() + body + self.secret.encode()).hexdigest()
        headers = {"content-type": "application/json; charset=utf-8", "app-id": self.app_key, "event-sign": sign}
        return line.post(url, content=body, headers=headers)

    def deliver(
        self, url: str, pushes: Iterable[Push], trouble: Trouble = CALM, *, together: int = 4, connections: int = 4
    ) -> Delivered:
        """Sends many messages as a platform does, up to `together` in a request, on several connections. What is answered
        503 is sent again."""
        queue: list[Push] = []
        dropped = repeated = 0
        for push in pushes:
            if self.random.random() < trouble.drop:
                dropped += 1
                continue
            again = self.random.random() < trouble.repeat
            repeated += again
            queue += [push] * (1 + again)
        if trouble.shuffle:
            self.random.shuffle(queue)
        requests: list[tuple[list[Push], float]] = []
        while queue:
            size = self.random.randint(1, together)
            requests.append((queue[:size], self.random.random() * trouble.delay))
            del queue[:size]
        with httpx.Client(trust_env=False, timeout=30) as line, ThreadPoolExecutor(connections) as pool:
            answered = list(pool.map(lambda request: self._post_until_taken(line, url, *request), requests))
        return Delivered(sum(len(request) for request, _ in requests), dropped, repeated, sum(answered))

    def _post_until_taken(self, line: httpx.Client, url: str, pushes: list[Push], delay: float) -> bool:
        time.sleep(delay)
        for attempt in range(10):
            try:
                answer = self.post(line, url, pushes)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code != 503:
                return answer.status_code == 200 and answer.json() == {"code": 0, "msg": "success"}
            time.sleep(0.1 * 2**attempt)
        return False

    # --- inside -------------------------------------------------------------------------------------------------------------

    def _next_number(self) -> str:
        """19 digits, above 2**53, as real ones are."""
        self.counter += self.random.randint(1, 9)
        return str(6_900_000_000_000_000_000 + self.counter * 10**5 + self.random.randrange(10**5))

    def _discounts(self, good: Good, quantity: int) -> tuple[int, int]:
        price = good.price_fen * quantity
        return self.random.choice([0, 0, price // 10, price // 7]), self.random.choice([0, 0, 0, price // 50])

    def _now(self, *moments: datetime | None) -> datetime:
        """When something changed at the platform: now, whenever it is said to have happened; never before `moments`."""
        return max([self.clock(), *(moment for moment in moments if moment is not None)])

    def _moved(self, number: str, code: int, at: datetime | None) -> FakeOrder:
        order = self.orders[number]
        order.code, order.updated_at = code, self._now(at, order.updated_at)
        return order

    def _forget(self) -> None:
        """Makes room for a new order, some at a time so that it costs nothing each time."""
        if len(self.orders) < self.kept + 100:
            return
        finished = [order for order in self.orders.values() if order.code in {CLOSED, COMPLETED}]
        spare = len(self.orders) - self.kept
        oldest = finished[:spare] or list(self.orders.values())[: max(0, len(self.orders) - 2 * self.kept)]
        self.forgotten = self.forgotten.plus(Totals.of(oldest))
        for order in oldest:
            del self.orders[order.number]
            for after_sale in (after_sale for line in order.lines for after_sale in line.after_sales):
                del self.after_sales[after_sale.number]

    def _order_push(self, order: FakeOrder, tag: int, **more: Any) -> Push:
        ids = [self._id(line.number) for line in order.lines]
        data = {"p_id": self._id(order.number), "s_ids": ids, "order_status": order.code, "order_type": 0, "biz": 2} | more
        return self._push(order.number, tag, data)

    def _after_sale_push(self, after_sale: FakeAfterSale, tag: int, **more: Any) -> Push:
        data = {
            "aftersale_id": self._id(after_sale.number),
            "aftersale_status": after_sale.code,
            "aftersale_type": 0,
            "p_id": self._id(after_sale.order.number),
            "s_id": self._id(after_sale.line.number),
            "refund_amount": after_sale.refund_fen,
            "refund_post_amount": 0,
            "reason_code": 15,
        } | more
        return self._push(after_sale.number, tag, data)

    def _push(self, number: str, tag: int, data: dict[str, Any]) -> Push:
        """The platform's own documents disagree on how a message is spelled; so do these."""
        data["shop_id"] = self.shop_id
        msg_id = f"{self.random.randrange(10**18):018d}:{tag}:{_seconds(datetime.now(UTC))}"
        spelled = json.dumps(data, ensure_ascii=False) if self.random.random() < 0.7 else data
        name = self.random.choice(["msg_id", "msg_id", "msgId"])
        return Push(number, tag, msg_id, {"tag": self.random.choice([str(tag), tag]), name: msg_id, "data": spelled})

    def _id(self, number: str) -> str | int:
        return number if self.random.random() < 0.5 else int(number)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())

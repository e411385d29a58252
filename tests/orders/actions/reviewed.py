"""A session and what became of its orders, told to the real intake; and an independent model of what each statement must say.

The model knows no ledger: it keeps each order as people think of it, and every event has its cause by what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user

BEGAN = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)  # 20:00 in Shanghai
ENDED = BEGAN + timedelta(hours=2)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
AFTER = {"t0": 0, "t1": 1, "t7": 7, "t15": 15, "t30": 30}
GRAMS = {"LDS-500": 500, "HJ-250": 250}
ROOMS = {"here": "R1", "there": "R2", "nowhere": "R9"}
NOTHING = (0, 0, 0, 0, 0)


def make_reviewed(county, **kwargs):
    """The session, and another one at the same hours that some orders really belong to."""
    goods = [make_product(county, sku, title=sku, net_weight_grams=grams) for sku, grams in GRAMS.items()]
    line_up = [(goods[0], 5980, 10), (goods[1], 2980, None)]
    host, other = make_user("host", county), make_user("host", county)
    here = make_session(county, host, went_live_at=BEGAN, ended_at=ENDED, line_up=line_up, **kwargs)
    make_session(county, other, room="R2", account="A2", went_live_at=BEGAN, ended_at=ENDED)
    return here


def plus(one, other, sign=1):
    return tuple(a + sign * b for a, b in zip(one, other, strict=True))


@dataclass
class Bill:
    """An order as people think of it: where, what was bought, what went back."""

    where: str = ""
    sku: str = "LDS-500"
    units: int = 1
    fen: int = 5980
    refunded: int | None = None
    is_cancelled: bool = False
    paid_at: datetime = BEGAN
    version: int = 0

    @property
    def here(self):
        """Orders, units, grams, paid, refunded in the session."""
        if self.where != "here" or self.is_cancelled:
            return NOTHING
        return 1, self.units, self.units * GRAMS[self.sku], self.fen, self.refunded or 0


@dataclass
class Evening:
    """`tell` says something of an order to the intake and to the model."""

    shop: object
    bills: dict = field(default_factory=dict)
    history: list = field(default_factory=list)  # (at, cause, what it changed here)

    def tell(self, no, at, what, *, cause=Cause.PUSH, **facts):
        bill = self.bills.setdefault(no, Bill(paid_at=facts.pop("paid_at", at)))
        before, was = bill.here, bill.where
        for name, value in facts.items():
            setattr(bill, name, value)
        bill.is_cancelled = bill.is_cancelled or what == "closed"
        bill.version += 1
        change = plus(bill.here, before, -1)
        if what == "moved":
            what = "moved_in" if bill.where == "here" else "moved_out"
            change = change if "here" in (was, bill.where) else NOTHING
        if change != NOTHING:
            self.history.append((at, what, change))
        self._push(no, bill, at, cause)

    def _push(self, no, bill, at, cause):
        body = make_order_body(
            no, at=at, version=bill.version, status="cancelled" if bill.is_cancelled else "paid", room=ROOMS[bill.where],
            lines=((1, bill.sku, bill.units, bill.fen),),
        )  # fmt: skip
        if bill.refunded is not None:
            body["refunds"] = [
                {"refund_no": "R1", "line_no": "1", "status": "succeeded" if bill.refunded else "withdrawn",
                 "refund_fen": bill.refunded, "quantity": 1, "updated_at": at.isoformat()}
            ]  # fmt: skip
        body["paid_at"] = bill.paid_at.isoformat()
        receive([make_arrival(self.shop, body, now=at)], cause=cause, at=at)

    def sums(self, until):
        """What the session had come to by then."""
        total = NOTHING
        for at, _what, change in self.history:
            total = plus(total, change) if at < until else total
        return total

    def causes(self, since, until):
        """By cause: how often, and what it came to."""
        found = {}
        for at, what, change in self.history:
            if since <= at < until:
                times, total = found.get(what, (0, NOTHING))
                found[what] = times + 1, plus(total, change)
        return found

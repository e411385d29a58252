"""What the fake 抖店 sells and keeps: goods, orders, sub-orders, after-sales, and what it adds them up to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

CREATED, PAID, SHIPPED, CLOSED, COMPLETED = 1, 2, 3, 4, 5
REQUESTED, SUCCEEDED, REJECTED, WITHDRAWN = 6, 12, 27, 28


@dataclass(frozen=True, slots=True)
class Good:
    sku: str
    title: str
    price_fen: int
    freight_fen: int = 0


@dataclass(frozen=True, slots=True)
class Push:
    """A message on its way: `number` is the order or the after-sale it is about."""

    number: str
    tag: int
    msg_id: str
    message: dict[str, Any]


@dataclass(slots=True)
class FakeLine:
    """A sub-order; the first one of an order has the order's own number."""

    number: str
    good: Good
    quantity: int
    discount_fen: int  # coupons: taken off before paying
    pay_discount_fen: int  # 支付优惠: paid by the platform, not by the buyer
    after_sales: list[FakeAfterSale] = field(default_factory=list)

    @property
    def due_fen(self) -> int:
        return self.good.price_fen * self.quantity - self.discount_fen + self.good.freight_fen

    @property
    def paid_fen(self) -> int:
        return self.due_fen - self.pay_discount_fen

    @property
    def refunded_fen(self) -> int:
        return sum(after_sale.refund_fen for after_sale in self.after_sales if after_sale.code == SUCCEEDED)


@dataclass(slots=True)
class FakeAfterSale:
    number: str
    order: FakeOrder
    line: FakeLine
    refund_fen: int
    applied_at: datetime
    updated_at: datetime
    code: int = REQUESTED
    kind: int = 0  # 0 退货退款
    refunded_at: datetime | None = None


@dataclass(slots=True)
class FakeOrder:
    number: str
    room: str
    account: str
    province: str
    created_at: datetime
    updated_at: datetime
    lines: list[FakeLine]
    code: int = CREATED
    paid_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_reason: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What the platform itself says was sold: paid orders, their pieces and money, and successful refunds."""

    orders: int
    units: int
    paid_fen: int
    refunded_fen: int

    @property
    def net_fen(self) -> int:
        return self.paid_fen - self.refunded_fen

    @classmethod
    def of(cls, orders: Iterable[FakeOrder]) -> Totals:
        paid = [order for order in orders if order.paid_at]
        lines = [line for order in paid for line in order.lines]
        return cls(
            orders=len(paid),
            units=sum(line.quantity for line in lines),
            paid_fen=sum(line.paid_fen for line in lines),
            refunded_fen=sum(line.refunded_fen for line in lines),
        )

    def plus(self, other: Totals) -> Totals:
        return Totals(
            self.orders + other.orders,
            self.units + other.units,
            self.paid_fen + other.paid_fen,
            self.refunded_fen + other.refunded_fen,
        )

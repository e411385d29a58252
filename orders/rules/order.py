"""What an order is and what a message about it changes. Pure: no query, no clock.

Every field of an order is decided by the message with the highest *rank* that says something about it. So any order of
arrival, any repetition and any batching ends in the same state, and the ledger (the differences of what the state was
worth) in the same sums. A rank is a bigint that the platform's adapter computes; it compares messages of one order only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from orders.rules.worth import WORTH_SOMETHING, Amounts, EntryKey, WorthLine, WorthRefund, worth

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

UNKNOWN = -1  # the rank of what nobody has said yet


class OrderStatus(TextChoices):
    CREATED = "created", _("待付款")
    PAID = "paid", _("已付款")
    SHIPPED = "shipped", _("已发货")
    RECEIVED = "received", _("已签收")
    COMPLETED = "completed", _("已完成")
    CANCELLED = "cancelled", _("未付款取消")
    CLOSED = "closed", _("付款后关闭")


class AfterSaleStatus(TextChoices):
    REQUESTED = "requested", _("申请中")
    SUCCEEDED = "succeeded", _("退款成功")
    WITHDRAWN = "withdrawn", _("已撤销")
    REJECTED = "rejected", _("已拒绝")


class Outcome(TextChoices):
    APPLIED = "applied", _("已计入")
    DUPLICATE = "duplicate", _("重复")
    STALE = "stale", _("过期")


@dataclass(frozen=True, slots=True)
class LineFact:
    line_no: str
    sku: str
    title: str
    quantity: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class RefundFact:
    """`rank` compares messages about this refund; `is_guess` marks what an order export could only hint at."""

    refund_no: str
    line_no: str | None
    status: str
    refund_fen: int
    quantity: int
    rank: int
    happened_at: datetime
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One message about one order. None means "this message says nothing about it"."""

    order_no: str
    rank: int
    happened_at: datetime
    status: str | None = None
    paid_at: datetime | None = None
    live_room: str | None = None
    host_account: str | None = None
    province: str | None = None
    lines: tuple[LineFact, ...] | None = None
    lines_complete: bool = True  # False: these lines among others (one row of an export by sub-order)
    refunds: tuple[RefundFact, ...] = ()


@dataclass(slots=True)
class LineState:
    fact: LineFact
    rank: int
    item_id: int | None = None


@dataclass(slots=True)
class OrderState:
    """What is known of one order. The ranks beside the fields say which message decided them."""

    order_no: str
    id: int | None = None
    status: str = OrderStatus.CREATED.value
    status_rank: int = UNKNOWN
    status_at: datetime | None = None
    paid_at: datetime | None = None
    paid_rank: int = UNKNOWN
    live_room: str | None = None
    room_rank: int = UNKNOWN
    host_account: str | None = None
    account_rank: int = UNKNOWN
    province: str | None = None
    province_rank: int = UNKNOWN
    lines: dict[str, LineState] = field(default_factory=dict)
    lines_rank: int = UNKNOWN  # of the newest message that listed all lines
    refunds: dict[str, RefundFact] = field(default_factory=dict)
    session_id: UUID | None = None
    evidence: str = ""
    is_contested: bool = False
    counted_at: datetime | None = None

    @property
    def is_counted(self) -> bool:
        return self.status in WORTH_SOMETHING

    def worth(self) -> dict[EntryKey, Amounts]:
        """What it is worth now; an order paid at an unknown time is booked at the time of its status."""
        occurred_at = self.paid_at or self.status_at
        if not self.is_counted or occurred_at is None or self.counted_at is None:
            return {}
        return worth(
            [WorthLine(no, line.item_id, line.fact.quantity, line.fact.paid_fen) for no, line in self.lines.items()],
            [
                WorthRefund(refund.line_no, refund.refund_fen, refund.is_guess)
                for refund in self.refunds.values()
                if refund.status == AfterSaleStatus.SUCCEEDED
            ],
            session_id=self.session_id,
            occurred_at=occurred_at,
            counted_at=self.counted_at,
        )


def apply(state: OrderState, event: OrderEvent) -> Outcome:
    """Lets a message say what it knows; returns whether it was news, a repeat, or older than what is known."""
    news = _apply_status(state, event)
    news |= _apply_evidence(state, event)
    if event.lines is not None:
        news |= _apply_lines(state, event)
    for refund in event.refunds:
        news |= _apply_refund(state, refund)
    if news:
        return Outcome.APPLIED
    older = event.status is not None and event.rank < state.status_rank
    older |= any(refund.rank < state.refunds[refund.refund_no].rank for refund in event.refunds)
    return Outcome.STALE if older else Outcome.DUPLICATE


def _apply_status(state: OrderState, event: OrderEvent) -> bool:
    if event.status is None or event.rank <= state.status_rank:
        return False
    state.status, state.status_rank, state.status_at = event.status, event.rank, event.happened_at
    return True


def _apply_evidence(state: OrderState, event: OrderEvent) -> bool:
    """When it was paid and where it came from: each fact by itself, so that a message without it erases nothing.

    A newer message that says the same is news too: its rank must be remembered, or one in between would win later.
    """
    news = False
    if event.paid_at is not None and event.rank > state.paid_rank:
        state.paid_at, state.paid_rank, news = event.paid_at, event.rank, True
    if event.live_room is not None and event.rank > state.room_rank:
        state.live_room, state.room_rank, news = event.live_room, event.rank, True
    if event.host_account is not None and event.rank > state.account_rank:
        state.host_account, state.account_rank, news = event.host_account, event.rank, True
    if event.province is not None and event.rank > state.province_rank:
        state.province, state.province_rank, news = event.province, event.rank, True
    return news


def _apply_lines(state: OrderState, event: OrderEvent) -> bool:
    """A complete list replaces every older line; a partial one only adds and renews its own lines."""
    facts = {line.line_no: line for line in event.lines or ()}
    news = False
    if event.lines_complete and event.rank > state.lines_rank:
        state.lines_rank, news = event.rank, True
        state.lines = {no: line for no, line in state.lines.items() if no in facts or line.rank > event.rank}
    for no, fact in facts.items():
        known = state.lines.get(no)
        floor = state.lines_rank if event.lines_complete else state.lines_rank + 1  # a complete list speaks for its own rank
        if event.rank < floor or (known is not None and known.rank >= event.rank):
            continue
        state.lines[no] = LineState(fact, event.rank, known.item_id if known and known.fact.sku == fact.sku else None)
        news = True
    return news


def _apply_refund(state: OrderState, refund: RefundFact) -> bool:
    known = state.refunds.get(refund.refund_no)
    if known is not None and refund.rank <= known.rank:
        return False
    state.refunds[refund.refund_no] = refund
    return True

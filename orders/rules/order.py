"""What an order is and what a message about it changes. Pure: no query, no clock.

Every field of an order is decided by the message with the highest *rank* that says something about it. So any order of
arrival, any repetition and any batching ends in the same state, and the ledger (the differences of what the state was
worth) in the same sums. A rank is a bigint that the platform's adapter computes; it compares messages of one order only.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from livestream.rules.day import shanghai_day
from orders.rules.rank import PROGRESS
from orders.rules.worth import WORTH_SOMETHING, Amounts, EntryKey, WorthLine, WorthRefund, worth

if TYPE_CHECKING:
    from collections.abc import Iterable

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


class LineFact(Struct, frozen=True, gc=False):
    line_no: str
    sku: str
    title: str
    quantity: int
    paid_fen: int


class RefundFact(Struct, frozen=True, gc=False):
    """`rank` compares messages about this refund; `is_guess` marks what an order export could only hint at."""

    refund_no: str
    line_no: str | None
    status: str
    refund_fen: int
    quantity: int
    rank: int
    happened_at: datetime
    is_guess: bool = False


class OrderEvent(Struct, frozen=True):
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


class LineState(Struct):
    fact: LineFact
    rank: int
    item_id: int | None = None


class OrderState(Struct):
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
    lines_rank: int = UNKNOWN  # of the newest message that listed all lines
    session_id: str | None = None
    evidence: str = ""
    is_contested: bool = False
    is_conflicting: bool = False  # two messages of one rank said different things
    counted_at: datetime | None = None
    lines: dict[str, LineState] = msgspec.field(default_factory=dict)
    refunds: dict[str, RefundFact] = msgspec.field(default_factory=dict)

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
                WorthRefund(shanghai_day(refund.happened_at), refund.line_no, refund.refund_fen, refund.is_guess)
                for refund in self.refunds.values()
                if refund.status == "succeeded"
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


def _decides(state: OrderState, rank: int, claim: Any, known_rank: int, known: Any) -> bool:
    """The higher rank decides; of two different claims of one rank the smaller one, and the order is marked."""
    if rank != known_rank or claim == known:
        return rank > known_rank
    state.is_conflicting = True
    return bool(claim < known)


def _apply_status(state: OrderState, event: OrderEvent) -> bool:
    status, rank = event.status, event.rank
    if status is None or rank < state.status_rank:
        return False
    if status == state.status:
        if rank == state.status_rank and (state.status_at is None or event.happened_at >= state.status_at):
            return False
    elif not _decides(state, rank, (PROGRESS[status], status), state.status_rank, (PROGRESS[state.status], state.status)):
        return False
    state.status, state.status_rank, state.status_at = status, rank, event.happened_at
    return True


def _apply_evidence(state: OrderState, event: OrderEvent) -> bool:
    """When it was paid and where it came from: each fact by itself, so that a message without it erases nothing.

    A newer message that says the same is news too: its rank must be remembered, or one in between would win later.
    """
    news, rank = False, event.rank
    if event.paid_at is not None and _decides(state, rank, event.paid_at, state.paid_rank, state.paid_at):
        state.paid_at, state.paid_rank, news = event.paid_at, rank, True
    if event.live_room is not None and _decides(state, rank, event.live_room, state.room_rank, state.live_room):
        state.live_room, state.room_rank, news = event.live_room, rank, True
    if event.host_account is not None and _decides(state, rank, event.host_account, state.account_rank, state.host_account):
        state.host_account, state.account_rank, news = event.host_account, rank, True
    if event.province is not None and _decides(state, rank, event.province, state.province_rank, state.province):
        state.province, state.province_rank, news = event.province, rank, True
    return news


def _apply_lines(state: OrderState, event: OrderEvent) -> bool:
    """A complete list replaces every older line; a partial one only adds and renews its own lines."""
    facts = {line.line_no: line for line in event.lines or ()}
    if event.lines_complete:
        return _apply_list(state, event.rank, facts)
    if event.rank <= state.lines_rank:
        return False  # a complete list speaks for its own rank
    news = False
    for no, fact in facts.items():
        known = state.lines.get(no)
        if known is None or _decides(state, event.rank, _size([fact]), known.rank, _size([known.fact])):
            _put_line(state, no, fact, event.rank)
            news = True
    return news


def _apply_list(state: OrderState, rank: int, facts: dict[str, LineFact]) -> bool:
    """All lines of the order, as the message of this rank lists them; newer lines of partial messages stay."""
    if rank < state.lines_rank:
        return False
    newer = {no for no, line in state.lines.items() if line.rank > rank}
    if rank == state.lines_rank:
        listed = [line.fact for line in state.lines.values() if line.rank == rank]
        told = [fact for no, fact in facts.items() if no not in newer]
        if not _decides(state, rank, _size(told), rank, _size(listed)):
            return False
    state.lines_rank = rank
    state.lines = {no: line for no, line in state.lines.items() if no in facts or no in newer}
    for no, fact in facts.items():
        if no not in newer:
            _put_line(state, no, fact, rank)
    return True


def _put_line(state: OrderState, no: str, fact: LineFact, rank: int) -> None:
    known = state.lines.get(no)
    state.lines[no] = LineState(fact, rank, known.item_id if known and known.fact.sku == fact.sku else None)


def _size(lines: Iterable[LineFact]) -> tuple[int, list[tuple[Any, ...]]]:
    """What compares two lists of lines: the money first, then their whole content."""
    facts = sorted((line.line_no, line.paid_fen, line.quantity, line.sku, line.title) for line in lines)
    return sum(fact[1] for fact in facts), facts


def _apply_refund(state: OrderState, refund: RefundFact) -> bool:
    known = state.refunds.get(refund.refund_no)
    if known is not None and not _decides(state, refund.rank, _claim(refund), known.rank, _claim(known)):
        return False
    state.refunds[refund.refund_no] = refund
    return True


def _claim(refund: RefundFact) -> tuple[Any, ...]:
    return refund.refund_fen, refund.quantity, refund.status, refund.line_no or ""

"""A row of an export as the message it is: the same kind that pushes and the platform's API bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.rules.order import AfterSaleStatus, LineFact, OrderEvent, RefundFact
from orders.rules.rank import micros

if TYPE_CHECKING:
    from orders.sheets.grouping import RowEvent

SUCCEEDED = AfterSaleStatus.SUCCEEDED.value


def order_event(row: RowEvent) -> OrderEvent:
    return OrderEvent(
        order_no=row.order_no,
        rank=row.rank,
        happened_at=row.happened_at,
        status=row.status,
        paid_at=row.paid_at,
        host_account=row.host_account,
        province=row.province,
        lines=(
            LineFact(line_no=row.line_no, sku=row.sku, title=row.title, quantity=row.quantity, paid_fen=row.paid_fen),
        ),
        lines_complete=False,
        refunds=() if row.refunded_at is None else refund_guess(row),
    )  # fmt: skip


def refund_guess(row: RowEvent) -> tuple[RefundFact, ...]:
    """What "退款成功" lets us guess: the whole line went back. The real after-sale, once it is known, replaces it."""
    if row.refunded_at is None:
        return ()
    return (
        RefundFact(
            refund_no=f"file:{row.line_no}",
            line_no=row.line_no,
            status=SUCCEEDED,
            refund_fen=row.paid_fen,
            quantity=row.quantity,
            rank=micros(row.refunded_at),
            happened_at=row.refunded_at,
            is_guess=True,
        ),
    )

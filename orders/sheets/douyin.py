"""The order export of 抖店: one row per sub-order, 74 columns or any choice of them.

What a line is worth: 订单应付金额 (of the sub-order, freight in, coupons out) − 支付优惠 (what the payment channel paid for the
buyer) = the money the buyer really paid; the API's sub-order says the same with pay_amount − promotion_pay_amount.
Status: a closed sub-order with a 支付完成时间 was closed after payment, one without was never paid; files without that
column tell it by 售后状态, which is `-` on orders that were never paid.
The export names the host's account (达人ID) but no live room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from orders.rules.order import LineFact
from orders.sheets.contract import BadRow, Column, Refused, RowFact

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import Promise

    from orders.sheets.cells import Row

NAME = "douyin"
LABEL: Promise = _("抖店的订单表")
MARKS = frozenset({"主订单编号", "子订单编号"})
COLUMNS: tuple[Column, ...] = (
    Column("order_no", ("主订单编号",), is_needed=True),
    Column("line_no", ("子订单编号",), is_needed=True),
    Column("title", ("选购商品", "商品名称"), is_needed=True),
    Column("quantity", ("商品数量",), is_needed=True),
    Column("due", ("订单应付金额",), is_needed=True),
    Column("status", ("订单状态",), is_needed=True),
    Column("submitted_at", ("订单提交时间",), is_needed=True),
    Column("sku", ("商家编码", "货号"), if_missing="no_sku"),
    Column("product_id", ("商品ID",)),
    Column("pay_discount", ("支付优惠",)),
    Column("paid_at", ("支付完成时间",), if_missing="no_paid_at"),
    Column("shipped_at", ("发货时间",)),
    Column("finished_at", ("订单完成时间",)),
    Column("after_sale", ("售后状态",), if_missing="no_refunds"),
    Column("host", ("达人ID",), if_missing="no_host"),
    Column("province", ("省", "省份")),
)
STATUS = {
    "待支付": "created",
    "待付款": "created",
    "待确认": "created",
    "已支付": "paid",
    "待发货": "paid",
    "备货中": "paid",
    "部分发货": "paid",
    "已发货": "shipped",
    "待收货": "shipped",
    "已签收": "received",
    "已收货": "received",
    "已完成": "completed",
    "交易成功": "completed",
    "已关闭": "closed",
    "已取消": "closed",
    "交易关闭": "closed",
}
REFUNDED = frozenset({"退款成功", "已全额退款", "全额退款", "售后成功"})
NO_HOST = frozenset({"0", ""})


def read(row: Row, now: datetime) -> RowFact:
    """Raises BadRow."""
    order_no, line_no = _numbers(row)
    submitted_at = row.moment("submitted_at", now)
    if submitted_at is None:
        raise BadRow("missing", row.titles["submitted_at"])
    paid_at = row.moment("paid_at", now)
    moments = [submitted_at, paid_at, row.moment("shipped_at", now), row.moment("finished_at", now)]
    due, paid_fen = _money(row)
    after_sale = row.text("after_sale")
    host = row.text("host")
    return RowFact(
        order_no=order_no,
        line=LineFact(line_no, _sku(row), _title(row), row.count("quantity"), paid_fen),
        due_fen=due,
        status=_status(row, paid_at, due, after_sale),
        moment=max(moment for moment in moments if moment is not None),
        submitted_at=submitted_at,
        paid_at=paid_at,
        host_account=None if host in NO_HOST else host,
        province=row.text("province", 32) or None,
        is_refunded=after_sale in REFUNDED,
    )


def _numbers(row: Row) -> tuple[str, str]:
    """Main and sub-order number; they are equal in one sub-order of each order, so a line is never told by its number alone."""
    try:
        return row.identifier("order_no"), row.identifier("line_no")
    except BadRow:
        if ";" in row.text("line_no", 4000).replace("；", ";"):
            raise Refused("by_main_order") from None
        raise


def _money(row: Row) -> tuple[int, int]:
    due = row.money("due")
    if due is None:
        raise BadRow("missing", row.titles["due"])
    discount = row.money("pay_discount") or 0
    if discount > due:
        raise BadRow("discount", row.titles["pay_discount"])
    return due, due - discount


def _status(row: Row, paid_at: datetime | None, due: int, after_sale: str) -> str | None:
    word = row.text("status")
    if not word:
        raise BadRow("missing", row.titles["status"])
    status = STATUS.get(word)
    if status is None:
        raise BadRow("status", row.titles["status"])
    if status != "closed":
        return status
    was_paid = paid_at is not None if row.has("paid_at") else bool(after_sale)
    if was_paid:
        return "closed"
    # A free gift is a sub-order of 0.00 that is closed at once: it says nothing about the order it came with.
    return None if due == 0 else "cancelled"


def _sku(row: Row) -> str:
    """The merchant's code; for goods without one the platform's product number, as the API adapter does."""
    product_id = row.text("product_id", 200)
    return row.text("sku", 128) or (product_id if product_id.isdecimal() else "")


def _title(row: Row) -> str:
    return row.text("title", 4000)[:200]


def missing_columns(missing: list[Column]) -> Refused:
    """By main order there is no 子订单编号: several goods stand in one cell and cannot be told apart."""
    if any(column.key == "line_no" for column in missing):
        return Refused("by_main_order")
    return Refused("missing_columns", what=LABEL, missing=str(_("、")).join(column.title for column in missing))

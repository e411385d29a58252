"""The order export of 抖店: one row per sub-order, 74 columns or any choice of them.

What a line is worth: 订单应付金额 (of the sub-order, freight in, coupons out) − 支付优惠 (what the payment channel paid for the
buyer) = the money the buyer really paid; the API's sub-order says the same with pay_amount − promotion_pay_amount.
Status: a closed sub-order with a 支付完成时间 was closed after payment, one without was never paid; files without that
column tell it by 售后状态, which is `-` on orders that were never paid.
The export names the host's account (达人ID) but no live room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from orders.sheets.cells import count, identifier, moment, money, needed, plain_text, stored_text, text
from orders.sheets.contract import BadCell, BadRow, Column, Refused, RowFact

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from django.utils.functional import Promise

NAME = "douyin"
LABEL: Promise = _("抖店的订单表")
MARKS = frozenset({"主订单编号", "子订单编号"})
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
DISCOUNT = "支付优惠"


def sub_order(cell: str, now: datetime) -> str:
    """The number of a sub-order. It equals the main number in one sub-order of each order, so it never tells a line alone."""
    try:
        return identifier(cell, now)
    except BadCell:
        if ";" in cell[:4000].replace("；", ";"):
            raise Refused("by_main_order") from None
        raise


def status_word(cell: str, now: datetime) -> str:
    status = STATUS.get(str(needed(plain_text)(cell, now)))
    if status is None:
        raise BadCell("status")
    return status


def host_account(cell: str, now: datetime) -> str | None:
    host = str(account(cell, now))
    return None if host in NO_HOST else host


def product_number(cell: str, now: datetime) -> str:
    number = str(text(200)(cell, now))
    return number if number.isdecimal() else ""


def title_text(cell: str, now: datetime) -> str:
    return str(long_title(cell, now))[:200]


account = stored_text(64)
long_title = stored_text(4000)
COLUMNS: tuple[Column, ...] = (
    Column("line_no", ("子订单编号",), sub_order, is_needed=True, is_unique=True),
    Column("order_no", ("主订单编号",), identifier, is_needed=True, is_unique=True),
    Column("title", ("选购商品", "商品名称"), title_text, is_needed=True),
    Column("quantity", ("商品数量",), count, is_needed=True),
    Column("due", ("订单应付金额",), needed(money), is_needed=True),
    Column("status", ("订单状态",), status_word, is_needed=True),
    Column("submitted_at", ("订单提交时间",), needed(moment), is_needed=True),
    Column("sku", ("商家编码", "货号"), stored_text(128), if_missing="no_sku"),
    Column("product_id", ("商品ID",), product_number),
    Column("pay_discount", (DISCOUNT,), money),
    Column("paid_at", ("支付完成时间",), moment, if_missing="no_paid_at"),
    Column("shipped_at", ("发货时间",), moment),
    Column("finished_at", ("订单完成时间",), moment),
    Column("after_sale", ("售后状态",), plain_text, if_missing="no_refunds"),
    Column("host", ("达人ID",), host_account, if_missing="no_host"),
    Column("province", ("省", "省份"), stored_text(32)),
)


def read(values: Sequence[Any], known: Collection[str]) -> RowFact:
    """Raises BadRow."""
    line_no, order_no, title, quantity, due, status, submitted_at, sku, product_id, discount, paid_at, *rest = values
    shipped_at, finished_at, after_sale, host, province = rest
    latest = submitted_at
    for at in (paid_at, shipped_at, finished_at):
        if at is not None and at > latest:
            latest = at
    discount = discount or 0
    if discount > due:
        raise BadRow("discount", DISCOUNT)
    if status == "closed":
        status = closed(was_paid=paid_at is not None if "paid_at" in known else bool(after_sale), due=due)
    return RowFact(
        order_no=order_no,
        line_no=line_no,
        sku=sku or product_id,
        title=title,
        quantity=quantity,
        paid_fen=due - discount,
        due_fen=due,
        status=status,
        moment=latest,
        submitted_at=submitted_at,
        paid_at=paid_at,
        host_account=host,
        province=province or None,
        is_refunded=after_sale in REFUNDED,
    )


def closed(*, was_paid: bool, due: int) -> str | None:
    """Closed after payment, or never paid. A free gift is a sub-order of 0.00 that is closed at once: it says nothing about
    the order it came with."""
    if was_paid:
        return "closed"
    return None if due == 0 else "cancelled"


def missing_columns(missing: list[Column]) -> Refused:
    """By main order there is no 子订单编号: several goods stand in one cell and cannot be told apart."""
    if any(column.key == "line_no" for column in missing):
        return Refused("by_main_order")
    return Refused("missing_columns", what=LABEL, missing=str(_("、")).join(column.title for column in missing))

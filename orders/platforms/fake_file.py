"""The export file of the fake 抖店: one row per sub-order, in the columns and with the habits of real files."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from orders.platforms.fake_orders import FakeLine, FakeOrder

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADER = (
    "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品单价,订单应付金额,运费,优惠总金额,平台优惠,商家优惠,"
    "达人优惠,商家改价,支付优惠,红包抵扣,支付方式,手续费,收件人,收件人手机号,省,市,区,街道,详细地址,是否修改过地址,地址修改时段,"
    "买家留言,订单提交时间,旗帜颜色,商家备注,订单完成时间,支付完成时间,APP渠道,流量来源,订单状态,承诺发货时间,订单类型,"
    "鲁班落地页ID,达人ID,达人昵称,所属门店ID,售后状态,取消原因,预约发货时间,仓库ID,仓库名称,序列号,是否安心购,广告渠道,流量类型,"
    "流量体裁,流量渠道,发货主体,发货主体明细,发货时间,降价类优惠,平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额,"
    "预计送达时间,是否平台仓自流转,车型,商品69码,发货SN码,发货IMEI码1,发货IMEI码2,预约送达时间,建议发货时间（起）,"
    "建议发货时间（止）,物流SN码,物流IMEI码1,物流IMEI码2"
)
COLUMNS = next(csv.reader([HEADER]))
STATUS = {1: "待支付", 2: "待发货", 3: "已发货", 4: "已关闭", 5: "已完成"}
AFTER_SALE = {6: "售后待处理", 12: "退款成功", 27: "-", 28: "-"}


def write_export(orders: Iterable[FakeOrder], path: Path, encoding: str) -> int:
    """Writes the file; returns the number of rows."""
    rows = [row_of(order, line) for order in orders for line in order.lines]
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="-", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def row_of(order: FakeOrder, line: FakeLine) -> dict[str, str]:
    is_live = order.room != "0"
    is_gift = line.good.price_fen == 0  # a free gift is a sub-order that is closed at once and never paid by itself
    return {
        "主订单编号": f"\t{order.number}",
        "子订单编号": f"\t{line.number}",
        "选购商品": line.good.title,
        "商品数量": f"\t{line.quantity}",
        "商家编码": line.good.sku or "-",
        "商品单价": yuan(line.good.price_fen),
        "订单应付金额": yuan(line.due_fen),
        "运费": yuan(line.good.freight_fen),
        "优惠总金额": yuan(line.discount_fen + line.pay_discount_fen),
        "商家优惠": yuan(line.discount_fen),
        "支付优惠": yuan(line.pay_discount_fen),
        "支付方式": "微信" if order.paid_at else "-",
        "收件人": "张*",
        "收件人手机号": "1**********",
        "省": order.province,
        "详细地址": "****",
        "订单提交时间": moment(order.created_at),
        "支付完成时间": moment(None if is_gift else order.paid_at),
        "订单完成时间": moment(order.finished_at),
        "订单状态": STATUS[4 if is_gift or is_refunded(line) else order.code],
        "订单类型": "普通订单",
        "达人ID": f"\t{order.account}",
        "售后状态": AFTER_SALE[line.after_sales[-1].code] if line.after_sales else "-",
        "取消原因": order.cancel_reason or "-",
        "流量体裁": "直播" if is_live else "其他",
        "流量渠道": "直播间" if is_live else "-",
    }


def is_refunded(line: FakeLine) -> bool:
    """A sub-order whose money all went back is closed, whatever its order is."""
    return bool(line.after_sales) and line.refunded_fen >= line.paid_fen


def yuan(fen: int) -> str:
    return f"\t{fen // 100:,}.{fen % 100:02d}"


def moment(at: datetime | None) -> str:
    return f"\t{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else "-"

"""Small export files as 抖店 writes them, made by hand."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from orders.platforms.fake_file import COLUMNS
from orders.sheets.header import recognize
from orders.sheets.reading import Reading

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIRST = 6923450000000000017


def make_row(n=1, sub=0, **cells):
    """One sub-order, paid on 2026-11-20 at 20:05:00; `sub` counts the sub-orders of order `n`."""
    row = {
        "主订单编号": f"\t{FIRST + n * 1000}",
        "子订单编号": f"\t{FIRST + n * 1000 + sub}",
        "选购商品": "平顺潞党参 500g",
        "商品数量": "2",
        "商家编码": "LDS-500",
        "订单应付金额": "119.60",
        "支付优惠": "0.00",
        "收件人": "王东峧",
        "收件人手机号": "13900000000",
        "省": "北京市",
        "详细地址": "东寺头乡某村 1 号",
        "订单提交时间": "\t2026-11-20 20:04:50",
        "支付完成时间": "\t2026-11-20 20:05:00",
        "订单状态": "待发货",
        "达人ID": "\t88001",
        "售后状态": "-",
    }
    return row | cells


def order_no(n):
    return str(FIRST + n * 1000)


def make_file(
    rows, *, columns=COLUMNS, encoding="utf-8-sig", separator=",", caption=(), bottom=(), names=None, quoting=csv.QUOTE_ALL
):
    """The bytes of a file; `names` renames columns, `caption` and `bottom` are rows of cells above and below."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=quoting)
    writer.writerows(caption)
    writer.writerow([(names or {}).get(column, column) for column in columns])
    for row in rows:
        writer.writerow([row.get(column, "-") for column in columns])
    writer.writerows(bottom)
    return out.getvalue().encode(encoding)


def make_reading(data: bytes, now=NOW, piece=7919) -> Reading:
    """Reads from pieces of an odd size, so that characters and lines are cut."""

    def pieces():
        return (data[start : start + piece] for start in range(0, len(data), piece))

    return Reading(recognize(pieces), pieces, now)

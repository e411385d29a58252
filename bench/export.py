"""A 抖店 order export as its shops download it: 74 columns, one row per sub-order, BOM, tabs before numbers, `-` for nothing."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bench.goods import ACCOUNT, GOODS

if TYPE_CHECKING:
    from pathlib import Path

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADER_ROW = (
    "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品单价,订单应付金额,运费,优惠总金额,平台优惠,商家优惠,"
    "达人优惠,商家改价,支付优惠,红包抵扣,支付方式,手续费,收件人,收件人手机号,省,市,区,街道,详细地址,是否修改过地址,地址修改时段,"
    "买家留言,订单提交时间,旗帜颜色,商家备注,订单完成时间,支付完成时间,APP渠道,流量来源,订单状态,承诺发货时间,订单类型,"
    "鲁班落地页ID,达人ID,达人昵称,所属门店ID,售后状态,取消原因,预约发货时间,仓库ID,仓库名称,序列号,是否安心购,广告渠道,流量类型,"
    "流量体裁,流量渠道,发货主体,发货主体明细,发货时间,降价类优惠,平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额,"
    "预计送达时间,是否平台仓自流转,车型,商品69码,发货SN码,发货IMEI码1,发货IMEI码2,预约送达时间,建议发货时间（起）,"
    "建议发货时间（止）,物流SN码,物流IMEI码1,物流IMEI码2"
)
HEADER = next(csv.reader([HEADER_ROW]))
LINES_AN_ORDER = 2


def write_export(path: Path, lines: int) -> None:
    """`lines` rows of paid orders, two rows an order, paid over the last hours."""
    start = datetime.now(UTC) - timedelta(hours=5)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for n in range(lines):
            order, position = divmod(n, LINES_AN_ORDER)
            paid_at = start + timedelta(milliseconds=order * 100 % 17_000_000)
            cells = dict.fromkeys(HEADER, "-") | row(order, position, paid_at)
            writer.writerow([cells[title] for title in HEADER])


def row(order: int, position: int, paid_at: datetime) -> dict[str, str]:
    sku, title, fen = GOODS[(order + 7 * position) % len(GOODS)]
    number = 6_900_000_000_000_000_001 + order * 1000
    moment = paid_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    return {
        "主订单编号": f"\t{number}",
        "子订单编号": f"\t{number + position}",
        "选购商品": title,
        "商品规格": "500g/袋",
        "商品数量": "1",
        "商品ID": f"\t{3_500_000_000_000_000_000 + order % 24}",
        "商家编码": sku,
        "商品单价": yuan(fen),
        "订单应付金额": yuan(fen),
        "运费": "0.00",
        "支付方式": "微信",
        "收件人": "张*",
        "收件人手机号": "1**********",
        "省": "北京市",
        "市": "北京市",
        "区": "朝阳区",
        "详细地址": "****",
        "订单提交时间": f"\t{moment}",
        "支付完成时间": f"\t{moment}",
        "订单状态": "待发货",
        "订单类型": "普通订单",
        "达人ID": f"\t{ACCOUNT}",
        "售后状态": "-",
        "流量体裁": "直播",
        "流量渠道": "直播间",
    }


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"

"""The columns of every export and what each means: the data dictionary that goes out with the file.

A meaning is that of docs/counting.md in one sentence."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Choices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.deed import Deed
from livestream.rules.person import Role
from livestream.rules.session import SessionKind, SessionState
from orders.models.ledger import Cause
from orders.rules.attribution import Evidence
from orders.rules.export import ExportKind
from orders.rules.order import AfterSaleStatus, OrderStatus

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Cell(Enum):
    """What stands in a column. The name in words is for the data dictionary."""

    TEXT = _("文字")
    NUMBER = _("整数")
    YUAN = _("元，两位小数")
    MOMENT = _("北京时间")
    DAY = _("日期")
    FLAG = _("是或否")


class Column(NamedTuple):
    """`key` names it in JSON; `labels` says what its stored words mean; `is_summed` columns have a total in the notes."""

    key: str
    title: _StrPromise
    cell: Cell
    note: _StrPromise
    labels: type[Choices] | None = None
    is_summed: bool = False
    width: int = 14


ORDERS_NOTE = _("已付款订单的笔数，同一笔只算一次，退款不减")
UNITS_NOTE = _("已付款的件数")
PAID_NOTE = _("买家实际付的钱，含运费，不含平台补贴")
REFUNDED_NOTE = _("成功的退款，按售后单号只算一次，不超过实付")
NET_NOTE = _("支付减退款")

COUNTY = Column("county", _("县"), Cell.TEXT, _("卖货的县"))
DAY = Column("day", _("营业日"), Cell.DAY, _("付款那一刻的北京日期"), width=12)
SESSION = Column("session", _("场次"), Cell.TEXT, _("订单归到的那一场；空着的是没有归到场次的"), width=22)
SESSION_ID = Column("session_id", _("场次编号"), Cell.TEXT, _("系统给这一场的编号"), width=38)
HOST = Column("host", _("主播"), Cell.TEXT, _("直播间名；没有的只写姓"))
PLATFORM = Column("platform", _("平台"), Cell.TEXT, _("店铺所在的平台"), width=10)
SHOP = Column("shop", _("店铺"), Cell.TEXT, _("店铺名"), width=18)
ORDER_NO = Column("order_no", _("订单号"), Cell.TEXT, _("平台给的订单号；CSV 里号码前有一个制表符，防止被表格软件改坏"), width=24)
LINE_NO = Column("line_no", _("行号"), Cell.TEXT, _("订单里的第几样，或平台的子订单号"), width=24)
PAID_AT = Column("paid_at", _("支付时间"), Cell.MOMENT, _("平台说的付款时间"), width=20)
PROVINCE = Column("province", _("收货省份"), Cell.TEXT, _("只到省。系统不存买家的姓名、电话和地址"), width=12)
STATUS = Column("status", _("状态"), Cell.TEXT, _("订单现在的状态"), OrderStatus)
SKU = Column("sku", _("商家编码"), Cell.TEXT, _("店铺给商品的编码"))
ITEM = Column("item", _("商品"), Cell.TEXT, _("商品名"), width=26)
ORDERS = Column("orders", _("订单数"), Cell.NUMBER, ORDERS_NOTE, is_summed=True, width=10)
ITEM_ORDERS = Column("item_orders", _("商品订单数"), Cell.NUMBER, _("有这样商品的订单笔数；一笔有几样，每样各算一次"), width=12)
UNITS = Column("units", _("件数"), Cell.NUMBER, UNITS_NOTE, is_summed=True, width=10)
PAID = Column("paid_yuan", _("支付（元）"), Cell.YUAN, PAID_NOTE, is_summed=True)
REFUNDED = Column("refunded_yuan", _("退款（元）"), Cell.YUAN, REFUNDED_NOTE, is_summed=True)
NET = Column("net_yuan", _("净额（元）"), Cell.YUAN, NET_NOTE, is_summed=True)
MONEY = (PAID, REFUNDED, NET)
WHERE_SOLD = (SESSION, SESSION_ID, HOST, PLATFORM, SHOP)

COLUMNS: dict[ExportKind, tuple[Column, ...]] = {
    ExportKind.LEDGER: (COUNTY, DAY, *WHERE_SOLD, SKU, ITEM, ORDERS, ITEM_ORDERS, UNITS, *MONEY),
    ExportKind.SESSIONS: (
        COUNTY,
        SESSION_ID,
        Column("title", _("主题"), Cell.TEXT, _("这一场的主题"), width=26),
        Column("kind", _("类型"), Cell.TEXT, _("县长直播、村播、接力直播、专场或练习"), SessionKind),
        Column("state", _("状态"), Cell.TEXT, _("导出那一刻的状态"), SessionState, width=10),
        HOST,
        Column("place", _("直播地点"), Cell.TEXT, _("在哪里直播"), width=18),
        Column("planned_start_at", _("计划开播"), Cell.MOMENT, _("计划的开播时间"), width=20),
        Column("went_live_at", _("开播时间"), Cell.MOMENT, _("真正开播的时间"), width=20),
        Column("ended_at", _("下播时间"), Cell.MOMENT, _("真正下播的时间"), width=20),
        Column("minutes", _("直播分钟"), Cell.NUMBER, _("开播到下播，满一分钟算一分钟；没下播的空着"), is_summed=True, width=10),
        Column("goal_yuan", _("目标（元）"), Cell.YUAN, _("计划时写的目标")),
        ORDERS,
        UNITS,
        *MONEY,
    ),
    ExportKind.ORDERS: (COUNTY, DAY, *WHERE_SOLD, ORDER_NO, STATUS, PAID_AT, PROVINCE,
        Column("evidence", _("归因依据"), Cell.TEXT, _("凭什么归到这一场"), Evidence),
        Column("is_contested", _("归因有争议"), Cell.FLAG, _("同一刻有两场都说得通，要人看一看"), width=11),
        ORDERS, UNITS, *MONEY),
    ExportKind.LINES: (COUNTY, DAY, *WHERE_SOLD, ORDER_NO, LINE_NO, STATUS, PAID_AT, PROVINCE, SKU, ITEM, ORDERS, UNITS, *MONEY),
    ExportKind.AFTER_SALES: (
        COUNTY,
        PLATFORM,
        SHOP,
        ORDER_NO,
        Column("after_sale_no", _("售后单号"), Cell.TEXT, _("平台给的售后单号"), width=24),
        LINE_NO,
        Column("status", _("状态"), Cell.TEXT, _("只有退款成功的才算退款"), AfterSaleStatus),
        Column("happened_at", _("更新时间"), Cell.MOMENT, _("平台说的最近一次变化"), width=20),
        Column("quantity", _("件数"), Cell.NUMBER, _("要退几件；0 是平台没有说"), width=10),
        Column("refund_yuan", _("申请退款（元）"), Cell.YUAN, _("售后单上的金额；算进账的见“账本”，不超过实付"), is_summed=True),
        Column("is_guess", _("只见于订单文件"), Cell.FLAG, _("订单文件只说退了，没有单号；接口取到真的就换掉"), width=14),
    ),
    ExportKind.ENTRIES: (
        COUNTY,
        DAY,
        Column("entry", _("分录号"), Cell.NUMBER, _("账本只加不改，每一条有自己的号")),
        Column("recorded_at", _("入账时间"), Cell.MOMENT, _("写进账本的时间"), width=20),
        Column("cause", _("来由"), Cell.TEXT, _("推送、接口、文件，或归因变动"), Cause, width=10),
        SESSION_ID,
        SHOP,
        ORDER_NO,
        LINE_NO,
        SKU,
        Column("refunded_on", _("退款日"), Cell.DAY, _("退款那一天；钱记在卖出的那一天"), width=12),
        ORDERS,
        ITEM_ORDERS,
        UNITS,
        PAID,
        REFUNDED,
    ),
    ExportKind.PEOPLE: (
        COUNTY,
        Column("place", _("所属地方"), Cell.TEXT, _("人员所属的县、乡镇或村"), width=18),
        Column("role", _("身份"), Cell.TEXT, _("账号的身份；另外的任职不在这里"), Role),
        Column("name", _("姓名"), Cell.TEXT, _("只留姓"), width=10),
        Column("live_name", _("直播间名"), Cell.TEXT, _("主播在直播间用的名字"), width=18),
        Column("phone", _("手机号"), Cell.TEXT, _("隐去中间四位"), width=14),
        Column("is_active", _("在用"), Cell.FLAG, _("停用的写“否”"), width=8),
        Column("joined_on", _("加入日期"), Cell.DAY, _("账号建立的日期"), width=12),
    ),
    ExportKind.AUDIT: (
        Column("entry", _("记录号"), Cell.NUMBER, _("审计只加不改，每一条有自己的号")),
        Column("at", _("时间"), Cell.MOMENT, _("做这件事的时间"), width=20),
        Column("deed", _("做了什么"), Cell.TEXT, _("事情的种类"), Deed),
        Column("actor", _("谁"), Cell.TEXT, _("账号编号，只留姓"), width=12),
        Column("acted_for", _("代谁"), Cell.TEXT, _("代操作时写被代的人"), width=12),
        Column("place", _("地方"), Cell.TEXT, _("事情所在地方的代码"), width=14),
        Column("kind", _("对象类型"), Cell.TEXT, _("改的是哪一种记录"), width=20),
        Column("object", _("对象"), Cell.TEXT, _("那一条记录的编号"), width=24),
        Column("changed", _("改动的栏目"), Cell.TEXT, _("只写栏目名，不写内容"), width=30),
        Column("address", _("来自"), Cell.TEXT, _("网络地址"), width=16),
        Column("request", _("请求号"), Cell.TEXT, _("和系统日志对得上的号"), width=24),
        Column("position", _("链上序号"), Cell.NUMBER, _("空着的还没有上链")),
        Column("digest", _("链上摘要"), Cell.TEXT, _("用来查有没有被改过"), width=30),
    ),
}  # fmt: skip
NUMBER = Column(
    "export",
    _("导出编号"),
    Cell.TEXT,
    pgettext_lazy("column", "这份文件从哪一次导出来：谁要的、给谁、做什么用，系统里都有记录"),
    width=18,
)

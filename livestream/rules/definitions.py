"""What each figure of a review means (指标口径): its formula, what is counted, over which time, who says it, since which version.
Pure. The same words stand on the page, beside each figure, and on paper. Source: domain 2.8; `docs/counting.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

VERSION = 1


class Definition(NamedTuple):
    """`grain`: what one is; `window`: which time counts; `source`: who says it; `version` grows when a formula changes."""

    code: str
    name: _StrPromise
    formula: _StrPromise
    grain: _StrPromise
    window: _StrPromise
    source: _StrPromise
    version: int = VERSION


# What most of them share.
ORDER, LINE, GOOD = _("店铺 + 主订单号，一个算一单"), _("订单里的一行商品"), _("排品里的一个商品")
PERSON = _("一个平台上的一个人；几个平台的人不相加")
AIR = _("归到这一场的订单：开播到下播后 30 分钟付款的")
KNOWN = _("到这一次（T+0、1、7、15、30）为止记进账本的")
LIVE = _("开播到下播")
LEDGER, PLATFORM = _("账本：推送、接口、订单文件"), _("平台的数字，手工记、文件或接口")
PLAN, DESK = _("排品表和账本"), _("中控和手机上按下的记录")

DEFINITIONS = (
    Definition("orders", _("成交订单数"), _("付过款的订单，退款以后仍然算一单"), ORDER, KNOWN, LEDGER),
    Definition("units", _("成交件数"), _("付过款的商品件数相加"), LINE, KNOWN, LEDGER),
    Definition("jin", pgettext_lazy("weight", "斤"), _("件数 × 一件的净重 ÷ 500 克；没写净重的不算"), LINE, KNOWN, PLAN),
    Definition(
        "paid", _("支付金额（GMV）"), _("买家实际付的钱相加，含运费，不含平台出的券；后来退掉的也在内"), LINE, KNOWN, LEDGER
    ),
    Definition("refunded", _("退款金额"), _("成功的退款相加，不会多于付的钱"), _("一笔售后单"), KNOWN, LEDGER),
    Definition("net", _("净额"), _("支付金额 − 退款金额"), LINE, KNOWN, LEDGER),
    Definition("goal_rate", _("目标完成率"), _("净额 ÷ 目标"), _("一场"), KNOWN, _("计划和账本")),
    Definition("buyers", _("成交人数"), _("付过款的人，不重复"), PERSON, LIVE, PLATFORM),
    Definition("atv", _("客单价"), _("支付金额 ÷ 成交人数"), PERSON, KNOWN, _("账本和平台的数字")),
    Definition("aov", _("笔单价"), _("支付金额 ÷ 成交订单数"), ORDER, KNOWN, LEDGER),
    Definition("per_unit", _("件均价"), _("支付金额 ÷ 成交件数"), LINE, KNOWN, LEDGER),
    Definition("items_per_order", _("连带率"), _("成交件数 ÷ 成交订单数"), ORDER, KNOWN, LEDGER),
    Definition("refund_rate_orders", _("退款率（单）"), _("有退款的订单 ÷ 成交订单数"), ORDER, KNOWN, LEDGER),
    Definition("refund_rate_fen", _("退款率（额）"), _("退款金额 ÷ 支付金额"), LINE, KNOWN, LEDGER),
    Definition(
        "preship",
        _("发货前退款"),
        _("有退款、状态还是“已付款”的订单；已经关闭的订单分不清，另外写"),
        ORDER,
        _("算的那一刻；晚算一小时以上就不知道"),
        _("订单状态"),
    ),
    Definition("closed", _("关闭的订单"), _("付过款、后来关闭的订单"), ORDER, _("算的那一刻"), _("订单状态")),
    Definition("moving", _("动销率"), _("卖出至少一件的商品 ÷ 排品里的商品"), GOOD, KNOWN, PLAN),
    Definition("sell_through", _("售罄率"), _("卖出的件数 ÷ 承诺库存；只算写了承诺库存的"), GOOD, KNOWN, PLAN),
    Definition("oversold", _("超卖数"), _("卖出的件数比承诺库存多的部分；退款不还库存"), GOOD, KNOWN, PLAN),
    Definition("peak", _("最高一分钟"), _("付款的订单最多的那一分钟"), _("一分钟"), AIR, LEDGER),
    Definition("gap", _("断单时长"), _("两次付款之间最长的空当，开播和下播也算一头"), ORDER, LIVE, LEDGER),
    Definition("exposure", _("曝光人数"), _("看到直播间封面的人"), PERSON, LIVE, PLATFORM),
    Definition("views", _("观看人数"), _("进过直播间的人，不重复"), PERSON, LIVE, PLATFORM),
    Definition("item_exposure", _("商品曝光人数"), _("看到商品卡片的人"), PERSON, LIVE, PLATFORM),
    Definition("item_clicks", _("商品点击人数"), _("点开商品的人"), PERSON, LIVE, PLATFORM),
    Definition("entry", _("曝光进入率"), _("观看人数 ÷ 曝光人数"), PERSON, LIVE, PLATFORM),
    Definition("shown", _("商品曝光率"), _("商品曝光人数 ÷ 观看人数"), PERSON, LIVE, PLATFORM),
    Definition("click", _("商品点击率"), _("商品点击人数 ÷ 商品曝光人数"), PERSON, LIVE, PLATFORM),
    Definition("pay", _("点击成交率"), _("成交人数 ÷ 商品点击人数"), PERSON, LIVE, PLATFORM),
    Definition(
        "conversion",
        _("商品转化"),
        _("有这个商品的订单 ÷ 点击它的人数；平台不说每个商品的买家，用订单代替"),
        GOOD,
        LIVE,
        PLATFORM,
    ),
    Definition("pitch_minute", _("讲一分钟卖多少"), _("这个商品的支付金额 ÷ 讲它的分钟数"), GOOD, KNOWN, _("账本和讲解记录")),
    Definition(
        "farmer_share", _("到户比例"), _("Σ（结算价 × 件数）÷ 净额；没写结算价的不算，退货的件数没有扣"), GOOD, KNOWN, PLAN
    ),
    Definition("commission", _("佣金"), _("Σ（商品净额 × 佣金比例）"), GOOD, KNOWN, PLAN),
    Definition("subsidy", _("补贴"), _("补贴台账里这一场的钱相加"), LINE, KNOWN, _("补贴台账")),
    Definition("late_listing", _("先讲后上架"), _("开讲的时候还没有上架的商品"), GOOD, LIVE, DESK),
    Definition("early_refunds", _("刚下播就退款"), _("下播后 24 小时里退款的订单"), ORDER, _("开播到下播后 24 小时"), LEDGER),
    Definition("bulk", _("大单"), _("一单 20 件以上的订单"), ORDER, KNOWN, LEDGER),
    Definition("minutes", _("最多的三分钟"), _("订单最多的三分钟里的订单 ÷ 全部订单"), _("一分钟"), AIR, LEDGER),
    Definition(
        "floor",
        _("低于保护价"),
        _("买家付的 + 补贴和平台的优惠 − 佣金和坑位费 < 保护价 的件数；免费的赠品不算"),
        LINE,
        KNOWN,
        PLAN,
    ),
    Definition(
        "late", _("晚到的订单"), _("上一次以后才收到的订单，按付款时间归到这一场"), ORDER, _("上一次到这一次之间"), LEDGER
    ),
    Definition(
        "moved", _("改归"), _("订单原来算在别处（或没有归属），改到这一场；或者反过来"), ORDER, _("上一次到这一次之间"), LEDGER
    ),
    Definition("corrected", _("平台更正"), _("同一个订单，平台后来说的件数或金额不一样"), ORDER, _("上一次到这一次之间"), LEDGER),
)
BY_CODE = {one.code: one for one in DEFINITIONS}

"""What in a session's figures is worth a second look (防注水): each with its figure, its threshold and the reason. Pure.

It never says that anybody cheated. Platforms encrypt the names of buyers, so whether they belong to one organisation cannot be
known here, and that is said. Sources: domain 2.10 (Chenggu 2020, re-enacted orders, selling below cost) and LS-28."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livestream.rules.money import yuan
from livestream.rules.statement import BULK_UNITS, TOP_MINUTES, Figures, ratio, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BY_HAND = "manual"  # the platform of orders that a host or staff wrote down
BULK_SHARE = Fraction(1, 5)
BY_HAND_SHARE = Fraction(3, 10)
EARLY_SHARE, EARLY_ORDERS = Fraction(1, 5), 5  # as the alarm on refunds
MINUTES_SHARE, MINUTES_ORDERS = Fraction(1, 2), 30
PROVINCE_MORE, PROVINCE_ORDERS = Fraction(3, 10), 20
TIMES = 3  # so many times the county's usual, or a third of it, stands out
COMPARABLE = 3


class Signal(TextChoices):
    SAME_UNIT = "same_unit", gettext_lazy("同一个单位的人买")
    BULK = "bulk", gettext_lazy("大单")
    PROVINCE = "province", gettext_lazy("本省的订单")
    BY_HAND = "by_hand", gettext_lazy("手工记的订单")
    EARLY_REFUNDS = "early_refunds", gettext_lazy("刚下播就退款")
    MINUTES = "minutes", gettext_lazy("订单集中在几分钟")
    FLOOR = "floor", gettext_lazy("低于保护价")
    VIEWERS = "viewers", gettext_lazy("看的人和买的人")


class Look(TextChoices):
    LOOK = "look", gettext_lazy("值得看一看")
    FINE = "fine", gettext_lazy("平常")
    UNKNOWN = "unknown", gettext_lazy("不知道")


class Finding(NamedTuple):
    """`figure` and `threshold` in words; `reason`: why it is worth a look, or why nobody can say."""

    signal: Signal
    look: Look
    figure: str
    threshold: str
    reason: str


@dataclass(frozen=True, slots=True)
class Usual:
    """The middle of the county's other sessions; None where there are fewer than three."""

    own_province: Fraction | None
    orders_per_viewer: Fraction | None


def usual_of(others: Iterable[Figures]) -> Usual:
    known = list(others)
    return Usual(_middle([_province(one) for one in known]), _middle([orders_per_viewer(one) for one in known]))


def _middle(values: Sequence[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return median(known) if len(known) >= COMPARABLE else None


def _province(figures: Figures) -> Fraction | None:
    seen = figures.seen
    return ratio(seen.own_province, seen.with_province) if seen.with_province >= PROVINCE_ORDERS else None


def orders_per_viewer(figures: Figures) -> Fraction | None:
    """On the platforms that said how many watched: their orders ÷ their viewers."""
    viewers = {one.platform: one.view_uv for one in figures.seen.people if one.view_uv}
    if len(viewers) != 1:
        return None
    ((platform, view_uv),) = viewers.items()
    return ratio(sum(one.orders for one in figures.platforms if platform in {one.platform, ""}), view_uv)


def findings(figures: Figures, usual: Usual) -> list[Finding]:
    """All eight, whether there is something to see or not: what was looked at is part of the answer."""
    return [
        _same_unit(),
        _bulk(figures),
        _of_own_province(figures, usual),
        _by_hand(figures),
        _early(figures),
        _minutes(figures),
        _floor(figures),
        _viewers(figures, usual),
    ]


def percent(value: Fraction | None) -> str:
    """`12.5%`, half up."""
    if value is None:
        return _("不知道")
    tenths = rounded(value * 1000) or 0
    return f"{tenths // 10}.{tenths % 10}%"


def _judged(is_so: bool) -> Look:
    return Look.LOOK if is_so else Look.FINE


def _unknown(signal: Signal, reason: str) -> Finding:
    return Finding(signal, Look.UNKNOWN, _("不知道"), "—", reason)


def _same_unit() -> Finding:
    reason = _("平台把买家的姓名、电话、地址加了密，系统里看不出谁是哪个单位的，所以算不出这个比例。下面几项是旁证。")
    return _unknown(Signal.SAME_UNIT, reason)


def _bulk(figures: Figures) -> Finding:
    share = ratio(figures.bulk_paid_fen, figures.sums.paid_fen)
    if share is None:
        return _unknown(Signal.BULK, _("还没有订单。"))
    return Finding(
        Signal.BULK,
        _judged(share >= BULK_SHARE),
        _("{n} 单，占支付的 {share}；最大一单 {most} 件").format(
            n=figures.bulk_orders, share=percent(share), most=figures.largest_order_units
        ),
        _("{units} 件以上的订单占支付的 {share}").format(units=BULK_UNITS, share=percent(BULK_SHARE)),
        _("一单很多件，常是单位采购或批发。真有采购，写明是谁买的，和散客的订单分开说。"),
    )


def _of_own_province(figures: Figures, usual: Usual) -> Finding:
    share = _province(figures)
    if share is None:
        return _unknown(Signal.PROVINCE, _("知道收货省份的订单不到 {n} 单。").format(n=PROVINCE_ORDERS))
    if usual.own_province is None:
        return _unknown(
            Signal.PROVINCE, _("本省占 {share}；县里能比的场次不到 {n} 场。").format(share=percent(share), n=COMPARABLE)
        )
    return Finding(
        Signal.PROVINCE,
        _judged(share >= usual.own_province + PROVINCE_MORE),
        percent(share),
        _("比县里通常的 {usual} 多 {more}").format(usual=percent(usual.own_province), more=percent(PROVINCE_MORE)),
        _("本省买的比平时多很多，可能是本地人捧场，也可能是本地的宣传做得好。问一问是怎么来的。"),
    )


def _by_hand(figures: Figures) -> Finding:
    orders = sum(one.orders for one in figures.platforms if one.platform == BY_HAND)
    share = ratio(orders, figures.sums.orders)
    if share is None:
        return _unknown(Signal.BY_HAND, _("还没有订单。"))
    return Finding(
        Signal.BY_HAND,
        _judged(share >= BY_HAND_SHARE),
        _("{n} 单，占 {share}").format(n=orders, share=percent(share)),
        _("占订单的 {share}").format(share=percent(BY_HAND_SHARE)),
        _("电话、微信里的订单由人记下，平台没有记录可对。请留好付款凭据。"),
    )


def _early(figures: Figures) -> Finding:
    share = ratio(figures.early_refunded_orders, figures.sums.orders)
    if share is None:
        return _unknown(Signal.EARLY_REFUNDS, _("还没有订单。"))
    return Finding(
        Signal.EARLY_REFUNDS,
        _judged(share >= EARLY_SHARE and figures.early_refunded_orders >= EARLY_ORDERS),
        _("{n} 单，占 {share}；{fen}").format(
            n=figures.early_refunded_orders, share=percent(share), fen=yuan(figures.early_refunded_fen)
        ),
        _("下播后 24 小时里退 {n} 单以上，并且占 {share}").format(n=EARLY_ORDERS, share=percent(EARLY_SHARE)),
        _("这时候货差不多都还没发。退得多，可能是拍错、冲动，也可能是先拍后退。问一问退的原因。"),
    )


def _minutes(figures: Figures) -> Finding:
    share = ratio(figures.top_minutes_orders, figures.sums.orders)
    if share is None or figures.sums.orders < MINUTES_ORDERS:
        return _unknown(Signal.MINUTES, _("订单不到 {n} 单，看不出集中不集中。").format(n=MINUTES_ORDERS))
    return Finding(
        Signal.MINUTES,
        _judged(share >= MINUTES_SHARE),
        percent(share),
        _("最多的 {n} 分钟占订单的 {share}").format(n=TOP_MINUTES, share=percent(MINUTES_SHARE)),
        _("订单挤在几分钟里，可能是发券、领导到场，也可能是约好一起下单。对一对那几分钟在做什么。"),
    )


def _floor(figures: Figures) -> Finding:
    if all(good.floor_fen is None for good in figures.goods):
        return _unknown(Signal.FLOOR, _("排品里没有写保护价。"))
    units = sum(good.below_floor_units for good in figures.goods)
    short = sum(good.below_floor_fen for good in figures.goods)
    return Finding(
        Signal.FLOOR,
        _judged(units > 0),
        _("{n} 件，一共少收 {fen}").format(n=units, fen=yuan(short)),
        _("有一件就说"),
        _("买家付的，加上补贴和平台的优惠，减去佣金和坑位费，还不到保护价：卖得越多，供货的人亏得越多。免费的赠品不算。"),
    )


def _viewers(figures: Figures, usual: Usual) -> Finding:
    share = orders_per_viewer(figures)
    if share is None:
        return _unknown(Signal.VIEWERS, _("没有一个平台的观看人数，或者不止一个平台：不同平台的人不能加在一起。"))
    told = _("每 100 个观众 {n} 单").format(n=_tenths(share * 100))
    if not usual.orders_per_viewer:
        return _unknown(Signal.VIEWERS, _("{told}；县里能比的场次不到 {n} 场。").format(told=told, n=COMPARABLE))
    times = share / usual.orders_per_viewer
    return Finding(
        Signal.VIEWERS,
        _judged(times >= TIMES or times <= Fraction(1, TIMES)),
        told,
        _("县里通常每 100 个观众 {n} 单的 {times} 倍以上，或 {times} 分之一以下").format(
            n=_tenths(usual.orders_per_viewer * 100), times=TIMES
        ),
        _("买的人和看的人比例和县里别的场次差很多。先看观看人数记得对不对，再看订单是从哪里来的。"),
    )


def _tenths(value: Fraction) -> str:
    tenths = rounded(value * 10) or 0
    return f"{tenths // 10}.{tenths % 10}"

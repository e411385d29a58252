"""What verbs of the line-up, its prices, subsidies and supplies say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "price_missing": _("请填直播价，要大于 0。"),
    "offer_is_nothing": _("“{kind}”减多少要大于 0；不用了就删掉这一行。"),
    "gift_without_a_name": _("赠品要写名称，例如“试吃装小米 100 克”。"),
    "threshold_missing": _("满减要写满多少，例如满 50 减 5。"),
    "threshold_too_small": _("减的比满的还多：满 {threshold} 减 {off}。请改一个。"),
    "coupon_over_price": _("优惠一共 {off}，不比直播价 {price} 少，顾客就不用付钱了。请把优惠改小。"),
    "slot_fee_needs_stock": _("坑位费要摊到每一件上，请先填承诺库存。"),
    "settlement_below_floor": _("结算价 {settlement} 低于保护价 {floor}，农户拿到的太少。请提高结算价。"),
    "below_floor": _("“{title}”低于保护价，不能这样卖：{sum}。请提高直播价、减少供货商出的优惠，或用还有余额的补贴。"),
    "link_below_floor": _("“{title}”在{platform}的价低于保护价，不能这样卖：{sum}。请改平台上的价。"),
    "stock_negative": _("库存不能小于 0。请填一个整数。"),
    "compare_without_evidence": _("划线价要有证据（写在哪里能查到），或者选“自己前 7 天最低成交价”。"),
    "compare_not_above_price": _("划线价 {compare} 不比直播价 {price} 高，就不用划线。"),
    "compare_above_low": _("划线价 {compare} 高于自己前 7 天的最低成交价 {low}（明码标价规定）。最多写 {low}，或另写证据。"),
    "compare_low_unknown": _("前 7 天没有这样货的成交，没有最低成交价可写。请写证据，或不划线。"),
    "compare_low_waits": _("前 7 天的最低成交价还在算，请过一分钟再存，或写别的证据。"),
}

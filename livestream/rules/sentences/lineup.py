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
    "line_up_number": _("有一个数太大或小于 0。价钱和件数填 0 到 {limit} 之间的数。"),
    "line_up_too_long": _("有一段话太长了，最多 {limit} 个字。"),
    "line_up_choice": _("有一个选项不认识，请从列表里选。"),
    "line_up_rows": _("优惠、链接、供货承诺，每种最多 {limit} 行。"),
    "line_up_twice": _("同一个平台的链接、同一家的供货承诺只写一行。"),
    "link_without_number": _("写了平台，就要写链接号。"),
    "promise_is_nothing": _("供货承诺要大于 0 件；不供了就删掉这一行。"),
    "commission_over_the_price": _("佣金填 0 到 100 之间的百分数。"),
    "stock_follows_promises": _("“{title}”的承诺库存是各家供货承诺的和：{units} 件。要改，请在排品表里改供货承诺。"),
    "line_up_changed": _("您打开以后，{who}改过这张排品表（{when}）。没有覆盖，请看一看现在的样子，再改一次。"),
    "line_up_closed": _("这一场{state}，排品表不能再改。"),
    "line_up_full": _("一场最多排 {limit} 样货。"),
    "item_there": _("“{title}”已经在排品表里了。"),
    "item_not_in_use": _("“{title}”不是本县在用的货，不能排。"),
    "item_was_listed": _("“{title}”已经上过架，不能从排品表里删掉。不卖了，请在中控下架。"),
    "price_on_air": _("正在直播：价钱、库存、优惠和补贴要在中控改，两个人确认。别的都能改。"),
    "order_incomplete": _("排品表刚才有变化，这个顺序不全。请看一看现在的样子，再排一次。"),
    "subsidy_elsewhere": _("没有这条补贴，或者已经停用。请从列表里选。"),
    "supplier_elsewhere": _("没有这家供货商，或者已经停用。请从列表里选。"),
    "nothing_to_copy": _("没有可以照抄的场次：这位主播以前还没有排过货。"),
    "subsidy_name_taken": _("已经有一条补贴叫这个名字，请换一个。"),
    "subsidy_backwards": _("结束要晚于开始。"),
    "subsidy_cap": _("一共最多要不少于一件的补贴。"),
    "subsidy_used": _("已经补出去 {used}，总额不能改得比它少。"),
    "subsidy_fixed": _("已经有订单用了这条补贴：每件补多少、补给谁、从什么时候，不能再改。可以停用，另建一条。"),
    "subsidy_own": _("自己写的补贴不能自己批准，请另一位审批人来批。"),
    "subsidy_meanwhile": _("您打开以后，这条补贴又改了。请看一看现在的样子，再批准。"),
    "subsidy_name_missing": _("请写补贴叫什么、谁出钱。"),
}

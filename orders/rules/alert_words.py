"""What an alarm says, in the reader's language, from the codes and figures it was stored with. Pure: no query, no clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from orders.rules.alert import AlertKind
from orders.rules.waiting import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

WORDS: dict[str, _StrPromise] = {
    AlertKind.OVERSOLD: _("卖出 {units} 件，承诺库存只有 {stock} 件，多卖了 {number} 件。"),
    AlertKind.SELLING_OUT: _("只剩 {left} 件，最近几分钟每分钟卖 {a_minute} 件，约 {number} 分钟卖完。"),
    AlertKind.REFUND_SPIKE: _("今天退了 {refunded} 单，占这一场 {orders} 单的 {number}%。"),
    AlertKind.FEED_SILENT: _("已经 {time}没有任何消息，平常不会隔这么久。"),
    AlertKind.NO_ORDERS: _("正在直播，已经 {time}没有新订单。"),
    AlertKind.BROKEN: _("核对时发现 {number} 处数字和账本对不上。"),
}
SOLD_OUT = _("承诺的 {stock} 件已经卖完，链接还挂着，再卖就是超卖。")
ADVICE: dict[str, _StrPromise] = {
    AlertKind.OVERSOLD: _("现在就到平台下架，或把库存改对；再问供货方能不能补货。补不上的，尽早联系买家改期或退款。"),
    AlertKind.SELLING_OUT: _("问供货方能不能加货。能加，改大平台库存和承诺库存；不能，告诉主播准备讲下一个。"),
    AlertKind.REFUND_SPIKE: _("多半还没有发货。到平台看退款原因：价格标错、介绍不符，还是有人刷单，再告诉主播怎么说。"),
    AlertKind.FEED_SILENT: _(
        "屏上的数字可能偏少，先别照着报数。到平台后台看看有没有新订单：有，就请系统管理员查推送；订单不会丢，恢复以后会补上。"
    ),
    AlertKind.NO_ORDERS: _("问一问主播：画面断没断，商品链接在不在，价格对不对。已经下播的，请在场次页点“下播”。"),
    AlertKind.BROKEN: _("先别对外报这块屏的数字。请系统管理员照运维手册“账目核对”一节处理。"),
}


class Facts(dict[str, Any]):
    """A figure that was not stored (an alarm of an older version) is a dash, and the sentence is still one."""

    def __missing__(self, key: str) -> str:
        return "—"


def sentence(kind: str, detail: Mapping[str, Any]) -> str:
    """What is so, for a clerk."""
    known = Facts({name: value for name, value in detail.items() if value is not None})
    number = known.get("number")
    if isinstance(number, int):
        known["time"] = in_words(timedelta(minutes=number))
    words = SOLD_OUT if kind == AlertKind.SELLING_OUT and number == 0 else WORDS[kind]
    return str(words).format_map(known)


def advice(kind: str) -> str:
    """What to do about it."""
    return str(ADVICE[kind])

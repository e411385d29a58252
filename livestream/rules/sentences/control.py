"""What verbs of the control desk say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "not_on_air": _("这一场没有在直播，不能按这个。开播以后、下播以前才行。"),
    "item_pulled": _("“{title}”紧急下架了，不能再上架。查清楚以后，请工作人员写明原因解除。"),
    "item_not_pulled": _("“{title}”没有紧急下架，不用解除。"),
    "release_elsewhere": _("“{title}”在别的地方的直播间也下架了，请县里的工作人员来解除。"),
    "control_reason_missing": _("请写一句为什么。"),
    "control_number_missing": _("请填多少，例如 200。"),
    "control_price_missing": _("请填新的价格，例如 29.90。"),
    "control_words_missing": _("请写要说的话。"),
    "control_words_long": _("最多写 {limit} 个字，现在是 {length} 个。"),
    "price_out_of_range": _("价格要大于 0 元，最多 {most} 元。请再看一眼。"),
    "price_same": _("“{title}”现在就是这个价，不用改。"),
    "price_own": _("自己提的价不能自己同意。请另一位工作人员登录来确认。"),
    "price_answered": _("这次改价已经有人处理过了。"),
    "price_moved": _("“{title}”的价提出以后又改过了。请按现在的价重新提一次，再请另一位同意。"),
    "price_by_the_log": _("“{title}”正在直播，价格只能由一个人提、另一个人同意来改。"),
    "stock_out_of_range": _("库存要在 0 到 {most} 件之间。卖完了请按“卖完了”。"),
    "stock_consent_missing": _("加库存要供货商同意：请写谁、怎么同意的，例如“张社长电话里说可以加 200 件”。"),
    "number_out_of_range": _("份数要在 1 到 {most} 之间。"),
    "control_not_open": _("这一条已经处理过了，或者不在这一场里。"),
    "room_missing": _("请填新的直播间号：在平台的直播页面上能看到，没有它，新订单归不到这一场。"),
}

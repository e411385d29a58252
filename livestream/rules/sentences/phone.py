"""What verbs of the host's phone: check, start, taps, tally say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "preflight_cancelled": _("这一场取消了，不用再检查。"),
    "preflight_word": _("没好的，请写一个词说哪里不行，例如“网慢”。"),
    "not_ready": _("还不能开播：{words}"),
    "start_reason": _("请写一句为什么放行，复盘时大家看得到。"),
    "start_not_to_pass": _("这一条不能放行，请先办好。"),
    "tally_pieces": _("件数填 1 到 {most} 的整数。"),
    "tally_price": _("一件的价钱要大于 0 元，最多 {most} 元。"),
    "tally_without_id": _("这一单没有编号，没有记下。请刷新页面，再记一次。"),
    "tally_gone": _("没有找到这一单，不用再撤销。"),
    "tap_of_another": _("这一单的编号已经用过了。请刷新页面，再记一次。"),
    "practice_tally": _("这是练习，不记真的订单。"),
    "after_face": _("请点一个脸，再交。"),
    "after_too_long": _("每一条最多写 {limit} 个字。"),
    "say_after_the_end": _("下播以后再说这一场怎么样。"),
}

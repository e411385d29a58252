"""What verbs of the public page, complaints and the practice room say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "complaint_words_missing": _("请写一句是什么事，例如：苹果坏了三个。"),
    "complaint_words_long": _("最多写 {limit} 个字，现在是 {length} 个。请写最要紧的。"),
    "complaint_contact_long": _("联系方式最多 {limit} 个字，写一个电话或微信号就行。"),
    "complaint_too_many": _("今天说这一场的人太多了，没有记下来。请打服务电话，或者明天再说。"),
    "complaint_product": _("这件商品不在这一场里，请从列表里选。"),
    "complaint_answer_missing": _("请写怎么答复：对方凭查询码看得到。"),
    "complaint_answer_long": _("答复最多写 {limit} 个字，现在是 {length} 个。"),
    "complaint_meanwhile": _("刚才有人也处理了这一条。请看一看现在的样子，再办。"),
    "complaint_contact": _("您只能为联系本人看联系方式。"),
    "complaint_code": _("没有找到这个查询码，请对着再看一遍。字母里没有 I、L、O，数字里没有 0 和 1。"),
    "practice_on_air": _("您正在直播“{title}”，播完再练。"),
    "practice_busy": _("这个时间您有排好的直播或课，等它结束再练。"),
    "practice_goods": _("还没有货可练：您家没有登记货品，县里也还没有播过。请找县电商中心，把您家的货登记一件，就能练了。"),
    "practice_unknown": _("有的商品已经不在县里的货品里，请重新选。"),
    "practice_too_many": _("一次最多练 {limit} 件商品，请去掉几件。"),
    "practice_only": _("只有练习才有练习结果。"),
    "history_purpose": _("请写一句为什么要、交给谁：它和文件一起记下来。"),
    "history_not_printed": _("这份记录排不成 PDF，没有做出来。请联系平台管理员。"),
}

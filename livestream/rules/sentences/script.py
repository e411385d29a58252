"""What verbs of scripts, claims and posters say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "script_over": _("这一场已经结束或取消了，脚本不能再改：播过的照原样留着。"),
    "script_changed": _("您打开以后，{name}改过这份脚本，您这次还没有存。请看看现在的样子，再存一次。"),
    "card_changed": _("您打开以后，{name}改过这张手卡，您这次还没有存。请对照现在的样子，再存一次。"),
    "row_gone": _("这一行已经被删掉了，请刷新看看。"),
    "row_minutes": _("“几分钟”填 1 到 {most} 的数。"),
    "too_many_rows": _("流程最多 {limit} 行，请先删掉用不着的。"),
    "script_without_goods": _("还没有排品，排不出流程。请先在“排品”里加上要讲的货。"),
    "nothing_to_copy": _("那一场还没有脚本，没有什么可以照抄。"),
    "template_of_county": _("模板是全县用的，由县里的人来存。"),
    "template_there": _("县里已经有一个模板叫这个名字，请换一个，或者先删掉旧的。"),
    "too_many_templates": _("模板最多 {limit} 个，请先删掉用不着的。"),
    "term_there": _("这个词已经在县里的禁用词里了。"),
    "too_many_terms": _("县里的禁用词最多 {limit} 个，请先去掉用不着的。"),
    "words_forbidden": _("“{term}”不能这样写：{rule}，见{law}。可以这样：{instead}"),
    "poster_leader_price": _("领导的名字、职务旁边不能写价格和优惠（《广告法》第九条第二项）。请去掉价格，或者去掉领导。"),
    "poster_leader_goods": _(
        "领导的名字、职务旁边不能写具体的货（《广告法》第九条第二项、《食品安全法》第七十三条）。请只写县名、地方和公共品牌。"
    ),
    "poster_leader_none": _("这一场没有领导，不用县长推介海报。请做场次海报或商品海报。"),
    "poster_needs_goods": _("商品海报要选一款货。"),
    "poster_cancelled": _("这一场取消了，不能再做海报。"),
    "broadcast_wording": _(
        "有 {n} 处法律不允许的说法：{terms}。请退回去改；看过了、确实可以说的，请在审批意见里写明为什么，再批准。"
    ),
    "poster_why_missing": _("请写一句为什么撤回。"),
    "too_many_posters": _("一场最多 {limit} 张海报，都要留存三年，不能删。"),
}

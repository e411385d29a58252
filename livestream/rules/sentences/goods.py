"""What verbs of goods, papers and selection say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "papers_missing": _("这件商品的证件不齐或者过了期，不能上架。请补证件；急用的，请审批人写明原因放行。"),
    "pass_not_yours": _("缺证件的货，只有县里的审批人能放行。"),
    "pass_reason": _("请写一句为什么缺证件也能上，复盘里看得到。"),
    "passed_already": _("刚才已经有人放行了，请刷新看看。"),
    "unclassified": _("“{title}”还没写商品类别，不能放行。请先在货品里选类别。"),
    "nothing_missing": _("“{title}”的证件是齐的，不用放行。"),
}

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
    "sku_taken": _("这个商家编码已经有一件商品在用。请换一个，或打开那一件来改。"),
    "product_weight": _("净重要大于 0 克。"),
    "goods_changed": _("您打开以后，别人改过这一条。下面是您填的，还没有保存：请和现在存着的对一对，再保存一次。"),
    "packaging_day_taken": _("这一天已经换过一次包装了，请换一个日子，或写在那一次里。"),
    "geo_there": _("县里已经登记了这个地理标志。"),
    "geo_elsewhere": _("这个地理标志不是本县登记的，请换一个。"),
    "supplier_there": _("这个村已经有一家同名的供货商，请打开那一家来改。"),
    "supplier_elsewhere": _("这家供货商不在这个县里，请换一家。"),
    "supplier_place": _("供货商要写到本县的一个地方，请换一个。"),
    "supplier_exempt": _("只有自产自销的农户和家庭农场依法不用登记（电子商务法第十条）。合作社和企业请写营业执照。"),
    "supplier_has_goods": _("这家还有 {n} 件在用的商品，请先停用这些商品，或换别家供货。"),
    "contact_not_yours": _("您只能为联系供货商看电话和联系人。"),
    "paper_product": _("“{kind}”是一件商品的证件，请写是哪一件商品的。"),
    "paper_of_another": _("这件商品不是这一家供的货，请换一件。"),
    "paper_too_large": _("文件有 {size} MB，太大了，最多 10 MB。照片请在手机里选“标准”画质再拍；扫描件请存成灰度 PDF。"),
    "paper_empty": _("这个文件是空的，可能没有传完整，请再选一次。"),
    "paper_file_kind": _(
        "只收 PDF、JPG 和 PNG。Word、Excel 请另存为 PDF；苹果手机的 HEIC 照片，请在“设置→相机→格式”里选“兼容性最佳”再拍。"
    ),
    "paper_days": _("“有效到”不能早于“发证日期”，请对着证件再看一遍。"),
    "paper_issued_later": _("“发证日期”在今天以后，请对着证件再看一遍。"),
    "paper_over": _("这份证件已在 {day} 到期，不能再核对通过。请换一份有效的。"),
    "paper_refusal": _("请写一句为什么不能用，好让交证件的人知道换什么。"),
    "paper_checked": _("这份证件已经核对过，不能删除。不能用了，请改成“不能用”并写明原因。"),
    "paper_meanwhile": _("刚才有人也核对了这一份。请看一看现在的结果，再改。"),
    "paper_rule_there": _("这一条要求已经有了。"),
    "paper_rule_empty": _("请至少选一种证件。"),
    "selection_open": _("这件商品正在选，还没有结果。请打开那一条往下走。"),
    "selection_decided": _("这一条已经有了结果（{stage}），不能再改。情况变了，请重新提一次。"),
    "selection_step": _("现在就在这一步（{stage}），请选别的。"),
    "selection_reason": _("“{stage}”要写理由：以后有人问为什么选这家、不选那家，就看这一句。"),
    "selection_meanwhile": _("刚才有人动过这一条。请看一看现在到哪一步，再办。"),
    "selection_score": _("打分在 0 到 {most} 之间。"),
    "sample_gone": _("这些样品已经{fate}，不能再动。"),
    "sample_move": _("样品现在就是“{fate}”，请选别的。"),
    "sample_number": _("件数要在 1 到 {there} 之间。"),
    "sample_day": _("日期不能在今天以后，也不能早于收到的那天。"),
    "goods_sheet_changed": _("刚才有人改了货品，什么也没有存。请看一看现在会怎样，再保存。"),
}

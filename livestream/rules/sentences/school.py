"""What verbs of the school say when they refuse, beside what `rules/errors.py` has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "merge_not_there": _("这一行没有并入别的行，不用撤销。"),
    "merge_of_merged": _("{name}后来又并入了别的行。请先撤销那一次合并。"),
    "merge_forgotten": _("那次合并的记录已经过期清理，系统不知道移过什么，不能撤销。"),
    "merge_written_down_again": _("合并以后，又登记了一位姓名、手机号、村都一样的学员。请先把那一位也合并进来，再撤销。"),
    "certificate_name_same": _("这张证书上就是这个姓名，不用换发。"),
    "enclosure_missing": _("请先选照片或 PDF，再点“上传”。"),
    "enclosure_too_many": _("一处最多放 {limit} 个附件。请先删掉用不着的。"),
    "enclosure_gone": _("这个附件的文件不在了。"),
    "evidence_withdrawn": _("这份材料撤回了，不能再加附件。"),
    "merge_enrolled_again": _("有一个班，这一行合并以后又进去了，移不回来。请先在名册里看一看。"),
}

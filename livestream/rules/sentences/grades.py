"""What verbs of hosts' grades say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "grade_rule_out_of_range": _("有一个数太大或太小，请照每一栏的说明改。"),
    "grade_rule_upside_down": _("高级的在线人数不能比中级的少，请改过来。"),
    "grade_rule_past": _("新规则从今天或以后的日子起：以前定的等级照以前的规则。"),
    "grade_own": _("自己的等级，请由同事来定。"),
    "grade_reason_missing": _("不同意，请写一句为什么，好让主播知道。"),
    "grade_reason_too_long": _("原因最多写 {limit} 个字。"),
    "grade_until": _("推到哪天，要在明天到 {most} 之间。"),
    "grade_decided": _("刚才有人定过了。请看一看现在的等级。"),
    "grade_meanwhile": _("您打开以后，数字变了，建议的等级也变了。请看一看现在的，再定。"),
}

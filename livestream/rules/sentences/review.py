"""What verbs of reviews and their actions say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "review_not_over": _("这一场还没有下播，下播以后才复盘。"),
    "review_too_early": _("T+1 的数字还没有算出来（下播满一天以后），那时再结束复盘。"),
    "review_words_missing": _("“{field}”请写一句。"),
    "review_due_past": _("“哪天做完”已经过了，请选今天或以后的日子。"),
    "review_owner_stopped": _("{name}的账号停用了，请换一个人来做。"),
}

"""What may stand between a session and the air, in plain sentences. Pure; `actions/start_gate.py` asks the tables.

Sources: 直播电商监督管理办法 第三十条 (a review before going on air), 网络直播营销管理办法 (age), 农产品质量安全法
第三十九条 (papers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

REASON_AT_MOST = 200


class Hurdle(TextChoices):
    """Kinds of obstacles, the ones nobody gets around first."""

    STATE = "state", _("场次状态")
    AGE = "age", _("年龄")
    APPROVAL = "approval", _("审批")
    REHEARSAL = "rehearsal", _("彩排")
    PAPERS = "papers", _("证件")
    FLOOR = "floor", _("保护价")
    WORDING = "wording", _("话术")
    CHECK = "check", _("开播前检查")


class ChoiceKind(TextChoices):
    LEFT_OUT = "left_out", _("先不卖")
    PASSED = "passed", _("放行")


# An item may be left out, and the session goes on air without it.
OF_AN_ITEM = frozenset({Hurdle.PAPERS, Hurdle.FLOOR})
# Staff may let it pass with a reason. Papers are let through by an approver at the goods gate; law and floor by nobody.
PASSABLE = frozenset({Hurdle.REHEARSAL})
# Told, and nobody is kept from going on air.
WARNINGS = frozenset({Hurdle.WORDING, Hurdle.CHECK})

TO_DO: dict[Hurdle, _StrPromise] = {
    Hurdle.STATE: _("请找县电商中心。"),
    Hurdle.AGE: _("请找县电商中心登记。"),
    Hurdle.APPROVAL: _("请问县电商中心批了没有。"),
    Hurdle.REHEARSAL: _("彩排一遍，再按“彩排好了”。"),
    Hurdle.PAPERS: _("补好证件再卖；来不及，就先不卖这个。"),
    Hurdle.FLOOR: _("请县电商中心改价；来不及，就先不卖这个。"),
    Hurdle.WORDING: _("讲的时候换个说法。"),
    Hurdle.CHECK: _("查完再开播，少出错。"),
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way: `words` say what, `todo` what to do. `product_id` and `title`: of which item."""

    code: Hurdle
    words: str
    product_id: int | None = None
    title: str = ""

    @property
    def todo(self) -> str:
        return str(TO_DO[self.code])

    @property
    def is_warning(self) -> bool:
        return self.code in WARNINGS

    @property
    def may_be_left_out(self) -> bool:
        return self.product_id is not None and self.code in OF_AN_ITEM

    @property
    def may_be_passed(self) -> bool:
        return self.code in PASSABLE


def blocking(found: Iterable[Obstacle]) -> list[Obstacle]:
    return [one for one in found if not one.is_warning]

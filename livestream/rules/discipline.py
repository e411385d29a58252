"""The discipline of a broadcast with leaders: 三个不得、三个不允许, as data. Pure.

安徽省网信办 (《关于进一步推进网络公益直播活动的通知》, told of on 2020-06-17 at cac.gov.cn) draws three lines for leaders and
three for platforms. Its full text is not public; these are the project's words for them, each with a source of its own. A county
whose province says it otherwise changes the words here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.utils.functional import _StrPromise


class Bound(TextChoices):
    LEADERS = "leaders", _("上直播的领导：三个不得")
    PLATFORM = "platform", _("平台和团队：三个不允许")


class Line(NamedTuple):
    """One line that is not crossed. `key` is kept with the request."""

    key: str
    bound: Bound
    text: _StrPromise
    source: _StrPromise


DISCIPLINE = (
    Line(
        "no_targets",
        Bound.LEADERS,
        _("不得给干部职工、单位下购买任务，不搞摊派。"),
        _("城固县 2020-05-09 情况说明：“每人不少于50元”的要求是错误的"),
    ),
    Line(
        "no_gain",
        Bound.LEADERS,
        _("不得为自己、亲友或某一家企业谋利，不收报酬、佣金、礼品。"),
        _("安徽省网信办通知：坚持公益性"),
    ),
    Line(
        "no_false_claims",
        Bound.LEADERS,
        _("不得夸大：不说治病、防病，不说“最好”“第一”，没有依据的话不说。"),
        _("《广告法》第九条、第十七条，《食品安全法》第七十三条"),
    ),
    Line(
        "no_unchecked_goods",
        Bound.PLATFORM,
        _("不允许没有证照、没有验过的货进直播间。"),
        _("安徽省网信办通知：产品准入、质量承诺"),
    ),
    Line(
        "no_fake_figures",
        Bound.PLATFORM,
        _("不允许刷单、刷人气、先下单再退货。"),
        _("《电子商务法》第十七条"),
    ),
    Line(
        "no_paid_promotion",
        Bound.PLATFORM,
        _("不允许用领导的名字、照片做广告，也不付费推广这一场。"),
        _("《广告法》第九条第二项"),
    ),
)
KEYS = tuple(line.key for line in DISCIPLINE)


def not_promised(ticked: Collection[str]) -> list[Line]:
    """The lines that nobody put a tick to."""
    return [line for line in DISCIPLINE if line.key not in ticked]

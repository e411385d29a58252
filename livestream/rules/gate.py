"""The goods gate (货品关): which papers a product lacks on a Shanghai day, and so may not be listed. Pure.

A database trigger asks the same before any item is listed (`models/gate.py`); a test compares the two.
农产品质量安全法 第三十八条至第四十一条, GB/T 41247-2023: whoever chooses goods checks their papers before they are listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from livestream.rules.day import SHANGHAI, shanghai_day
from livestream.rules.goods import REQUIRED, PaperKind, PaperState, ProductClass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.utils.functional import _StrPromise

REASON_AT_MOST = 200
MISSING_AT_MOST = 300
SOON_DAYS, VERY_SOON_DAYS = 30, 7

# About one thing that is sold, not about whoever sells: such a paper names its product.
OF_ONE_PRODUCT = frozenset({PaperKind.COMMITMENT, PaperKind.TEST_REPORT, PaperKind.STANDARD, PaperKind.GI})
GEO_LINE = frozenset({PaperKind.GI.value})

Line = frozenset[str]  # kinds of papers of which one is enough


class Why(Enum):
    """Why a line is not met. `GEO_OVER` is about the indication itself, `UNCLASSIFIED` about the product."""

    UNCLASSIFIED = _("还没写商品类别")
    NONE = _("没有{papers}")
    WAITING = _("{papers}还没核对")
    OVER = _("{papers}已在{day}到期")
    REFUSED = _("{papers}核对过，不能用")
    GEO_OVER = _("地理标志登记已在{day}到期")


# The same in as few words as a phone has room for, and what to do about it.
IN_SHORT: dict[Why, _StrPromise] = {
    Why.UNCLASSIFIED: _("商品类别（还没写）"),
    Why.NONE: _("{papers}（没有）"),
    Why.WAITING: _("{papers}（还没核对）"),
    Why.OVER: _("{papers}（到期 {day}）"),
    Why.REFUSED: _("{papers}（核对过，不能用）"),
    Why.GEO_OVER: _("地理标志登记（到期 {day}）"),
}
WHAT_TO_DO: dict[Why, _StrPromise] = {
    Why.UNCLASSIFIED: _("在货品里写上商品类别。"),
    Why.NONE: _("请供货商交来，登记在“证件”里，再请人核对。"),
    Why.WAITING: _("到“证件”里核对。"),
    Why.OVER: _("请供货商交新的，登记在“证件”里，再请人核对。"),
    Why.REFUSED: _("请供货商重新交一份。"),
    Why.GEO_OVER: _("请续地理标志登记，或者在货品里去掉地理标志。"),
}


class Held(NamedTuple):
    """A paper that speaks for the product: of the product itself, or of its supplier as a whole."""

    kind: str
    state: str
    valid_until_on: date | None = None

    def holds(self, on: date) -> bool:
        """Through the day that it names, in Shanghai, and not one second longer."""
        return self.state == PaperState.ACCEPTED and not self.is_over(on)

    def is_over(self, on: date) -> bool:
        return self.valid_until_on is not None and self.valid_until_on < on


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides which papers a product needs. `lines`: what the county asks of this class besides the law."""

    product_class: str
    lines: tuple[Line, ...] = ()
    uses_geo: bool = False
    geo_until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that keeps a product from being listed; `str()` says it in the reader's language."""

    why: Why
    line: Line = field(default_factory=frozenset)
    day: date | None = None

    def __str__(self) -> str:
        return str(self.why.value).format(papers=line_words(self.line), day=day_words(self.day))

    @property
    def in_short(self) -> str:
        """`检验报告（到期 2026-11-20）`."""
        return str(IN_SHORT[self.why]).format(papers=line_words(self.line), day=self.day)

    @property
    def to_do(self) -> str:
        """For whoever keeps the goods."""
        return str(WHAT_TO_DO[self.why])


def lacks_words(lacks: Iterable[Lack]) -> str:
    """`缺：检验报告（到期 2026-11-20）、营业执照（没有）`; "" where nothing lacks."""
    what = gettext("、").join(lack.in_short for lack in lacks)
    return gettext("缺：{what}").format(what=what) if what else ""


def line_words(line: Iterable[str]) -> str:
    """`食品生产许可证或小作坊登记证`."""
    wanted = set(line)
    kinds = [kind for kind in PaperKind if kind.value in wanted]
    return gettext("或").join(str(kind.label) for kind in kinds)


def day_words(day: date | None) -> str:
    if day is None:
        return ""
    return gettext("{year}年{month}月{day}日").format(year=day.year, month=day.month, day=day.day)


def lines_of(asked: Asked) -> tuple[Line, ...]:
    """All that the product needs, each line once: by law, by the county, and for its geographical indication."""
    by_law = REQUIRED[ProductClass(asked.product_class)] if asked.product_class else ()
    found = [frozenset(kind.value for kind in line) for line in by_law]
    found += [*asked.lines, *([GEO_LINE] if asked.uses_geo else [])]
    return tuple(dict.fromkeys(found))


def line_of(any_of: str) -> Line:
    """As a county's rule is stored: `food_lic,workshop`."""
    return frozenset(any_of.split(","))


def lacking(asked: Asked, papers: Iterable[Held], on: date) -> tuple[Lack, ...]:
    """What this product lacks on that Shanghai day; () when it may be listed."""
    if not asked.product_class:
        return (Lack(Why.UNCLASSIFIED),)
    there = list(papers)
    found = [lack for line in lines_of(asked) if (lack := _lack_of(line, there, on))]
    if asked.uses_geo and asked.geo_until_on is not None and asked.geo_until_on < on:
        found.append(Lack(Why.GEO_OVER, day=asked.geo_until_on))
    return tuple(found)


def _lack_of(line: Line, papers: list[Held], on: date) -> Lack | None:
    """None when the line is met; else what is nearest to meeting it."""
    its = [paper for paper in papers if paper.kind in line]
    if any(paper.holds(on) for paper in its):
        return None
    for paper in its:
        if paper.state == PaperState.WAITING and not paper.is_over(on):
            return Lack(Why.WAITING, frozenset({paper.kind}))
    over = [paper for paper in its if paper.state != PaperState.REFUSED]
    if over:
        last = max(over, key=lambda paper: paper.valid_until_on or date.min)
        return Lack(Why.OVER, frozenset({last.kind}), last.valid_until_on)
    return Lack(Why.REFUSED, frozenset({its[0].kind})) if its else Lack(Why.NONE, line)


def day_asked(planned_start_at: datetime, at: datetime) -> date:
    """The Shanghai day on which a session's papers have to hold: the day of its start, or today once that is past."""
    return max(planned_start_at, at).astimezone(SHANGHAI).date()


def days_left(valid_until_on: date | None, at: datetime) -> int | None:
    """0 on the last day, negative afterwards; None for what does not end."""
    return None if valid_until_on is None else (valid_until_on - shanghai_day(at)).days


def is_due(valid_until_on: date, warned_on: date | None, on: date) -> bool:
    """Whether staff are to be told on this day: once within 30 days of the end, once more within 7, each once."""
    for days in (VERY_SOON_DAYS, SOON_DAYS):
        if on <= valid_until_on <= on + timedelta(days=days):
            return warned_on is None or warned_on < valid_until_on - timedelta(days=days)
    return False

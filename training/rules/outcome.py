"""What came of a year of the school, by who the people are: which tables there are, and what each of them counts. Pure.

Only whole years can be asked for. With years, quarters and months beside each other a small number that one table hides would be
the difference of two others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from training.rules.follow_up import Work, WorkPlace
from training.rules.suppression import Mark, suppressed
from training.rules.trainee import AgeBand, Category, Education, Sex, Support

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from training.rules.suppression import Cell, Table


class Breakdown(TextChoices):
    """By what the people of a year are told apart; each is a table of its own, and no two are crossed."""

    SEX = "sex", pgettext_lazy("breakdown", "性别")
    RETURNEE = "is_returnee", pgettext_lazy("breakdown", "返乡人员")
    AGE = "age", pgettext_lazy("breakdown", "年龄")
    CATEGORY = "category", pgettext_lazy("breakdown", "类别")
    EDUCATION = "education", pgettext_lazy("breakdown", "学历")
    WORK = "work", pgettext_lazy("breakdown", "现在做什么")
    WORK_PLACE = "work_place", pgettext_lazy("breakdown", "在哪里做事")
    SUPPORT = "support", pgettext_lazy("breakdown", "帮扶情况")


UNKNOWN = ""  # nobody wrote it down, or nobody has asked yet
NOT_SAID = pgettext_lazy("breakdown", "没登记")
NOT_ASKED = pgettext_lazy("breakdown", "还没回访到")
# The words of each table in the order of its lines: the first number that is not small is hidden beside a small one.
WORDS: dict[Breakdown, dict[str, Any]] = {
    Breakdown.SEX: {Sex.FEMALE: Sex.FEMALE.label, Sex.MALE: Sex.MALE.label, UNKNOWN: NOT_SAID},
    Breakdown.RETURNEE: {"yes": pgettext_lazy("breakdown", "返乡人员"), "no": pgettext_lazy("breakdown", "不是")},
    Breakdown.AGE: {band.value: band.label for band in AgeBand} | {UNKNOWN: NOT_SAID},
    Breakdown.CATEGORY: {each.value: each.label for each in Category},
    Breakdown.EDUCATION: {each.value: each.label for each in Education} | {UNKNOWN: NOT_SAID},
    Breakdown.WORK: {each.value: each.label for each in Work} | {UNKNOWN: NOT_ASKED},
    Breakdown.WORK_PLACE: {each.value: each.label for each in WorkPlace} | {UNKNOWN: NOT_ASKED},
    Breakdown.SUPPORT: {each.value: each.label for each in Support} | {UNKNOWN: NOT_SAID},
}
MEANING: dict[Breakdown, _StrPromise] = {
    Breakdown.SEX: _("这一年至少到过一次课的人，按登记的性别。"),
    Breakdown.RETURNEE: _("这一年到过课的人里，登记为返乡人员的。"),
    Breakdown.AGE: _("按出生年算，到这一年年底满多少岁。"),
    Breakdown.CATEGORY: _("报名时登记的类别，一人一类。"),
    Breakdown.EDUCATION: _("报名时登记的学历。"),
    Breakdown.WORK: _("结业以后，最近一次打通的回访里本人说的。"),
    Breakdown.WORK_PLACE: _("同一次回访里，本人说在本县还是外县。"),
    Breakdown.SUPPORT: _("属于敏感信息，加密存放；这里只有合计，看不到是谁。"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its words and what may be read of its number."""

    words: _StrPromise | str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Outcome:
    """One table as it may be read."""

    breakdown: Breakdown
    table: Table
    lines: tuple[Line, ...]

    @property
    def meaning(self) -> _StrPromise:
        return MEANING[self.breakdown]


def outcome_of(breakdown: Breakdown, numbers: Mapping[str, int], least: int) -> Outcome:
    """The table of these numbers by word; a word that is in none of its lines is unknown."""
    words = WORDS[breakdown]
    sums = dict.fromkeys(words, 0)
    for word, number in numbers.items():
        sums[word if word in words else UNKNOWN] += number
    table = suppressed(list(sums.values()), least)
    lines = tuple(Line(words[word], cell) for word, cell in zip(sums, table.cells, strict=True))
    return Outcome(breakdown, table, lines)


def permille_of_women(outcome: Outcome) -> int | None:
    """Their share of those whose sex was written down; None where not all of these numbers may be read, or there is nobody."""
    female, male = outcome.table.cells[0], outcome.table.cells[1]
    if female.mark != Mark.NUMBER or male.mark != Mark.NUMBER:
        return None
    women, men = female.number or 0, male.number or 0
    return women * 1000 // (women + men) if women + men else None

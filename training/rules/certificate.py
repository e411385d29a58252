"""The number of a certificate, and what somebody lacks before he gets one. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from django.utils.translation import gettext as _

from training.rules.results import Results

if TYPE_CHECKING:
    from training.rules.attendance import Share

# --- the number -------------------------------------------------------------------------------------------------------------

COUNTY_DIGITS, YEAR_DIGITS, RUNNING_DIGITS, CHECK_DIGITS = 6, 4, 5, 2
DIGITS = COUNTY_DIGITS + YEAR_DIGITS + RUNNING_DIGITS + CHECK_DIGITS
MODULUS, REMAINDER = 97, 1  # ISO/IEC 7064, MOD 97-10: every wrong digit and every swapped pair shows
MOST_RUNNING = 10**RUNNING_DIGITS - 1
LONGEST_TYPED = 60


def prefix_of(county: str, year: int) -> str:
    """What all numbers of a county and year begin with: `140425-2026-`."""
    return f"{county}-{year:04d}-"


def number_of(county: str, year: int, running: int) -> str:
    """`140425-2026-00017-68`: county, year, running number from 1, two check digits. Digits only, so no O is a 0.

    Raises ValueError above MOST_RUNNING."""
    if not 1 <= running <= MOST_RUNNING:
        raise ValueError(running)
    plain = f"{county}{year:04d}{running:0{RUNNING_DIGITS}d}"
    check = (MODULUS + REMAINDER - int(plain) * 10**CHECK_DIGITS % MODULUS) % MODULUS
    return with_dashes(f"{plain}{check:0{CHECK_DIGITS}d}")


def with_dashes(digits: str) -> str:
    at = COUNTY_DIGITS, COUNTY_DIGITS + YEAR_DIGITS, DIGITS - CHECK_DIGITS
    return "-".join((digits[: at[0]], digits[at[0] : at[1]], digits[at[1] : at[2]], digits[at[2] :]))


def running_of(number: str) -> int:
    """17 of `140425-2026-00017-68`."""
    return int(number.split("-")[2])


def plain_number(typed: str) -> str:
    """A number as people type it (full-width, with or without dashes and spaces) as it is stored. Raises ValueError for what
    cannot be one: another length, or check digits that do not fit."""
    signs = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED])
    digits = re.sub(r"[\s\-–—_.·/]", "", "".join(sign for sign in signs if unicodedata.category(sign) not in {"Cf", "Cc"}))
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit() or int(digits) % MODULUS != REMAINDER:
        raise ValueError(typed)
    return with_dashes(digits)


def masked_name(name: str) -> str:
    """`张**`: what the public sees."""
    return f"{name[:1]}**" if name else ""


# --- what is lacking --------------------------------------------------------------------------------------------------------


class Asked(Protocol):
    """What a rule asks for; a row of the table will do."""

    @property
    def attendance_percent(self) -> int: ...
    @property
    def is_over_planned(self) -> bool: ...
    @property
    def exam_marks(self) -> int: ...
    @property
    def needs_exam(self) -> bool: ...
    @property
    def needs_practical(self) -> bool: ...
    @property
    def practical_marks(self) -> int: ...
    @property
    def academic_hours(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Reached:
    """What somebody has when he is judged. `tenths_of_hours`: academic hours in tenths, in lessons and online; `days`: with a
    lesson where he was."""

    share: Share
    results: Results = field(default_factory=Results)
    tenths_of_hours: int = 0
    days: int = 0

    @property
    def hours(self) -> int:
        """Whole academic hours, rounded down."""
        return self.tenths_of_hours // 10


def lacking(reached: Reached, rule: Asked) -> list[str]:
    """What is missing, a sentence each; nothing where the rule is met. Whole numbers are compared, never percentages."""
    return [
        *_attendance(reached.share, rule),
        *_exams(reached.results, rule),
        *_practical(reached.results, rule),
        *_hours(reached, rule),
    ]


def due_of(share: Share, rule: Asked) -> int:
    """The lessons over which attendance is counted."""
    return share.planned if rule.is_over_planned else share.held


def _attendance(share: Share, rule: Asked) -> list[str]:
    if not rule.attendance_percent or share.meets(rule.attendance_percent, is_over_planned=rule.is_over_planned):
        return []
    if not (due := due_of(share, rule)):
        return [_("还没有上过课")]
    more = -(-rule.attendance_percent * due // 100) - share.there
    return [
        _("出勤：{due} 课到了 {there} 课，要 {percent}%，还差 {more} 课").format(
            due=due, there=share.there, percent=rule.attendance_percent, more=more
        )
    ]


def _exams(results: Results, rule: Asked) -> list[str]:
    if not rule.needs_exam:
        return []
    if not results.exams:
        return [_("考试：这个班还没有考试")]
    return [
        _("考试“{title}”：还没有成绩").format(title=exam.title)
        if exam.marks is None
        else _("考试“{title}”：{marks} 分，要 {least} 分").format(title=exam.title, marks=exam.marks, least=rule.exam_marks)
        for exam in results.exams
        if exam.marks is None or exam.marks < rule.exam_marks
    ]


def _practical(results: Results, rule: Asked) -> list[str]:
    if not rule.needs_practical or (results.practical is not None and results.practical >= rule.practical_marks):
        return []
    if results.practical is None:
        return [_("实操：还没有评分")]
    return [_("实操：{marks} 分，要 {least} 分").format(marks=results.practical, least=rule.practical_marks)]


def _hours(reached: Reached, rule: Asked) -> list[str]:
    if reached.tenths_of_hours >= rule.academic_hours * 10:
        return []
    return [_("学时：{hours}，要 {least}").format(hours=reached.hours, least=rule.academic_hours)]


def asked_in_words(rule: Asked) -> list[str]:
    """What a rule asks for, a phrase each."""
    over = _("按计划课次算") if rule.is_over_planned else _("按已上课次算")
    words = [_("出勤 {percent}% 以上（{over}）").format(percent=rule.attendance_percent, over=over)]
    if rule.needs_exam:
        words.append(_("每门考试 {marks} 分以上").format(marks=rule.exam_marks))
    if rule.needs_practical:
        words.append(_("实操 {marks} 分以上").format(marks=rule.practical_marks))
    if rule.academic_hours:
        words.append(_("{hours} 学时以上").format(hours=rule.academic_hours))
    return words

"""What a county's school counts, each figure with its meaning in words, and what a month without a lesson is called. Pure.

Persons (人数) and attendances (人次) are two figures with two labels, never added, never in place of one another (domain 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.day import SHANGHAI
from training.rules.school import AttendanceUnit

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FIRST_YEAR, LAST_YEAR = 2015, 2099
MONTHS_A_YEAR = 12


class Figure(TextChoices):
    """What is counted of a stretch of time; each has a list behind it."""

    LESSONS = "lessons", pgettext_lazy("figure", "课次")
    COHORTS = "cohorts", pgettext_lazy("figure", "上过课的班")
    PEOPLE = "people", pgettext_lazy("figure", "培训人数")
    ATTENDANCES = "attendances", pgettext_lazy("figure", "培训人次")
    NEW_PEOPLE = "new_people", pgettext_lazy("figure", "新学员")
    ONLINE = "online_minutes", pgettext_lazy("figure", "线上学习")
    COMPLETERS = "completers", pgettext_lazy("figure", "结业人数")
    NEW_HOSTS = "new_hosts", pgettext_lazy("figure", "新开播")
    FIRST_SALES = "first_sales", pgettext_lazy("figure", "首次出单")


MEANING: dict[Figure, _StrPromise] = {
    Figure.LESSONS: _("登记为“已上”的课，按上课那天算在哪个月。没上的、取消的不算。"),
    Figure.COHORTS: _("这段时间里至少上过一次课的班。"),
    Figure.PEOPLE: _("至少到过一次课的人（到、迟到都算）。一个人来多少次、上几个班，都算一个；合并过的重复登记算一个。"),
    Figure.NEW_PEOPLE: _("以前从没在本县学堂上过课，这段时间第一次到课的人。"),
    Figure.ONLINE: _("学员在线上学习的分钟数，按学习那天算。不算进人数，也不算进人次。"),
    Figure.COMPLETERS: _("这段时间里结业的人，按结业日期算。结业两次的算一个。"),
    Figure.NEW_HOSTS: _("上过课以后，账号第一次正式开播在这段时间里的人。练习不算。"),
    Figure.FIRST_SALES: _("上过课以后，自己的直播第一次有计入的订单，付款在这段时间里的人。没付款就取消的不算，退款不影响。"),
}
MEANING_OF_UNIT: dict[AttendanceUnit, _StrPromise] = {
    AttendanceUnit.COHORT: _(
        "一个人在一个班算一人次：这段时间里在这个班来过几次都是一人次，上两个班是两人次。跨月的班每个月各算一次，所以各月不能相加。"
    ),
    AttendanceUnit.DAY: _("一个人来上课一天算一人次：一天里上几次课都是一人次。"),
    AttendanceUnit.LESSON: _("一个人到一次课算一人次。"),
}


def meaning(figure: Figure, unit: AttendanceUnit) -> _StrPromise:
    """What this figure counts, in the words that stand beside it; attendances as the county agreed on them."""
    return MEANING_OF_UNIT[unit] if figure == Figure.ATTENDANCES else MEANING[figure]


@dataclass(frozen=True, slots=True)
class Figures:
    """A stretch of days of a county, mostly a month. `planned_lessons` is what the plan says, `timetabled_lessons` what stands in
    the timetable, held ones among them; the rest as `MEANING` says."""

    from_on: date
    unit: AttendanceUnit
    planned_lessons: int = 0
    timetabled_lessons: int = 0
    lessons: int = 0
    cohorts: int = 0
    people: int = 0
    attendances: int = 0
    online_minutes: int = 0
    new_people: int = 0
    new_hosts: int = 0
    first_sales: int = 0
    completers: int = 0

    def said(self, figure: Figure) -> int:
        return int(getattr(self, figure.value))


# --- months -------------------------------------------------------------------------------------------------------------


class MonthState(TextChoices):
    """How a month of the school stands: once it has begun, every month has a lesson (长效学堂，不间断)."""

    BEFORE = "before", pgettext_lazy("school month", "还没开办")
    HELD = "held", pgettext_lazy("school month", "上过课")
    MISSING = "missing", pgettext_lazy("school month", "没有上课")
    OPEN = "open", pgettext_lazy("school month", "本月还没上课")
    COMING = "coming", pgettext_lazy("school month", "还没到")


def month_state(first_on: date, lessons: int, *, today: date, begun_on: date | None) -> MonthState:
    """`begun_on`: the day from which the school must not pause; None while nobody has begun it."""
    if lessons:
        return MonthState.HELD
    this_month = today.replace(day=1)
    if first_on > this_month:
        return MonthState.COMING
    if begun_on is None or first_on < begun_on.replace(day=1):
        return MonthState.BEFORE
    return MonthState.OPEN if first_on == this_month else MonthState.MISSING


def month_after(first_on: date, months: int = 1) -> date:
    """The first day of the month that lies so many months later; earlier, where that is negative."""
    number = first_on.year * MONTHS_A_YEAR + first_on.month - 1 + months
    return date(number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1, 1)


def begins(first_on: date) -> datetime:
    """The first moment of a Shanghai day."""
    return datetime.combine(first_on, time(), SHANGHAI)


def parse_month(words: str) -> date | None:
    """`2026-11` → its first day. None for anything else, and for a month that no plan reaches."""
    try:
        first_on = date.fromisoformat(f"{words}-01") if len(words) == len("2026-11") else None
    except ValueError:
        return None
    return first_on if first_on and FIRST_YEAR <= first_on.year <= LAST_YEAR else None


# --- the goal of some years ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Goal:
    """How far a county has come to so many persons in so many years (case 000-13: 10,000 in three years)."""

    wanted: int
    people: int
    attendances: int
    from_on: date
    until_on: date  # the day after the last
    today: date

    @property
    def permille(self) -> int:
        """Of the way, 1,000 at most."""
        return min(self.people * 1000 // self.wanted, 1000) if self.wanted else 1000

    @property
    def missing(self) -> int:
        return max(self.wanted - self.people, 0)

    @property
    def months_left(self) -> int:
        """The present month is one of them while it lasts."""
        first, last = max(self.today, self.from_on).replace(day=1), self.until_on
        months = (last.year - first.year) * MONTHS_A_YEAR + last.month - first.month + (last.day > 1)
        return max(months, 0)

    @property
    def per_month(self) -> int:
        """New persons that are needed in each month that is left; 0 where none is left or none is needed."""
        return -(-self.missing // self.months_left) if self.months_left else 0

    @property
    def is_over(self) -> bool:
        return self.today >= self.until_on

    @property
    def time_permille(self) -> int:
        """How much of the time is over, 1,000 at most."""
        days = (self.until_on - self.from_on).days
        return max(0, min((self.today - self.from_on).days * 1000 // days, 1000))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)

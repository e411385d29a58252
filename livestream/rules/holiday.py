"""Public holidays of China: a day off, a weekend that is worked instead 调休上班, or a plain day. Pure.

The dates are law (全国年节及纪念日放假办法, State Council Order 795 of 2024); how weekends are moved around them is announced
each November by the General Office of the State Council. Both come with the `holidays` library. Of a year that is not announced
yet only the days of the law are known: they are marked `is_official=False`, “以国务院通知为准”."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DAY = timedelta(days=1)
SATURDAY = 5
SWAPPED = re.compile(r"\d{4}-\d\d-\d\d")  # 休息日（由 2026-02-14 调休）
FIRST_YEAR, LAST_YEAR = 2020, 2099  # the first county heads went on air in 2020; the moon of the library ends in 2099


class DayKind(TextChoices):
    OFF = "off", _("放假")
    WORKED = "worked", _("调休上班")


class DayMark(NamedTuple):
    """What a day is besides a weekday. `name` is the holiday's: of a worked weekend, the one it was moved to."""

    kind: DayKind
    name: str
    is_official: bool = True

    @property
    def short(self) -> str:
        """What a calendar writes into the day: `春节`, `调休上班`."""
        return self.name if self.kind == DayKind.OFF else str(self.kind.label)


def day_marks(from_on: date, until_on: date, *, language: str = "zh-hans") -> dict[date, DayMark]:
    """The days that are not plain, of these (both included), in order. `language` is Django's code; English or Chinese."""
    names = "en_US" if language.startswith("en") else "zh_CN"
    years = range(max(from_on.year, FIRST_YEAR), min(until_on.year, LAST_YEAR) + 1)
    return {day: mark for year in years for day, mark in _year(year, names).items() if from_on <= day <= until_on}


def is_announced(year: int) -> bool:
    """Whether the State Council's arrangement of that year is known here."""
    return year in _china().special_public_holidays


@cache
def _china() -> Any:
    """The library's calendar of China, loaded when it is first asked for. From its own file: the library's package would load
    all 256 countries with it, which takes five times as long and 8 MB more of every process."""
    package = find_spec("holidays")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("holidays")
    spec = spec_from_file_location("holidays_china", Path(package.origin).parent / "countries" / "china.py")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("holidays.countries.china")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.China(years=())


@cache
def _year(year: int, language: str) -> Mapping[date, DayMark]:
    # A holiday at the turn of the year moves weekends of the year before.
    if not is_announced(year):
        return {day: DayMark(DayKind.OFF, name, is_official=False) for day, name in sorted(_of_law(year, language).items())}
    around = range(year - 1, year + 2)
    arranged = type(_china())(years=[each for each in around if is_announced(each)], language="zh_CN")
    law = {day: name for each in around for day, name in _of_law(each, language).items()}
    found: dict[date, DayMark] = {}
    for days in _stretches(set(arranged), arranged.weekend_workdays):
        found |= {day: DayMark(DayKind.OFF, _name_of(day, days, law)) for day in days}
    for day in sorted(arranged):
        for swapped in SWAPPED.findall(arranged[day]):
            found[date.fromisoformat(swapped)] = DayMark(DayKind.WORKED, found[day].name)
    return {day: found[day] for day in sorted(found) if day.year == year}


def _of_law(year: int, language: str) -> dict[date, str]:
    """The days that the law itself names, without what is moved to or from weekends."""
    plain = type(_china())(years=year, language=language, observed=False)
    moved = {day for day, name in type(_china())(years=year, language="zh_CN", observed=False).items() if SWAPPED.search(name)}
    return {day: name.replace("; ", "、") for day, name in plain.items() if day.year == year and day not in moved}


def _stretches(off: set[date], worked: set[date]) -> Iterator[list[date]]:
    """Days off that follow each other, with the weekends beside them that are not worked: as the notices count them."""
    waiting = sorted(off)
    while waiting:
        days = [waiting[0]]
        while _is_off(days[0] - DAY, off, worked):
            days.insert(0, days[0] - DAY)
        while _is_off(days[-1] + DAY, off, worked):
            days.append(days[-1] + DAY)
        waiting = [day for day in waiting if day > days[-1]]
        yield days


def _is_off(day: date, off: set[date], worked: set[date]) -> bool:
    return day in off or (day.weekday() >= SATURDAY and day not in worked)


def _name_of(day: date, days: list[date], law: Mapping[date, str]) -> str:
    """The holiday that this day of a stretch belongs to: the last one that began, else the one that fills the stretch."""
    begun = [law[each] for each in days if each in law and each <= day]
    return begun[-1] if begun else Counter(law[each] for each in days if each in law).most_common(1)[0][0]

"""The dates of a rule like “every Tuesday and Friday 19:30 until December”, or “the 15th of every month 村播日”. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from dateutil.rrule import MONTHLY, WEEKLY, rrule
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from livestream.rules.availability import weekday_words
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

DATES_AT_MOST = 200
LONGEST = timedelta(days=731)
LONGEST_SESSION_MINUTES = 24 * 60
DAY, LONGEST_MONTH = timedelta(days=1), timedelta(days=31)


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """Weekdays (1 Monday … 7 Sunday) or days of the month, from one day until another, both included; the clock time at which a
    session begins in Shanghai, and its minutes."""

    from_on: date
    until_on: date
    from_time: time
    minutes: int
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    without: frozenset[date] = frozenset()  # days that staff took out: a holiday, a funeral


class Window(NamedTuple):
    """When the session of a date begins and ends; a session over midnight belongs to the day it began."""

    starts_at: datetime
    ends_at: datetime


class MissingDay(NamedTuple):
    """A day of the month that this month does not have."""

    year: int
    month: int
    day: int


def check_rule(rule: SeriesRule) -> None:
    """Raises NotAllowed(`series_backwards`, `series_too_long`, `series_by_what`, `series_unknown_day`, `series_minutes`,
    `series_too_many`, `series_no_dates`)."""
    if rule.until_on < rule.from_on:
        raise NotAllowed("series_backwards")
    if rule.until_on - rule.from_on > LONGEST:
        raise NotAllowed("series_too_long", until=(rule.from_on + LONGEST).isoformat())
    if bool(rule.weekdays) == bool(rule.month_days):
        raise NotAllowed("series_by_what")
    if not (set(rule.weekdays) <= set(range(1, 8)) and set(rule.month_days) <= set(range(1, 32))):
        raise NotAllowed("series_unknown_day")
    if not 0 < rule.minutes <= LONGEST_SESSION_MINUTES:
        raise NotAllowed("series_minutes", limit=LONGEST_SESSION_MINUTES)
    number = len(dates(rule))
    if number > DATES_AT_MOST:
        raise NotAllowed("series_too_many", n=number, limit=DATES_AT_MOST)
    if not number:
        raise NotAllowed("series_no_dates")


def dates(rule: SeriesRule) -> list[date]:
    """Every day of the rule but those taken out, in order. A day that a month does not have falls out: `missing_days`."""
    begins = datetime.combine(rule.from_on, time(0))
    until = datetime.combine(rule.until_on, time(0))
    if rule.weekdays:
        found = rrule(WEEKLY, dtstart=begins, until=until, byweekday=[day - 1 for day in sorted(set(rule.weekdays))])
    else:
        found = rrule(MONTHLY, dtstart=begins, until=until, bymonthday=sorted(set(rule.month_days)))
    return [moment.date() for moment in found if moment.date() not in rule.without]


def missing_days(rule: SeriesRule) -> list[MissingDay]:
    """Which of the wanted days of the month fall out, for the month has none: 29, 30 or 31."""
    lasts = [last for last in _last_days(rule) if rule.from_on <= last <= rule.until_on]
    return [MissingDay(last.year, last.month, day) for last in lasts for day in sorted(set(rule.month_days)) if day > last.day]


def _last_days(rule: SeriesRule) -> Iterator[date]:
    """The last day of each month that the rule touches."""
    first = rule.from_on.replace(day=1)
    while first <= rule.until_on:
        first = (first + LONGEST_MONTH).replace(day=1)
        yield first - DAY


def window_of(day: date, from_time: time, minutes: int) -> Window:
    """From the clock time of that day in Shanghai, for so many minutes."""
    starts_at = datetime.combine(day, from_time, SHANGHAI)
    return Window(starts_at, starts_at + timedelta(minutes=minutes))


def rule_words(rule: SeriesRule) -> str:
    """`每周二、周五 19:30–21:30，到2026年12月31日`."""
    ends = (datetime.combine(rule.from_on, rule.from_time) + timedelta(minutes=rule.minutes)).time()
    return _("{days} {begins}–{ends}，到{until}").format(
        days=day_words(rule),
        begins=f"{rule.from_time:%H:%M}",
        ends=f"{ends:%H:%M}",
        until=dateformat.format(rule.until_on, pgettext("date format", "Y年n月j日")),
    )


def day_words(rule: SeriesRule) -> str:
    """`每周二、周五`, `每天`, `每月15日`."""
    comma = pgettext("between days", "、")
    if len(set(rule.weekdays)) == len(range(1, 8)):
        return _("每天")
    if rule.weekdays:
        return _("每{days}").format(days=comma.join(weekday_words(day) for day in sorted(set(rule.weekdays))))
    return _("每月{days}日").format(days=comma.join(str(day) for day in sorted(set(rule.month_days))))


def missing_words(missing: MissingDay) -> str:
    """`2027年2月没有31日`."""
    return _("{year}年{month}月没有{day}日").format(year=missing.year, month=missing.month, day=missing.day)

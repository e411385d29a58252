"""Whether a person or a resource is free: weekly hours, and days away. Pure; all clock times and days are Shanghai's.

Who has weekly hours is taken to be free in those alone; who has none is free whenever he is not away. Hours that end no later
than they begin run into the next day, so 18:00–02:00 is an evening, and until 00:00 means the end of the day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

DAY = timedelta(days=1)
MIDNIGHT = time(0)
LATEST = timedelta(days=366)  # who would know today where he is in two years
ROWS_AT_MOST = 100  # of one person or resource; no thumb writes more
REASON_AT_MOST = 60
HIT_NAMED = 3  # sessions that a notice names; its page has them all


class Hours(NamedTuple):
    """Free every week on that day (1 Monday … 7 Sunday) from one clock time up to another."""

    weekday: int
    from_time: time
    until_time: time


class Away(NamedTuple):
    """Not free on these days, both included; with clock times, on each of them only from one up to the other."""

    from_on: date
    until_on: date
    from_time: time | None = None
    until_time: time | None = None
    reason: str = ""


class Times(NamedTuple):
    """All that is known of one person or resource."""

    hours: tuple[Hours, ...] = ()
    away: tuple[Away, ...] = ()

    def gaps(self, begins: datetime, ends: datetime) -> list[Gap]:
        return gaps(self.hours, self.away, begins, ends)


class Gap(NamedTuple):
    """A stretch that was asked for and is not free: because of `away`, or, without one, outside the weekly hours."""

    begins: datetime
    ends: datetime
    away: Away | None = None


class PartOfDay(TextChoices):
    """What a thumb says instead of clock times."""

    MORNING = "morning", pgettext_lazy("part of the day", "上午")
    AFTERNOON = "afternoon", pgettext_lazy("part of the day", "下午")
    EVENING = "evening", pgettext_lazy("part of the day", "晚上")


# A sunrise over the gorge is a morning; an evening on air may go on past midnight, and belongs to the day it began.
HOURS_OF: dict[PartOfDay, tuple[time, time]] = {
    PartOfDay.MORNING: (time(5), time(12)),
    PartOfDay.AFTERNOON: (time(12), time(18)),
    PartOfDay.EVENING: (time(18), time(2)),
}


def gaps(hours: Iterable[Hours], away: Iterable[Away], begins: datetime, ends: datetime) -> list[Gap]:
    """What of `begins` up to `ends` (aware; `ends` is not part of it) is not free, by the clock; [] when all of it is."""
    begins, ends = begins.astimezone(SHANGHAI), ends.astimezone(SHANGHAI)
    found = [Gap(*cut, one) for one in away for cut in _cuts(_away_stretches(one, begins, ends), begins, ends)]
    weekly = list(hours)
    if weekly:
        found += [Gap(*stretch) for stretch in _between(_cuts(_free_stretches(weekly, begins, ends), begins, ends), begins, ends)]
    return sorted(found, key=lambda gap: (gap.begins, gap.ends, gap.away is None))


def is_free(hours: Iterable[Hours], away: Iterable[Away], begins: datetime, ends: datetime) -> bool:
    """Whether all of `begins` up to `ends` is free."""
    return not gaps(hours, away, begins, ends)


def check_days(away: Away, today: date) -> None:
    """Raises NotAllowed(`away_backwards`, `away_past`, `away_too_far`) for days that nobody can mean."""
    if away.until_on < away.from_on:
        raise NotAllowed("away_backwards")
    if away.until_on < today:
        raise NotAllowed("away_past")
    if away.until_on > today + LATEST:
        raise NotAllowed("away_too_far", until=f"{today + LATEST:%Y-%m-%d}")


def said(gap: Gap) -> str:
    """Why it is not free, as one part of a sentence: `10月1日周四到10月7日周三不行（走亲戚）`."""
    if gap.away is None:
        return _("{day} {begins}–{ends} 不在平时能排的时间里").format(
            day=day_words(gap.begins), begins=f"{gap.begins:%H:%M}", ends=f"{gap.ends:%H:%M}"
        )
    return away_words(gap.away)


def away_words(away: Away) -> str:
    """`10月1日周四到10月7日周三下午不行（赶集）`, as short as the days allow."""
    days = day_words(away.from_on)
    if away.until_on != away.from_on:
        days = _("{first}到{last}").format(first=days, last=day_words(away.until_on))
    hours = hours_words(away.from_time, away.until_time)
    if hours:
        days = pgettext("days and hours", "{days} {hours}").format(days=days, hours=hours)
    sentence = _("{days}不行（{reason}）") if away.reason else _("{days}不行")
    return sentence.format(days=days, reason=away.reason)


def hours_words(from_time: time | None, until_time: time | None) -> str:
    """`晚上`, `14:00–18:00`, "" for all day."""
    if from_time is None or until_time is None:
        return ""
    part = part_of(from_time, until_time)
    return str(part.label) if part else f"{from_time:%H:%M}–{until_time:%H:%M}"


def hit_words(name: str, sessions: Sequence[tuple[datetime, str]], *, are_lessons: bool = False) -> str:
    """What staff are told when sessions, or lessons (start, title), fall where somebody or something is not free."""
    first = [f"{day_words(start.astimezone(SHANGHAI))} {start.astimezone(SHANGHAI):%H:%M} {title}" for start, title in sessions]
    listed = "；".join(first[:HIT_NAMED])
    sentence = ngettext(
        "{name}有的时候不行，可是已经排了 {n} 场：{listed}。请改时间，或者换一个。",
        "{name}有的时候不行，可是已经排了 {n} 场：{listed}。请改时间，或者换一个。",
        len(first),
    )
    if are_lessons:
        sentence = ngettext(
            "{name}有的时候不行，可是已经排了 {n} 节课：{listed}。请改课的时间，或者换人、换教室。",
            "{name}有的时候不行，可是已经排了 {n} 节课：{listed}。请改课的时间，或者换人、换教室。",
            len(first),
        )
    return sentence.format(name=name, n=len(first), listed=listed + ("…" if len(first) > HIT_NAMED else ""))


def rule_words(rule: Hours | Away) -> str:
    """`周二 09:00–11:00`, `周二 晚上`, or the days away."""
    if isinstance(rule, Away):
        return away_words(rule)
    return f"{weekday_words(rule.weekday)} {hours_words(rule.from_time, rule.until_time)}"


def day_words(day: date) -> str:
    """`10月1日周四`."""
    return pgettext("day of the year", "{day}{weekday}").format(
        day=dateformat.format(day, pgettext("date format", "n月j日")), weekday=weekday_words(day.isoweekday())
    )


def weekday_words(weekday: int) -> str:
    """`周一` of 1 … `周日` of 7."""
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[weekday - 1]


def part_of(from_time: time, until_time: time) -> PartOfDay | None:
    """The part of the day that these hours are, None where somebody wrote others."""
    return next((part for part, hours in HOURS_OF.items() if hours == (from_time, until_time)), None)


def _stretch(day: date, from_time: time, until_time: time) -> tuple[datetime, datetime]:
    """The moments of these clock times on that day; into the next one where they end no later than they begin."""
    last = day if until_time > from_time else day + DAY
    return datetime.combine(day, from_time, SHANGHAI), datetime.combine(last, until_time, SHANGHAI)


def _days(begins: datetime, ends: datetime) -> Iterator[date]:
    """The day before too: its hours may run into the first one."""
    day = begins.date() - DAY
    while day <= ends.date():
        yield day
        day += DAY


def _free_stretches(hours: list[Hours], begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
    for day in _days(begins, ends):
        for one in hours:
            if one.weekday == day.isoweekday():
                yield _stretch(day, one.from_time, one.until_time)


def _away_stretches(away: Away, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
    if away.from_time is None or away.until_time is None:
        yield datetime.combine(away.from_on, MIDNIGHT, SHANGHAI), datetime.combine(away.until_on + DAY, MIDNIGHT, SHANGHAI)
        return
    for day in _days(begins, ends):
        if away.from_on <= day <= away.until_on:
            yield _stretch(day, away.from_time, away.until_time)


def _cuts(
    stretches: Iterable[tuple[datetime, datetime]], begins: datetime, ends: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """What of each lies in `begins` up to `ends`."""
    for first, last in stretches:
        if first < ends and begins < last:
            yield max(first, begins), min(last, ends)


def _between(
    stretches: Iterable[tuple[datetime, datetime]], begins: datetime, ends: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """What none of them covers."""
    covered = [begins]
    for first, last in sorted(stretches):
        if first > covered[-1]:
            covered += [first, last]
        else:
            covered[-1] = max(covered[-1], last)
    covered.append(ends)
    for index, (first, last) in enumerate(pairwise(covered)):
        if index % 2 == 0 and first < last:
            yield first, last

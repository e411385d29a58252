"""Campaigns: their windows, how far they are, and what becomes of one in the next year. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.errors import NotAllowed
from livestream.rules.holiday import DayKind, day_marks
from livestream.rules.money import MAX_FEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

DAYS_AT_MOST = 92  # a season; what lasts longer is no campaign any more
NAME_AT_MOST, NOTE_AT_MOST, SOURCE_AT_MOST = 60, 500, 120
NEAR = 3  # days by which a session moves at most to fall on the weekday it had
EARLIEST = date(2015, 1, 1)
NEW_YEAR, ITS_EVE = "春节", "除夕"  # as the calendar of public holidays calls them


class CampaignKind(TextChoices):
    FESTIVAL = "festival", _("节庆")
    WELFARE = "welfare", _("公益周")
    SEASON = "season", _("时令")
    DAY = "day", _("村播日")
    RELIEF = "relief", _("助销")


class CampaignState(TextChoices):
    COMING = "coming", _("还没开始")
    RUNNING = "running", _("进行中")
    OVER = "over", _("已经结束")


class Window(NamedTuple):
    """The days of a campaign, the last one included."""

    from_on: date
    until_on: date

    @property
    def days(self) -> int:
        return (self.until_on - self.from_on).days + 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a campaign is on a day: `day` of `days` while it runs, `wait_days` before it begins; else 0."""

    state: CampaignState
    days: int
    day: int = 0
    wait_days: int = 0


def standing(window: Window, today: date) -> Standing:
    if today < window.from_on:
        return Standing(CampaignState.COMING, window.days, wait_days=(window.from_on - today).days)
    if today > window.until_on:
        return Standing(CampaignState.OVER, window.days)
    return Standing(CampaignState.RUNNING, window.days, day=(today - window.from_on).days + 1)


def check_window(window: Window) -> None:
    """Raises NotAllowed(`period_backwards`, `campaign_too_long`, `campaign_too_early`)."""
    if window.until_on < window.from_on:
        raise NotAllowed("period_backwards")
    if window.days > DAYS_AT_MOST:
        raise NotAllowed("campaign_too_long", days=window.days, limit=DAYS_AT_MOST)
    if window.from_on < EARLIEST or window.until_on.year > date.max.year - 2:
        raise NotAllowed("campaign_too_early", year=EARLIEST.year)


def check_goal(goal_fen: int | None) -> None:
    """Raises NotAllowed(`goal_out_of_range`): none is fine, nothing and more than any county sells is not."""
    if goal_fen is not None and not 0 < goal_fen <= MAX_FEN:
        raise NotAllowed("goal_out_of_range", most=f"{MAX_FEN // 10**6:,}")  # in 万元


class Yearly(NamedTuple):
    """A campaign that many counties hold: its days of a year, or how many days from the Spring Festival."""

    key: str
    name: _StrPromise
    kind: CampaignKind
    first: tuple[int, int] | int  # month and day, or days from 春节
    days: int


TEMPLATES = (
    Yearly("welfare", _("95公益周"), CampaignKind.WELFARE, (9, 1), 7),  # about the day of charity, September 5
    Yearly("spring", _("新春开门红"), CampaignKind.SEASON, -15, 15),  # the fortnight in which New Year's goods are bought
    Yearly("pepper", _("花椒节"), CampaignKind.FESTIVAL, (8, 8), 7),
    Yearly("ginseng", _("党参节"), CampaignKind.FESTIVAL, (10, 18), 7),
    Yearly("village", _("村播日"), CampaignKind.DAY, (0, 15), 1),  # the 15th of every month
)


def next_window(template: Yearly, today: date, holidays: Mapping[date, str]) -> Window:
    """The next days of this template that are not over. `holidays` names the public holidays of this year and the next."""
    found = (_window_in(template, year, month, holidays) for year in (today.year, today.year + 1) for month in range(1, 13))
    return next(window for window in found if window.until_on >= today)


def _window_in(template: Yearly, year: int, month: int, holidays: Mapping[date, str]) -> Window:
    if isinstance(template.first, int):
        begins = new_year_of(year, holidays) + timedelta(days=template.first)
    else:
        begins = date(year, template.first[0] or month, template.first[1])
    return Window(begins, begins + timedelta(days=template.days - 1))


def named_holidays(first: int, last: int) -> dict[date, str]:
    """Every day off of these years, both included, by name; weekends that are worked are plain days here."""
    marks = day_marks(date(first, 1, 1), date(last, 12, 31))
    return {day: mark.name for day, mark in marks.items() if mark.kind == DayKind.OFF}


def new_year_of(year: int, holidays: Mapping[date, str]) -> date:
    """The first day of 春节: after its eve, where that is a holiday; else about when it mostly is."""
    eves = [day + timedelta(days=1) for day, name in holidays.items() if day.year == year and ITS_EVE in name]
    days = eves or [day for day, name in holidays.items() if day.year == year and NEW_YEAR in name]
    return min(days, default=date(year, 2, 5))


def a_year_later(kind: str, window: Window, holidays: Mapping[date, str]) -> Window:
    """The same days of the next year; what goes by the moon (a season about 春节) keeps its distance from it instead."""
    year = window.from_on.year
    if kind == CampaignKind.SEASON:
        begins = new_year_of(year + 1, holidays) + (window.from_on - new_year_of(year, holidays))
    else:
        begins = _same_day(window.from_on, year + 1)
    return Window(begins, begins + timedelta(days=window.days - 1))


def _same_day(day: date, year: int) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=year, day=28) if is_leap_day else day.replace(year=year)


def moved_day(day: date, old: Window, new: Window, holidays: Mapping[date, str]) -> date:
    """The day on which a session of the last campaign is held in the next one.

    The opening stays the opening and the close the close; a session of a public holiday stays on the one of that name; any other
    keeps its weekday, for people buy when they are at home: the nearest such day, at most three days away, inside the window."""
    if day == old.from_on:
        return new.from_on
    if day == old.until_on:
        return new.until_on
    same_place = new.from_on + (day - old.from_on)
    name = holidays.get(day)
    near = [same_place + timedelta(days=offset) for offset in range(-NEAR, NEAR + 1)]
    inside = [at for at in near if new.from_on <= at <= new.until_on]
    fitting = [at for at in inside if holidays.get(at) == name and name] or [at for at in inside if at.weekday() == day.weekday()]
    return min(fitting, key=lambda at: abs((at - same_place).days), default=same_place)

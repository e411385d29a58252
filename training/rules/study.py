"""Online study: which minutes count, and how they add up to academic hours beside the lessons. Pure.

A minute is one of the clock: whoever opens the course on two phones at once studies it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from livestream.rules.errors import NotAllowed
from training.rules.course import ACADEMIC_HOUR_MINUTES, TRADE_HOURS, Trade, TradeLevel

MINUTES_A_DAY = 720  # of one person, from all sources together: half a day
A_MINUTE = timedelta(minutes=1)
KEPT_IN_THE_PHONE = timedelta(days=14)  # how long a page may hold back what it counted without a network
TENTHS = 10


def minute_of(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def minute_claimed(number: int, *, opened_at: datetime, now: datetime) -> datetime:
    """The minute of that number (since 1970), which a page that was opened then may claim now.

    Raises NotAllowed(`minute_outside`) for one before the page was opened, or one that is not over yet."""
    earliest, latest = minute_of(opened_at), minute_of(now) + A_MINUTE
    if not int(earliest.timestamp()) // 60 <= number <= int(latest.timestamp()) // 60:
        raise NotAllowed("minute_outside")
    return datetime.fromtimestamp(number * 60, UTC)


def tenths_of(lesson_hours: int, online_minutes: int) -> int:
    """Academic hours in tenths, rounded down: lessons that were attended, and each 45 minutes online (TR-08)."""
    return lesson_hours * TENTHS + online_minutes * TENTHS // ACADEMIC_HOUR_MINUTES


@dataclass(frozen=True, slots=True)
class TradeLedger:
    """What somebody has of the hours that a trade asks for, over all his cohorts that teach it at this level."""

    trade: Trade
    level: TradeLevel
    lesson_hours: int
    online_minutes: int

    @property
    def wanted(self) -> int:
        return TRADE_HOURS[self.level]

    @property
    def hours(self) -> float:
        """To one decimal, rounded down."""
        return tenths_of(self.lesson_hours, self.online_minutes) / TENTHS

    @property
    def percent(self) -> int:
        """Of the hours that are wanted, at most 100."""
        return min(100, tenths_of(self.lesson_hours, self.online_minutes) * 100 // (self.wanted * TENTHS))

    @property
    def is_reached(self) -> bool:
        return tenths_of(self.lesson_hours, self.online_minutes) >= self.wanted * TENTHS


@dataclass(frozen=True, slots=True)
class Hours:
    """Of one trainee in one cohort: academic hours of held lessons he attended, minutes online; and the trades it teaches."""

    lesson_hours: int = 0
    online_minutes: int = 0
    trades: tuple[TradeLedger, ...] = ()

    @property
    def hours(self) -> float:
        """To one decimal, rounded down."""
        return tenths_of(self.lesson_hours, self.online_minutes) / TENTHS

"""How long a shop is usually silent on one road, and when its silence is worth a word. Pure: no query, no clock.

`orders/actions/source.py` says the same in SQL.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_S = 3600.0  # a longer pause is a night or a holiday, and says nothing about the habit of an evening
HALF_LIFE_S = 6 * 3600.0
MOST_HALVES = 100.0  # beyond this nothing is left; PostgreSQL refuses to compute what is too small for a double
LEAST_S = 0.001
HABIT = 3  # so many usual pauses without a word are no habit any more


def pause_after(pause_s: float, waited_s: float) -> float:
    """The usual pause (seconds) of a source that is heard of again after `waited_s` seconds.

    A longer pause counts at once; the one that was known fades by half in six hours.
    """
    faded = pause_s * 0.5 ** min(waited_s / HALF_LIFE_S, MOST_HALVES)
    fresh = waited_s if waited_s <= LONGEST_S else 0.0
    longest = max(faded, fresh)
    return longest if longest >= LEAST_S else 0.0


def is_silent(heard_at: datetime, pause_s: float, at: datetime, silent_minutes: int) -> bool:
    """Has nothing come for longer than the county's threshold, and than three times its habit?

    Ask this only of a source on whose platform a session is on air; then `heard_at` is when it was last heard of, or
    `awaited_since` that and the moment the first of those sessions went on air: before that nobody expected orders.
    """
    return at - heard_at > max(timedelta(minutes=silent_minutes), HABIT * timedelta(seconds=pause_s))


def awaited_since(heard_at: datetime, on_air_since: datetime) -> datetime:
    """From when on a source's silence counts."""
    return max(heard_at, on_air_since)

"""How long a shop is usually silent on one road, and when its silence is worth a word. Pure: no query, no clock.

`orders/actions/source.py` says the same in SQL.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_MS = 3_600_000  # a longer pause is a night or a holiday, and says nothing about the habit of an evening
HALF_LIFE_MS = 6 * 3_600_000
MOST_HALVES = 100.0  # beyond this nothing is left; PostgreSQL refuses to compute what is too small for a double
HABIT = 3  # so many usual pauses without a word are no habit any more


def pause_after(pause_ms: int, waited_ms: int) -> int:
    """The usual pause (milliseconds) of a source that is heard of again after `waited_ms` milliseconds.

    A longer pause counts at once; the one that was known fades by half in six hours.
    """
    faded: int = math.floor(pause_ms * 0.5 ** min(waited_ms / HALF_LIFE_MS, MOST_HALVES))
    return max(faded, waited_ms if waited_ms <= LONGEST_MS else 0)


def is_silent(heard_at: datetime, pause_ms: int, at: datetime, silent_minutes: int) -> bool:
    """Has nothing come for longer than the county's threshold, and than three times its habit?

    Ask this only of a source on whose platform a session is on air; then `heard_at` is when it was last heard of, or
    `awaited_since` that and the moment the first of those sessions went on air: before that nobody expected orders.
    """
    return at - heard_at > max(timedelta(minutes=silent_minutes), HABIT * timedelta(milliseconds=pause_ms))


def awaited_since(heard_at: datetime, on_air_since: datetime) -> datetime:
    """From when on a source's silence counts."""
    return max(heard_at, on_air_since)

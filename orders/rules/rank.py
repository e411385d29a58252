"""The rank of what a shop platform says about an order: how far the order has come, then when. Pure: no query, no clock.

An order of a platform only ever advances: a paid one may be shipped, completed or closed, never unpaid again. An export
file says how far an order has come but seldom when that changed, so a rank by time alone would let an old push beat a new
file, or a new file that knows no time lose against everything. Therefore the step comes first and the moment, in
microseconds, only decides between two messages about the same step. By push, API and file the same state so gets a rank
that is comparable, whichever of them knew the time better.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# `closed` and `cancelled` are both ends; an order that was paid is never cancelled, so the two never meet in one order.
PROGRESS = {"created": 0, "paid": 10, "shipped": 20, "received": 25, "completed": 30, "closed": 40, "cancelled": 40}
STEP = 10**16  # microseconds since 1970 stay below it until the year 2286; 40 steps and a moment fit a bigint
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970: the rank of a message that carries only a time."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def progress_rank(status: str, moment: datetime) -> int:
    """Higher wins: the further step, and within a step the later moment."""
    return PROGRESS[status] * STEP + micros(moment)

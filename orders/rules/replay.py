"""The minutes in which an ended session is played again. Pure: no query, no clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from orders.rules.attribution import GRACE

MINUTE_S = 60
MOST = 1440  # steps; a session that was forgotten on air for days is played in steps of several minutes


class Steps(NamedTuple):
    """`number` steps of `length_s` seconds from `first` (epoch seconds, a full minute). Moment j is the end of step j − 1, so
    there are number + 1 moments, of which the first is before everything; what plays later than the last is "after"."""

    first: int
    length_s: int
    number: int

    def moment(self, position: int) -> int:
        """Epoch seconds."""
        return self.first + self.length_s * position

    def position(self, at: datetime) -> int:
        """The step in which something happens, `number` for what came after; what came before the session is in its first."""
        return max(0, min(self.number, (int(at.timestamp()) - self.first) // self.length_s))


def steps_of(went_live_at: datetime, ended_at: datetime, at: datetime) -> Steps:
    """The steps of a session that ended: until the last minute in which an order still belongs to it (attribution's grace), or
    until now if that is earlier."""
    first = int(went_live_at.timestamp()) // MINUTE_S * MINUTE_S
    last = max(min(ended_at + GRACE, at), ended_at)
    minutes = max(1, -(-(last - datetime.fromtimestamp(first, UTC)) // timedelta(seconds=MINUTE_S)))
    length_s = MINUTE_S * -(-minutes // MOST)
    return Steps(first, length_s, -(-minutes * MINUTE_S // length_s))

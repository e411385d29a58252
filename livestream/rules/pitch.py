"""Where a pitch lies between the others of its session. Pure.

A host presents one thing at a time, so each pitch lasts until the next one starts, until somebody says it is over, or
until the session ends. Taps reach us in any order, because a phone keeps them while it has no network: the result must
not depend on it. So every tap is placed at its own moment, cutting short the pitch that lasted over it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """A pitch: half open, `started_at` ≤ moment < `ended_at`; None: it lasts. `tap` tells two of one moment apart."""

    started_at: datetime
    tap: str
    product_id: int
    ended_at: datetime | None = None

    @property
    def key(self) -> tuple[datetime, str, int]:
        return self.started_at, self.tap, self.product_id

    def lasts_over(self, at: datetime) -> bool:
        return self.started_at <= at and (self.ended_at is None or self.ended_at > at)


def placed(known: Sequence[Stretch], new: Stretch, until: datetime | None) -> tuple[Stretch | None, Stretch]:
    """The pitch that `new` cuts short, as it is then, and `new` with its end; `until` is the end of the session, if it ended.

    `known` are the session's pitches, which do not overlap. In whatever order pitches are placed, the result is the same.
    """
    before = max((pitch for pitch in known if pitch.key < new.key), key=lambda pitch: pitch.key, default=None)
    after = min((pitch for pitch in known if pitch.key > new.key), key=lambda pitch: pitch.key, default=None)
    if before is not None and before.lasts_over(new.started_at):
        return replace(before, ended_at=new.started_at), replace(new, ended_at=before.ended_at)
    return None, replace(new, ended_at=after.started_at if after else until)


def closed(known: Sequence[Stretch], at: datetime) -> tuple[list[Stretch], list[Stretch]]:
    """The pitches that the session's end at `at` cuts short, as they are then, and those that began after it: they were
    never on air, whatever a phone's clock said."""
    short = [replace(pitch, ended_at=at) for pitch in known if pitch.lasts_over(at) and pitch.started_at < at]
    return short, [pitch for pitch in known if pitch.started_at >= at]


def was_on_air(at: datetime, *, began: datetime | None, ended: datetime | None) -> bool:
    """Whether a session with this window was on air at a moment."""
    return began is not None and began <= at and (ended is None or at < ended)

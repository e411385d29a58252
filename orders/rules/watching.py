"""How many watch, put together of what was said of each room. Pure.

A person who watches on two platforms is counted on both, so what is added up is never people: it is shown as a sum of rooms,
with their number and the age of the oldest part. Visits are visits and may be added. A peak is always of one room."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from livestream.rules.audience import is_stale

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Room(NamedTuple):
    """One platform of a session: its newest number of people online with its moment and its source, the most that was ever said,
    its newest count of visits; each may be missing. `is_live`: the session is on air, so that the newest number is one of now."""

    session: str
    title: str | None
    platform: str
    is_live: bool
    online: int | None = None
    read_at: datetime | None = None
    source: str = ""
    peak: int | None = None
    peak_at: datetime | None = None
    visits: int | None = None

    def is_stale(self, at: datetime) -> bool:
        """It is on air, and nobody said a number for ten minutes."""
        return self.is_live and self.read_at is not None and is_stale(self.read_at, at)

    def is_now(self, at: datetime) -> bool:
        return self.is_live and self.read_at is not None and not self.is_stale(at)


class Watching(NamedTuple):
    """`online`: the sum of `added` rooms that were read within ten minutes, the oldest at `since`, by these `sources`; None
    without any. `stale`: rooms on air whose number is older and not in it. `visits` of `visited` rooms. `peak`: the room with
    the most people at one moment, of several alike the earliest."""

    online: int | None
    added: int
    stale: int
    since: datetime | None
    sources: list[str]
    visits: int | None
    visited: int
    peak: Room | None


def watching(rooms: Sequence[Room], at: datetime) -> Watching:
    """Of these rooms at a moment, in whatever order they come."""
    now = [room for room in rooms if room.is_now(at)]
    visits = [room.visits for room in rooms if room.visits is not None]
    return Watching(
        online=sum(room.online or 0 for room in now) if now else None,
        added=len(now),
        stale=sum(room.is_stale(at) for room in rooms),
        since=min((room.read_at for room in now if room.read_at), default=None),
        sources=sorted({room.source for room in now}),
        visits=sum(visits) if visits else None,
        visited=len(visits),
        peak=min((room for room in rooms if room.peak is not None), key=_highest, default=None),
    )


def _highest(room: Room) -> tuple[int, float, str, str]:
    return -(room.peak or 0), room.peak_at.timestamp() if room.peak_at else 0.0, room.session, room.platform

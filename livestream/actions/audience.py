"""Every write to the readings of viewers: by a thumb, from a platform's file, from an adapter; and the newest of each platform.

A reading is never changed: what turns out wrong is followed by another one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.board import touch_session
from livestream.actions.pitch import lock_session
from livestream.models import ItemReading, ViewerReading
from livestream.rules.audience import (
    Point,
    ReadingSource,
    Windows,
    average_online,
    check_counts,
    is_stale,
    peak,
    typical,
    windows,
)
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from livestream.models import LiveSession, User


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """Of one product, up to the moment of its reading."""

    exposure_uv: int | None = None
    click_uv: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """One reading that is to be noted: `counts` by the names of `rules.audience.Count`, `items` by the id of a product. `tap` is
    the id of the tap, the row of a file or the answer of a platform: the same again is noted once."""

    platform: str
    read_at: datetime
    counts: Mapping[str, int | None]
    tap: str = ""
    items: Mapping[int, ItemCounts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Newest:
    """What is known of a platform's viewers at a moment. `reading`: the newest with people online; `totals`: the newest with
    counts of the whole session; either may be missing. `average`: by Little's law, where the platform said how long people
    watched. `windows`: of the last minutes on air."""

    platform: str
    reading: ViewerReading | None
    totals: ViewerReading | None
    age: timedelta | None
    is_stale: bool
    windows: Windows
    peak: Point | None
    typical: int | None
    average: int | None
    points: tuple[Point, ...]


@transaction.atomic
def note_reading(
    session: LiveSession,
    *,
    platform: str,
    source: ReadingSource,
    read_at: datetime,
    by: User | None,
    tap: str = "",
    **counts: int | None,
) -> ViewerReading:
    """What somebody or something said of a platform's viewers at `read_at`. The same `tap` again finds what it noted.

    Raises NotAllowed(`off_air`, `nothing_counted`, `count_out_of_range`, `counts_contradict`).
    """
    noted, _ = note_readings(session, [Read(platform, read_at, counts, tap)], source=source, by=by)
    return noted[0]


@transaction.atomic
def note_readings(
    session: LiveSession, reads: Iterable[Read], *, source: ReadingSource, by: User | None
) -> tuple[list[ViewerReading], int]:
    """All of them, or none; how many were new. Raises as `note_reading`."""
    stored = lock_session(session)
    wanted = list(reads)
    there = {one.tap: one for one in ViewerReading.objects.filter(session=stored, tap__in={read.tap for read in wanted} - {""})}
    noted, new = [], 0
    for read in wanted:
        counts = check_counts(read.counts) if read.counts or not read.items else {}
        check_moment(stored, read.read_at, has_online="online_now" in counts)
        found = there.get(read.tap) if read.tap else None
        if found is None:
            found = _write(stored, read, counts, source, by)
            new += 1
            if read.tap:
                there[read.tap] = found
        noted.append(found)
    if new:
        touch_session(stored.pk, stored.county_id)
    return noted, new


def _write(session: LiveSession, read: Read, counts: Mapping[str, int], source: ReadingSource, by: User | None) -> ViewerReading:
    reading = ViewerReading(
        session=session, platform=read.platform, source=source, read_at=read.read_at, by=by, tap=read.tap, **counts
    )
    reading.save(force_insert=True)
    ItemReading.objects.bulk_create(
        ItemReading(reading=reading, product_id=product, exposure_uv=of.exposure_uv, click_uv=of.click_uv)
        for product, of in sorted(read.items.items())
    )
    return reading


def check_moment(session: LiveSession, read_at: datetime, *, has_online: bool) -> None:
    """People are online from the beginning to the end; what a platform counted of the whole session may be said later too.
    Raises NotAllowed(`off_air`)."""
    began, ended = session.went_live_at, session.ended_at
    if began is None or read_at < began or (has_online and ended is not None and read_at > ended):
        raise NotAllowed("off_air")


def points_of(readings: Iterable[ViewerReading]) -> tuple[Point, ...]:
    return tuple(Point(one.read_at, one.online_now) for one in readings if one.online_now is not None)


def newest_readings(session: LiveSession, *, at: datetime) -> list[Newest]:
    """Of each platform that was read up to `at`, by its name. After the end nothing grows stale: it is what it was."""
    by_platform: dict[str, list[ViewerReading]] = {}
    for reading in ViewerReading.objects.filter(session=session, read_at__lte=at).select_related("by").order_by("read_at", "pk"):
        by_platform.setdefault(reading.platform, []).append(reading)
    return [_newest(session, platform, found, at) for platform, found in sorted(by_platform.items())]


def _newest(session: LiveSession, platform: str, readings: list[ViewerReading], at: datetime) -> Newest:
    points = points_of(readings)
    online = next((one for one in reversed(readings) if one.online_now is not None), None)
    totals = next((one for one in reversed(readings) if one.has_totals), None)
    watched = next((one for one in reversed(readings) if one.watch_seconds is not None), None)
    until = min(at, session.ended_at) if session.ended_at else at
    seconds = 0
    if watched and session.went_live_at:
        seconds = int((min(watched.read_at, until) - session.went_live_at).total_seconds())
    return Newest(
        platform,
        online,
        totals,
        at - online.read_at if online else None,
        online is not None and session.is_live and is_stale(online.read_at, at),
        windows(points, until),
        peak(points),
        typical(point.online for point in points),
        average_online(watched.watch_seconds if watched else None, seconds),
        points,
    )

"""How many people watched the demo's sessions: hosts began with a handful of neighbours, and some have a crowd by now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from config.demo.people import CLIFF_HOST, GORGE_HOST, HOST, TERRACE_HOST, TOMATO_HOST
from livestream.actions.audience import Read, note_readings
from livestream.rules.audience import ReadingSource
from orders.models import Order
from orders.platforms.viewers import PRACTICE

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession

# Usually online a year ago, half a year ago, and now.
GROWTH = {
    HOST.phone: (20, 500, 2_000),
    GORGE_HOST.phone: (12, 60, 180),
    CLIFF_HOST.phone: (8, 30, 90),
    TERRACE_HOST.phone: (15, 90, 320),
    TOMATO_HOST.phone: (10, 40, 120),
}
NEW = (4, 15, 45)  # somebody who learnt it at the school
A_YEAR, HALF = 320, 150  # days
SHAPE = (0.35, 0.7, 0.95, 1.0, 1.25, 1.05, 0.6)  # of the usual number, over the course of an evening
PLATFORM = "douyin"
EVERY = timedelta(minutes=3)
A_VISIT = 95  # seconds that somebody stays on average


def usual(phone: str, days_ago: int) -> int:
    """People usually online with this host so many days ago, between the three numbers that are known of him."""
    first, half, now = GROWTH.get(phone, NEW)
    if days_ago >= HALF:
        share = min(1.0, (days_ago - HALF) / (A_YEAR - HALF))
        return round(half * float((first / half) ** share))
    return round(now * float((half / now) ** (days_ago / HALF)))


def note_viewers(session: LiveSession, *, until: datetime, days_ago: int) -> None:
    """A reading every so many minutes, as the platform said them; the last one has what it counted of the whole session."""
    began, crowd = session.started_at, usual(session.host.phone, days_ago)
    end = min(until, session.ended_at or until)
    step = (end - began) / len(SHAPE)
    online = [max(1, round(crowd * part)) for part in SHAPE]
    moments = [began + step * (n + 1) - timedelta(seconds=20) for n in range(len(SHAPE))]
    reads = [
        Read(PLATFORM, at, {"online_now": number}, tap=f"demo-{n}")
        for n, (at, number) in enumerate(zip(moments[:-1], online[:-1], strict=True))
    ]
    seconds = round(sum(online) / len(online) * (end - began).total_seconds())
    reads.append(Read(PLATFORM, moments[-1], {"online_now": online[-1]} | totals(session, seconds), tap="demo-last"))
    note_readings(session, reads, source=ReadingSource.API, by=None)


def note_on_air(session: LiveSession, *, until: datetime) -> None:
    """As the practice platform has said it so far, every three minutes: it goes on saying it once a minute."""
    room, began = session.rooms.filter(platform=PLATFORM).order_by("-pk").first(), session.started_at
    if room is None:
        return
    moments = [began + EVERY * n for n in range(1, int((until - began) / EVERY) + 1)]
    online = {at: PRACTICE(room.room_id, began=began, at=at).online_now for at in moments}
    reads = [Read(PLATFORM, at, {"online_now": number}, tap=f"demo-{at:%H%M%S}") for at, number in online.items()]
    note_readings(session, reads, source=ReadingSource.API, by=None)


def totals(session: LiveSession, watch_seconds: int) -> dict[str, int]:
    """What a platform counts of a session in which people watched for so long together."""
    orders = Order.objects.of_session(session).counted().count()
    visits = max(watch_seconds // A_VISIT, orders * 4)
    people, day = visits * 3 // 4, session.started_at.toordinal()
    return {
        "exposure_uv": people * (38 + day % 5 * 6) // 10,
        "view_pv": visits,
        "view_uv": people,
        "watch_seconds": watch_seconds,
        "item_exposure_uv": people * (58 + day % 7 * 4) // 100,
        "item_click_uv": max(people * (17 + day % 4 * 4) // 100, orders + orders // 12),
        "order_creators": orders + orders // 12,
        "buyers": orders - orders // 15,
        "new_followers": people // 30,
    }

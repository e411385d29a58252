"""Asking platforms how many watch the rooms on air. Only practice shops have an answer yet (orders/platforms/viewers.py)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from livestream.actions.audience import note_reading
from livestream.models.session import Room
from livestream.rules.audience import ReadingSource
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import Platform
from livestream.rules.session import SessionState
from orders.models import Shop
from orders.platforms.viewers import PRACTICE

if TYPE_CHECKING:
    from datetime import datetime

EVERY_S = 60


def pull_viewers(at: datetime) -> int:
    """One reading a minute for each platform on which a practice shop of the county is on air; returns how many were noted. A
    county that also has a real shop on the platform is left alone: nothing is made up beside real orders. The county's own system
    has shops, but no viewers."""
    noted = 0
    shops = Shop.objects.active().values_list("county_id", "platform", "is_practice")
    practicing = {(county, platform) for county, platform, is_practice in shops if is_practice}
    real = {(county, platform) for county, platform, is_practice in shops if not is_practice}
    rooms = Room.objects.filter(session__state=SessionState.LIVE).exclude(platform=Platform.STANDARD)
    rooms = rooms.select_related("session").order_by("session_id", "pk")
    newest = {(room.session_id, room.platform): room for room in rooms}
    minute = at.replace(second=0, microsecond=0)
    for room in newest.values():
        if (room.session.county_id, room.platform) not in practicing - real:
            continue
        began = room.session.started_at
        counts = asdict(PRACTICE(room.room_id or str(room.session_id), began=began, at=at))
        read_at = counts.pop("read_at")
        tap = f"api-{room.platform}-{minute:%Y%m%d%H%M}"
        try:
            note_reading(
                room.session, platform=room.platform, source=ReadingSource.API, read_at=read_at, by=None, tap=tap, **counts
            )
        except NotAllowed:  # it ended meanwhile
            continue
        noted += 1
    return noted

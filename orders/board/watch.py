"""What the hub asks the database: which watched scopes are newer, what their frames say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from django.db import connection

from livestream.models import LiveSession, Place
from orders.board.frame import Frame, county_frame, encode, session_frame
from orders.board.rollup import rollup_frame, rollup_place

if TYPE_CHECKING:
    from collections.abc import Sequence

log = structlog.get_logger(__name__)
NEWER = """
SELECT w.scope FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS w(scope, epoch, version)
LEFT JOIN livestream_boardversion b ON b.scope = w.scope
WHERE COALESCE(b.version, 0) <> w.version OR w.epoch IS DISTINCT FROM (SELECT epoch::text FROM orders_boardepoch WHERE id = 1)
"""


class Known(NamedTuple):
    """What the hub has of a scope; without an epoch it wants a frame in any case."""

    scope: str
    epoch: str = ""
    version: int = -1


@dataclass(slots=True)
class Picture:
    """A frame as it goes over the wire. `is_moving`: its rate will fall by itself, without another order."""

    text: str
    epoch: str
    version: int
    is_moving: bool
    made_at: float = 0.0


def look(known: Sequence[Known]) -> list[tuple[str, Picture | None]]:
    """The new pictures of those scopes that changed or are due; None for a scope that is no longer there."""
    if not known:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NEWER, [list(column) for column in zip(*known, strict=True)])
        newer = [scope for (scope,) in cursor.fetchall()]
    return [(scope, picture(scope)) for scope in newer]


def picture(scope: str) -> Picture | None:
    frame = frame_of(scope)
    if frame is None:
        return None
    return Picture(encode(frame).decode(), frame["epoch"], frame["version"], _is_moving(frame))


def _is_moving(frame: Frame) -> bool:
    last = frame["last_order_at"]
    return last is not None and datetime.fromisoformat(frame["as_of"]) - datetime.fromisoformat(last) < timedelta(seconds=62)


def frame_of(scope: str) -> Frame | None:
    """The newest frame of `session:<uuid>`, `county:<code>`, `city:<code>` or `province:<code>`."""
    kind, _, key = scope.partition(":")
    if kind == "session":
        session = LiveSession.objects.select_related("host", "place").filter(pk=key).first()
        return session_frame(session) if session else None
    if place := rollup_place(scope):
        return rollup_frame(place)
    county = Place.objects.counties().filter(pk=key).first()
    return county_frame(county) if county else None

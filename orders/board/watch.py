"""What the hub asks the database: which watched scopes are newer, what their frames say, whose right has gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import structlog
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest

from livestream.actions.board import county_scope, session_scope
from livestream.models import LiveSession, Place
from orders.board.frame import Frame, county_frame, encode, session_frame
from orders.board.rights import county_to_watch, session_to_watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.contrib.auth.models import AnonymousUser

    from livestream.models import User

log = structlog.get_logger(__name__)
NEWER = """
SELECT w.scope FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS w(scope, epoch, version)
LEFT JOIN livestream_boardversion b ON b.scope = w.scope
WHERE COALESCE(b.version, 0) <> w.version OR w.epoch IS DISTINCT FROM (SELECT epoch::text FROM orders_boardepoch WHERE id = 1)
"""


class Watcher(NamedTuple):
    """Who watches what, by which login."""

    scope: str
    user_id: int
    session_key: str


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
    """The newest frame of `session:<uuid>` or `county:<code>`."""
    kind, _, key = scope.partition(":")
    if kind == "session":
        session = LiveSession.objects.select_related("host", "place").filter(pk=key).first()
        return session_frame(session) if session else None
    county = Place.objects.counties().filter(pk=key).first()
    return county_frame(county) if county else None


def scope_to_watch(user: User | AnonymousUser, *, code: str | None = None, session_id: UUID | None = None) -> str | None:
    """The scope of an address, if this person may watch it."""
    if session_id is not None:
        session = session_to_watch(user, session_id)
        return session_scope(session.pk) if session else None
    county = county_to_watch(user, code or "")
    return county_scope(county.pk) if county else None


def refused(watchers: Iterable[Watcher]) -> set[Watcher]:
    """Those whose login has ended or who may not see the scope any more."""
    return {watcher for watcher in watchers if not _may_stay(watcher)}


def _may_stay(watcher: Watcher) -> bool:
    request = HttpRequest()
    request.session = SessionStore(watcher.session_key)
    user = get_user(request)
    if user.pk != watcher.user_id:
        return False
    kind, _, key = watcher.scope.partition(":")
    asked = scope_to_watch(user, session_id=UUID(key)) if kind == "session" else scope_to_watch(user, code=key)
    return asked is not None

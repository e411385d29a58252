"""Who is let in at a board's address, and who may stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from livestream.actions.board import county_scope, session_scope
from orders.board.feed import Watcher
from orders.board.rights import county_to_watch, session_to_watch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser

    from livestream.models import User


def admit(asgi: dict[str, Any]) -> Watcher | None:
    """The watcher behind a handshake (an ASGI scope with its route, user and session), or None: he may not watch it."""
    user = asgi["user"]
    scope = scope_to_watch(user, **asgi["url_route"]["kwargs"])
    return Watcher(scope, f"user:{user.pk}", asgi["session"].session_key) if scope else None


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
    if f"user:{user.pk}" != watcher.viewer:
        return False
    kind, _, key = watcher.scope.partition(":")
    asked = scope_to_watch(user, session_id=UUID(key)) if kind == "session" else scope_to_watch(user, code=key)
    return asked is not None

"""Another county's object is a 404, the same as one that never was; that somebody asked for it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.db import DatabaseError

from livestream.actions.foreign import Try, note_foreign

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)
NOT_FOUND = 404


def notes_foreign_objects(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Looks at answers, not into views: a new page, API or file is covered without anybody remembering."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == NOT_FOUND:
            note_if_object(request)
        return response

    return middleware


def keys_of(kwargs: dict[str, Any]) -> dict[str, str]:
    """The keys of objects: numbers, UUIDs and official codes. Words are none, and may be a secret: an invitation has one."""
    return {name: str(key) for name, key in kwargs.items() if isinstance(key, int | UUID) or str(key).isdecimal()}


def note_if_object(request: HttpRequest) -> None:
    """Only addresses that we have, with the key of an object in them; a database that is away must not turn a 404 into a 500."""
    match, user = request.resolver_match, getattr(request, "user", None)
    keys = keys_of(match.kwargs) if match else {}
    if match is None or not keys or user is None or not user.is_authenticated:
        return
    try:
        note_foreign([Try(user, match.view_name, keys)])
    except DatabaseError:
        log.exception("refusal_not_noted", route=match.view_name)

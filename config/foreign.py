"""Another county's object is a 404, the same as one that never was; that somebody asked for it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def note_if_object(request: HttpRequest) -> None:
    """Only addresses that we have, with the key of an object in them; a database that is away must not turn a 404 into a 500."""
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or not match.kwargs or user is None or not user.is_authenticated:
        return
    try:
        note_foreign([Try(user, match.view_name, match.kwargs)])
    except DatabaseError:
        log.exception("refusal_not_noted", route=match.view_name)

"""How a verb's refusal becomes an answer, and who may have one session changed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rest_framework.exceptions import PermissionDenied

from livestream.api.door import asker
from livestream.api.errors import Refused
from livestream.api.on_air import seen
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import LiveSession
    from livestream.rules.rights import Action


@contextmanager
def answering() -> Iterator[None]:
    """Whatever a verb refuses inside is a 409 with its code and its sentence. Raises Refused."""
    try:
        yield
    except NotAllowed as refused:
        raise Refused(refused) from refused


def session_for(request: Request, session_id: UUID, action: Action) -> LiveSession:
    """A session that the asker sees and may do this to. Raises Http404, PermissionDenied."""
    codes = asker(request).reach(action)
    if not codes:
        raise PermissionDenied
    session = seen(request, session_id)
    if not session.lies_in(codes):
        raise PermissionDenied
    return session

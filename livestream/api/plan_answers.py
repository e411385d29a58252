"""What the API answers to an act of planning: the session with what was let through, or who has it and what is free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.response import Response

from livestream.api.bearer import token_of
from livestream.api.door import asker
from livestream.api.errors import Refused
from livestream.api.plan_shapes import ClashSerializer, StudioSerializer
from livestream.api.session_shapes import told_whole
from livestream.models import LiveSession
from livestream.models.place import within
from livestream.rules.clash import Clashing
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.actions.plan import Planned
    from livestream.rules.clash import Clash


def done(request: Request, work: Callable[[], Planned], session: LiveSession | None = None, status: int = 200) -> Response:
    """Raises Refused, with what clashes or with the newest plan of this session."""
    try:
        planned = work()
    except Clashing as refused:
        raise Refused(refused, **stopped(request, refused)) from refused
    except NotAllowed as refused:
        newest = {"newest": told_whole(session)} if session and refused.code == "changed_meanwhile" else {}
        raise Refused(refused, **newest) from refused
    body = {"session": told_whole(planned.session), "warnings": clashes(request, planned.warnings)}
    return Response(body, status=status)


def stopped(request: Request, refused: Clashing) -> dict[str, Any]:
    return {
        "clashes": clashes(request, refused.clashes),
        "free": list(refused.free),
        "studios": StudioSerializer(refused.studios, many=True).data,
    }


def clashes(request: Request, found: Iterable[Clash]) -> Any:
    """With the id of the other session where the asker may see it."""
    listed = list(found)
    others = LiveSession.objects.filter(pk__in={clash.other for clash in listed if clash.other})
    others = others.visible_to(asker(request), Action.SEE_PLAN)
    token = token_of(request)
    if token and token.place_code:
        others = others.filter(within([token.place_code], county="county", place="place"))
    seen = set(others.values_list("pk", flat=True)) if listed else set()
    return ClashSerializer([row_of(clash, seen) for clash in listed], many=True).data


def row_of(clash: Clash, seen: set[UUID]) -> dict[str, Any]:
    """`seen` are the sessions that the asker may see."""
    return {
        "key": clash.key,
        "kind": clash.kind,
        "level": clash.level,
        "words": clash.words,
        "session": clash.other if clash.other in seen else None,
        "begins_at": clash.begins,
        "ends_at": clash.ends,
        "reason": clash.reason,
        "is_allowed": clash.is_allowed,
    }

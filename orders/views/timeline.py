"""The minute timeline of a session: a page, and the same as a fragment for the review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.rules.rights import Action
from orders.board.rights import session_to_watch
from orders.board.timeline import stamp_of, timeline_context

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.views.signed_in import SignedInRequest


@never_cache
@login_required
@require_GET
def session_timeline(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """With `since`: a fragment, or 204 when nothing changed since. Without: the page."""
    session = session_to_watch(request.user, session_id)
    if session is None:
        raise Http404
    now = timezone.now()
    as_of = stamp_of(session, now)
    if request.GET.get("since") == as_of:
        return HttpResponse(status=204)
    is_staff = session.lies_in(request.user.reach(Action.SEE_PLAN))
    context = {
        "session": session,
        "stamp": as_of,
        "timeline": timeline_context(session, at=now),
        "shell": "base.html" if is_staff else "base_phone.html",
        "is_staff": is_staff,
    }
    is_fragment = "since" in request.GET
    return render(request, "orders/_timeline.html" if is_fragment else "orders/timeline.html", context)

"""The check before going on air: on the host's phone, and for staff beside what stands in the way."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.preflight import Look, answers_of, progress_of, tick
from livestream.actions.start_gate import left_out, obstacles, pass_obstacle, passes_of
from livestream.phone_forms import LookForm
from livestream.rules.errors import NotAllowed
from livestream.rules.preflight import Step
from livestream.rules.rights import Action
from livestream.rules.session import AIRED, STILL_PLANNED, SessionEvent, SessionState, events_from
from livestream.views.desk import session_reached
from livestream.views.phone_tap import mine
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.models import LiveSession
    from livestream.views.signed_in import SignedInRequest


def check_context(session: LiveSession) -> dict[str, Any]:
    answers = answers_of(session)
    return {
        "session": session,
        "answers": answers,
        "progress": progress_of(answers),
        "may_rehearse": SessionEvent.REHEARSE in events_from(session.state, session.kind),
        "is_cancelled": session.state == SessionState.CANCELLED,
        "page_id": secrets.token_hex(8),
        "now": timezone.now(),
    }


@never_cache
@login_required
@require_GET
def my_preflight(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """One question on each big row; every press is a tap, with or without network."""
    session = get_object_or_404(mine(request.user), pk=session_id)
    return render(request, "livestream/my_preflight.html", check_context(session))


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def preflight(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Who looked at what, when, and what stands in the way of going on air."""
    session = session_reached(request, session_id, Action.SEE_PLAN)
    return preflight_page(request, session)


def preflight_page(request: SignedInRequest, session: LiveSession, reason: str | None = None) -> HttpResponse:
    """With what was typed as the reason, where it was refused."""
    is_planned = session.state in STILL_PLANNED
    left = left_out(session)
    context = check_context(session) | {
        "may_run": session.lies_in(request.user.reach(Action.RUN_SESSION)),
        "is_planned": is_planned,
        "has_aired": session.state in AIRED,
        "obstacles": obstacles(session, at=timezone.now()) if is_planned else [],
        "left_out": [item for item in session.line_up.select_related("product") if item.product_id in left],
        "passes": passes_of(session),
        "reason": reason or "",
    }
    return render(request, "livestream/preflight.html", context, status=200 if reason is None else 422)


@needs(Action.RUN_SESSION)
@require_POST
def preflight_look(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """One answer by staff who looked."""
    session = session_reached(request, session_id, Action.RUN_SESSION)
    form = LookForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    said = form.cleaned_data
    try:
        look = Look(Step(said["step"]), said["fine"] == "1", said["note"])
        tick(session, look, by=request.user, at=form.now, tap=form.tap_id)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    return redirect("livestream:preflight", session.pk)


@needs(Action.RUN_SESSION)
@require_POST
def preflight_pass(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Staff answer for going on air all the same."""
    session = session_reached(request, session_id, Action.RUN_SESSION)
    reason = request.POST.get("reason", "")
    try:
        pass_obstacle(session, request.POST.get("code", ""), reason=reason, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return preflight_page(request, session, reason)
    return redirect("livestream:preflight", session.pk)

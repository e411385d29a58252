"""The county staff's desk: today at a glance, and one session with its next steps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.session import change_state
from livestream.forms import EventForm
from livestream.models import LiveSession, Place
from livestream.rules.errors import NotAllowed
from livestream.rules.session import REHEARSAL_FIRST, SessionEvent, SessionState, events_from
from livestream.views.signed_in import staff_only

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from livestream.views.signed_in import SignedInRequest

DAY = timedelta(days=1)
WAITING_SHOWN = 10
# Steps that cannot be taken back ask once more.
ASK_AGAIN = {SessionEvent.GO_LIVE, SessionEvent.END, SessionEvent.CANCEL, SessionEvent.ARCHIVE}


def first_moment(at: datetime) -> datetime:
    """Midnight in Shanghai of the day of `at`."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def lane_order(session: LiveSession) -> tuple[bool, datetime]:
    """On air first, then by the clock."""
    return (not session.is_live, session.started_at)


@never_cache
@staff_only
@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    midnight = first_moment(now)
    sessions = LiveSession.objects.visible_to(request.user).select_related("host", "place")
    lanes = sorted(sessions.of_day(midnight), key=lane_order)
    coming = sessions.upcoming(now)
    context = {
        "now": now,
        "county": Place.objects.filter(pk=request.user.county_id).first(),
        "lanes": lanes,
        "on_air": sum(session.is_live for session in lanes),
        "tomorrow": coming.filter(planned_start_at__gte=midnight + DAY, planned_start_at__lt=midnight + 2 * DAY),
        "waiting": coming.filter(state=SessionState.IN_REVIEW)[:WAITING_SHOWN],
    }
    return render(request, "livestream/desk.html", context)


@never_cache
@staff_only
@require_GET
def session(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    sessions = LiveSession.objects.visible_to(request.user).select_related("host", "place", "county")
    found = get_object_or_404(sessions, pk=session_id)
    events = events_from(found.state, found.kind)
    must_rehearse = found.state == SessionState.APPROVED and found.kind in REHEARSAL_FIRST
    context = {
        "session": found,
        "events": [(event, event in ASK_AGAIN) for event in events],
        "hint": str(NotAllowed("rehearse_first")) if must_rehearse else "",
        "rooms": found.rooms.order_by("platform", "room_id"),
        "guests": found.guests.order_by("pk"),
        "line_up": found.line_up.select_related("product"),
    }
    return render(request, "livestream/session.html", context)


@staff_only
@require_POST
def session_event(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """One step along the table of states; a refusal is said on the page and changes nothing."""
    found = get_object_or_404(LiveSession.objects.visible_to(request.user), pk=session_id)
    form = EventForm(request.POST, offered=SessionEvent)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        change_state(found, form.cleaned_data["event"], at=form.now)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    return redirect("livestream:session", found.pk)

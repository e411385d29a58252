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

from livestream.actions.approval import is_asked_for, request_of
from livestream.actions.notice_alarm import late
from livestream.actions.replay_pointer import recording_of
from livestream.actions.review import open_actions_for
from livestream.actions.session import change_state
from livestream.forms import EventForm
from livestream.incident_forms import IncidentForm
from livestream.models import LiveSession, Place
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import StepKind
from livestream.rules.planning import Duty
from livestream.rules.rights import Action
from livestream.rules.session import AIRED, REHEARSAL_FIRST, STILL_PLANNED, SessionEvent, SessionState, events_from
from livestream.views.promotion import promotion_card
from livestream.views.signed_in import needs
from livestream.views.stage import log_of, on_stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from livestream.models import LineUpItem, User
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


def home_of(user: User, action: Action) -> Place | None:
    """The place in which this person does that; of somebody who may everywhere, the county, or the own place above it."""
    code = next(iter(user.reach(action)), "") or user.county_id or user.place_id
    return Place.objects.filter(pk=code).first()


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    midnight = first_moment(now)
    sessions = LiveSession.objects.reached_by(request.user).select_related("host", "place")
    lanes = sorted(sessions.of_day(midnight), key=lane_order)
    coming = sessions.upcoming(now)
    context = {
        "now": now,
        "place": home_of(request.user, Action.SEE_PLAN),
        "lanes": lanes,
        "on_air": sum(session.is_live for session in lanes),
        "tomorrow": coming.filter(planned_start_at__gte=midnight + DAY, planned_start_at__lt=midnight + 2 * DAY),
        "late": late(now, LiveSession.objects.reached_by(request.user)).select_related("host", "place"),
        "waiting": coming.filter(state=SessionState.IN_REVIEW)[:WAITING_SHOWN],
    }
    return render(request, "livestream/desk.html", context)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def session(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    found = session_reached(request, session_id, Action.SEE_PLAN)
    return session_page(request, found)


def session_reached(request: SignedInRequest, session_id: UUID, action: Action) -> LiveSession:
    """With all that its page names. Raises Http404."""
    sessions = LiveSession.objects.reached_by(request.user, action).select_related(
        "host__place", "place__parent", "county", "campaign"
    )
    return get_object_or_404(sessions, pk=session_id)


def session_page(request: SignedInRequest, found: LiveSession, incident: IncidentForm | None = None) -> HttpResponse:
    """The session; with status 422 and what was typed, when a form of it was not understood."""
    must_rehearse = found.state == SessionState.APPROVED and found.kind in REHEARSAL_FIRST
    may_plan = found.lies_in(request.user.reach(Action.PLAN_SESSION))
    stage = on_stage(found)
    # Whoever plans cancels on a page of its own, with a reason.
    asked_for = is_asked_for(found)
    offered = events_from(found.state, found.kind, by_request=asked_for)
    offered = [event for event in offered if not (may_plan and event == SessionEvent.CANCEL)]
    context = {
        "session": found,
        "may_run": found.lies_in(request.user.reach(Action.RUN_SESSION)),
        "may_plan": may_plan,
        "asked_for": asked_for,
        "broadcast": request_of(found) if asked_for else None,
        "is_planned": found.state in STILL_PLANNED,
        "sees_figures": found.lies_in(request.user.reach(Action.SEE_ORDERS)),
        "events": [(event, event in ASK_AGAIN) for event in offered],
        "hint": str(NotAllowed("rehearse_first")) if must_rehearse else "",
        **parts_of(found, stage["line_up"]),
        **promotion_card(found, request.user, timezone.now()),
        **stage,
        "has_aired": found.state in AIRED,
        "recording": recording_of(found, request.user),
        "carried": [] if found.ended_at else open_actions_for(found.host),
        "log": log_of(found) if found.state in AIRED else [],
        "form": incident or (None if found.is_live else IncidentForm(found)),  # on air it is at the control desk
    }
    return render(request, "livestream/session.html", context, status=422 if incident else 200)


def parts_of(found: LiveSession, goods: Sequence[LineUpItem]) -> dict[str, object]:
    """Who and what the session is planned with."""
    segments = list(found.segments.select_related("place"))
    guests = list(found.guests.order_by("pk"))
    held = found.bookings.filter(guest=None, room=None, leader=None).select_related("person", "resource__place").order_by("pk")
    duties: dict[User, list[str]] = {found.host: [str(Duty.HOST.label)]}
    for booking in held:
        if booking.person and booking.duty != Duty.HOST:
            duties.setdefault(booking.person, []).append(booking.get_duty_display())
    cancelled = found.steps.select_related("by").filter(kind=StepKind.CANCELLED)
    return {
        "rooms": found.rooms.order_by("platform", "room_id"),
        "guests": [guest for guest in guests if guest.segment_id is None],
        "segments": [
            (
                segment,
                [guest for guest in guests if guest.segment_id == segment.pk],
                [item.product.title for item in goods if item.segment_id == segment.pk],
            )
            for segment in segments
        ],
        "crew": [(person.name, "、".join(done)) for person, done in duties.items()],
        "things": [booking.resource for booking in held if booking.resource],
        "cancelled": cancelled.first() if found.state == SessionState.CANCELLED else None,
    }


@needs(Action.RUN_SESSION)
@require_POST
def session_event(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """One step along the table of states; a refusal is said on the page and changes nothing."""
    found = session_reached(request, session_id, Action.RUN_SESSION)
    form = EventForm(request.POST, offered=SessionEvent)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        change_state(found, form.cleaned_data["event"], at=form.now, by=request.user)
    except NotAllowed as refused:
        is_done = form.cleaned_data["event"] == SessionEvent.END and found.state in AIRED - {SessionState.LIVE}
        if not is_done:  # ended twice, by two people at once: it is over, as both wanted
            messages.error(request, str(refused))
    return redirect("livestream:session", found.pk)

"""The host's phone: my next session, on air, off air. Every button is a form; scripts only make it smoother."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.afterword import afterword_of
from livestream.actions.age import check_may_go_live
from livestream.actions.agenda import announced_to, last_told
from livestream.actions.approval import may_air
from livestream.actions.confirmation import cards_for
from livestream.actions.preflight import answers_of, progress_of
from livestream.actions.review import open_actions_for
from livestream.actions.start_gate import kind_at_start, left_out, obstacles
from livestream.models import LiveSession, User
from livestream.rules.afterword import FACES, Feeling
from livestream.rules.agenda import by_day
from livestream.rules.errors import NotAllowed
from livestream.rules.holiday import day_marks
from livestream.rules.phone import next_step
from livestream.rules.planning import Duty
from livestream.rules.session import AIRED, STILL_PLANNED, SessionEvent, SessionState, next_state
from livestream.rules.start_gate import blocking
from livestream.views.acting import entries_of
from livestream.views.phone_stage import on_air_context
from livestream.views.phone_tap import KINDS, mine, pressed
from livestream.views.promotion import my_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.models import LiveSession
    from livestream.rules.agenda import Announced
    from livestream.views.signed_in import SignedInRequest

# Earlier than this, going live stands behind a second step: a thumb slips.
SOON = timedelta(hours=3)
PAST_SHOWN = 20
AHEAD = timedelta(days=180)  # that far the list reaches
NEWS_FOR = timedelta(days=7)  # that somebody acted for the host stands on the first page


def air_time(session: LiveSession, now: datetime) -> str:
    """How long the session has been on air: `1:14`."""
    minutes = int((now - session.started_at).total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def why_not_live(session: LiveSession) -> str:
    """The sentence that stands where the button would be; empty when the session may go live."""
    try:
        next_state(session.state, SessionEvent.GO_LIVE, kind_at_start(session))
        check_may_go_live(session.host_id, timezone.localdate())
    except NotAllowed as refused:
        return str(refused)
    return "" if may_air(session) else str(NotAllowed("broadcast_not_yet"))


def going_live(session: LiveSession | None, now: datetime) -> dict[str, object]:
    """What the card of the next session needs besides the session."""
    if session is None:
        return {}
    return {"why_not": why_not_live(session), "is_soon": session.planned_start_at - SOON <= now}


@never_cache
@login_required
@require_GET
def my_sessions(request: SignedInRequest) -> HttpResponse:
    """The one thing to do next, then what comes later, then what was."""
    now = timezone.now()
    on_air = list(mine(request.user).live().order_by("went_live_at"))
    coming = [one for one in announced_to(request.user, from_at=now, until_at=now + AHEAD) if one.state not in AIRED]
    past = mine(request.user).aired().exclude(state=SessionState.LIVE).order_by("-went_live_at")[:PAST_SHOWN]
    following = None if on_air else next_of(request.user, coming)
    context = {
        "now": now,
        "on_air": [(session, air_time(session, now)) for session in on_air],
        "next": following,
        **agenda_of([one for one in coming if following is None or one.session != following.pk]),
        "past": past,
        "helped": entries_of(request.user).filter(at__gt=now - NEWS_FOR).first(),
        "asked": [card for card in cards_for(request.user, at=now) if card.confirmation.answered_at is None],
        "my_tasks": my_tasks(request.user, now),
        **going_live(following, now),
    }
    return render(request, "livestream/my_sessions.html", context)


def next_of(user: User, coming: Sequence[Announced]) -> LiveSession | None:
    """The session that this person hosts next, as he was told of it."""
    found = next((one for one in coming if one.host == one.host_now == user.pk and not one.is_cancelled), None)
    return None if found is None else as_told(mine(user).get(pk=found.session), found)


def as_told(session: LiveSession, told: Announced) -> LiveSession:
    """In memory alone: what is planned anew is nobody's business before it is released."""
    session.title, session.planned_start_at, session.planned_end_at = told.title, told.starts_at, told.ends_at
    return session


def agenda_of(coming: Sequence[Announced]) -> dict[str, object]:
    """The days on which something comes, with the public holidays among them, and who hosts what one only helps in."""
    days = by_day(coming)
    marks = day_marks(days[0][0], days[-1][0], language=get_language() or "") if days else {}
    names = names_of(coming)
    return {"days": [(day, marks.get(day), [(one, names.get(one.host, "")) for one in those]) for day, those in days]}


def names_of(coming: Sequence[Announced]) -> dict[int, str]:
    """Of the hosts of what one only helps in."""
    people = User.objects.in_bulk({one.host for one in coming if Duty.HOST not in one.duties})
    return {pk: person.live_name or person.name for pk, person in people.items()}


@never_cache
@login_required
@require_GET
def my_session(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Before, on air and after: one address, by the session's state."""
    session = get_object_or_404(mine(request.user), pk=session_id)
    now = timezone.now()
    if session.is_live:
        context = on_air_context(session) | {"air_time": air_time(session, now), "has_aired": True}
        return render(request, "livestream/my_session_on_air.html", context)
    if session.state in AIRED:
        return render(request, "livestream/my_session.html", after_context(session))
    if told := last_told(session):
        as_told(session, told)
    return render(request, "livestream/my_session.html", before_context(session, now))


def before_context(session: LiveSession, now: datetime) -> dict[str, object]:
    """The one next step, and what stands in the way of it."""
    check = progress_of(answers_of(session))
    found = obstacles(session, at=now) if session.state in STILL_PLANNED else []
    left = left_out(session)
    line_up = list(session.line_up.select_related("product"))
    return {
        "session": session,
        "now": now,
        "has_aired": False,
        "progress": check,
        "obstacles": found,
        "left_out": [item for item in line_up if item.product_id in left],
        "step": next_step(session.state, session.kind, check=check, found=found).value,
        "may_start": not blocking(found),
        "is_soon": session.planned_start_at - SOON <= now,
        "line_up": line_up,
        "carried": open_actions_for(session.host),
    }


def after_context(session: LiveSession) -> dict[str, object]:
    return {
        "session": session,
        "now": timezone.now(),
        "has_aired": True,
        "line_up": session.line_up.select_related("product"),
        "afterword": afterword_of(session),
        "faces": [(one.value, one.label, FACES[one]) for one in Feeling],
    }


OF_OLD = {name: KINDS[name] for name in ("go_live", "end")}


@login_required
@require_POST
def my_session_event(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Where phones of an earlier release send what they kept; now `orders:tap`."""
    return pressed(request, session_id, OF_OLD, named="event")


@login_required
@require_POST
def my_session_pitch(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The same, of the next item."""
    return pressed(request, session_id, {"": KINDS["pitch"]}, named="event")

"""Whether a session with leaders may go on: is it approved, does the approval still cover it, is it frozen. It writes only the
audit entry of a change in the freeze window, and that staff are told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from livestream.actions.audit import note
from livestream.actions.broadcast_telling import tell_of_late_change
from livestream.models import BroadcastRequest
from livestream.models.plan_rules import rules_of
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.leader import Broadcast, Covered, Decision, Speaker, beyond, is_frozen, leaders_of, needs_request, problems
from livestream.rules.rights import Action
from livestream.rules.session import SessionEvent

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession, User
    from livestream.rules.leader import Problem

UNAPPROVED = {Decision.WAITING: "broadcast_waiting", Decision.RETURNED: "broadcast_returned"}
GUARDED = frozenset({SessionEvent.APPROVE, SessionEvent.REHEARSE, SessionEvent.GO_LIVE})


def speakers_of(session: LiveSession) -> tuple[Speaker, ...]:
    """Its guests, as the rules look at them."""
    return tuple(
        Speaker(guest.name, guest.title, guest.rank, guest.leader.unit, guest.leader.department)
        if guest.leader
        else Speaker(guest.name, guest.title, guest.rank)
        for guest in session.guests.select_related("leader").order_by("pk")
    )


def is_asked_for(session: LiveSession) -> bool:
    """Whether it may be approved only through a request."""
    return needs_request(session.kind, speakers_of(session))


def request_of(session: LiveSession) -> BroadcastRequest | None:
    return BroadcastRequest.objects.filter(session=session).select_related("asked_by", "decided_by").first()


def planned_now(session: LiveSession) -> Covered:
    """What an approval given now would cover."""
    return Covered(
        session.planned_start_at,
        session.planned_end_at,
        session.place_id,
        leaders_of(speakers_of(session)),
        frozenset(session.line_up.values_list("product_id", flat=True)),
    )


def problems_of(session: LiveSession) -> list[Problem]:
    """Everything that stands in the way of a request for this session."""
    return problems(Broadcast(session.kind, session.title, session.note, speakers_of(session), session.line_up.count()))


def check_approved(session: LiveSession) -> None:
    """Raises NotAllowed unless this session needs no request, or has one that is approved and covers what is planned now."""
    if not is_asked_for(session):
        return
    request = request_of(session)
    if request is None:
        raise NotAllowed("broadcast_unasked")
    if request.decision != Decision.APPROVED:
        raise NotAllowed(UNAPPROVED[Decision(request.decision)])
    if changed := beyond(Covered.from_json(request.covers), planned_now(session)):
        raise NotAllowed("broadcast_changed", what="、".join(str(each.label) for each in changed))


def may_air(session: LiveSession) -> bool:
    """Whether nothing about an approval stands between this session and the air."""
    try:
        check_approved(session)
    except NotAllowed:
        return False
    return True


def check_step(session: LiveSession, event: SessionEvent) -> None:
    """Raises NotAllowed for a step on the way to air that an approval must come before."""
    if event in GUARDED:
        check_approved(session)


def freezes_at(session: LiveSession, request: BroadcastRequest | None, *, at: datetime) -> datetime | None:
    """From when on an approved broadcast is frozen, if that is so now; None: it may be changed."""
    if request is None or request.decision != Decision.APPROVED:
        return None
    hours = rules_of(session.county_id).freeze_hours
    frozen = is_frozen(session.planned_start_at, at, hours=hours, thawed_until=request.thawed_until)
    return session.planned_start_at - timedelta(hours=hours) if frozen else None


def check_not_frozen(session: LiveSession, *, by: User, at: datetime, reason: str = "") -> None:
    """Raises NotAllowed(`frozen`) for an approved broadcast of leaders that begins in less than the county's `freeze_hours`; its
    cancelling is not asked about here. An approver of the county may change it with a reason, others while an approver opened it
    (`thaw_broadcast`); both is written in the audit log. Call it before writing, inside the transaction."""
    request = request_of(session)
    if request is None or request.decision != Decision.APPROVED:
        return
    hours = rules_of(session.county_id).freeze_hours
    if not is_frozen(session.planned_start_at, at, hours=hours):
        return
    may = bool(reason) and by.may(Action.APPROVE_PLAN, session.county_id)
    if not may and is_frozen(session.planned_start_at, at, hours=hours, thawed_until=request.thawed_until):
        raise NotAllowed("frozen", hours=hours)
    note(Deed.FROZEN_CHANGED, place=session.county_id, by=by, about=session, reason=reason)
    if may:
        tell_of_late_change(session, reason)

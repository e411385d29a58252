"""The request for a broadcast of leaders: asked for by staff, decided by an approver, opened for a late change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.approval import freezes_at, is_asked_for, planned_now, problems_of, request_of
from livestream.actions.broadcast import ask_broadcast, decide_broadcast, thaw_broadcast
from livestream.actions.gate import gate_of
from livestream.actions.wording import findings_of
from livestream.leader_forms import BroadcastForm, DecisionForm, ThawForm
from livestream.models import BroadcastRequest, Guest, LiveSession
from livestream.models.leader import IS_LEADER
from livestream.models.plan_rules import rules_of
from livestream.rules.discipline import DISCIPLINE
from livestream.rules.errors import NotAllowed
from livestream.rules.gate import day_asked
from livestream.rules.leader import LEADER_KINDS, Covered, Decision, beyond
from livestream.rules.rights import Action
from livestream.rules.session import STILL_PLANNED, SessionKind
from livestream.views.leader import waiting_for
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django import forms
    from django.http import HttpResponse

    from livestream.rules.wording import Finding
    from livestream.views.signed_in import SignedInRequest

DECIDED_SHOWN = 20


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def requests(request: SignedInRequest) -> HttpResponse:
    """What waits for an approver, which broadcasts nobody has asked for yet, and what was decided lately."""
    now, user = timezone.now(), request.user
    known = BroadcastRequest.objects.visible_to(user).select_related(
        "session__place", "session__county", "asked_by", "decided_by"
    )
    known = known.prefetch_related("session__guests")
    context = {
        "open": known.waiting().order_by("session__planned_start_at"),
        "decided": known.exclude(decision=Decision.WAITING).order_by("-decided_at", "-pk")[:DECIDED_SHOWN],
        "unasked": unasked(request, now),
        "approves": bool(user.reach(Action.APPROVE_PLAN)),
        "waiting": waiting_for(user),
    }
    return render(request, "livestream/broadcasts.html", context)


def unasked(request: SignedInRequest, now: datetime) -> Any:
    """Sessions to come with leaders, without a request."""
    with_leaders = Q(kind__in=sorted(LEADER_KINDS)) | Q(pk__in=Guest.objects.filter(IS_LEADER).values("session"))
    coming = LiveSession.objects.reached_by(request.user).upcoming(now).filter(with_leaders, request=None)
    return coming.exclude(kind=SessionKind.PRACTICE).select_related("place").prefetch_related("guests")


def session_asked(request: SignedInRequest, session_id: UUID, action: Action) -> LiveSession:
    """Raises Http404."""
    sessions = LiveSession.objects.reached_by(request.user, action).select_related("host", "place", "county")
    return get_object_or_404(sessions, pk=session_id)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def broadcast(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    return broadcast_page(request, session_asked(request, session_id, Action.SEE_PLAN))


@needs(Action.PLAN_SESSION)
@require_POST
def ask(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Sent to the approvers; 422 with what was typed, when something stands in the way."""
    found = session_asked(request, session_id, Action.PLAN_SESSION)
    form = BroadcastForm(request.POST, known=None)
    if form.is_valid():
        try:
            ask_broadcast(found, form.wish, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("送审了。批准或退回，都会告诉您。"))
            return redirect("livestream:broadcast", found.pk)
    return broadcast_page(request, found, form=form)


@needs(Action.APPROVE_PLAN)
@require_POST
def decide(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Approved, or returned with a word why; 422 with what was typed, when it was refused."""
    found = session_asked(request, session_id, Action.APPROVE_PLAN)
    known = get_object_or_404(BroadcastRequest, session=found)
    form = DecisionForm(request.POST)
    if form.errors.keys() & {"decision", "version"}:
        return HttpResponseBadRequest()
    if form.is_valid():
        said = form.cleaned_data
        try:
            decide_broadcast(
                known,
                decision=Decision(said["decision"]),
                answer=said["answer"],
                by=request.user,
                at=timezone.now(),
                version=said["version"],
            )
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("批准了。") if said["decision"] == Decision.APPROVED else _("退回了。"))
            return redirect("livestream:broadcasts")
    return broadcast_page(request, found, decision=form)


@needs(Action.APPROVE_PLAN)
@require_POST
def thaw(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The plan may change for an hour although it is frozen; 422 without a reason."""
    found = session_asked(request, session_id, Action.APPROVE_PLAN)
    known = get_object_or_404(BroadcastRequest, session=found)
    form = ThawForm(request.POST)
    if form.is_valid():
        try:
            thaw_broadcast(known, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except NotAllowed as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(request, _("放行了：一小时内可以改。"))
            return redirect("livestream:broadcast", found.pk)
    return broadcast_page(request, found, thaw=form)


def broadcast_page(request: SignedInRequest, found: LiveSession, **bound: forms.Form) -> HttpResponse:
    """The request as it stands, with what this person may do about it; 422 where a form came back."""
    now, known = timezone.now(), request_of(found)
    is_open = found.state in STILL_PLANNED and found.planned_end_at > now
    changed = beyond(Covered.from_json(known.covers), planned_now(found)) if known and known.covers else []
    frozen_since = freezes_at(found, known, at=now) if is_open else None
    may_approve = request.user.may(Action.APPROVE_PLAN, found.county_id)
    is_waiting = is_open and known is not None and known.decision == Decision.WAITING
    is_own = known is not None and known.asked_by_id == request.user.pk
    may_ask = is_open and found.lies_in(request.user.reach(Action.PLAN_SESSION))
    is_covered = known is not None and known.decision == Decision.APPROVED and not changed
    context = {
        "may_pass": is_open and request.user.may(Action.PASS_GOODS, found.county_id),
        "known": known,
        "changed": changed,
        "form": (bound.get("form") or BroadcastForm(known=known)) if may_ask and not is_covered else None,
        "decision": (bound.get("decision") or DecisionForm(initial={"version": found.plan_version}))
        if may_approve and is_waiting and not is_own
        else None,
        "is_own": may_approve and is_waiting and is_own,
        "thaw": (bound.get("thaw") or ThawForm()) if may_approve and frozen_since else None,
        "frozen_since": frozen_since,
        "waiting": waiting_for(request.user),
    }
    facts = facts_of(found, is_open=is_open)
    return render(request, "livestream/broadcast.html", facts | context, status=422 if bound else 200)


class Wordings(NamedTuple):
    """What may not be said, where it stands, and of which goods."""

    where: str
    title: str
    findings: list[Finding]


def wordings_of(found: LiveSession) -> list[Wordings]:
    """By place, what a law forbids first."""
    places: dict[tuple[str, str], list[Finding]] = {}
    for said in sorted(findings_of(found), key=lambda one: not one.finding.is_law):
        places.setdefault((said.where, said.product.title if said.product else ""), []).append(said.finding)
    return [Wordings(where, title, findings) for (where, title), findings in places.items()]


def facts_of(found: LiveSession, *, is_open: bool) -> dict[str, Any]:
    """What the page tells of the session, whoever looks at it."""
    wordings = wordings_of(found)
    return {
        "wordings": wordings,
        "by_law": sum(finding.is_law for one in wordings for finding in one.findings),
        "gates": gate_of(found, on=day_asked(found.planned_start_at, timezone.now())),
        "session": found,
        "is_open": is_open,
        "needed": is_asked_for(found),
        "problems": [str(NotAllowed(each.code, **each.facts)) for each in problems_of(found)] if is_open else [],
        "guests": found.guests.select_related("leader", "segment").order_by("segment__starts_at", "pk"),
        "goods": found.line_up.select_related("product__supplier"),
        "discipline": DISCIPLINE,
        "freeze_hours": rules_of(found.county_id).freeze_hours,
    }

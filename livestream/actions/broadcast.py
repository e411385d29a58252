"""Every write to a request for a broadcast of leaders: asked for, decided, asked for anew, opened in the freeze window.

For who plans: call `check_not_frozen` before a change and `renew_request` after it, both inside the transaction of the change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.approval import (
    check_not_frozen,
    freezes_at,
    is_asked_for,
    planned_now,
    problems_of,
    request_of,
    speakers_of,
)
from livestream.actions.audit import note
from livestream.actions.broadcast_telling import tell_approvers, tell_asker, tell_of_thaw
from livestream.actions.session import change_state
from livestream.actions.wording import findings_of
from livestream.models import BroadcastRequest, LiveSession
from livestream.rules.deed import Deed
from livestream.rules.discipline import KEYS, not_promised
from livestream.rules.errors import NotAllowed
from livestream.rules.leader import THAWED_FOR, Aim, Covered, Decision, beyond
from livestream.rules.leader_words import forced_buying, paid_promotion
from livestream.rules.session import STILL_PLANNED, SessionEvent, SessionState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from livestream.models import User

TERMS_NAMED = 5
__all__ = [
    "BroadcastWish",
    "ask_broadcast",
    "check_not_frozen",
    "decide_broadcast",
    "mark_public_interest",
    "renew_request",
    "thaw_broadcast",
]


@dataclass(frozen=True, slots=True)
class BroadcastWish:
    """What is said in a request. `discipline`: keys of `rules/discipline.py` that were ticked."""

    organiser: str
    aim: Aim
    goods_reason: str
    quality_promise: str
    discipline: Collection[str] = KEYS


@transaction.atomic
def ask_broadcast(session: LiveSession, wish: BroadcastWish, *, by: User, at: datetime) -> BroadcastRequest:
    """The request waits for an approver, and the session is in review. Asking again changes what was said. Raises NotAllowed for
    the first thing that stands in the way (`problems_of`, the discipline, words that set targets), when nothing has to be asked
    for, or when it is approved already."""
    session = _locked(session)
    if session.state not in STILL_PLANNED:
        raise NotAllowed("state", state=session.get_state_display(), event=SessionEvent.SUBMIT.label)
    if session.planned_end_at <= at:
        raise NotAllowed("broadcast_over")
    if not is_asked_for(session):
        raise NotAllowed("broadcast_not_needed")
    _check_wish(session, wish)
    known = request_of(session)
    if known and known.decision == Decision.APPROVED and not beyond(Covered.from_json(known.covers), planned_now(session)):
        raise NotAllowed("broadcast_approved")
    mark_public_interest(session)
    request = _keep(session, wish, by=by, at=at)
    if session.state == SessionState.DRAFT:
        change_state(session, SessionEvent.SUBMIT, at=at)
    note(Deed.BROADCAST_ASKED, place=session.county_id, by=by, about=session, organiser=wish.organiser)
    tell_approvers(session, by=by)
    return request


def _locked(session: LiveSession) -> LiveSession:
    """The session as it is now, held until the end of the transaction."""
    return LiveSession.objects.select_for_update(of=("self",)).select_related("county", "place", "host").get(pk=session.pk)


def _check_wish(session: LiveSession, wish: BroadcastWish) -> None:
    if found := problems_of(session):
        raise NotAllowed(found[0].code, **found[0].facts)
    for text in (wish.organiser, wish.goods_reason, wish.quality_promise):
        if words := forced_buying(text):
            raise NotAllowed("forced_buying", words=words)
        if words := paid_promotion(text):
            raise NotAllowed("paid_promotion", words=words)
    if not_promised(wish.discipline):
        raise NotAllowed("discipline_open")


def _keep(session: LiveSession, wish: BroadcastWish, *, by: User, at: datetime) -> BroadcastRequest:
    said = {
        "organiser": wish.organiser,
        "aim": wish.aim,
        "goods_reason": wish.goods_reason,
        "quality_promise": wish.quality_promise,
        "discipline": [key for key in KEYS if key in wish.discipline],
        "asked_by": by,
        "asked_at": at,
    }
    waiting = {"decision": Decision.WAITING, "decided_by": None, "decided_at": None, "answer": "", "thawed_until": None}
    return BroadcastRequest.objects.update_or_create(session=session, defaults=said | waiting)[0]


@transaction.atomic
def decide_broadcast(
    request: BroadcastRequest, *, decision: Decision, answer: str = "", by: User, at: datetime, version: int | None = None
) -> BroadcastRequest:
    """Approves what is planned now, or returns it with a word why; the session is approved, or in draft again. Words that a law
    forbids are let pass by an approver who writes why, and the log keeps which (直播电商监督管理办法 第三十条, 广告法 第九条).
    Raises NotAllowed for the asker himself, a second decision, a returned one without a word, `broadcast_wording`, and for a
    plan that changed since `version` (the `plan_version` that the approver saw)."""
    request = BroadcastRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    session = _locked(request.session)
    _check_decision(request, session, decision, answer, by)
    if version is not None and version != session.plan_version:
        raise NotAllowed("broadcast_meanwhile")
    request.decision, request.answer, request.decided_by, request.decided_at = decision, answer, by, at
    request.thawed_until = None
    passed: dict[str, object] = {}
    if decision == Decision.APPROVED:
        passed = _check_content(session, answer)
        request.covers = planned_now(session).to_json()
    request.save(update_fields=["decision", "answer", "decided_by", "decided_at", "covers", "thawed_until"])
    if session.state == SessionState.IN_REVIEW:
        change_state(session, SessionEvent.APPROVE if decision == Decision.APPROVED else SessionEvent.RETURN, at=at)
    elif decision == Decision.RETURNED and session.state != SessionState.DRAFT:
        change_state(session, SessionEvent.REOPEN, at=at)
    note(Deed.BROADCAST_DECIDED, place=session.county_id, by=by, about=session, decision=str(decision), answer=answer, **passed)
    tell_asker(request, session)
    return request


def _check_content(session: LiveSession, answer: str) -> dict[str, object]:
    """What the approver let pass, for the log. Raises NotAllowed for what nobody may approve, or not without a word why."""
    if found := problems_of(session):
        raise NotAllowed(found[0].code, **found[0].facts)
    terms = list(dict.fromkeys(said.finding.term for said in findings_of(session) if said.finding.is_law))
    if terms and not answer.strip():
        raise NotAllowed("broadcast_wording", terms="、".join(terms[:TERMS_NAMED]), n=len(terms))
    return {"passed_words": terms} if terms else {}


def _check_decision(request: BroadcastRequest, session: LiveSession, decision: Decision, answer: str, by: User) -> None:
    if request.asked_by_id == by.pk:
        raise NotAllowed("broadcast_own")
    if request.decision != Decision.WAITING:
        raise NotAllowed("broadcast_decided", result=request.get_decision_display())
    if session.state not in STILL_PLANNED:
        raise NotAllowed("state", state=session.get_state_display(), event=decision.label)
    if decision == Decision.RETURNED and not answer:
        raise NotAllowed("answer_words_missing")


@transaction.atomic
def renew_request(session: LiveSession, *, by: User, at: datetime) -> bool:
    """After a change of the plan: True when it goes beyond what was approved, so that it is asked for anew (by who changed it)
    and the session is in review; or when leaders came into an approved session that never needed a request: then it is in draft.
    Also keeps `is_public_interest` right. A change that could not be asked for is refused. Raises NotAllowed."""
    mark_public_interest(session)
    request = request_of(session)
    if request is None:
        if session.state in {SessionState.APPROVED, SessionState.REHEARSED} and is_asked_for(session):
            change_state(session, SessionEvent.REOPEN, at=at)
            return True
        return False
    if request.decision != Decision.APPROVED:
        return False
    changed = beyond(Covered.from_json(request.covers), planned_now(session))
    if not changed:
        return False
    if found := problems_of(session):
        raise NotAllowed(found[0].code, **found[0].facts)
    request.decision, request.decided_by, request.decided_at, request.answer = Decision.WAITING, None, None, ""
    request.asked_by, request.asked_at, request.thawed_until = by, at, None
    request.save(update_fields=["decision", "decided_by", "decided_at", "answer", "asked_by", "asked_at", "thawed_until"])
    if session.state in {SessionState.APPROVED, SessionState.REHEARSED}:
        change_state(session, SessionEvent.REOPEN, at=at)
    if session.state == SessionState.DRAFT:
        change_state(session, SessionEvent.SUBMIT, at=at)
    note(Deed.BROADCAST_ASKED, place=session.county_id, by=by, about=session, changed=[str(each.value) for each in changed])
    tell_approvers(session, by=by, what="、".join(str(each.label) for each in changed))
    return True


@transaction.atomic
def mark_public_interest(session: LiveSession) -> bool:
    """A session with civil servants on air is public-interest promotion 公益推介, no advertisement (广告法 第九条 第二项): set
    here, never taken away. True when that is new."""
    if session.is_public_interest or not any(each.is_civil_servant for each in speakers_of(session)):
        return False
    LiveSession.objects.filter(pk=session.pk).update(is_public_interest=True)
    session.is_public_interest = True
    return True


@transaction.atomic
def thaw_broadcast(request: BroadcastRequest, *, reason: str, by: User, at: datetime) -> BroadcastRequest:
    """The plan of a frozen broadcast may be changed for an hour. Raises NotAllowed without a reason, or when it is not frozen."""
    request = BroadcastRequest.objects.select_for_update(of=("self",)).select_related("session").get(pk=request.pk)
    if not reason:
        raise NotAllowed("thaw_reason")
    if freezes_at(request.session, request, at=at) is None:
        raise NotAllowed("not_frozen")
    request.thawed_until = at + THAWED_FOR
    request.save(update_fields=["thawed_until"])
    note(Deed.FROZEN_CHANGED, place=request.session.county_id, by=by, about=request.session, opened_for=reason)
    tell_of_thaw(request.session, reason)
    return request

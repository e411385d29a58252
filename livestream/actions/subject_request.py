"""Every write to what people ask about their own data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.utils import timezone

from livestream.actions.audit import note
from livestream.actions.erasure import Proof, erase_person, lift_restriction, must_be_kept_until, seal_person
from livestream.actions.vault import must_reach
from livestream.models import PersonalData, SubjectRequest, User
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.subject_request import Outcome, RequestKind, RequestState, due_on, may_erase, offered

if TYPE_CHECKING:
    from datetime import date, datetime

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What staff decided: `words` to the person, and the last day of a restriction."""

    outcome: Outcome
    words: str = ""
    until: date | None = None


@transaction.atomic
def ask(person: User, kind: RequestKind, *, wish: str = "", by: User | None = None) -> SubjectRequest:
    """The person asks, himself or on paper through `by`. Raises NotAllowed(`wish_missing`, `asked_already`)."""
    wish = wish.strip()
    if kind == RequestKind.CORRECT and not wish:
        raise NotAllowed("wish_missing")
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if asked := SubjectRequest.objects.open().filter(user=person, kind=kind).first():
        raise NotAllowed("asked_already", due=asked.due_on)
    asked = SubjectRequest.objects.create(user=person, kind=kind, wish=wish, due_on=due_on(timezone.localdate()))
    note(Deed.SUBJECT_REQUESTED, place=person.place_id, by=by or person, about=asked, kind=kind.value)
    return asked


@transaction.atomic
def withdraw(asked: SubjectRequest, *, by: User) -> None:
    """The person no longer wants it. Raises NotAllowed(`request_closed`)."""
    if not SubjectRequest.objects.open().filter(pk=asked.pk, user=by).update(state=RequestState.WITHDRAWN):
        raise NotAllowed("request_closed")
    note(Deed.SUBJECT_WITHDRAWN, place=by.place_id, by=by, about=asked)


@transaction.atomic
def answer_request(asked: SubjectRequest, answer: Answer, *, by: User) -> SubjectRequest:
    """The request is answered, and what the answer says is done: erased, sealed until a day, or free to be fetched as a copy.

    Raises NotAllowed(`not_your_person`, `not_yourself`, `request_closed`, `answer_not_offered`, `answer_missing`, and what
    erasing and sealing refuse)."""
    asked = SubjectRequest.objects.select_for_update(of=["self"]).select_related("user").get(pk=asked.pk)
    person, today = asked.user, timezone.localdate()
    _check_answer(asked, answer, by, today)
    proof = _carry_out(person, answer, by)
    asked.state, asked.outcome, asked.answer, asked.proof = RequestState.ANSWERED, answer.outcome, answer.words.strip(), proof
    asked.answered_at, asked.answered_by = timezone.now(), by
    if answer.outcome == Outcome.ERASED:
        asked.wish = ""
    asked.save(update_fields=["state", "outcome", "answer", "proof", "answered_at", "answered_by", "wish"])
    note(Deed.SUBJECT_ANSWERED, place=person.place_id, by=by, about=asked, outcome=answer.outcome.value)
    return asked


def _check_answer(asked: SubjectRequest, answer: Answer, by: User, today: date) -> None:
    must_reach(by, Action.ANSWER_REQUESTS, asked.user)
    if asked.user_id == by.pk:
        raise NotAllowed("not_yourself")
    if asked.state != RequestState.OPEN:
        raise NotAllowed("request_closed")
    kept = must_be_kept_until(asked.user)
    if answer.outcome not in offered(RequestKind(asked.kind), kept, today):
        if answer.outcome == Outcome.ERASED and not may_erase(kept, today):
            raise NotAllowed("must_be_kept", until=kept)
        raise NotAllowed("answer_not_offered")
    if answer.outcome in {Outcome.CORRECTED, Outcome.REFUSED} and not answer.words.strip():
        raise NotAllowed("answer_missing")


def _carry_out(person: User, answer: Answer, by: User) -> Proof:
    if answer.outcome == Outcome.ERASED:
        return erase_person(person, by=by)
    if answer.outcome == Outcome.RESTRICTED:
        if answer.until is None:
            raise NotAllowed("until_missing")
        return seal_person(person, until=answer.until, by=by)
    return {}


@transaction.atomic
def erase_after_term(asked: SubjectRequest, *, by: User) -> SubjectRequest:
    """The restriction that answered this request is over: what was sealed is erased now. Raises NotAllowed(`not_your_person`,
    `request_closed`, `must_be_kept`)."""
    asked = SubjectRequest.objects.select_for_update(of=["self"]).select_related("user").get(pk=asked.pk)
    must_reach(by, Action.ANSWER_REQUESTS, asked.user)
    data = PersonalData.objects.filter(pk=asked.user_id, restricted_until__isnull=False).first()
    if asked.outcome != Outcome.RESTRICTED or data is None or data.restricted_until is None:
        raise NotAllowed("request_closed")
    if data.restricted_until >= timezone.localdate():
        raise NotAllowed("must_be_kept", until=data.restricted_until)
    return _erase_sealed(asked, by=by)


def _erase_sealed(asked: SubjectRequest, *, by: User | None) -> SubjectRequest:
    asked.proof = erase_person(asked.user, by=by)
    asked.outcome, asked.wish, asked.answer = Outcome.ERASED, "", ""
    asked.answered_at, asked.answered_by = timezone.now(), by or asked.answered_by
    asked.save(update_fields=["outcome", "proof", "wish", "answer", "answered_at", "answered_by"])
    return asked


def erase_what_is_over(at: datetime) -> int:
    """Who asked to be erased and was sealed, because the law wanted him known for some years, is erased when these are over, by
    nobody's tap: how many that were. Who asked only that his data rest for now is not: he decides."""
    over = SubjectRequest.objects.term_is_over(timezone.localdate(at)).filter(kind=RequestKind.ERASE)
    return sum(_erase_over(pk) for pk in over.order_by("pk").values_list("pk", flat=True))


def _erase_over(pk: int) -> bool:
    """One, in a transaction of its own; what a person holds up waits for the next night."""
    try:
        with transaction.atomic():
            rows = SubjectRequest.objects.select_for_update(of=["self"]).select_related("user")
            if (asked := rows.filter(pk=pk, outcome=Outcome.RESTRICTED).first()) is None:
                return False
            _erase_sealed(asked, by=None)
    except NotAllowed as refused:
        log.warning("sealed_data_not_erased", request=pk, why=refused.code)
        return False
    return True


@transaction.atomic
def restore(asked: SubjectRequest, *, by: User) -> User:
    """Whom this answer restricted is who he was again. Raises NotAllowed(`not_your_person` or `old_phone_taken`)."""
    must_reach(by, Action.ANSWER_REQUESTS, asked.user)
    return lift_restriction(asked.user, by=by)

"""Every write of an enrolment. Which seat, or which place in the queue, the database decides (`models/seating.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.refusal import refusing
from livestream.rules.errors import NotAllowed
from training.actions.telling import tell_of_seat, tell_promoted
from training.models import Cohort, Enrolment
from training.rules.enrolment import EnrolmentState, EnrolmentWay

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from livestream.models import User
    from training.models import Trainee

BROKEN = {
    "cohort_takes_people": "cohort_takes_nobody",
    "enrolled_once_per_cohort": "enrolled_by_sql",
    "training_enrolment_client_id_key": "enrolled_by_this_id",
}
QUEUE_AT_MOST = 200  # of one cohort, for who enrols himself: five more cohorts; what is more is a joke of somebody
HERE = (EnrolmentState.ENROLLED, EnrolmentState.WAITING)


@transaction.atomic
def enrol(
    cohort: Cohort, trainee: Trainee, *, way: EnrolmentWay, by: User | None, at: datetime, client_id: UUID | None = None
) -> Enrolment:
    """He has the lowest free seat, or the end of the queue, and is told. Who is in already stays as he is; who had left comes in
    anew, at the end of the queue. The same `client_id` again changes nothing. `by`: nobody where he did it himself.

    Raises NotAllowed(`cohort_takes_nobody`, `trainee_elsewhere`, `learner_gone`, `queue_is_full`,
    `enrolled_by_this_id`)."""
    trainee = trainee.merged_into or trainee
    if trainee.is_nobody or trainee.merged_into_id:
        raise NotAllowed("learner_gone")
    if trainee.county_id != cohort.county_id:
        raise NotAllowed("trainee_elsewhere")
    take_turn(cohort.pk)
    there = Enrolment.objects.filter(cohort=cohort, trainee=trainee).first()
    if there and (there.state != EnrolmentState.WITHDRAWN or (client_id and there.client_id == client_id)):
        return _whole(there)
    if way == EnrolmentWay.PHONE and Enrolment.objects.waiting().filter(cohort=cohort).count() >= QUEUE_AT_MOST:
        raise NotAllowed("queue_is_full")
    facts = {"way": way, "enrolled_at": at, "enrolled_by": by, "client_id": client_id}
    with refusing(BROKEN):
        enrolment = _again(there, facts) if there else Enrolment.objects.create(cohort=cohort, trainee=trainee, **facts)
    enrolment = _whole(enrolment)
    tell_of_seat(enrolment, at=at)
    return enrolment


def _again(enrolment: Enrolment, facts: dict[str, object]) -> Enrolment:
    anew = {"state": EnrolmentState.ENROLLED, "left_at": None, "left_because": "", "promoted_at": None, "told_at": None}
    Enrolment.objects.filter(pk=enrolment.pk).update(**anew, **facts)
    return enrolment


def _whole(enrolment: Enrolment) -> Enrolment:
    """As the database made it."""
    return Enrolment.objects.select_related("cohort__county", "trainee__user").get(pk=enrolment.pk)


def take_turn(cohort: UUID) -> None:
    """Verbs change the people of a cohort one after the other (`models/seating.py`), until the end of the transaction."""
    Cohort.objects.select_for_update(no_key=True).only("pk").get(pk=cohort)


@transaction.atomic
def leave(enrolment: Enrolment, *, because: str, by: User | None, at: datetime) -> None:
    """He is out; his seat goes to the first who waits, who is told in the same transaction. Once is enough. `by`: nobody where
    he did it himself. Raises NotAllowed(`left_reason`, `not_in_cohort`: he has completed, or is out)."""
    because = because.strip()[:120]
    if not because:
        raise NotAllowed("left_reason")
    out = {"state": EnrolmentState.WITHDRAWN, "left_at": at, "left_because": because}
    take_turn(enrolment.cohort_id)
    if not Enrolment.objects.filter(pk=enrolment.pk, state__in=HERE).update(**out):
        raise NotAllowed("not_in_cohort")
    tell_promoted(enrolment.cohort_id, at=at)

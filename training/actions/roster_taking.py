"""Many people written down and enrolled at once: the questions do not grow with them. What `add_trainee` and `enrol` refuse is
refused here, and the seats are given by the same trigger, in the same order."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from livestream.actions.audit import entry_of
from livestream.actions.refusal import refusing
from livestream.actions.vault import digester
from livestream.models import AuditEntry
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from training.actions.enrolment import BROKEN, enrol, take_turn
from training.actions.telling import tell_of_seats
from training.actions.trainee import ONCE, add_trainee, checked, columns_of, fill
from training.models import Enrolment, Trainee
from training.rules.enrolment import EnrolmentWay
from training.rules.trainee import CONSENT_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import User
    from training.actions.trainee import TraineeFacts
    from training.models import Cohort

BATCH = 500
Wanted = tuple["TraineeFacts", int | None]


@transaction.atomic
def take_all(people: Sequence[Wanted], cohort: Cohort, *, by: User, at: datetime) -> list[Enrolment | NotAllowed]:
    """Each person (the facts of a row, and who it is where he is known) has the lowest free seat or the end of the queue, in
    their order, and is told; of each the enrolment, or why not. Where one of them is refused, or somebody else writes the same
    person down in this moment, they are taken one by one."""
    try:
        with transaction.atomic():
            return list(_together(people, cohort, by=by, at=at))
    except (NotAllowed, IntegrityError):
        return [_alone(facts, cohort, by=by, at=at) for facts, _known in people]


def _alone(facts: TraineeFacts, cohort: Cohort, *, by: User, at: datetime) -> Enrolment | NotAllowed:
    """The person, and his seat or his place in the queue, both or neither."""
    try:
        with transaction.atomic():
            trainee = add_trainee(facts, county=cohort.county, by=by, at=at).trainee
            return enrol(cohort, trainee, way=EnrolmentWay.SHEET, by=by, at=at)
    except NotAllowed as refused:
        return refused


def _together(people: Sequence[Wanted], cohort: Cohort, *, by: User, at: datetime) -> list[Enrolment]:
    """Raises NotAllowed, IntegrityError."""
    trainees = _written_down(people, cohort, by=by, at=at)
    take_turn(cohort.pk)
    there = {one.trainee_id for one in Enrolment.objects.filter(cohort=cohort, trainee__in=trainees)}
    for is_there, those in groupby(trainees, key=lambda one: one.pk in there):
        if is_there:  # who had left comes in anew
            for trainee in those:
                enrol(cohort, trainee, way=EnrolmentWay.SHEET, by=by, at=at)
        else:
            _seat(list(those), cohort, by=by, at=at)
    found = Enrolment.objects.filter(cohort=cohort, trainee__in=trainees).select_related("cohort__county", "trainee__user")
    made = {one.trainee_id: one for one in found}
    ordered = [made[trainee.pk] for trainee in trainees]
    tell_of_seats([one for one in ordered if one.trainee_id not in there], at=at)
    return ordered


def _seat(trainees: Sequence[Trainee], cohort: Cohort, *, by: User, at: datetime) -> None:
    """They are told in the same transaction."""
    facts = {"way": EnrolmentWay.SHEET, "enrolled_at": at, "enrolled_by": by, "told_at": at}
    with refusing(BROKEN):
        Enrolment.objects.bulk_create((Enrolment(cohort=cohort, trainee=one, **facts) for one in trainees), batch_size=BATCH)


def _written_down(people: Sequence[Wanted], cohort: Cohort, *, by: User, at: datetime) -> list[Trainee]:
    """In their order: those who are known, locked, with what was not known yet, and new rows for the others."""
    county, today, digest = cohort.county, timezone.localdate(at), digester()
    rows = Trainee.objects.select_for_update(of=("self",)).unique().filter(county=county, erased_at=None, sealed="")
    known = {row.pk: row for row in rows.filter(pk__in=[pk for _facts, pk in people if pk]).order_by("pk")}
    found: list[Trainee] = []
    new: list[Trainee] = []
    for facts, pk in people:
        plain = checked(facts, county, on=today)
        columns = columns_of(plain, digest)
        if pk is None:
            consented_at = at if plain.has_consented else None
            new.append(Trainee(county=county, made_by=by, consented_at=consented_at, **columns))
            found.append(new[-1])
        elif pk in known:
            fill(known[pk], columns, plain, at)
            found.append(known[pk])
        else:
            raise NotAllowed("learner_gone")
    with refusing(ONCE):
        Trainee.objects.bulk_create(new, batch_size=BATCH)
    _note_consents([one for one in new if one.consented_at], by)
    return found


def _note_consents(trainees: Sequence[Trainee], by: User) -> None:
    facts = {"kind": "training", "version": CONSENT_VERSION}
    given = (entry_of(Deed.CONSENT_GIVEN, place=one.place_id, by=by, about=one, **facts) for one in trainees)
    AuditEntry.objects.bulk_create(given, batch_size=BATCH)

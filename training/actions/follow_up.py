"""Every write to the calls after a class, and to what mentors do with graduates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q

from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from training.models import Call, Cohort, Enrolment, Evidence, FollowUp, IncubationStep
from training.rules.enrolment import EnrolmentState
from training.rules.follow_up import AFTER_MONTHS, IS_OVER, NEXT_TRIES, CallResult, due_on

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.models import Place, User
    from training.models import Trainee
    from training.rules.follow_up import StepKind, Work, WorkPlace


@dataclass(frozen=True, slots=True)
class Answers:
    """What he does now, in his own words: `earns_fen` a month is what he said, never mixed with counted money."""

    work: Work | None = None
    work_place: WorkPlace | None = None
    earns_fen: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one call. `next_days`: after so many days somebody tries again; None: nobody does. `seen`: how many tries the
    caller knew of, so that a second tap is not a second call."""

    result: CallResult
    answers: Answers = Answers()
    next_days: int | None = NEXT_TRIES[0]
    seen: int | None = None


@transaction.atomic
def plan_follow_ups(county: Place) -> int:
    """Every completed enrolment of the county has its four calls; returns how many were new. Again changes nothing; where the
    day of completion was corrected, calls that nobody tried yet move with it."""
    done = Enrolment.objects.completed().filter(cohort__county=county)
    lacking = done.annotate(planned=Count("follow_ups")).filter(planned__lt=len(AFTER_MONTHS))
    rows = [
        FollowUp(enrolment_id=pk, after_months=months, due_on=due_on(completed_on, months))
        for pk, completed_on in lacking.values_list("pk", "completed_on")
        for months in AFTER_MONTHS
        if completed_on  # `completed_on_a_day`
    ]
    before = FollowUp.objects.filter(enrolment__in=done).count()
    FollowUp.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)  # `follow_up_once`
    _move(county)
    return FollowUp.objects.filter(enrolment__in=done).count() - before


def _move(county: Place) -> None:
    rows = FollowUp.objects.open().filter(enrolment__in=Enrolment.objects.completed().filter(cohort__county=county), calls=None)
    moved = [
        FollowUp(pk=pk, due_on=meant)
        for pk, months, was_on, completed_on in rows.values_list("pk", "after_months", "due_on", "enrolment__completed_on")
        if completed_on and (meant := due_on(completed_on, months)) != was_on
    ]
    FollowUp.objects.bulk_update(moved, ["due_on"], batch_size=500)


def plan_all_follow_ups() -> int:
    """Of every county that has graduates; each in a transaction of its own."""
    counties = Cohort.objects.filter(enrolments__state=EnrolmentState.COMPLETED).order_by().distinct("county")
    return sum(plan_follow_ups(cohort.county) for cohort in counties.select_related("county"))


@transaction.atomic
def note_call(follow_up: FollowUp, tried: Tried, *, by: User, at: datetime) -> Call:
    """The call stands in the list for ever. Who was reached, or would not speak, or is not tried again, is done with; the others
    come back on their day. Raises NotAllowed(`follow_up_done`, `call_noted`, `work_missing`)."""
    follow_up = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if follow_up.done_at is not None:
        raise NotAllowed("follow_up_done")
    if tried.seen is not None and tried.seen != follow_up.calls.count():
        raise NotAllowed("call_noted")
    if tried.result == CallResult.REACHED:
        _write_answers(follow_up, tried.answers)
    if tried.result in IS_OVER or tried.next_days is None:
        follow_up.done_at, follow_up.done_by, follow_up.next_on = at, by, None
    else:
        follow_up.next_on = shanghai_day(at) + timedelta(days=tried.next_days)
    follow_up.save()
    return Call.objects.create(follow_up=follow_up, result=tried.result, at=at, by=by, words=tried.answers.words[:200])


def _write_answers(follow_up: FollowUp, answers: Answers) -> None:
    if answers.work is None:
        raise NotAllowed("work_missing")
    follow_up.work, follow_up.work_place = answers.work, answers.work_place or ""
    follow_up.earns_fen, follow_up.words = answers.earns_fen, answers.words


@transaction.atomic
def note_step(enrolment: Enrolment, kind: StepKind, on: date, *, mentor: User, words: str = "") -> IncubationStep:
    """What a mentor did with a graduate. Raises NotAllowed(`not_completed`)."""
    if enrolment.state != EnrolmentState.COMPLETED:
        raise NotAllowed("not_completed")
    return IncubationStep.objects.create(enrolment=enrolment, kind=kind, on=on, mentor=mentor, words=words)


def mentors_of(cohort: Cohort, by: User) -> list[User]:
    """Who may stand as a mentor: the cohort's trainers, and the one who writes it down."""
    trainers = [row.user for row in cohort.trainers.select_related("user").filter(~Q(user=by)).order_by("user__name", "pk")]
    return [by, *trainers] if by.may(Action.KEEP_SCHOOL, cohort.place_id) else trainers


def forget_answers(trainee: Trainee) -> None:
    """What he said, and what was written about him in words; that he was called, and what he does, stays in the counts."""
    his = Enrolment.objects.filter(trainee=trainee)
    FollowUp.objects.filter(enrolment__in=his).update(words="", earns_fen=None)
    Call.objects.filter(follow_up__enrolment__in=his).update(words="")
    IncubationStep.objects.filter(enrolment__in=his).update(words="")
    Evidence.objects.filter(enrolment__in=his).update(kept_at="")

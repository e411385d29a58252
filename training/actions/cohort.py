"""Every write of a cohort: planned, changed, open for people, begun, called off, closed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from livestream.actions.audit import note
from livestream.actions.notice import in_chinese
from livestream.actions.refusal import refusing
from livestream.models import Place
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from livestream.rules.rights import Action
from training.actions.certificate import Completed, complete_cohort
from training.actions.lesson import cancel_lessons_of
from training.actions.telling import tell_promoted, tell_trainees
from training.models import Cohort, CohortTrainer, Enrolment, Lesson, Trainee
from training.rules.cohort import (
    CODE_LENGTH,
    CODE_SIGNS,
    LONGEST_DAYS,
    SEATS,
    CohortForm,
    CohortState,
    Funding,
    TeachingDuty,
    may_become,
)
from training.rules.enrolment import EnrolmentState
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from livestream.models import User
    from training.models import Course

BROKEN = {
    "cohort_keeps_its_seated": "seats_are_held",
    "cohort_has_forty_seats_at_most": "forty_seats",
    "cohort_ends_after_it_begins": "cohort_backwards",
    "cohort_number_once_per_year": "cohort_number_taken",
    "one_lead_per_cohort": "one_lead",
}


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """What a trainer writes down of a cohort. `budget_fen`: None where nobody said."""

    title: str
    place: Place
    starts_on: date
    ends_on: date
    form: CohortForm = CohortForm.MONTH
    seats: int = SEATS
    funding: Funding = Funding.COUNTY
    funding_note: str = ""
    budget_fen: int | None = None
    aims: str = ""


@dataclass(frozen=True, slots=True)
class Teaching:
    """Who teaches a cohort, and which courses it is about."""

    trainers: Sequence[tuple[User, TeachingDuty]] = ()
    courses: Sequence[Course] = ()


@transaction.atomic
def plan_cohort(plan: CohortPlan, teaching: Teaching, *, county: Place, by: User) -> Cohort:
    """A cohort in preparation, with the county's next number of its year. Raises NotAllowed."""
    _check(plan, county, by)
    Place.objects.select_for_update(no_key=True).get(pk=county.pk)  # two that are planned at once get two numbers
    year = plan.starts_on.year
    last = Cohort.objects.filter(county=county, year=year).aggregate(last=Max("number"))["last"] or 0
    cohort = Cohort(county=county, year=year, number=last + 1, made_by=by)
    _write(cohort, plan)
    with refusing(BROKEN):
        cohort.save(force_insert=True)
        _teach(cohort, teaching)
    return cohort


@transaction.atomic
def change_cohort(cohort: Cohort, plan: CohortPlan, teaching: Teaching, *, version: int, by: User, at: datetime) -> Cohort:
    """As it is from now on; who waits gets the new seats and is told. `version`: of the cohort that was looked at.

    Raises NotAllowed(`cohort_changed`: somebody else changed it meanwhile; `seats_are_held`; `cohort_over`; …)."""
    _check(plan, cohort.county, by)
    cohort = Cohort.objects.select_for_update(no_key=True).select_related("county", "place").get(pk=cohort.pk)
    if cohort.version != version:
        raise NotAllowed("cohort_changed")
    if cohort.state in {CohortState.CLOSED, CohortState.CANCELLED}:
        raise NotAllowed("cohort_over", state=cohort.get_state_display())
    held = cohort.enrolments.aggregate(last=Max("seat"))["last"] or 0
    if plan.seats < held:
        raise NotAllowed("seats_are_held", seat=held)
    _write(cohort, plan)
    cohort.version = version + 1
    with refusing(BROKEN):
        cohort.save(update_fields=[*(field.name for field in fields(plan)), "version"])
        _teach(cohort, teaching)
    tell_promoted(cohort.pk, at=at)
    return cohort


def _check(plan: CohortPlan, county: Place, by: User) -> None:
    if not by.may(Action.KEEP_SCHOOL, plan.place.pk) or not plan.place.pk.startswith(county.pk):
        raise NotAllowed("cohort_not_there")
    if plan.ends_on < plan.starts_on:
        raise NotAllowed("cohort_backwards")
    if (plan.ends_on - plan.starts_on).days > LONGEST_DAYS:
        raise NotAllowed("cohort_too_long")
    if not 1 <= plan.seats <= SEATS:
        raise NotAllowed("forty_seats", most=SEATS)


def _write(cohort: Cohort, plan: CohortPlan) -> None:
    for field in fields(plan):
        setattr(cohort, field.name, getattr(plan, field.name))


def _teach(cohort: Cohort, teaching: Teaching) -> None:
    cohort.courses.set(teaching.courses)
    wanted = {user.pk: TeachingDuty(duty).value for user, duty in teaching.trainers}
    there = dict(cohort.trainers.values_list("user", "duty"))
    gone = [user for user, duty in there.items() if wanted.get(user) != duty]
    CohortTrainer.objects.filter(cohort=cohort, user__in=gone).delete()
    new = [(user, duty) for user, duty in wanted.items() if there.get(user) != duty]
    CohortTrainer.objects.bulk_create(CohortTrainer(cohort=cohort, user_id=user, duty=duty) for user, duty in new)


@transaction.atomic
def open_link(cohort: Cohort) -> str:
    """Whoever has the link can enrol himself; a cohort in preparation is open from now on. Returns its code, the same one when
    called again. Raises NotAllowed(`cohort_takes_nobody`)."""
    cohort = _locked(cohort)
    if cohort.state in {CohortState.CLOSED, CohortState.CANCELLED}:
        raise NotAllowed("cohort_takes_nobody")
    if cohort.state == CohortState.PLANNED:
        cohort.state = CohortState.OPEN
    cohort.join_code = cohort.join_code or "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))
    _save(cohort, "state", "join_code")
    return cohort.join_code


@transaction.atomic
def close_link(cohort: Cohort) -> None:
    """The link leads nowhere any more; who is in stays in. A later one has another code."""
    cohort = _locked(cohort)
    if cohort.join_code:
        cohort.join_code = None
        _save(cohort, "join_code")


@transaction.atomic
def begin_cohort(cohort: Cohort) -> None:
    """It is running. Once is enough. Raises NotAllowed(`cohort_state`)."""
    cohort = _locked(cohort)
    if cohort.state != CohortState.RUNNING:
        _become(cohort, CohortState.RUNNING)
        _save(cohort, "state")


@transaction.atomic
def cancel_cohort(cohort: Cohort, *, because: str, by: User, at: datetime) -> None:
    """It does not take place: whoever was in or waited is out and told why, its lessons to come are off.

    Raises NotAllowed(`cancel_reason`, `cohort_state`, `cohort_was_taught`: then it is closed instead)."""
    because = because.strip()[:120]
    if not because:
        raise NotAllowed("cancel_reason")
    cohort = _locked(cohort)
    held = Lesson.objects.held().filter(cohort=cohort).count()
    if held:
        raise NotAllowed("cohort_was_taught", n=held)
    _become(cohort, CohortState.CANCELLED)
    with in_chinese():
        text = _("“{title}”不办了：{because}。再开班会告诉您。").format(title=cohort.title, because=because)
        out = _("班取消了：{because}").format(because=because)[:120]
    _send_home(cohort, (EnrolmentState.ENROLLED, EnrolmentState.WAITING), out, text, at=at)
    cancel_lessons_of(cohort, because=because, by=by, at=at)  # whoever teaches is told; nobody else is in the class any more
    cohort.join_code = None
    _save(cohort, "state", "join_code")
    note(Deed.COHORT_CANCELLED, place=cohort.place_id, by=by, about=cohort, because=because)


@transaction.atomic
def close_cohort(cohort: Cohort, *, by: User, at: datetime) -> Completed:
    """It is over: nobody comes in any more, who still waited is out and told. Everybody keeps his seat, and has completed the
    class with a certificate, or has not; returns which. Once is enough.

    Raises NotAllowed(`cohort_state`, `lessons_left`: some are neither held nor called off; `certificate_numbers_used_up`)."""
    cohort = _locked(cohort)
    if cohort.state == CohortState.CLOSED:
        return Completed([], [])
    left = Lesson.objects.filter(cohort=cohort, state=LessonState.PLANNED).count()
    if left:
        raise NotAllowed("lessons_left", n=left)
    _become(cohort, CohortState.CLOSED)
    cohort.closed_at, cohort.join_code = at, None
    _save(cohort, "state", "closed_at", "join_code")
    with in_chinese():
        text = _("“{title}”结班了，这一期没有等到座位。下一班开的时候请再报名。").format(title=cohort.title)
        out = _("结班时还在候补")
    _send_home(cohort, (EnrolmentState.WAITING,), out, text, at=at)
    note(Deed.COHORT_CLOSED, place=cohort.place_id, by=by, about=cohort)
    return complete_cohort(cohort, by=by, at=at)


def _locked(cohort: Cohort) -> Cohort:
    return Cohort.objects.select_for_update(of=["self"], no_key=True).select_related("county", "place").get(pk=cohort.pk)


def _become(cohort: Cohort, state: CohortState) -> None:
    if not may_become(cohort.state, state):
        raise NotAllowed("cohort_state", state=cohort.get_state_display(), wanted=state.label)
    cohort.state = state


def _save(cohort: Cohort, *columns: str) -> None:
    cohort.version += 1
    cohort.save(update_fields=[*columns, "version"])


def _send_home(cohort: Cohort, states: Sequence[EnrolmentState], because: str, text: str, *, at: datetime) -> None:
    """Those of these states are out; each is told."""
    rows = Enrolment.objects.filter(cohort=cohort, state__in=states)
    people = list(Trainee.objects.select_related("user").filter(enrolments__in=rows).order_by("pk"))
    rows.update(state=EnrolmentState.WITHDRAWN, left_at=at, left_because=because)
    tell_trainees(people, NoticeKind.SCHOOL, text, county=cohort.county, link="/my/school/")

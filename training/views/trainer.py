"""Who teaches: the list with what each has learnt this year, one of them with what he taught, his profile, his records."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.models import Place, User
from livestream.rules.person import Role
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.trainer import add_record, keep_trainer, remove_record, restore_trainer, stop_trainer
from training.models import Cohort, CohortTrainer, Lesson, Trainer, TrainerRecord
from training.rules.cohort import COUNTS
from training.rules.lesson import LessonState
from training.rules.trainer import TRAININGS_A_YEAR, RecordKind, is_behind
from training.trainer_forms import NewTrainerForm, RecordForm, TrainerForm
from training.views.school import at, counties_reached, county_asked, of_county, posted, status_of, tried

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

COUNTED = ("trainings", "lessons_held", "hours_held", "cohorts_taught")
LESSONS_SHOWN = 30


class Row(NamedTuple):
    """Somebody who teaches, as the list shows him. `profile`: None while nobody has written one."""

    person: User
    profile: Trainer | None
    is_in_use: bool
    trainings: int
    lessons: int
    hours: int
    cohorts: int
    is_behind: bool


def teaching(county: Place) -> QuerySet[User]:
    """Whose post is to teach in the county or below it, and who has a profile there."""
    by_post = Q(role=Role.TRAINER, place__code__startswith=county.pk, is_active=True, trainer=None)
    return User.objects.filter(by_post | Q(trainer__county=county)).select_related("place__parent", "trainer")


def counted(people: QuerySet[User], year: int) -> QuerySet[User]:
    """Each with his trainings and the lessons he held in that year, and the classes he ever taught. Sums of each table by itself:
    joined, they would multiply."""
    trainings = TrainerRecord.objects.filter(trainer=OuterRef("pk"), kind=RecordKind.TRAINING, on__year=year)
    held = Lesson.objects.filter(trainer=OuterRef("pk"), state=LessonState.HELD, starts_at__year=year).order_by()
    cohorts = CohortTrainer.objects.filter(user=OuterRef("pk"), cohort__state__in=COUNTS)
    return people.annotate(
        trainings=Coalesce(Subquery(trainings.values("trainer").annotate(n=Count("pk")).values("n")), 0),
        lessons_held=Coalesce(Subquery(held.values("trainer").annotate(n=Count("pk")).values("n")), 0),
        hours_held=Coalesce(Subquery(held.values("trainer").annotate(n=Sum("academic_hours")).values("n")), 0),
        cohorts_taught=Coalesce(Subquery(cohorts.values("user").annotate(n=Count("pk")).values("n")), 0),
    )


def row_of(person: User, today: date) -> Row:
    profile: Trainer | None = getattr(person, "trainer", None)
    is_in_use = profile is None or profile.is_in_use
    trainings, lessons, hours, cohorts = (int(getattr(person, name)) for name in COUNTED)
    late = is_in_use and is_behind(trainings, today=today)
    return Row(person, profile, is_in_use, trainings, lessons, hours, cohorts, late)


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def trainers(request: SignedInRequest) -> HttpResponse:
    county, counties = county_asked(request)
    today = timezone.localdate()
    people = counted(teaching(county), today.year).order_by("name", "pk") if county else []
    rows = [row_of(person, today) for person in people]
    away = TrainerRecord.objects.filter(trainer__county=county, on__year=today.year, kind=RecordKind.VISIT)
    context = {
        "county": county,
        "counties": counties,
        "rows": [row for row in rows if row.is_in_use],
        "stopped": [row for row in rows if not row.is_in_use],
        "behind": sum(row.is_behind for row in rows),
        "enough": sum(row.is_in_use and row.trainings >= TRAININGS_A_YEAR for row in rows),
        "away": away.aggregate(n=Count("trainer", distinct=True))["n"] if county else 0,
        "wanted": TRAININGS_A_YEAR,
        "year": today.year,
        "may_keep": bool(county and request.user.may(Action.KEEP_SCHOOL, county.pk)),
    }
    return render(request, "training/trainers.html", context)


def trainer_reached(request: SignedInRequest, pk: int, action: Action = Action.SEE_SCHOOL) -> tuple[User, Place]:
    """The person and the county where he teaches. Raises Http404."""
    reached = counties_reached(request.user, action)
    person = get_object_or_404(User.objects.select_related("place__parent", "trainer__county"), pk=pk)
    profile: Trainer | None = getattr(person, "trainer", None)
    county = profile.county_id if profile else person.county_id if person.role == Role.TRAINER else None
    if profile is not None and person == request.user and action == Action.SEE_SCHOOL:
        return person, profile.county
    return person, get_object_or_404(reached, pk=county)


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def trainer(request: SignedInRequest, pk: int) -> HttpResponse:
    return trainer_page(request, *trainer_reached(request, pk), RecordForm())


def trainer_page(request: SignedInRequest, person: User, county: Place, form: RecordForm) -> HttpResponse:
    """With what was typed, and status 422, when a record was not taken."""
    today = timezone.localdate()
    row = row_of(counted(User.objects.filter(pk=person.pk).select_related("trainer"), today.year).get(), today)
    lessons = Lesson.objects.visible_to(request.user).filter(Q(trainer=person) | Q(assistant=person)).held()
    context = {
        "person": person,
        "county": county,
        "row": row,
        "wanted": TRAININGS_A_YEAR,
        "year": today.year,
        "records": row.profile.records.select_related("noted_by").order_by("-on", "-pk") if row.profile else [],
        "cohorts": cohorts_of(request.user, person),
        "lessons": lessons.select_related("cohort").order_by("-starts_at").distinct()[:LESSONS_SHOWN],
        "form": form,
        "may_keep": request.user.may(Action.KEEP_SCHOOL, county.pk),
    }
    return render(request, "training/trainer.html", context, status=status_of(form))


def cohorts_of(user: User, person: User) -> QuerySet[Cohort]:
    """The classes that he taught or teaches, with his duty in each, as far as this person sees them."""
    its = Cohort.objects.visible_to(user).filter(trainers__user=person)
    return its.annotate(duty=F("trainers__duty")).order_by("-starts_on", "-number")


@never_cache
@of_county(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, county: Place) -> HttpResponse:
    """Somebody of the county who is to teach; with status 422 and what was typed, when he was not found or refused."""
    form = NewTrainerForm(posted(request), county=county)
    made = tried(form, lambda: keep_trainer(form.found, form.plan, county=county) if form.found else None)
    if made is not None:
        messages.success(request, _("登记好了。"))
        return redirect("training:trainer", made.pk)
    context = {"county": county, "form": form, "back": at("trainers", county)}
    return render(request, "training/trainer_edit.html", context, status=status_of(form))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """His profile; the first time it is written, he has one."""
    person, county = trainer_reached(request, pk, Action.KEEP_SCHOOL)
    form = TrainerForm(posted(request), trainer=getattr(person, "trainer", None))
    if tried(form, lambda: keep_trainer(person, form.plan, county=county)):
        messages.success(request, _("改好了。"))
        return redirect("training:trainer", pk)
    return render(
        request, "training/trainer_edit.html", {"county": county, "person": person, "form": form}, status=status_of(form)
    )


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def record(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more training, shadowing, visit or certificate; his page with status 422 and what was typed, when it was not taken."""
    person, county = trainer_reached(request, pk, Action.KEEP_SCHOOL)
    profile: Trainer = getattr(person, "trainer", None) or Trainer(user=person, county=county)
    form = RecordForm(request.POST)

    def noted() -> TrainerRecord:
        return add_record(profile, form.facts, by=request.user, today=timezone.localdate())

    if tried(form, noted, {"record_in_the_future": "on"}):
        messages.success(request, _("记下了。"))
        return redirect("training:trainer", pk)
    return trainer_page(request, person, county, form)


@needs(Action.KEEP_SCHOOL)
@require_POST
def record_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """It was written by mistake."""
    reached = Trainer.objects.filter(county__in=counties_reached(request.user, Action.KEEP_SCHOOL))
    found = get_object_or_404(TrainerRecord.objects.filter(trainer__in=reached), pk=pk)
    remove_record(found)
    messages.success(request, _("删掉了。"))
    return redirect("training:trainer", found.trainer_id)


@needs(Action.KEEP_SCHOOL)
@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it done."""
    stop_trainer(profile_reached(request, pk))
    messages.success(request, _("停用了。以前的记录都在。"))
    return redirect("training:trainer", pk)


@needs(Action.KEEP_SCHOOL)
@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    restore_trainer(profile_reached(request, pk))
    messages.success(request, _("又可以用了。"))
    return redirect("training:trainer", pk)


def profile_reached(request: SignedInRequest, pk: int) -> Trainer:
    """Raises Http404, also for somebody who has none."""
    reached = counties_reached(request.user, Action.KEEP_SCHOOL)
    return get_object_or_404(Trainer.objects.filter(county__in=reached), pk=pk)

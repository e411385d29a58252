"""One cohort: its facts, its seats, who is in, who waits; who is enrolled and who leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import segno
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.enrolment import enrol, leave
from training.actions.telling import waiting_place
from training.actions.trainee import add_trainee
from training.cohort_forms import ClassTraineeForm, WhyForm
from training.models import Cohort, Enrolment, Lesson, Trainee
from training.rules.cohort import TAKES_PEOPLE, CohortState, may_become
from training.rules.enrolment import EnrolmentState, EnrolmentWay
from training.views.cohort import cohort_to_keep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

FOUND_AT_MOST = 12
KEY_DIGITS = 19  # less than a bigint holds


class Seat(NamedTuple):
    """A seat of the room: who has it, or nobody."""

    number: int
    enrolment: Enrolment | None


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def cohort(request: SignedInRequest, pk: UUID) -> HttpResponse:
    seen = Cohort.objects.visible_to(request.user).select_related("county", "place__parent")
    found = get_object_or_404(seen, pk=pk)
    may_keep = Cohort.objects.reached_by(request.user, Action.KEEP_SCHOOL).filter(pk=pk).exists()
    enrolments = list(found.enrolments.select_related("trainee__place__parent").order_by("seat", "queue_no", "-left_at"))
    context = {
        "cohort": found,
        "may_keep": may_keep,
        "trainers": found.trainers.select_related("user").order_by("pk"),
        "courses": found.courses.all(),
        "seats": seats_of(found, enrolments),
        "seated": [one for one in enrolments if one.seat],
        "waiting": [one for one in enrolments if one.state == EnrolmentState.WAITING],
        "gone": [one for one in enrolments if one.state == EnrolmentState.WITHDRAWN],
        "is_taking": found.state in TAKES_PEOPLE,
        "lessons": lessons_of(found, timezone.now()),
        "why": WhyForm(),
        **(keeping(request, found) if may_keep else {}),
    }
    return render(request, "training/cohort.html", context)


def seats_of(cohort: Cohort, enrolments: Iterable[Enrolment]) -> list[Seat]:
    held = {one.seat: one for one in enrolments if one.seat}
    return [Seat(number, held.get(number)) for number in range(1, cohort.seats + 1)]


def lessons_of(cohort: Cohort, now: datetime) -> dict[str, Any]:
    """How many there are and were, and the next one."""
    standing = cohort.lessons.standing()
    return {
        "standing": standing.count(),
        "held": standing.held().count(),
        "next": standing.filter(ends_at__gt=now).order_by("starts_at").first(),
    }


def keeping(request: SignedInRequest, cohort: Cohort) -> dict[str, Any]:
    """What only a trainer of the cohort needs."""
    address = request.build_absolute_uri(reverse("training:join", args=[cohort.join_code])) if cohort.join_code else ""
    return {
        "address": address,
        "qr": segno.make_qr(address, error="m").svg_data_uri(border=2) if address else "",
        "may_begin": may_become(cohort.state, CohortState.RUNNING),
        "may_close": may_become(cohort.state, CohortState.CLOSED),
        "may_cancel": may_become(cohort.state, CohortState.CANCELLED),
    }


# --- who comes in ---------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Somebody who is known is found by name or the end of the number and enrolled; somebody new is written down first."""
    found = cohort_to_keep(request, pk)
    if request.method == "GET":
        return add_page(request, found, ClassTraineeForm(county=found.county, by=request.user))
    if "trainee" in request.POST:
        return add_known(request, found)
    form = ClassTraineeForm(request.POST, county=found.county, by=request.user)
    if form.is_valid():
        at = timezone.now()
        try:
            with transaction.atomic():  # who cannot come in is not written down either
                trainee = add_trainee(form.facts(), county=found.county, by=request.user, at=at).trainee
                enrolment = enrol(found, trainee, way=EnrolmentWay.TRAINER, by=request.user, at=at)
            return enrolled(request, enrolment, at)
        except NotAllowed as refused:
            form.say(refused)
    return add_page(request, found, form, status=422)


def add_page(request: SignedInRequest, cohort: Cohort, form: ClassTraineeForm, status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:40]
    context = {"cohort": cohort, "form": form, "q": words, "found": known(request, cohort, words) if words else []}
    return render(request, "training/cohort_add.html", context, status=status)


def known(request: SignedInRequest, cohort: Cohort, words: str) -> list[tuple[Trainee, Enrolment | None]]:
    """Those of the county whom these words may mean, each with his enrolment here."""
    mine = Trainee.objects.reached_by(request.user, Action.KEEP_SCHOOL).unique().filter(county=cohort.county, erased_at=None)
    people = list(mine.called(words).select_related("place__parent").order_by("name", "pk")[:FOUND_AT_MOST])
    here = {one.trainee_id: one for one in cohort.enrolments.filter(trainee__in=people)}
    return [(one, here.get(one.pk)) for one in people]


def add_known(request: SignedInRequest, cohort: Cohort) -> HttpResponse:
    """Somebody who is known already is in, or waits. Raises Http404."""
    typed, at = request.POST["trainee"], timezone.now()
    people = Trainee.objects.reached_by(request.user, Action.KEEP_SCHOOL).filter(county=cohort.county)
    trainee = get_object_or_404(people, pk=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < KEY_DIGITS else 0)
    try:
        return enrolled(request, enrol(cohort, trainee, way=EnrolmentWay.TRAINER, by=request.user, at=at), at)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("training:cohort", cohort.pk)


def enrolled(request: SignedInRequest, enrolment: Enrolment, at: datetime) -> HttpResponse:
    """Back to the cohort, with the seat that he has."""
    say_enrolled(request, enrolment, at)
    return redirect("training:cohort", enrolment.cohort_id)


def say_enrolled(request: SignedInRequest, enrolment: Enrolment, at: datetime) -> None:
    """His seat or his place in the queue, and other classes of the same days."""
    name = enrolment.trainee.name
    if enrolment.enrolled_at != at:
        messages.info(request, _("{name}早就在这个班了。").format(name=name))
    elif enrolment.seat:
        messages.success(request, _("{name}报上了，{seat} 号座位。").format(name=name, seat=enrolment.seat))
    else:
        place = waiting_place(enrolment)
        messages.success(request, _("名额满了，{name}排在候补第 {n} 位。").format(name=name, n=place))
    for other in meanwhile(enrolment):
        messages.warning(request, _("{name}这几天还在“{title}”上课，请看看时间撞不撞。").format(name=name, title=other.title))


def meanwhile(enrolment: Enrolment) -> list[Cohort]:
    """Other cohorts of the same days in which he is: allowed, and worth a look. Where both have lessons, their hours decide."""
    cohort = enrolment.cohort
    mine = Cohort.objects.filter(enrolments__trainee=enrolment.trainee_id, enrolments__state=EnrolmentState.ENROLLED)
    same_days = mine.filter(starts_on__lte=cohort.ends_on, ends_on__gte=cohort.starts_on, state__in=TAKES_PEOPLE)
    here = cohort.lessons.standing()
    there = Lesson.objects.standing().filter(cohort=OuterRef("pk"))
    at_once = here.filter(starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at"))
    meets = Q(~Exists(there)) | Q(Exists(there.filter(Exists(at_once)))) if here.exists() else Q()
    return list(same_days.exclude(pk=cohort.pk).filter(meets).order_by("starts_on", "pk")[:3])


# --- who leaves -----------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def out(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One enrolment ends, with the reason; the first who waits has the seat and is told."""
    rows = Enrolment.objects.reached_by(request.user, Action.KEEP_SCHOOL).select_related("cohort", "trainee")
    enrolment = get_object_or_404(rows, pk=pk)
    form = WhyForm(request.POST)
    because = form.cleaned_data["because"] if form.is_valid() else ""
    try:
        leave(enrolment, because=because, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("{name}退出了。").format(name=enrolment.trainee.name))
    return redirect("training:cohort", enrolment.cohort_id)

"""Online study on the phone: the courses of my class, their materials, and the minutes that were spent with one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from django.core import signing
from django.db.models import Max, Sum
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.rules.errors import NotAllowed
from training.actions.results import quizzes_of
from training.actions.study import Minute, count_minute, minutes_in
from training.models import Material, Quiz, StudyEntry
from training.rules.material import KINDS
from training.rules.study import KEPT_IN_THE_PHONE, MINUTES_A_DAY, minute_claimed
from training.views.material import material_answer
from training.views.study_tap import answer, client_id_of, own_enrolment
from training.views.trainee_pass import needs_trainee

if TYPE_CHECKING:
    from uuid import UUID

    from training.models import Course, Enrolment
    from training.views.trainee_pass import TraineeRequest

SALT = "training.study"


class CourseRow(NamedTuple):
    """A course of somebody's class, with what he has of it: each material with whether he is done with it, each quiz with his
    best marks so far."""

    course: Course
    minutes: int
    materials: list[tuple[Material, bool]]
    quizzes: list[tuple[Quiz, int | None]]


class ClassPage(NamedTuple):
    """One class of a trainee: what there is to learn on the phone."""

    enrolment: Enrolment
    courses: list[CourseRow]

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.courses)


@never_cache
@needs_trainee
@require_GET
def my_study(request: TraineeRequest) -> HttpResponse:
    seats = request.trainee.enrolments.seated().select_related("cohort").order_by("-cohort__starts_on", "pk")
    today = timezone.localdate()
    begun_first = sorted(seats, key=lambda one: one.cohort.starts_on > today)
    context = {"trainee": request.trainee, "pages": [class_page(one) for one in begun_first]}
    return render(request, "training/my_study.html", context)


def class_page(enrolment: Enrolment) -> ClassPage:
    entries = StudyEntry.objects.filter(enrolment=enrolment)
    minutes = dict(entries.values_list("course").annotate(sum=Sum("minutes")))
    finished = set(entries.filter(is_finished=True).values_list("material", flat=True))
    best = dict(enrolment.quiz_tries.values_list("quiz").annotate(best=Max("marks")))
    quizzes: dict[int, list[tuple[Quiz, int | None]]] = {}
    for quiz in quizzes_of(enrolment.cohort):
        quizzes.setdefault(quiz.course_id, []).append((quiz, best.get(quiz.pk)))
    materials: dict[int, list[tuple[Material, bool]]] = {}
    for one in Material.objects.filter(course__cohorts=enrolment.cohort_id).order_by("added_at", "pk"):
        materials.setdefault(one.course_id, []).append((one, one.pk in finished))
    rows = [
        CourseRow(course, minutes.get(course.pk, 0), materials.get(course.pk, []), quizzes.get(course.pk, []))
        for course in enrolment.cohort.courses.all()
    ]
    return ClassPage(enrolment, rows)


@never_cache
@needs_trainee
@require_http_methods(["GET", "POST"])
def my_material(request: TraineeRequest, pk: UUID, material: int) -> HttpResponse:
    """The page of a material, which counts while it is looked at; each POST tells one minute."""
    enrolment = own_enrolment(request, pk)
    found = material_of(enrolment, material)
    return count(request, enrolment, found) if request.method == "POST" else material_page(request, enrolment, found)


def material_of(enrolment: Enrolment, pk: int) -> Material:
    """Of a course of his class. Raises Http404."""
    return get_object_or_404(Material.objects.filter(course__cohorts=enrolment.cohort_id).select_related("course"), pk=pk)


def material_page(request: TraineeRequest, enrolment: Enrolment, material: Material) -> HttpResponse:
    now = timezone.now()
    today = StudyEntry.objects.filter(enrolment__trainee=request.trainee, on=timezone.localdate(now))
    context = {
        "trainee": request.trainee,
        "enrolment": enrolment,
        "material": material,
        "is_picture": is_picture(material),
        "is_open": enrolment.cohort.closed_at is None,
        "is_finished": StudyEntry.objects.filter(enrolment=enrolment, material=material, is_finished=True).exists(),
        "minutes": minutes_in(StudyEntry.objects.filter(enrolment=enrolment, material=material)),
        "is_full": minutes_in(today) >= MINUTES_A_DAY,
        "client_id": uuid4(),
        "now_seconds": int(now.timestamp()),
        "proof": proof_of(enrolment, material, now),
    }
    return render(request, "training/my_material.html", context)


def proof_of(enrolment: Enrolment, material: Material, at: datetime) -> str:
    """That this page was opened then: no minute before it can be told with it."""
    return signing.dumps([str(enrolment.pk), material.pk, int(at.timestamp())], salt=SALT)


def opened_at(proof: str, enrolment: Enrolment, material: Material) -> datetime | None:
    """None for a proof that is none, of another page, or too old."""
    try:
        seat, page, seconds = signing.loads(proof[:300], salt=SALT, max_age=KEPT_IN_THE_PHONE)
    except signing.BadSignature:
        return None
    is_of_it = seat == str(enrolment.pk) and page == material.pk
    return datetime.fromtimestamp(seconds, UTC) if is_of_it else None


def count(request: TraineeRequest, enrolment: Enrolment, material: Material) -> HttpResponse:
    """204 for a minute that a phone kept, whether it was new or not; 400 for what no page of ours tells."""
    at = opened_at(request.POST.get("proof", ""), enrolment, material)
    client_id, now = client_id_of(request), timezone.now()
    number = request.POST.get("minute") or str(int(now.timestamp()) // 60)
    if at is None or client_id is None or not (number.isascii() and number.isdecimal() and len(number) <= 9):
        return HttpResponseBadRequest()
    address = reverse("training:my_study")
    try:
        minute_at = minute_claimed(int(number), opened_at=at, now=now)
        count_minute(enrolment, material, Minute(client_id, minute_at, "finished" in request.POST))
    except NotAllowed as refused:
        return answer(request, address, refused if "finished" in request.POST else None)
    return answer(request, address)


@needs_trainee
@require_GET
def my_material_file(request: TraineeRequest, pk: UUID, material: int) -> HttpResponse:
    """The file itself."""
    return material_answer(request, material_of(own_enrolment(request, pk), material))


def is_picture(material: Material) -> bool:
    """Whether a page can show it by itself."""
    kind = KINDS.get(material.name.rpartition(".")[2].lower())
    return kind is not None and kind.content_type.startswith("image/")

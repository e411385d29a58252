"""A quiz on the phone: its questions on one page, the result at once, as often as somebody likes. The best try counts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.core import signing
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.rules.errors import NotAllowed
from training.actions.quiz import HandIn, hand_in, looked_at
from training.models import Quiz, QuizTry
from training.rules.quiz import CHOICES
from training.views.study_tap import answer, client_id_of, own_enrolment
from training.views.trainee_pass import needs_trainee

if TYPE_CHECKING:
    from uuid import UUID

    from training.models import Enrolment
    from training.views.trainee_pass import TraineeRequest

SALT = "training.quiz"


def quiz_of(enrolment: Enrolment, pk: int) -> Quiz:
    """In use, of a course of his class. Raises Http404."""
    found = Quiz.objects.filter(course__cohorts=enrolment.cohort_id, is_in_use=True, questions__isnull=False)
    return get_object_or_404(found.select_related("course").distinct(), pk=pk)


@never_cache
@needs_trainee
@require_http_methods(["GET", "POST"])
def my_quiz(request: TraineeRequest, pk: UUID, quiz: int) -> HttpResponse:
    """The questions without their answers; handed in, by a form or by a tap that the phone kept, they lead to the result."""
    enrolment = own_enrolment(request, pk)
    found = quiz_of(enrolment, quiz)
    if request.method == "POST":
        return take(request, enrolment, found)
    questions = list(found.questions.all())
    context = {
        "trainee": request.trainee,
        "enrolment": enrolment,
        "quiz": found,
        "questions": [(one, len(one.answers) > 1, list(enumerate(one.choices))) for one in questions],
        "shown": signing.dumps([found.pk, *(one.pk for one in questions)], salt=SALT),
        "client_id": uuid4(),
    }
    return render(request, "training/my_quiz.html", context)


def take(request: TraineeRequest, enrolment: Enrolment, quiz: Quiz) -> HttpResponse:
    client_id, shown = client_id_of(request), shown_in(request, quiz)
    if client_id is None or shown is None:
        return HttpResponseBadRequest()
    try:
        hand_in(quiz, enrolment, HandIn(client_id, shown, chosen_in(request, shown)), at=timezone.now())
    except NotAllowed as refused:
        return answer(request, reverse("training:my_quiz", args=[enrolment.pk, quiz.pk]), refused)
    return answer(request, reverse("training:my_quiz_result", args=[enrolment.pk, quiz.pk]))


def shown_in(request: TraineeRequest, quiz: Quiz) -> list[int] | None:
    """The questions that the page showed: nobody leaves out those he does not know."""
    try:
        found, *questions = signing.loads(request.POST.get("shown", "")[:2000], salt=SALT)
    except signing.BadSignature:
        return None
    return questions if found == quiz.pk else None


def chosen_in(request: TraineeRequest, shown: list[int]) -> dict[int, list[int]]:
    """One choice is sent as `q7=2`, several as `q7_0=1&q7_2=1`, so that a kept tap loses none."""
    chosen: dict[int, list[int]] = {}
    for pk in shown:
        one = request.POST.get(f"q{pk}", "")
        single = [int(one)] if one in {str(number) for number in range(CHOICES[-1])} else []
        chosen[pk] = single + [number for number in range(CHOICES[-1]) if f"q{pk}_{number}" in request.POST]
    return chosen


@never_cache
@needs_trainee
@require_GET
def my_quiz_result(request: TraineeRequest, pk: UUID, quiz: int) -> HttpResponse:
    """The last try with what was wrong in it, and the best one."""
    enrolment = own_enrolment(request, pk)
    found = get_object_or_404(Quiz.objects.filter(course__cohorts=enrolment.cohort_id).select_related("course"), pk=quiz)
    tries = list(QuizTry.objects.filter(quiz=found, enrolment=enrolment).order_by("-at", "-pk"))
    last = tries[0] if tries else None
    context = {
        "trainee": request.trainee,
        "enrolment": enrolment,
        "quiz": found,
        "last": last,
        "tries": len(tries),
        "best": max((one.marks for one in tries), default=None),
        "looked": looked_at(last) if last else [],
    }
    return render(request, "training/my_quiz_result.html", context)

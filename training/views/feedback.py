"""What a trainee says on his phone: of himself before and after, and of the class. Each form once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line
from training.actions.feedback import Said, give_feedback
from training.models import Feedback
from training.rules.exam import FeedbackKind
from training.rules.feedback import FACES, ITEMS, WORDS_AT_MOST, answers_given, kinds_due
from training.views.study_tap import answer, client_id_of, own_enrolment
from training.views.trainee_pass import needs_trainee

if TYPE_CHECKING:
    from training.models import Enrolment
    from training.views.trainee_pass import TraineeRequest


@never_cache
@needs_trainee
@require_http_methods(["GET", "POST"])
def my_feedback(request: TraineeRequest) -> HttpResponse:
    """The forms that are due in each of his classes, and those that he has given."""
    return take(request) if request.method == "POST" else feedback_page(request)


def feedback_page(request: TraineeRequest, typed: dict[str, str] | None = None, error: str = "") -> HttpResponse:
    """With status 422 and what was chosen, when a line was left out."""
    seats = list(request.trainee.enrolments.seated().select_related("cohort").order_by("-cohort__starts_on", "pk"))
    given = set(Feedback.objects.filter(enrolment__in=seats).values_list("enrolment", "kind"))
    forms = [form_of(seat, kind, typed or {}, error) for seat in seats for kind in due(seat) if (seat.pk, kind) not in given]
    said = [(seat, FeedbackKind(kind)) for seat in seats for pk, kind in sorted(given) if pk == seat.pk]
    context = {"trainee": request.trainee, "forms": forms, "said": said, "words_at_most": WORDS_AT_MOST}
    return render(request, "training/my_feedback.html", context, status=422 if error else 200)


def due(enrolment: Enrolment) -> list[FeedbackKind]:
    cohort = enrolment.cohort
    return kinds_due(cohort.starts_on, cohort.ends_on, timezone.localdate())


def form_of(enrolment: Enrolment, kind: FeedbackKind, typed: dict[str, str], error: str) -> dict[str, object]:
    is_this = typed.get("enrolment") == str(enrolment.pk) and typed.get("kind") == kind
    said = typed if is_this else {}
    return {
        "enrolment": enrolment,
        "kind": kind,
        "items": [(item, said.get(item.key, "")) for item in ITEMS[kind]],
        "faces": FACES[kind],
        "words": said.get("words", ""),
        "error": error if is_this else "",
        "client_id": uuid4(),
    }


def take(request: TraineeRequest) -> HttpResponse:
    client_id, kind = client_id_of(request), request.POST.get("kind", "")
    try:
        seat = UUID(request.POST.get("enrolment", ""))
    except ValueError:
        return HttpResponseBadRequest()
    if client_id is None or kind not in FeedbackKind.values:
        return HttpResponseBadRequest()
    enrolment = own_enrolment(request, seat)
    try:
        words = one_line(request.POST.get("words", "")[: WORDS_AT_MOST * 4])[:WORDS_AT_MOST]
        said = Said(FeedbackKind(kind), answers_given(FeedbackKind(kind), request.POST.dict()), words)
        give_feedback(enrolment, said, client_id=client_id, at=timezone.now())
    except NotAllowed as refused:
        if request.POST.get("tap"):
            return answer(request, "", refused)
        return feedback_page(request, request.POST.dict(), str(refused))
    messages.success(request, _("收到了，谢谢您。"))
    return answer(request, reverse("training:my_feedback"))

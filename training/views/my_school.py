"""A trainee's own school, on the phone: my class, my next lesson, what I can open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.rules.errors import NotAllowed
from training.actions.enrolment import leave
from training.actions.telling import waiting_place
from training.cohort_forms import WhyForm
from training.models import Enrolment, Lesson
from training.rules.enrolment import EnrolmentState
from training.views.trainee_pass import needs_trainee, to_pass_link, trainee_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from training.views.trainee_pass import TraineeRequest


class Class(NamedTuple):
    """A cohort of mine: my seat or my place in the queue (0 for who has a seat), and the next lesson."""

    enrolment: Enrolment
    place: int
    next: Lesson | None


@never_cache
@require_GET
def my_school(request: HttpRequest) -> HttpResponse:
    """What is on first; whom nobody knows here is asked for his number, or told how to begin."""
    trainee = trainee_of(request)
    if trainee is None and not request.user.is_authenticated:
        return to_pass_link(request)
    rows = (
        Enrolment.objects.filter(trainee=trainee).exclude(state=EnrolmentState.WITHDRAWN) if trainee else Enrolment.objects.none()
    )
    found = list(rows.select_related("cohort__place__parent").order_by("-cohort__starts_on"))
    context = {
        "trainee": trainee,
        "classes": classes_of(one for one in found if one.state in {EnrolmentState.ENROLLED, EnrolmentState.WAITING}),
        "over": [one for one in found if one.state in {EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED}],
        "why": WhyForm(),
    }
    return render(request, "training/my_school.html", context)


def classes_of(enrolments: Iterable[Enrolment]) -> list[Class]:
    """Whose next lesson comes first stands first. A constant number of queries for who has seats."""
    mine = list(enrolments)
    coming = Lesson.objects.standing().filter(cohort__in=[one.cohort_id for one in mine], ends_at__gt=timezone.now())
    nearest: dict[UUID, Lesson] = {}
    for lesson in coming.select_related("room").order_by("-starts_at"):
        nearest[lesson.cohort_id] = lesson
    waits = EnrolmentState.WAITING
    found = [Class(one, waiting_place(one) if one.state == waits else 0, nearest.get(one.cohort_id)) for one in mine]
    return sorted(found, key=lambda one: (one.next is None, one.next and one.next.starts_at, one.place))


@needs_trainee
@require_POST
def my_leave(request: TraineeRequest, pk: UUID) -> HttpResponse:
    """I cannot come: the seat goes to the first who waits."""
    enrolment = get_object_or_404(Enrolment.objects.select_related("cohort"), pk=pk, trainee=request.trainee)
    form = WhyForm(request.POST)
    because = form.cleaned_data["because"] if form.is_valid() else ""
    try:
        leave(enrolment, because=because, by=None, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("您退出了“{title}”，座位让给了后面的人。").format(title=enrolment.cohort.title))
    return redirect("training:my_school")

"""A trainee's phone: signing in by the code on the screen, and in which lessons he was.

Chat programs fetch every link that somebody sends on. So a GET writes nothing; the big button does, and what it brought about is
shown only after it is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.rules.errors import NotAllowed
from training.actions.attendance import shares_of
from training.actions.sign_in_code import lesson_of, rows_of, scan, scan_of, seat_of, signed_in_already, ticket_of
from training.actions.sign_in_code import sign_in as take_sign_in
from training.mark_forms import SignInForm
from training.models import Attendance, Enrolment, school_rules_of
from training.rules.sign_in_code import TOLERANCE, Moment
from training.views.trainee_pass import needs_trainee, trainee_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from training.models import Lesson, Trainee
    from training.rules.attendance import Share
    from training.views.trainee_pass import TraineeRequest

STATUS = {"code_unknown": 404, "code_expired": 410, "not_known_here": 403}


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the code. A form gets the page again; a tap that the phone kept gets 204 once it is committed, or 409 when
    refused, and the page then says why."""
    try:
        lesson = lesson_of(token)
        trainee = myself(request)
        if request.method == "POST":
            return take(request, token, trainee)
        if there := signed_in_already(trainee, lesson):
            return render(request, "training/sign_in.html", {"lesson": lesson, "trainee": trainee, "there": there})
        opened = scan(token, Moment(timezone.now(), 0))
        seat_of(trainee, lesson)
    except NotAllowed as refused:
        return refusal(request, refused)
    context = {"lesson": lesson, "trainee": trainee, "ticket": ticket_of(opened, trainee)}
    return render(request, "training/sign_in.html", context)


def myself(request: HttpRequest) -> Trainee:
    """Raises NotAllowed(`not_known_here`, `not_for_others`)."""
    if getattr(request, "helper", None):
        raise NotAllowed("not_for_others")
    trainee = trainee_of(request)
    if trainee is None:
        raise NotAllowed("not_known_here")
    return trainee


def take(request: HttpRequest, token: str, trainee: Trainee) -> HttpResponse:
    """Raises NotAllowed where nobody but a person waits for the answer."""
    form = SignInForm(request.POST)
    form.is_valid()  # every field takes what comes
    try:
        opened = scan_of(form.cleaned_data["ticket"], trainee)
        if opened is None and form.was_kept:
            opened = scan(token, form.moment, slack=TOLERANCE)
        opened = opened or scan(token, form.moment)
        take_sign_in(trainee, opened, tap=form.tap_id, device=form.cleaned_data["device"], at=form.now)
    except NotAllowed as refused:
        if not form.was_kept:
            raise
        messages.error(request, str(refused))
        return HttpResponse(status=409)
    return HttpResponse(status=204) if form.was_kept else redirect("training:sign_in", token)


def refusal(request: HttpRequest, refused: NotAllowed) -> HttpResponse:
    context = {"code": refused.code, "refusal": str(refused)}
    return render(request, "training/sign_in_refused.html", context, status=STATUS.get(refused.code, 409))


@never_cache
@needs_trainee
@require_GET
def shell(request: TraineeRequest) -> HttpResponse:
    """What a phone keeps and shows where a code is opened without network: the same page without a lesson."""
    return render(request, "training/sign_in.html", {"trainee": request.trainee, "is_shell": True})


# --- my lessons ----------------------------------------------------------------------------------------------------------------


class MyClass(NamedTuple):
    """One of my classes: its lessons with what is known of me, and what share that is."""

    enrolment: Enrolment
    lessons: list[tuple[Lesson, Attendance | None]]
    share: Share
    percent: int
    can_reach: bool


@never_cache
@needs_trainee
@require_GET
def my_attendance(request: TraineeRequest) -> HttpResponse:
    trainee = request.trainee
    context = {"trainee": trainee, "classes": classes_of(trainee), "now": timezone.now()}
    return render(request, "training/my_attendance.html", context)


def classes_of(trainee: Trainee) -> list[MyClass]:
    """Newest first, those that are still to begin last."""
    today = timezone.localdate()
    mine = (
        Enrolment.objects.filter(trainee__in=rows_of(trainee))
        .seated()
        .select_related("cohort")
        .order_by("-cohort__starts_on", "pk")
    )
    return [class_of(one) for one in sorted(mine, key=lambda one: one.cohort.starts_on > today)]


def class_of(enrolment: Enrolment) -> MyClass:
    of = {one.lesson_id: one for one in Attendance.objects.filter(enrolment=enrolment)}
    lessons = [(lesson, of.get(lesson.pk)) for lesson in enrolment.cohort.lessons.standing().order_by("starts_at", "pk")]
    share = shares_of(enrolment.cohort)[enrolment.pk]
    percent = school_rules_of(enrolment.cohort.county_id).attendance_percent
    return MyClass(enrolment, lessons, share, percent, share.can_reach(percent))

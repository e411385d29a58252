"""Who was there: of a lesson while it is held, of a class as a whole, and where marks contradict each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.attendance import decide as decide_on
from training.actions.attendance import shares_of
from training.mark_forms import DecisionForm
from training.models import Attendance, Cohort, Enrolment, Lesson, Mark, school_rules_of
from training.rules.attendance import WAS_THERE, Presence, mean_of
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest
    from training.rules.attendance import Share


class Called(NamedTuple):
    """Somebody with a seat, and what is known of him in one lesson."""

    enrolment: Enrolment
    attendance: Attendance | None


class Dispute(NamedTuple):
    """Marks that contradict each other: what each says, and the form that settles it."""

    attendance: Attendance
    marks: Sequence[Mark]
    form: DecisionForm


def lesson_for(user: User, lesson_id: UUID, action: Action) -> Lesson:
    """Raises Http404 for a lesson that is neither of his places nor his own to teach."""
    return get_object_or_404(Lesson.objects.visible_to(user, action).select_related("cohort__place"), pk=lesson_id)


def called(lesson: Lesson) -> list[Called]:
    """Everybody with a seat, by seat."""
    of = {one.enrolment_id: one for one in lesson.attendances.all()}
    seated = Enrolment.objects.filter(cohort=lesson.cohort_id).seated().select_related("trainee").order_by("seat")
    return [Called(one, of.get(one.pk)) for one in seated]


def counts_of(roll: Iterable[Called]) -> dict[str, int]:
    """How many came in time, late, on leave, not; of how many nobody has said anything; and how many there are."""
    words = Counter(one.attendance.presence if one.attendance else "unknown" for one in roll)
    there = sum(words[presence] for presence in WAS_THERE)
    return {**{word: words[word] for word in [*Presence.values, "unknown"]}, "there": there, "seats": words.total()}


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def lesson_attendance(request: SignedInRequest, lesson_id: UUID) -> HttpResponse:
    """The list, anew every five seconds while somebody looks at it; the page around it once."""
    return lesson_page(request, lesson_for(request.user, lesson_id, Action.SEE_SCHOOL))


def lesson_page(request: SignedInRequest, lesson: Lesson, faulty: DecisionForm | None = None) -> HttpResponse:
    roll = called(lesson)
    contradicting = [one.attendance for one in roll if one.attendance and one.attendance.is_contradicted]
    context: dict[str, Any] = {
        "lesson": lesson,
        "cohort": lesson.cohort,
        "roll": roll,
        "counts": counts_of(roll),
        "contradicting": len(contradicting),
        "now": timezone.now(),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "training/_lesson_roll.html", context)
    context["may_keep"] = may_keep(request.user, lesson.cohort)
    context["disputes"] = disputes([one.pk for one in contradicting], faulty)
    return render(request, "training/lesson_attendance.html", context, status=422 if faulty else 200)


def may_keep(user: User, cohort: Cohort) -> bool:
    return Cohort.objects.visible_to(user, Action.KEEP_SCHOOL).filter(pk=cohort.pk).exists() and bool(
        user.reach(Action.KEEP_SCHOOL)
    )


def disputes(attendances: Sequence[int], faulty: DecisionForm | None) -> list[Dispute]:
    """In the order of the lessons and seats, each with its marks as they happened."""
    found = Attendance.objects.filter(pk__in=attendances).select_related("lesson", "enrolment__trainee")
    of: dict[tuple[UUID, UUID], list[Mark]] = defaultdict(list)
    pairs = {(one.lesson_id, one.enrolment_id): one for one in found.order_by("lesson__starts_at", "enrolment__seat")}
    marks = Mark.objects.filter(lesson__in={pair[0] for pair in pairs}, enrolment__in={pair[1] for pair in pairs})
    for mark in marks.select_related("noted_by").order_by("at", "pk"):
        of[mark.lesson_id, mark.enrolment_id].append(mark)
    return [Dispute(one, of[pair], form_of(one, faulty)) for pair, one in pairs.items()]


def form_of(attendance: Attendance, faulty: DecisionForm | None) -> DecisionForm:
    """Empty, or with what was typed and what was wrong with it."""
    key = f"{attendance.lesson_id}-{attendance.enrolment_id}"
    if faulty is not None and faulty.prefix == key:
        return faulty
    return DecisionForm(prefix=key, initial={"enrolment": attendance.enrolment_id})


@needs(Action.KEEP_SCHOOL)
@require_POST
def decide(request: SignedInRequest, lesson_id: UUID) -> HttpResponse:
    """Back to the page that asked; with status 422 and what was typed when something was missing."""
    lesson = lesson_for(request.user, lesson_id, Action.KEEP_SCHOOL)
    prefix = next((name.removesuffix("-words") for name in request.POST if name.endswith("-words")), "")
    form = DecisionForm(request.POST, prefix=prefix)
    if form.is_valid():
        enrolment = get_object_or_404(Enrolment, cohort=lesson.cohort_id, pk=form.cleaned_data["enrolment"])
        try:
            decide_on(
                lesson,
                enrolment,
                Presence(form.cleaned_data["presence"]),
                form.cleaned_data["words"],
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(request, _("定了：{name}这一课算{presence}。").format(
                name=enrolment.trainee.name, presence=Presence(form.cleaned_data["presence"]).label
            ))  # fmt: skip
            return redirect(back_to(request, lesson))
    if is_from_class(request, lesson):
        return cohort_page(request, lesson.cohort, form)
    return lesson_page(request, lesson, form)


def is_from_class(request: HttpRequest, lesson: Lesson) -> bool:
    return request.POST.get("next", "") == reverse("training:attendance", args=[lesson.cohort_id])


def back_to(request: HttpRequest, lesson: Lesson) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else reverse("training:lesson_attendance", args=[lesson.pk])


# --- the class as a whole ------------------------------------------------------------------------------------------------------


class Cell(NamedTuple):
    """One trainee in one lesson: a presence, `unknown` for a lesson held without a word of him, `coming` for one to come."""

    word: str
    attendance: Attendance | None


class Line(NamedTuple):
    enrolment: Enrolment
    cells: list[Cell]
    share: Share
    can_reach: bool


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def attendance(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Trainee by lesson, both percentages, who can no longer reach what the county asks for, what contradicts itself."""
    seen = Cohort.objects.visible_to(request.user).select_related("place")
    return cohort_page(request, get_object_or_404(seen, pk=cohort_id))


def cohort_page(request: SignedInRequest, cohort: Cohort, faulty: DecisionForm | None = None) -> HttpResponse:
    lessons = list(cohort.lessons.standing().order_by("starts_at", "pk"))
    percent = school_rules_of(cohort.county_id).attendance_percent
    lines = lines_of(cohort, lessons, percent)
    contradicting = [
        cell.attendance.pk for line in lines for cell in line.cells if cell.attendance and cell.attendance.is_contradicted
    ]
    held = sum(lesson.state == LessonState.HELD for lesson in lessons)
    context = {
        "cohort": cohort,
        "lessons": lessons,
        "lines": lines,
        "percent": percent,
        "held": held,
        "mean": mean_of([line.share for line in lines]),
        "out_of_reach": sum(not line.can_reach for line in lines),
        "disputes": disputes(contradicting, faulty),
        "may_keep": may_keep(request.user, cohort),
    }
    return render(request, "training/attendance.html", context, status=422 if faulty else 200)


def lines_of(cohort: Cohort, lessons: Sequence[Lesson], percent: int) -> list[Line]:
    shares = shares_of(cohort)
    of = {(one.enrolment_id, one.lesson_id): one for one in Attendance.objects.filter(lesson__in=lessons)}
    seated = Enrolment.objects.filter(pk__in=shares).select_related("trainee").order_by("seat")
    return [
        Line(
            one,
            [cell_of(lesson, of.get((one.pk, lesson.pk))) for lesson in lessons],
            shares[one.pk],
            shares[one.pk].can_reach(percent),
        )
        for one in seated
    ]


def cell_of(lesson: Lesson, attendance: Attendance | None) -> Cell:
    if attendance is not None:
        return Cell(attendance.presence, attendance)
    return Cell("unknown" if lesson.state == LessonState.HELD else "coming", None)

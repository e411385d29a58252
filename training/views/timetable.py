"""The timetable of a class: week by week, on paper too; a lesson every week; as an earlier class had it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.plan_forms import CLOCKS
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.holiday import day_marks
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.timetable import copied_plans, plan_many, try_many, weekly_plans
from training.lesson_forms import CopyForm, WeeklyForm
from training.models import Cohort, Lesson
from training.rules.cohort import TAKES_PEOPLE
from training.rules.lesson import LessonState
from training.rules.timetable import weeks
from training.views.lesson import undoable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest
    from training.actions.lesson import LessonPlan
    from training.actions.timetable import Dated


class Look(NamedTuple):
    """What would become of each lesson."""

    dated: list[Dated]

    @property
    def good(self) -> int:
        return sum(one.refusal is None for one in self.dated)


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def timetable(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """All lessons of the class; what was called off stands below the weeks."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("county", "place"), pk=pk)
    lessons = list(Lesson.objects.filter(cohort=cohort).select_related("trainer", "assistant", "room", "course"))
    standing = [lesson for lesson in lessons if lesson.state != LessonState.CANCELLED]
    marks = day_marks(cohort.starts_on, cohort.ends_on, language=get_language() or "")
    context: dict[str, Any] = {
        "cohort": cohort,
        "weeks": [(week, [(day, marks.get(day)) for day in week.days], week.lessons) for week in weeks(standing)],
        "cancelled": [lesson for lesson in lessons if lesson.state == LessonState.CANCELLED],
        "stats": {
            "standing": len(standing),
            "held": sum(lesson.state == LessonState.HELD for lesson in standing),
            "hours": sum(lesson.academic_hours for lesson in standing),
            "open": sum(lesson.trainer_id is None for lesson in standing if lesson.state == LessonState.PLANNED),
        },
        "may_keep": may_keep(request, cohort),
        "undo": undoable(request, cohort.pk),
        "today": shanghai_day(timezone.now()),
        "now": timezone.now(),
    }
    return render(request, "training/timetable.html", context)


def may_keep(request: SignedInRequest, cohort: Cohort) -> bool:
    return cohort.state in TAKES_PEOPLE and request.user.may(Action.KEEP_SCHOOL, cohort.place_id)


def cohort_to_keep(request: SignedInRequest, pk: UUID) -> Cohort:
    """Raises Http404."""
    found = Cohort.objects.reached_by(request.user, Action.KEEP_SCHOOL).select_related("county", "place")
    return get_object_or_404(found, pk=pk)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def weekly(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The form; with what would become of each date; or the lessons, planned. What was typed stays, whatever is wrong with it."""
    cohort = cohort_to_keep(request, pk)
    initial = {"from_on": cohort.starts_on, "until_on": cohort.ends_on}
    form = WeeklyForm(request.POST or None, cohort=cohort, by=request.user, initial=initial)
    page: dict[str, Any] = {"cohort": cohort, "form": form, "clocks": CLOCKS}
    if not form.is_bound:
        return render(request, "training/timetable_weekly.html", page)
    if not form.is_valid():
        return render(request, "training/timetable_weekly.html", page, status=422)
    try:
        plans = weekly_plans(form.plan, form.rule, skips_holidays=form.cleaned_data["skips_holidays"])
    except NotAllowed as refused:
        form.say(refused)
        return render(request, "training/timetable_weekly.html", page, status=422)
    return many(request, page, plans, "training/timetable_weekly.html")


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def copy(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The same, for the lessons of an earlier class."""
    cohort = cohort_to_keep(request, pk)
    form = CopyForm(request.POST or None, cohort=cohort, by=request.user, initial={"first_on": cohort.starts_on})
    page: dict[str, Any] = {"cohort": cohort, "form": form}
    if not form.is_bound:
        return render(request, "training/timetable_copy.html", page)
    if not form.is_valid():
        return render(request, "training/timetable_copy.html", page, status=422)
    said = form.cleaned_data
    plans = copied_plans(said["earlier"], first_on=said["first_on"], with_people=said["with_people"])
    return many(request, page, plans, "training/timetable_copy.html")


def many(request: SignedInRequest, page: dict[str, Any], plans: Sequence[LessonPlan], template: str) -> HttpResponse:
    """Looked at first; stored when that is what was seen (`shown`)."""
    cohort, now = page["cohort"], timezone.now()
    shown = [plan.starts_at.isoformat() for plan in plans]
    page["look"] = look = Look(try_many(cohort, plans, by=request.user, at=now))
    if request.POST.get("do") != "make" or request.POST.getlist("shown") != shown or not look.good:
        page["shown"] = shown
        return render(request, template, page)
    made = [one.lesson for one in plan_many(cohort, plans, by=request.user, at=now) if one.lesson]
    said = ngettext("排好了 {n} 节课。", "排好了 {n} 节课。", len(made))
    messages.success(request, said.format(n=len(made)))
    return redirect("training:timetable", cohort.pk)

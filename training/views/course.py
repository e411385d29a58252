"""The catalogue of courses: what there is, the hours of each trade against the standard, one course with its materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.course import add_course, change_course, restore_course, retire_course
from training.course_forms import CourseFilter, CourseForm, MaterialForm
from training.models import Course
from training.rules.course import Topic, trade_hours
from training.rules.lesson import LessonState
from training.views.school import at, county_asked, of_county, posted, status_of, tried

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.models import Place
    from livestream.views.signed_in import SignedInRequest
    from training.rules.course import TradeHours

FIELDS = {"course_title_taken": "title", "course_level_missing": "trade_level", "course_level_unknown": "trade_level"}


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def courses(request: SignedInRequest) -> HttpResponse:
    """By topic, narrowed by what the address says; those out of use at the end."""
    county, counties = county_asked(request, from_below=True)
    asked = CourseFilter(request.GET)
    found = Course.objects.filter(county=county).filter(**asked.said)
    held = Count("lessons", filter=Q(lessons__state=LessonState.HELD), distinct=True)
    rows = list(found.annotate(held=held, files=Count("materials", distinct=True)).order_by("topic", "level", "title", "pk"))
    topics = [(topic, [row for row in rows if row.topic == topic and row.is_in_use]) for topic in Topic]
    context = {
        "county": county,
        "counties": counties,
        "asked": asked,
        "topics": [(topic, its) for topic, its in topics if its],
        "retired": [row for row in rows if not row.is_in_use],
        "trades": trades_of(county) if county else [],
        "may_keep": bool(county and request.user.may(Action.KEEP_SCHOOL, county.pk)),
    }
    return render(request, "training/courses.html", context)


def trades_of(county: Place) -> list[TradeHours]:
    """The hours of the courses in use, by trade and level, beside those of the standard."""
    its = Course.objects.filter(county=county).in_use().exclude(trade="")
    sums = its.order_by().values_list("trade", "trade_level").annotate(hours=Sum("academic_hours"))
    return trade_hours({(trade, level): hours for trade, level, hours in sums})


def course_reached(request: SignedInRequest, pk: int, action: Action = Action.SEE_SCHOOL) -> Course:
    """Raises Http404."""
    return get_object_or_404(Course.objects.visible_to(request.user, action).select_related("county"), pk=pk)


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def course(request: SignedInRequest, pk: int) -> HttpResponse:
    return course_page(request, course_reached(request, pk), MaterialForm())


def course_page(request: SignedInRequest, found: Course, form: MaterialForm) -> HttpResponse:
    """With what was typed, and status 422, when a file was not taken."""
    lessons = found.lessons.filter(state=LessonState.HELD)
    sums = lessons.aggregate(lessons=Count("pk"), cohorts=Count("cohort", distinct=True), hours=Sum("academic_hours", default=0))
    context = {
        "course": found,
        "county": found.county,
        "materials": found.materials.select_related("added_by").order_by("title", "pk"),
        "taught": sums,
        "form": form,
        "may_keep": request.user.may(Action.KEEP_SCHOOL, found.county_id),
    }
    return render(request, "training/course.html", context, status=status_of(form))


@never_cache
@of_county(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, county: Place) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    form = CourseForm(posted(request))
    made = tried(form, lambda: add_course(county, form.plan), FIELDS)
    if made is not None:
        messages.success(request, _("加好了，排课时可以选它。"))
        return redirect("training:course", made.pk)
    context = {"county": county, "form": form, "back": at("courses", county)}
    return render(request, "training/course_edit.html", context, status=status_of(form))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    found = course_reached(request, pk, Action.KEEP_SCHOOL)
    form = CourseForm(posted(request), course=found)
    if tried(form, lambda: change_course(found, form.plan), FIELDS):
        messages.success(request, _("改好了。"))
        return redirect("training:course", pk)
    found.refresh_from_db()
    context = {"county": found.county, "course": found, "form": form}
    return render(request, "training/course_edit.html", context, status=status_of(form))


@needs(Action.KEEP_SCHOOL)
@require_POST
def retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it done."""
    retire_course(course_reached(request, pk, Action.KEEP_SCHOOL))
    messages.success(request, _("停用了。以前的记录都在。"))
    return redirect("training:course", pk)


@needs(Action.KEEP_SCHOOL)
@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    found = course_reached(request, pk, Action.KEEP_SCHOOL)
    try:
        restore_course(found)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("又可以用了。"))
    return redirect("training:course", pk)

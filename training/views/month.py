"""One month of the school: its plan, what came of it with the meaning of each figure, the list behind each, and it on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.rules.rights import Action
from training.actions.counting import BEHIND, begun_on, figures_between, people_behind, unit_of
from training.actions.school import plan_month
from training.models import Cohort, Lesson, SchoolMonth, school_rules_of
from training.rules.counting import Figure, begins, meaning, month_after, month_state, parse_month
from training.rules.lesson import LessonState
from training.school_forms import MonthForm
from training.views.school import at, county_asked, of_county, posted, status_of, tried

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.http import HttpResponse
    from django.utils.functional import _StrPromise

    from livestream.models import Place
    from livestream.views.signed_in import SignedInRequest
    from training.actions.counting import Behind
    from training.rules.counting import Figures, MonthState
    from training.rules.school import AttendanceUnit

ON_A_PAGE = 100
PAGES_AT_MOST = 1000


class Said(NamedTuple):
    """A figure as the page says it."""

    figure: Figure
    number: int
    meaning: _StrPromise
    has_list: bool


class Shown(NamedTuple):
    """One page of the list behind a figure."""

    figure: Figure
    people: list[Behind]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return -(-self.total // ON_A_PAGE)


def month_asked(words: str) -> date:
    """Raises Http404."""
    first_on = parse_month(words)
    if first_on is None:
        raise Http404
    return first_on


def said_of(figures: Figures) -> list[Said]:
    return [Said(each, figures.said(each), meaning(each, figures.unit), each in BEHIND) for each in Figure]


def state_of(county: Place, rules: Any, figures: Figures) -> MonthState:
    begun = begun_on(county.pk, rules)
    return month_state(figures.from_on, figures.lessons, today=timezone.localdate(), begun_on=begun)


def month_context(county: Place, first_on: date) -> dict[str, Any]:
    """What the page and the paper of a month both say, in a number of queries that no month makes larger."""
    rules = school_rules_of(county.pk)
    figures = figures_between(county.pk, first_on, month_after(first_on), unit_of(rules))
    return {
        "county": county,
        "first_on": first_on,
        "last_on": month_after(first_on) - timedelta(days=1),
        "plan": SchoolMonth.objects.filter(county=county, first_on=first_on).first(),
        "figures": figures,
        "said": said_of(figures),
        "state": state_of(county, rules, figures),
        "unit": figures.unit,
        "now": timezone.now(),
    }


def lessons_of(request: SignedInRequest, county: Place, first_on: date) -> Iterable[Lesson]:
    """Those of the month that this person may see, called off or not, by the clock."""
    its = Lesson.objects.visible_to(request.user).filter(cohort__county=county)
    its = its.filter(starts_at__gte=begins(first_on), starts_at__lt=begins(month_after(first_on)))
    return its.select_related("cohort", "trainer", "room").order_by("starts_at", "pk")


def cohorts_of(request: SignedInRequest, county: Place, first_on: date) -> Iterable[Cohort]:
    """The classes with a lesson in the month, and how many were held of how many."""
    in_month = Q(lessons__starts_at__gte=begins(first_on), lessons__starts_at__lt=begins(month_after(first_on)))
    stands = in_month & ~Q(lessons__state=LessonState.CANCELLED)
    its = Cohort.objects.visible_to(request.user).filter(county=county)
    counted = its.annotate(
        standing=Count("lessons", filter=stands), held=Count("lessons", filter=in_month & Q(lessons__state=LessonState.HELD))
    )
    return counted.filter(standing__gt=0).order_by("starts_on", "number")


@never_cache
@of_county(Action.SEE_SCHOOL)
@require_GET
def month(request: SignedInRequest, county: Place, month: str) -> HttpResponse:
    first_on = month_asked(month)
    context = month_context(county, first_on)
    context |= {
        "counties": county_asked(request)[1],
        "shown": shown_of(request, county, first_on, context["unit"]),
        "lessons": lessons_of(request, county, first_on),
        "before": month_after(first_on, -1),
        "after": month_after(first_on),
        "may_keep": request.user.may(Action.KEEP_SCHOOL, county.pk),
    }
    return render(request, "training/month.html", context)


def shown_of(request: SignedInRequest, county: Place, first_on: date, unit: AttendanceUnit) -> Shown | None:
    """The list that the address asks for, one page of it; None where it asks for none that there is."""
    asked, number = request.GET.get("show", ""), request.GET.get("page", "1")
    if asked not in {figure.value for figure in BEHIND}:
        return None
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < len(str(PAGES_AT_MOST)) else 1
    page, figure = max(page, 1), Figure(asked)
    stretch = (first_on, month_after(first_on))
    people, total = people_behind(county.pk, figure, stretch, unit, limit=ON_A_PAGE, offset=(page - 1) * ON_A_PAGE)
    return Shown(figure, people, total, page)


@never_cache
@of_county(Action.SEE_SCHOOL)
@require_GET
def report(request: SignedInRequest, county: Place, month: str) -> HttpResponse:
    """The month on paper: figures with what they mean, classes, lessons, and who signs for it."""
    first_on = month_asked(month)
    context = month_context(county, first_on)
    context |= {"lessons": lessons_of(request, county, first_on), "cohorts": cohorts_of(request, county, first_on)}
    return render(request, "training/month_report.html", context)


@never_cache
@of_county(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, county: Place, month: str) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood."""
    first_on = month_asked(month)
    known = SchoolMonth.objects.filter(county=county, first_on=first_on).first()
    form = MonthForm(posted(request), month=known)
    back = at("school_month", county, month)
    if tried(form, lambda: plan_month(county, first_on, form.plan)):
        messages.success(request, _("计划存好了。"))
        return redirect(back)
    context = {"county": county, "first_on": first_on, "form": form, "back": back}
    return render(request, "training/month_edit.html", context, status=status_of(form))

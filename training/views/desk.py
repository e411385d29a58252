"""The trainer's desk: this month at a glance, today's lessons, what waits, the year without a pause, and how far the goal is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, Max, Q, Sum
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.models import User
from livestream.rules.rights import Action
from livestream.rules.session import AIRED, SessionKind
from livestream.views.signed_in import needs
from training.actions.counting import begun_on, figures_between, goal_of, months_between, unit_of
from training.models import Attendance, Cohort, FollowUp, GradeProposal, Lesson, SchoolMonth, school_rules_of
from training.rules.cohort import TAKES_PEOPLE
from training.rules.counting import FIRST_YEAR, LAST_YEAR, begins, month_after, month_state
from training.rules.enrolment import SEATED, EnrolmentState
from training.views.school import county_asked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.http import HttpResponse

    from livestream.models import Place
    from livestream.views.signed_in import SignedInRequest
    from training.actions.counting import MonthLine
    from training.rules.counting import Figures, MonthState

HOSTS_SHOWN = 100
COHORTS_SHOWN = 12
SQUARES_AT_MOST = 60
DAY = timedelta(days=1)


class YearMonth(NamedTuple):
    """A month in the strip of the year."""

    line: MonthLine
    state: MonthState
    is_now: bool


def squares(figures: Figures) -> list[bool]:
    """One for each lesson of the month, planned or in the timetable or held, true where it was held; none where there are too
    many to look at."""
    count = max(figures.planned_lessons, figures.timetabled_lessons, figures.lessons)
    return [n < figures.lessons for n in range(count)] if count <= SQUARES_AT_MOST else []


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def desk(request: SignedInRequest) -> HttpResponse:
    county, counties = county_asked(request)
    today = timezone.localdate()
    context = {
        "county": county,
        "counties": counties,
        "first_on": today.replace(day=1),
        "today": today,
        "lessons": lessons_today(request.user, today),
        "cohorts": cohorts_now(request.user, county),
        **waiting_for(request.user, today),
        **hosts_of(request.user, today.replace(day=1)),
    }
    if county is not None:
        context |= county_context(county, today, request.GET.get("year", ""))
        context["may_keep"] = request.user.may(Action.KEEP_SCHOOL, county.pk)
    return render(request, "training/desk.html", context)


def county_context(county: Place, today: date, asked: str) -> dict[str, Any]:
    """The month, the year and the goal of the county as a whole."""
    rules = school_rules_of(county.pk)
    begun = begun_on(county.pk, rules)
    year = year_asked(asked, today)
    figures = figures_between(county.pk, today.replace(day=1), month_after(today.replace(day=1)), unit_of(rules))
    months = year_of(county, year, today, begun)
    now = [month for month in months if month.is_now]
    return {
        "rules": rules,
        "figures": figures,
        "squares": squares(figures),
        "plan": now[0].line.plan if now else SchoolMonth.objects.filter(county=county, first_on=today.replace(day=1)).first(),
        "year": year,
        "months": months,
        "missing": [month.line.first_on for month in months if month.state == "missing"],
        "goal": goal_of(county.pk, rules, begun, today=today),
        "begun": begun,
        "years": [year - 1 if year > FIRST_YEAR else None, year + 1 if year < LAST_YEAR else None],
    }


def year_asked(words: str, today: date) -> int:
    """The one that the address names; the present one, where it names none."""
    is_year = words.isascii() and words.isdecimal() and len(words) == len("2026") and FIRST_YEAR <= int(words) <= LAST_YEAR
    return int(words) if is_year else today.year


def year_of(county: Place, year: int, today: date, begun: date | None) -> list[YearMonth]:
    first_on = today.replace(year=year, month=1, day=1)
    lines = months_between(county.pk, first_on, month_after(first_on, 12))
    return [
        YearMonth(line, month_state(line.first_on, line.held, today=today, begun_on=begun), line.first_on == today.replace(day=1))
        for line in lines
    ]


def lessons_today(user: User, today: date) -> Iterable[Lesson]:
    """Of the Shanghai day, those that this person sees, called off ones not."""
    its = Lesson.objects.visible_to(user).standing().filter(starts_at__gte=begins(today), starts_at__lt=begins(today + DAY))
    return its.select_related("cohort", "trainer", "room").order_by("starts_at", "pk").distinct()


def cohorts_now(user: User, county: Place | None) -> Iterable[Cohort]:
    """The classes that are being prepared, take people or are taught, with their seats; those that begin first first."""
    its = Cohort.objects.visible_to(user).filter(state__in=TAKES_PEOPLE)
    if county is not None:
        its = its.filter(county=county)
    counted = its.annotate(
        seated=Count("enrolments", filter=Q(enrolments__state__in=SEATED)),
        waiting=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITING)),
    )
    return counted.order_by("starts_on", "number", "pk")[:COHORTS_SHOWN]


def waiting_for(user: User, today: date) -> dict[str, Any]:
    """What somebody has to look at: attendances that contradict each other, with the first lesson; calls that are due; hosts
    about whose grade he may decide."""
    contradicting = Attendance.objects.visible_to(user).contradicting().order_by("at", "pk").values_list("lesson", flat=True)
    return {
        "contradictions": len(contradicting),
        "contradicted": next(iter(contradicting), None),
        "grades": GradeProposal.objects.due(today).visible_to(user, Action.KEEP_SCHOOL).count(),
        "follow_ups": FollowUp.objects.visible_to(user).open().filter(due_on__lte=today).count(),
    }


def hosts_of(user: User, first_on: date) -> dict[str, Any]:
    """The hosts here and their sessions of the month, the busiest first."""
    first, following = begins(first_on), begins(month_after(first_on))
    on_air = Q(sessions__state__in=AIRED) & ~Q(sessions__kind=SessionKind.PRACTICE)
    this_month = on_air & Q(sessions__went_live_at__gte=first, sessions__went_live_at__lt=following)
    hosts = User.objects.reached_by(user, Action.SEE_SCHOOL).hosts()
    counted = hosts.annotate(
        aired=Count("sessions", filter=this_month), last_aired_at=Max("sessions__went_live_at", filter=on_air)
    )
    sums = counted.aggregate(
        hosts_count=Count("pk"), hosts_on_air=Count("pk", filter=Q(aired__gt=0)), sessions_count=Sum("aired", default=0)
    )
    by_use = counted.select_related("place").order_by("-aired", F("last_aired_at").desc(nulls_last=True), "name", "pk")
    return {"hosts": by_use[:HOSTS_SHOWN], **sums}

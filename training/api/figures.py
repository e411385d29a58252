"""The REST API of what a county's school came to: months, what the people of a year are, conversion, calls that are due."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from livestream.api.door import visible
from livestream.api.fields import chosen
from livestream.api.paging import page, page_of
from livestream.api.strict import Whole
from training.actions.conversion import conversions
from training.actions.counting import begun_on, goal_of, month_figures, months_between
from training.actions.outcome import outcomes_of
from training.api.doors import CountyQuery, OfCounty, SchoolRead, cohort_seen, county_meant
from training.api.figure_shapes import (
    ConversionListSerializer,
    GraduateListSerializer,
    MonthListSerializer,
    MonthSerializer,
    OutcomeListSerializer,
)
from training.api.shapes import FollowUpSerializer
from training.models import FollowUp, SchoolMonth, school_rules_of
from training.rules.counting import FIRST_YEAR, LAST_YEAR, Figure, meaning, month_state, parse_month

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from training.actions.conversion import Conversion

FOREIGN = "Not a county, or not yours to see as a whole: the same answer"


class YearQuery(CountyQuery):
    year = Whole(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False, help_text="this one, if it is left out")


class Months(SchoolRead):
    """The months of a year of a county's school, and how far it has come to its goal. Whoever sees several counties names one."""

    asked = YearQuery

    @extend_schema(responses={200: MonthListSerializer, 404: FOREIGN}, operation_id="school_months_list")
    def get(self, request: Request) -> Response:
        county, today = county_meant(request, self.query), timezone.localdate()
        year = self.query.get("year", today.year)
        rules = school_rules_of(county.pk)
        begun = begun_on(county.pk, rules)
        goal: Any = goal_of(county.pk, rules, begun, today=today)
        results = [
            {
                "month": f"{line.first_on:%Y-%m}",
                "state": month_state(line.first_on, line.held, today=today, begun_on=begun),
                "theme": line.plan.theme if line.plan else "",
                "planned_lessons": line.planned,
                "timetabled_lessons": line.timetabled,
                "lessons": line.held,
                "people": line.people,
            }
            for line in months_between(county.pk, date(year, 1, 1), date(year + 1, 1, 1))
        ]
        return Response(MonthListSerializer({"county": county.pk, "year": year, "goal": goal, "results": results}).data)


class Month(SchoolRead):
    """One month, `2026-11`: every figure with its definition. Persons (人数) and attendances (人次) are two figures."""

    asked = CountyQuery

    @extend_schema(responses=MonthSerializer, operation_id="school_month")
    def get(self, request: Request, month: str) -> Response:
        first_on = parse_month(month)
        if first_on is None:
            raise Http404
        county = county_meant(request, self.query)
        plan = SchoolMonth.objects.filter(county=county, first_on=first_on).first()
        found = month_figures(county.pk, first_on)
        figures = [
            {"figure": each, "name": each.label, "number": found.said(each), "meaning": meaning(each, found.unit)}
            for each in Figure
        ]
        facts = {"county": county.pk, "month": month, "theme": plan.theme if plan else "", "unit": found.unit}
        lessons = {"planned_lessons": found.planned_lessons, "timetabled_lessons": found.timetabled_lessons}
        return Response(MonthSerializer({**facts, **lessons, "figures": figures}).data)


class Outcome(SchoolRead):
    """Who the people of a year are, a table for each breakdown. Small numbers, and what would give them away, are left out."""

    asked = YearQuery

    @extend_schema(responses={200: OutcomeListSerializer, 404: FOREIGN}, operation_id="school_outcome")
    def get(self, request: Request) -> Response:
        county = county_meant(request, self.query)
        year, least = self.query.get("year", timezone.localdate().year), school_rules_of(county.pk).small_cell
        results = [
            {
                "breakdown": each.breakdown,
                "name": each.breakdown.label,
                "meaning": each.meaning,
                "is_withheld": each.table.is_withheld,
                "total": each.table.total,
                "lines": [{"words": line.words, "mark": line.cell.mark, "number": line.cell.number} for line in each.lines],
            }
            for each in outcomes_of(county.pk, year, least=least)
        ]
        return Response(OutcomeListSerializer({"county": county.pk, "year": year, "least": least, "results": results}).data)


# --- after the class --------------------------------------------------------------------------------------------------------


class Conversions(SchoolRead):
    """What came of all classes of a county, by its rules, as of today. Whoever sees several counties names one."""

    asked = CountyQuery

    @extend_schema(responses={200: ConversionListSerializer, 404: FOREIGN}, operation_id="school_conversions")
    def get(self, request: Request) -> Response:
        found = conversions(county_meant(request, self.query))
        return Response(ConversionListSerializer({"results": [sums_of(each) for each in found]}).data)


class CohortConversions(SchoolRead):
    """What came of one class, by its county's rules, each with the list behind it."""

    @extend_schema(responses=GraduateListSerializer, operation_id="school_cohorts_conversions")
    def get(self, request: Request, cohort_id: UUID) -> Response:
        cohort = cohort_seen(request, cohort_id)
        found = conversions(cohort.county, [cohort])
        return Response(GraduateListSerializer({"results": [sums_of(each) | list_of(each) for each in found]}).data)


def sums_of(found: Conversion) -> dict[str, Any]:
    sums = {"completers": found.completers, "reached": len(found.reached), "waiting": found.waiting, "percent": found.percent}
    return {"kind": found.rule.kind, "definition": found.rule.definition, **sums}


def list_of(found: Conversion) -> dict[str, Any]:
    rows = [
        {
            "enrolment": one.enrolment.pk,
            "name": one.completer.name,
            "first_on": one.first_on,
            "sessions": [proof.session.pk for proof in one.sessions],
            "orders": one.orders,
            "papers": len(one.papers),
            "calls": len(one.calls),
        }
        for one in found.reached
    ]
    return {"graduates": rows}


class FollowUps(SchoolRead):
    """Calls to graduates that are due today, or were before, by the day on which they were due."""

    asked = OfCounty

    @extend_schema(responses=page_of(FollowUpSerializer))
    def get(self, request: Request) -> Response:
        due = FollowUp.objects.to_call(timezone.localdate()).select_related("enrolment__trainee").annotate(tries=Count("calls"))
        rows = visible(request, due, county="enrolment__cohort__county", place="enrolment__cohort__place")
        rows = rows.filter(**chosen(self.query, county="enrolment__cohort__county_id"))
        return page(self, rows, ("due_on", "id"), FollowUpSerializer)

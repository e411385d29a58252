"""The REST API of classes: with seats and queue, who teaches; opened to whoever has the link, and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import asker, visible
from livestream.api.fields import chosen, day
from livestream.api.paging import page, page_of
from training.actions.cohort import close_cohort, open_link
from training.api.doors import OfCounty, SchoolDoor, SchoolRead, cohort_kept, cohort_seen, done_once, writes
from training.api.shapes import (
    ClosedSerializer,
    CohortDetailSerializer,
    CohortSerializer,
    CohortTrainerSerializer,
    CourseSerializer,
    OpenedSerializer,
)
from training.models import Cohort
from training.rules.cohort import CohortForm, CohortState
from training.rules.enrolment import SEATED, EnrolmentState

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request


class CohortQuery(OfCounty):
    state = serializers.ChoiceField(CohortState.choices, required=False)
    form = serializers.ChoiceField(CohortForm.choices, required=False)
    from_on = day("not over before this day")
    until_on = day("begun by this day")


def counted(rows: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """With how many seats somebody has, and how many people wait."""
    taken = Count("enrolments", filter=Q(enrolments__state__in=SEATED))
    return rows.annotate(taken=taken, waiting=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITING)))


class Cohorts(SchoolRead):
    """Classes of your places, those that begin last first."""

    asked = CohortQuery

    @extend_schema(responses=page_of(CohortSerializer))
    def get(self, request: Request) -> Response:
        columns = {
            "county": "county_id",
            "state": "state",
            "form": "form",
            "from_on": "ends_on__gte",
            "until_on": "starts_on__lte",
        }
        rows = visible(request, Cohort.objects.all(), place="place").filter(**chosen(self.query, **columns))
        return page(self, counted(rows), ("-starts_on", "-id"), CohortSerializer)


class CohortDetail(SchoolRead):
    """One class with its courses and who teaches it."""

    @extend_schema(responses=CohortDetailSerializer)
    def get(self, request: Request, cohort_id: UUID) -> Response:
        return Response(detail_of(cohort_seen(request, cohort_id).pk))


def detail_of(pk: UUID) -> dict[str, Any]:
    cohort: Any = counted(Cohort.objects.all()).get(pk=pk)
    parts = {name: getattr(cohort, name) for name in ("version", "funding", "funding_note", "budget_fen", "aims")}
    parts["courses"] = CourseSerializer(cohort.courses.order_by("title", "pk"), many=True).data
    parts["trainers"] = CohortTrainerSerializer(cohort.trainers.select_related("user").order_by("pk"), many=True).data
    return {**CohortSerializer(cohort).data, **parts}


class CohortOpening(SchoolDoor):
    """A class that people enrol in themselves."""

    http_method_names = ["post"]

    @writes("It is over (`cohort_takes_nobody`)", None, responses={200: OpenedSerializer}, operation_id="school_cohorts_open")
    def post(self, request: Request, cohort_id: UUID) -> Response:
        """Whoever has the link can enrol himself; a class in preparation is open from now on. Again: the same link."""
        cohort = cohort_kept(request, cohort_id)
        return done_once(request, lambda: opened(cohort))


def opened(cohort: Cohort) -> Response:
    code = open_link(cohort)
    cohort.refresh_from_db(fields=["state"])
    facts = {"state": cohort.state, "join_code": code, "path": reverse("training:join", args=[code])}
    return Response(OpenedSerializer(facts).data)


class CohortClosing(SchoolDoor):
    """A class that is over."""

    http_method_names = ["post"]

    @writes(
        "Not from its state (`cohort_state`), or lessons are neither held nor called off (`lessons_left`)",
        None,
        responses={200: ClosedSerializer},
        operation_id="school_cohorts_close",
    )
    def post(self, request: Request, cohort_id: UUID) -> Response:
        """Nobody comes in any more; who met the county's rule has completed, with a certificate. Once is enough."""
        cohort = cohort_kept(request, cohort_id)
        return done_once(request, lambda: closed(request, cohort))


def closed(request: Request, cohort: Cohort) -> Response:
    close_cohort(cohort, by=asker(request), at=timezone.now())
    of = dict(cohort.enrolments.values_list("state").annotate(number=Count("pk")))
    sums = {"completed": of.get(EnrolmentState.COMPLETED, 0), "not_completed": of.get(EnrolmentState.NOT_COMPLETED, 0)}
    return Response(ClosedSerializer({"state": CohortState.CLOSED, **sums}).data)

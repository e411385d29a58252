"""The REST API of who is in a class: enrolled, waiting, gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.api.door import asker
from livestream.api.fields import chosen
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.strict import said
from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from training.actions.enrolment import enrol, leave
from training.actions.telling import waiting_place
from training.actions.trainee import TraineeFacts, add_trainee
from training.api.bodies import EnrolBodySerializer, LeaveBodySerializer
from training.api.doors import SchoolDoor, cohort_kept, cohort_seen, done_once, enrolment_kept, writes
from training.api.shapes import EnrolledSerializer, EnrolmentSerializer
from training.models import Enrolment, Trainee
from training.rules.enrolment import EnrolmentState, EnrolmentWay

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rest_framework.request import Request

    from training.models import Cohort

REFUSED = (
    "The class takes nobody (`cohort_takes_nobody`), or the person cannot be written down or come in: `trainee_phone`, "
    "`trainee_too_young`, `trainee_guardian`, `place_elsewhere`, …"
)


class EnrolmentQuery(PageQuery):
    state = serializers.ChoiceField(EnrolmentState.choices, required=False)


class Enrolments(SchoolDoor):
    """Who is in a class, waits for a seat or has left, in the order in which they came; and somebody more."""

    asked = EnrolmentQuery

    @extend_schema(responses=page_of(EnrolmentSerializer))
    def get(self, request: Request, cohort_id: UUID) -> Response:
        """Who is in a class, waits for a seat or has left, in the order in which they came."""
        cohort = cohort_seen(request, cohort_id)
        rows = cohort.enrolments.select_related("trainee").filter(**chosen(self.query, state="state"))
        return page(self, rows, ("enrolled_at", "id"), EnrolmentSerializer)

    @writes(
        REFUSED,
        EnrolBodySerializer,
        responses={200: EnrolledSerializer, 201: EnrolledSerializer},
        operation_id="school_cohorts_enrol",
    )
    def post(self, request: Request, cohort_id: UUID) -> Response:
        """Somebody has the lowest free seat, or the end of the queue, and is told. Who was in stays as he is (200)."""
        cohort = cohort_kept(request, cohort_id)
        return done_once(request, lambda: enrolled(request, cohort))


@transaction.atomic
def enrolled(request: Request, cohort: Cohort) -> Response:
    """Who cannot come in is not written down either."""
    body = said(request, EnrolBodySerializer)
    by, at = asker(request), body["at"]
    trainee = written(body["person"], cohort, request, at) if body["person"] else known(body["trainee"], cohort, request)
    there = EnrolmentState.WITHDRAWN
    before = Enrolment.objects.filter(cohort=cohort, trainee=trainee.merged_into or trainee).exclude(state=there).exists()
    made = enrol(cohort, trainee, way=EnrolmentWay.API, by=by, at=at, client_id=body["client_id"])
    waits_as = waiting_place(made) if made.state == EnrolmentState.WAITING else None
    answer = EnrolledSerializer({"enrolment": made, "waits_as": waits_as, "is_new": not before}).data
    return Response(answer, status=status.HTTP_200_OK if before else status.HTTP_201_CREATED)


def known(pk: int, cohort: Cohort, request: Request) -> Trainee:
    """Raises ValidationError for somebody who is not there, or not the asker's to enrol."""
    mine = Trainee.objects.reached_by(asker(request), Action.KEEP_SCHOOL).select_related("merged_into")
    found = mine.filter(county=cohort.county_id, pk=pk).first()
    if found is None:
        raise ValidationError({"trainee": [_("没有这个学员，或者不归您管。")]})
    return found


def written(person: dict[str, Any], cohort: Cohort, request: Request, at: datetime) -> Trainee:
    """Raises NotAllowed."""
    place = Place.objects.inside(cohort.county_id).filter(pk=person["place"]).first()
    if place is None:
        raise NotAllowed("place_elsewhere")
    facts = TraineeFacts(**person | {"place": place})
    return add_trainee(facts, county=cohort.county, by=asker(request), at=at).trainee


class EnrolmentLeaving(SchoolDoor):
    """Somebody who leaves a class."""

    http_method_names = ["post"]

    @writes(
        "Has completed the class, or is out (`not_in_cohort`)",
        LeaveBodySerializer,
        responses={200: EnrolmentSerializer},
        operation_id="school_enrolments_leave",
    )
    def post(self, request: Request, enrolment_id: UUID) -> Response:
        """He is out; his seat goes to the first who waits, who is told."""
        enrolment = enrolment_kept(request, enrolment_id)
        return done_once(request, lambda: left(request, enrolment))


def left(request: Request, enrolment: Enrolment) -> Response:
    body = said(request, LeaveBodySerializer)
    leave(enrolment, because=body["because"], by=asker(request), at=timezone.now())
    return Response(EnrolmentSerializer(Enrolment.objects.select_related("trainee").get(pk=enrolment.pk)).data)

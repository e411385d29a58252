"""The REST API of what sessions book: resources, what they are booked for, and when people and things are away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.bearer import token_of
from livestream.api.door import Door, asker, visible
from livestream.api.fields import LARGEST_ID, chosen, county_code, one
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.period import Period, hours_of
from livestream.api.strict import Whole
from livestream.models import Availability, LiveSession, Resource
from livestream.models.place import inside, within
from livestream.rules.api_token import Scope
from livestream.rules.planning import ResourceKind
from livestream.rules.rights import Action
from livestream.rules.session import SessionState

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class ResourceSerializer(serializers.Serializer[Resource]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    place = serializers.CharField(source="place_id")
    kind = serializers.ChoiceField(ResourceKind.choices)
    name = serializers.CharField()
    platform = serializers.CharField(allow_blank=True, help_text="of an account")
    account = serializers.CharField(allow_blank=True)
    setup_minutes = serializers.IntegerField(help_text="held before each session")
    clearing_minutes = serializers.IntegerField(help_text="held after it")
    is_in_use = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)


class ResourceQuery(PageQuery):
    county = county_code()
    kind = serializers.ChoiceField(ResourceKind.choices, required=False)


class BookingSerializer(serializers.Serializer[Any]):
    begins_at = serializers.DateTimeField(source="during.lower", help_text="with setting up")
    ends_at = serializers.DateTimeField(source="during.upper", help_text="with clearing")
    is_binding = serializers.BooleanField(help_text="false: another session may have it then too")
    session = serializers.UUIDField(source="shown", allow_null=True, help_text="null: not yours to see")


class BookingListSerializer(serializers.Serializer[Any]):
    results = BookingSerializer(many=True)


class AvailabilitySerializer(serializers.Serializer[Availability]):
    """Weekly hours (`weekday`: free then) or days away. Why somebody is away stands on his own page."""

    id = serializers.IntegerField()
    person = serializers.IntegerField(source="person_id", allow_null=True)
    resource = serializers.IntegerField(source="resource_id", allow_null=True)
    weekday = serializers.IntegerField(allow_null=True, help_text="1 Monday … 7 Sunday")
    from_on = serializers.DateField(allow_null=True)
    until_on = serializers.DateField(allow_null=True, help_text="included")
    from_time = serializers.TimeField(allow_null=True)
    until_time = serializers.TimeField(allow_null=True, help_text="not after `from_time`: on the next day")


class AvailabilityQuery(PageQuery):
    person = Whole(min_value=1, max_value=LARGEST_ID, required=False, help_text="a person's id")
    resource = Whole(min_value=1, max_value=LARGEST_ID, required=False, help_text="a resource's id")


class PlanRead(Door):
    """What belongs to the plan: for all who see it."""

    scope, right = Scope.READ_SESSIONS, Action.SEE_PLAN


def visible_times(request: Request) -> QuerySet[Availability]:
    """Those of people and things in the asker's places; with a token, in its place."""
    found = Availability.objects.visible_to(asker(request))
    token = token_of(request)
    if token is None or not token.place_code:
        return found
    things = within([token.place_code], county="resource__county", place="resource__place")
    return found.filter(inside([token.place_code], "person__place__code") | things)


class Resources(PlanRead):
    """Studios, places, kit, phones and accounts that sessions book, by id."""

    asked = ResourceQuery

    @extend_schema(responses=page_of(ResourceSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Resource.objects.all(), place="place")
        return page(self, rows.filter(**chosen(self.query, county="county_id", kind="kind")), ("id",), ResourceSerializer)


class ResourceDetail(PlanRead):
    """One resource."""

    @extend_schema(responses=ResourceSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ResourceSerializer(one(visible(request, Resource.objects.all(), place="place"), pk=pk)).data)


class ResourceBookings(PlanRead):
    """What a resource is booked for in these days, by the clock."""

    asked = Period

    @extend_schema(responses=BookingListSerializer, operation_id="resources_bookings")
    def get(self, request: Request, pk: int) -> Response:
        resource = one(visible(request, Resource.objects.all(), place="place"), pk=pk)
        held = resource.bookings.overlapping(*hours_of(self.query)).exclude(session__state=SessionState.CANCELLED)
        bookings: list[Any] = list(held.order_by("during", "pk"))
        sessions = visible(request, LiveSession.objects.all(), place="place")
        seen = set(sessions.filter(pk__in={row.session_id for row in bookings}).values_list("pk", flat=True))
        for row in bookings:
            row.shown = row.session_id if row.session_id in seen else None
        return Response(BookingListSerializer({"results": bookings}).data)


class AvailabilityList(PlanRead):
    """When people and resources are free or away, by id."""

    asked = AvailabilityQuery

    @extend_schema(responses=page_of(AvailabilitySerializer))
    def get(self, request: Request) -> Response:
        rows = visible_times(request).filter(**chosen(self.query, person="person_id", resource="resource_id"))
        return page(self, rows, ("id",), AvailabilitySerializer)

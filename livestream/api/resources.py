"""The REST API of what sessions book: resources, what they are booked for, and when people and things are away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from livestream.actions.availability import say_away
from livestream.api.bearer import token_of
from livestream.api.door import Door, asker, visible
from livestream.api.errors import Refused
from livestream.api.fields import LARGEST_ID, Clock, chosen, county_code, one
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.period import Period, hours_of
from livestream.api.plan_body import Reader
from livestream.api.strict import Line, Number, Strict, Whole, said
from livestream.models import Availability, LiveSession, Resource
from livestream.models.place import inside, within
from livestream.rules.api_token import Scope
from livestream.rules.availability import REASON_AT_MOST, Away
from livestream.rules.errors import NotAllowed
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
    from_time = Clock(allow_null=True)
    until_time = Clock(allow_null=True, help_text="not after `from_time`: on the next day")


class AvailabilityQuery(PageQuery):
    person = Whole(min_value=1, max_value=LARGEST_ID, required=False, help_text="a person's id")
    resource = Whole(min_value=1, max_value=LARGEST_ID, required=False, help_text="a resource's id")


class AwayBodySerializer(Strict):
    """Of one person or one resource: the days, both included; with clock times, from one up to the other on each of them."""

    person = Number(min_value=1, max_value=LARGEST_ID, required=False, allow_null=True, default=None, help_text="a person's id")
    resource = Number(
        min_value=1, max_value=LARGEST_ID, required=False, allow_null=True, default=None, help_text="or a resource's"
    )
    from_on = serializers.DateField(input_formats=["%Y-%m-%d"])
    until_on = serializers.DateField(input_formats=["%Y-%m-%d"], help_text="included")
    from_time = Clock(required=False, allow_null=True, default=None, help_text="Shanghai; with `until_time`")
    until_time = Clock(required=False, allow_null=True, default=None)
    reason = Line(max_length=REASON_AT_MOST, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["person"] is None) == (attrs["resource"] is None):
            raise serializers.ValidationError({"person": [_("写一个人，或者一件资源，只写一个。")]})
        if (attrs["from_time"] is None) != (attrs["until_time"] is None):
            raise serializers.ValidationError({"until_time": [_("几点到几点，要写就两个都写。")]})
        return attrs


class HitSessionSerializer(serializers.Serializer[LiveSession]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    planned_start_at = serializers.DateTimeField()


class HitSerializer(serializers.Serializer[Any]):
    sessions = HitSessionSerializer(many=True, help_text="planned for these hours, and free until this was said")


REFUSALS = {
    403: "Not for this person; or the token is not for planning (`scope`)",
    409: "These days cannot be meant (`away_past`, `away_backwards`, `away_too_far`); or is under way",
}


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
        held = held.exclude(hold__is_standing=False)
        bookings: list[Any] = list(held.order_by("during", "pk"))
        sessions = visible(request, LiveSession.objects.all(), place="place")
        seen = set(sessions.filter(pk__in={row.session_id for row in bookings}).values_list("pk", flat=True))
        for row in bookings:
            row.shown = row.session_id if row.session_id in seen else None
        return Response(BookingListSerializer({"results": bookings}).data)


class AvailabilityList(PlanRead):
    """When people and resources are free or away, by id; and days on which one of them is away."""

    write_scope, write_right = Scope.WRITE_PLAN, Action.PLAN_SESSION
    asked = AvailabilityQuery

    @extend_schema(responses=page_of(AvailabilitySerializer))
    def get(self, request: Request) -> Response:
        """When people and resources are free or away, by id."""
        rows = visible_times(request).filter(**chosen(self.query, person="person_id", resource="resource_id"))
        return page(self, rows, ("id",), AvailabilitySerializer)

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=AwayBodySerializer, responses={201: HitSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """Somebody or something is away on these days. Sessions that fall into them stay; staff are told of them."""
        return once(request, lambda: away(request))


def away(request: Request) -> Response:
    body = said(request, AwayBodySerializer)
    reader, person, resource = Reader(asker(request)), body["person"], body["resource"]
    subject: Any = reader.people("person", [person])[person] if person else reader.resources([resource])[resource]
    days = Away(body["from_on"], body["until_on"], body["from_time"], body["until_time"], body["reason"])
    try:
        hit = say_away(subject, days, by=asker(request), at=timezone.now())
    except NotAllowed as refused:
        raise Refused(refused) from refused
    seen = visible(request, LiveSession.objects.all(), place="place").filter(pk__in={session.pk for session in hit})
    return Response(
        HitSerializer({"sessions": list(seen.order_by("planned_start_at", "pk"))}).data, status=status.HTTP_201_CREATED
    )

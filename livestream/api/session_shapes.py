"""A session as the REST API tells it: its plan, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from rest_framework import serializers

from livestream.api.fields import HostSerializer
from livestream.models import Booking, LiveSession
from livestream.rules.planning import ON_AIR, Duty, ResourceKind
from livestream.rules.session import GuestRank, SessionKind, SessionState

if TYPE_CHECKING:
    from livestream.models.session import LiveSessionQuerySet

COUNTED = "number of its segment, from 0; null: the whole session"


class SessionSerializer(serializers.Serializer[LiveSession]):
    id = serializers.UUIDField()
    county = serializers.CharField(source="county_id")
    kind = serializers.ChoiceField(SessionKind.choices)
    state = serializers.ChoiceField(SessionState.choices)
    title = serializers.CharField()
    host = HostSerializer()
    place = serializers.CharField(source="place_id", help_text="where it is streamed from")
    planned_start_at = serializers.DateTimeField()
    planned_end_at = serializers.DateTimeField()
    went_live_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    goal_fen = serializers.IntegerField(allow_null=True)
    is_public_interest = serializers.BooleanField(help_text="no fee, no advertisement")
    campaign = serializers.IntegerField(source="campaign_id", allow_null=True)
    series = serializers.IntegerField(source="series_id", allow_null=True)
    series_on = serializers.DateField(allow_null=True, help_text="its date in the series, wherever it was moved to")
    note = serializers.CharField(allow_blank=True)
    plan_version = serializers.IntegerField(help_text="name it when you change the plan")
    released_version = serializers.IntegerField(allow_null=True, help_text="what people were told of; null: nothing yet")


class LineUpItemSerializer(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    sku = serializers.CharField(source="product.sku")
    title = serializers.CharField(source="product.title")
    live_price_fen = serializers.IntegerField()
    committed_stock = serializers.IntegerField(allow_null=True)
    segment = serializers.IntegerField(source="segment_number", allow_null=True, help_text=COUNTED)


class RoomSerializer(serializers.Serializer[Any]):
    platform = serializers.CharField()
    room_id = serializers.CharField()
    account = serializers.CharField(allow_blank=True)


class GuestSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    rank = serializers.ChoiceField(GuestRank.choices)
    leader = serializers.IntegerField(source="leader_id", allow_null=True, help_text="id in the register of leaders")
    segment = serializers.IntegerField(source="segment_number", allow_null=True, help_text=COUNTED)


class SegmentSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    place = serializers.CharField(source="place_id")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class CrewSerializer(serializers.Serializer[Any]):
    """What somebody does besides the host."""

    person = HostSerializer()
    duty = serializers.ChoiceField([(duty.value, duty.label) for duty in ON_AIR])


class HeldResourceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(ResourceKind.choices)
    name = serializers.CharField()


class PlannedSessionSerializer(SessionSerializer):
    rooms = RoomSerializer(many=True)
    guests = GuestSerializer(many=True)
    line_up = LineUpItemSerializer(many=True)
    segments = SegmentSerializer(many=True, help_text="stretches of a relay, by the clock")
    crew = CrewSerializer(many=True)
    resources = HeldResourceSerializer(many=True, help_text="without the accounts that its rooms book")

    def to_representation(self, instance: LiveSession) -> dict[str, Any]:
        """Of a session that `with_parts` found."""
        segments = sorted(instance.segments.all(), key=lambda segment: segment.starts_at)
        numbers = {segment.pk: number for number, segment in enumerate(segments)}
        guests, line_up = list(instance.guests.all()), list(instance.line_up.all())
        rows: list[Any] = [*guests, *line_up]
        for row in rows:
            row.segment_number = numbers.get(row.segment_id or 0)
        held = instance.held  # type: ignore[attr-defined]  # by `with_parts`
        parts = {
            "rooms": RoomSerializer(instance.rooms.all(), many=True).data,
            "guests": GuestSerializer(guests, many=True).data,
            "line_up": LineUpItemSerializer(line_up, many=True).data,
            "segments": SegmentSerializer(segments, many=True).data,
            "crew": CrewSerializer([row for row in held if row.person], many=True).data,
            "resources": HeldResourceSerializer([row.resource for row in held if row.resource], many=True).data,
        }
        return {**SessionSerializer(instance).data, **parts}


def with_parts(rows: LiveSessionQuerySet) -> LiveSessionQuerySet:
    """The same sessions with all that `PlannedSessionSerializer` tells; in as many queries for a hundred as for one."""
    by_staff = Booking.objects.filter(guest=None, room=None, leader=None).exclude(duty=Duty.HOST)
    held = Prefetch("bookings", by_staff.select_related("person", "resource").order_by("pk"), to_attr="held")
    return rows.select_related("host").prefetch_related("rooms", "guests", "line_up__product", "segments", held)


def told_whole(session: LiveSession) -> dict[str, Any]:
    """One session as it is now."""
    return dict(PlannedSessionSerializer(with_parts(LiveSession.objects.all()).get(pk=session.pk)).data)

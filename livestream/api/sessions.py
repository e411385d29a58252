"""The REST API of sessions: the plan and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import Door, visible
from livestream.api.fields import HostSerializer, chosen, county_code, day, first_moment, one
from livestream.api.paging import PageQuery, page, page_of
from livestream.models import LiveSession
from livestream.rules.api_token import Scope
from livestream.rules.rights import Action
from livestream.rules.session import GuestRank, SessionKind, SessionState

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

ORDERINGS = {"-planned_start_at": ("-planned_start_at", "-id"), "planned_start_at": ("planned_start_at", "id")}


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


class LineUpItemSerializer(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    sku = serializers.CharField(source="product.sku")
    title = serializers.CharField(source="product.title")
    live_price_fen = serializers.IntegerField()
    committed_stock = serializers.IntegerField(allow_null=True)


class RoomSerializer(serializers.Serializer[Any]):
    platform = serializers.CharField()
    room_id = serializers.CharField()
    account = serializers.CharField(allow_blank=True)


class GuestSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    rank = serializers.ChoiceField(GuestRank.choices)


class PlannedSessionSerializer(SessionSerializer):
    rooms = RoomSerializer(many=True)
    guests = GuestSerializer(many=True)
    line_up = LineUpItemSerializer(many=True)


class SessionQuery(PageQuery):
    state = serializers.ChoiceField(SessionState.choices, required=False)
    kind = serializers.ChoiceField(SessionKind.choices, required=False)
    county = county_code()
    day = day("a Shanghai day: what began in it, is planned in it, or is on air in it; cancelled ones left out")
    ordering = serializers.ChoiceField(list(ORDERINGS), default="-planned_start_at")


class Sessions(Door):
    """Sessions of your places, and your own, by their planned start."""

    scope, right, is_own = Scope.READ_SESSIONS, Action.SEE_PLAN, True
    asked = SessionQuery

    @extend_schema(responses=page_of(SessionSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, LiveSession.objects.select_related("host"), place="place")
        rows = rows.filter(**chosen(self.query, state="state", kind="kind", county="county_id"))
        if on := self.query.get("day"):
            rows = rows.of_day(first_moment(on))
        return page(self, rows, ORDERINGS[self.query["ordering"]], SessionSerializer)


class SessionDetail(Door):
    """One session with its rooms, guests and line-up."""

    scope, right, is_own = Scope.READ_SESSIONS, Action.SEE_PLAN, True

    @extend_schema(responses=PlannedSessionSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        rows = visible(request, LiveSession.objects.select_related("host"), place="place")
        session = one(rows.prefetch_related("rooms", "guests", "line_up__product"), pk=session_id)
        return Response(PlannedSessionSerializer(session).data)

"""An ended session minute by minute, by GET."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers

from livestream.api.door import Door, asker
from livestream.api.errors import Refused
from livestream.api.strict import Strict, Whole
from livestream.rules.api_token import Scope
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from orders.api.boards import keep_in_place
from orders.board.frame import encode
from orders.board.replay import chunk, timeline_of
from orders.board.rights import session_to_watch

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponseBase
    from rest_framework.request import Request

COUNT, MOST = 60, 600


class ReplayQuery(Strict):
    """Which states."""

    count = Whole(min_value=1, max_value=MOST, default=COUNT, help_text="states at most")
    vars()["from"] = Whole(min_value=0, max_value=10_000, default=0, help_text="position of the first state")  # a word of Python


class ReplaySumsSerializer(serializers.Serializer[dict[str, int]]):
    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    net_fen = serializers.IntegerField()


class ReplayStateSerializer(serializers.Serializer[dict[str, object]]):
    at = serializers.IntegerField(allow_null=True, help_text="epoch seconds; null: what came after the end, the board of today")
    totals = ReplaySumsSerializer()
    items = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(allow_null=True), min_length=5, max_length=5),
        help_text="orders, units, paid fen, refunded fen, stock left: of each of `items` of the chunk",
    )
    others = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4, help_text="of all other goods")


class ReplayGoodSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.CharField()
    title = serializers.CharField()
    stock = serializers.IntegerField(allow_null=True)


class ReplaySerializer(serializers.Serializer[dict[str, object]]):
    """States of an ended session, each whole. The chunk from 0 also holds `minutes`, `pitches` and `incidents`."""

    epoch = serializers.UUIDField()
    scope = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    step_s = serializers.IntegerField(help_text="seconds a step: 60, more if the session lasted longer than a day")
    first = serializers.IntegerField(help_text="epoch seconds of moment 0")
    last = serializers.IntegerField(help_text="the position of the last state, what came after the end")
    ended_at = serializers.IntegerField(help_text="epoch seconds")
    items = ReplayGoodSerializer(many=True)
    vars()["from"] = serializers.IntegerField(help_text="the position of the first state here")
    next = serializers.IntegerField(allow_null=True, help_text="the `from` of the next chunk; null: this was the last")
    states = ReplayStateSerializer(many=True)
    minutes = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3),
        required=False,
        help_text="start (epoch seconds), by how much orders and paid fen moved",
    )
    pitches = serializers.ListField(child=serializers.ListField(), required=False, help_text="from, to or null, title")
    incidents = serializers.ListField(child=serializers.ListField(), required=False, help_text="when, kind, note")


class SessionReplay(Door):
    """An ended session minute by minute, from its ledger: whole states, in chunks of at most 200 KB."""

    scope, right, is_own = Scope.READ_BOARDS, Action.SEE_PLAN, True
    asked = ReplayQuery

    @extend_schema(
        responses={
            200: ReplaySerializer,
            304: OpenApiResponse(description="Nothing newer than the If-None-Match that was sent"),
            409: "The session has not ended yet (`not_ended`)",
        }
    )
    def get(self, request: Request, session_id: UUID) -> HttpResponseBase:
        keep_in_place(request, session_id)
        session = session_to_watch(asker(request), session_id)
        if session is None:
            raise Http404
        timeline = timeline_of(session)
        if timeline is None:
            raise Refused(NotAllowed("not_ended"))
        etag = f'W/"{timeline.epoch}-{timeline.version}-{timeline.last}"'
        response = get_conditional_response(request._request, etag=etag)
        if response is None:
            document = chunk(session, timeline, self.query["from"], self.query["count"])
            response = HttpResponse(encode(document), content_type="application/json")
        response.headers["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)
        return response

"""The REST API of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from livestream.actions.board import county_scope, session_scope
from orders.board.frame import county_frame, newest, session_frame
from orders.board.rights import county_to_watch, session_to_watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponseBase
    from rest_framework.request import Request


class TotalsSerializer(serializers.Serializer[dict[str, int]]):
    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    net_fen = serializers.IntegerField()


class RateSerializer(serializers.Serializer[dict[str, object]]):
    s1 = serializers.IntegerField(help_text="orders counted in the last full second")
    s10 = serializers.FloatField(help_text="a second, over the last 10 full seconds")
    s60 = serializers.FloatField(help_text="a second, over the last 60 full seconds")
    peak_s1 = serializers.IntegerField()
    peak_at = serializers.DateTimeField(allow_null=True)


class ItemSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.CharField()
    title = serializers.CharField()
    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    stock_left = serializers.IntegerField(allow_null=True)


class ScarceSerializer(serializers.Serializer[dict[str, object]]):
    title = serializers.CharField()
    stock_left = serializers.IntegerField()


class CountySessionSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    host = serializers.CharField()
    place = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    started_at = serializers.DateTimeField()
    totals = TotalsSerializer()


class CountsSerializer(serializers.Serializer[dict[str, int]]):
    live = serializers.IntegerField()
    planned = serializers.IntegerField()
    ended = serializers.IntegerField()


class CheckingSerializer(serializers.Serializer[dict[str, object]]):
    since = serializers.DateTimeField()


class FrameSerializer(serializers.Serializer[dict[str, object]]):
    """What both boards say."""

    epoch = serializers.UUIDField()
    scope = serializers.CharField()
    version = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    state = serializers.CharField()
    checking = CheckingSerializer(allow_null=True, help_text="the figures are being checked and may be wrong")
    title = serializers.CharField()
    totals = TotalsSerializer()
    rate = RateSerializer()
    last_order_at = serializers.DateTimeField(allow_null=True)
    items = ItemSerializer(many=True)
    minutes = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3),
        help_text="the last 60: start (epoch seconds), orders, paid fen",
    )
    more = serializers.DictField(child=serializers.IntegerField(), required=False, help_text="entries left out, by list")


class SessionFrameSerializer(FrameSerializer):
    kind = serializers.CharField()
    host = serializers.CharField()
    place = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    planned_start_at = serializers.DateTimeField()
    planned_end_at = serializers.DateTimeField()
    goal_fen = serializers.IntegerField(allow_null=True)
    scarce = ScarceSerializer(allow_null=True, help_text="the good of which the smallest share, a tenth or less, is left")


class CountyFrameSerializer(FrameSerializer):
    counts = CountsSerializer()
    sessions = CountySessionSerializer(many=True)
    unattributed = TotalsSerializer()


NOT_MODIFIED = OpenApiResponse(description="Nothing newer than the If-None-Match that was sent")
NOT_FOUND = OpenApiResponse(description="No such board, or not yours to see")


class SessionFrame(APIView):
    """The newest frame of a session's board."""

    @extend_schema(responses={200: SessionFrameSerializer, 304: NOT_MODIFIED, 404: NOT_FOUND})
    def get(self, request: Request, session_id: UUID) -> HttpResponseBase:
        session = session_to_watch(request.user, session_id)
        if session is None:
            raise Http404
        return answer(request, session_scope(session.pk), lambda: SessionFrameSerializer(session_frame(session)))


class CountyFrame(APIView):
    """The newest frame of a county's board."""

    @extend_schema(responses={200: CountyFrameSerializer, 304: NOT_MODIFIED, 404: NOT_FOUND})
    def get(self, request: Request, code: str) -> HttpResponseBase:
        county = county_to_watch(request.user, code)
        if county is None:
            raise Http404
        return answer(request, county_scope(county.pk), lambda: CountyFrameSerializer(county_frame(county)))


def answer(request: Request, scope: str, made: Callable[[], FrameSerializer]) -> HttpResponseBase:
    """The frame, or 304 when the asker has this epoch and version. The tag is weak: `as_of` moves on without a change."""
    epoch, version = newest(scope)
    etag = f'W/"{epoch}-{version}"'
    response = get_conditional_response(request._request, etag=etag)
    if response is None:
        response = Response(made().data)
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response

"""The REST API of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

from orders.board.admission import admit_request, asked_token
from orders.board.frame import newest
from orders.board.privacy import without_money
from orders.board.watch import frame_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponseBase
    from rest_framework.request import Request

    from orders.board.feed import Watcher


class TotalsSerializer(serializers.Serializer[dict[str, int]]):
    """Money is null where a kiosk link hides it."""

    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    paid_fen = serializers.IntegerField(allow_null=True)
    refunded_fen = serializers.IntegerField(allow_null=True)
    net_fen = serializers.IntegerField(allow_null=True)


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
    paid_fen = serializers.IntegerField(allow_null=True)
    refunded_fen = serializers.IntegerField(allow_null=True)
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


KIOSK = OpenApiParameter("kiosk", str, description="The token of a kiosk link to this board: it needs no login")


class WatchesBoards(BasePermission):
    """Somebody who is signed in, or a kiosk link: which board it is decides the rest."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.is_authenticated or asked_token(request.META["QUERY_STRING"]) is not None


class SessionFrame(APIView):
    """The newest frame of a session's board."""

    permission_classes = [WatchesBoards]

    @extend_schema(parameters=[KIOSK], responses={200: SessionFrameSerializer, 304: NOT_MODIFIED, 404: NOT_FOUND})
    def get(self, request: Request, session_id: UUID) -> HttpResponseBase:
        watcher = watcher_of(request, "session", session_id=session_id)
        return answer(request, watcher, frame_of, SessionFrameSerializer)


class CountyFrame(APIView):
    """The newest frame of a county's board."""

    permission_classes = [WatchesBoards]

    @extend_schema(parameters=[KIOSK], responses={200: CountyFrameSerializer, 304: NOT_MODIFIED, 404: NOT_FOUND})
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return answer(request, watcher_of(request, "county", code=code), frame_of, CountyFrameSerializer)


def watcher_of(request: Request, kind: str, **asked: Any) -> Watcher:
    """Who asks, if he may watch a board of this kind: a province is not asked about at a county's address."""
    watcher = admit_request(request._request, **asked)
    if watcher is None or not watcher.scope.startswith(f"{kind}:"):
        raise Http404
    return watcher


def answer(
    request: Request, watcher: Watcher, made: Callable[[str], dict[str, Any] | None], shape: type[serializers.Serializer[Any]]
) -> HttpResponseBase:
    """The frame, or 304 when the asker has this epoch and version. The tag is weak: `as_of` moves on without a change. A frame
    without money has a tag of its own: it is another document."""
    epoch, version = newest(watcher.scope)
    etag = f'W/"{epoch}-{version}{"-moneyless" if watcher.hides_money else ""}"'
    response = get_conditional_response(request._request, etag=etag)
    if response is None:
        document = made(watcher.scope)
        if document is None:
            raise Http404
        response = Response(shape(without_money(document) if watcher.hides_money else document).data)
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    if watcher.viewer.startswith("kiosk:"):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response

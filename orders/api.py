"""The REST API of orders: what boards say, asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

from orders import shapes
from orders.board.admission import admit_request, asked_token
from orders.board.detail import detail_of
from orders.board.frame import newest
from orders.board.privacy import without_money
from orders.board.watch import frame_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponseBase
    from rest_framework.request import Request

    from orders.board.feed import Watcher

    Made = Callable[[str], dict[str, Any] | None]

NOT_MODIFIED = OpenApiResponse(description="Nothing newer than the If-None-Match that was sent")
NOT_FOUND = OpenApiResponse(description="No such board, or not yours to see")
OTHERWISE = {304: NOT_MODIFIED, 404: NOT_FOUND}
KIOSK = OpenApiParameter("kiosk", str, description="The token of a kiosk link to this board: it needs no login")


class WatchesBoards(BasePermission):
    """Somebody who is signed in, or a kiosk link: which board it is decides the rest."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.is_authenticated or asked_token(request.META["QUERY_STRING"]) is not None


class SessionFrame(APIView):
    """The newest frame of a session's board."""

    permission_classes = [WatchesBoards]

    @extend_schema(parameters=[KIOSK], responses={200: shapes.SessionFrameSerializer} | OTHERWISE)
    def get(self, request: Request, session_id: UUID) -> HttpResponseBase:
        watcher = watcher_of(request, "session", session_id=session_id)
        return answer(request, watcher, frame_of, shapes.SessionFrameSerializer)


class SessionDetail(APIView):
    """What a session's board shows more slowly than its frame."""

    permission_classes = [WatchesBoards]

    @extend_schema(parameters=[KIOSK], responses={200: shapes.SessionDetailSerializer} | OTHERWISE)
    def get(self, request: Request, session_id: UUID) -> HttpResponseBase:
        watcher = watcher_of(request, "session", session_id=session_id)
        return answer(request, watcher, detail_of, shapes.SessionDetailSerializer)


class CountyFrame(APIView):
    """The newest frame of a county's board."""

    permission_classes = [WatchesBoards]

    @extend_schema(parameters=[KIOSK], responses={200: shapes.CountyFrameSerializer} | OTHERWISE)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return answer(request, watcher_of(request, "county", code=code), frame_of, shapes.CountyFrameSerializer)


class CountyDetail(APIView):
    """What a county's board shows more slowly than its frame."""

    permission_classes = [WatchesBoards]

    @extend_schema(parameters=[KIOSK], responses={200: shapes.CountyDetailSerializer} | OTHERWISE)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return answer(request, watcher_of(request, "county", code=code), detail_of, shapes.CountyDetailSerializer)


class RollupFrame(APIView):
    """The newest frame of a city's or a province's board: its counties together."""

    permission_classes = [WatchesBoards]
    level = ""

    @extend_schema(parameters=[KIOSK], responses={200: shapes.RollupFrameSerializer} | OTHERWISE)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return answer(request, watcher_of(request, self.level, code=code), frame_of, shapes.RollupFrameSerializer)


class RollupDetail(APIView):
    """What a city's or a province's board shows more slowly than its frame."""

    permission_classes = [WatchesBoards]
    level = ""

    @extend_schema(parameters=[KIOSK], responses={200: shapes.RollupDetailSerializer} | OTHERWISE)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return answer(request, watcher_of(request, self.level, code=code), detail_of, shapes.RollupDetailSerializer)


def watcher_of(request: Request, kind: str, **asked: Any) -> Watcher:
    """Who asks, if he may watch a board of this kind: a province is not asked about at a county's address."""
    watcher = admit_request(request._request, **asked)
    if watcher is None or not watcher.scope.startswith(f"{kind}:"):
        raise Http404
    return watcher


def answer(request: Request, watcher: Watcher, made: Made, shape: type[shapes.HeadSerializer]) -> HttpResponseBase:
    """The frame or detail, or 304 when the asker has this epoch and version. The tag is weak: `as_of` moves on without a
    change. A document without money has a tag of its own: it is another one."""
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

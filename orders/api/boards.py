"""The REST API of orders: what boards say, asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from livestream.api.bearer import token_of
from livestream.api.door import Door, check_scope, visible
from livestream.api.fields import one
from livestream.api.strict import Strict
from livestream.models import LiveSession
from livestream.rules.api_token import Scope
from livestream.rules.rights import Action
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
    from rest_framework.views import APIView

    from orders.board.feed import Watcher

    Made = Callable[[str], dict[str, Any] | None]

NOT_MODIFIED = OpenApiResponse(description="Nothing newer than the If-None-Match that was sent")
OTHERWISE = {304: NOT_MODIFIED, 404: "No such board, or not yours to see"}


class WatchesBoards(BasePermission):
    """Somebody who is signed in or has a token, or a kiosk link: which board it is decides the rest."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if asked_token(request.META["QUERY_STRING"]) is not None:
            return True
        check_scope(request, Scope.READ_BOARDS)
        return request.user.is_authenticated


class KioskField(serializers.CharField):
    """Whatever stands there is judged by its link alone, so that all that are none are refused alike."""

    def run_validators(self, value: object) -> None: ...


class BoardQuery(Strict):
    may_repeat = frozenset({"kiosk"})  # two are as bad as a wrong one
    kiosk = KioskField(
        required=False,
        allow_blank=True,
        help_text="The token of a kiosk link to this board. It needs no login; one that opens nothing is a 404",
    )


class Board(Door):
    """Not throttled: screens without a websocket ask every few seconds, hundreds of them from one address."""

    permission_classes = [WatchesBoards]
    throttle_classes = []
    scope, right = Scope.READ_BOARDS, Action.SEE_BOARD
    asked = BoardQuery


class SessionFrame(Board):
    """The newest frame of a session's board."""

    right = Action.SEE_PLAN

    @extend_schema(responses={200: shapes.SessionFrameSerializer} | OTHERWISE)
    def get(self, request: Request, session_id: UUID) -> HttpResponseBase:
        watcher = watcher_of(request, "session", session_id=session_id)
        return answer(request, watcher, frame_of, shapes.SessionFrameSerializer)


class SessionDetail(Board):
    """What a session's board shows more slowly than its frame."""

    right = Action.SEE_PLAN

    @extend_schema(responses={200: shapes.SessionDetailSerializer} | OTHERWISE)
    def get(self, request: Request, session_id: UUID) -> HttpResponseBase:
        watcher = watcher_of(request, "session", session_id=session_id)
        return answer(request, watcher, detail_of, shapes.SessionDetailSerializer)


class CountyFrame(Board):
    """The newest frame of a county's board."""

    @extend_schema(responses={200: shapes.CountyFrameSerializer} | OTHERWISE)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return answer(request, watcher_of(request, "county", code=code), frame_of, shapes.CountyFrameSerializer)


class CountyDetail(Board):
    """What a county's board shows more slowly than its frame."""

    @extend_schema(responses={200: shapes.CountyDetailSerializer} | OTHERWISE)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return answer(request, watcher_of(request, "county", code=code), detail_of, shapes.CountyDetailSerializer)


class RollupFrame(Board):
    """The newest frame of a city's or a province's board: its counties together."""

    level = ""

    @extend_schema(responses={200: shapes.RollupFrameSerializer} | OTHERWISE)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return answer(request, watcher_of(request, self.level, code=code), frame_of, shapes.RollupFrameSerializer)


class RollupDetail(Board):
    """What a city's or a province's board shows more slowly than its frame."""

    level = ""

    @extend_schema(responses={200: shapes.RollupDetailSerializer} | OTHERWISE)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return answer(request, watcher_of(request, self.level, code=code), detail_of, shapes.RollupDetailSerializer)


def watcher_of(request: Request, kind: str, **asked: Any) -> Watcher:
    """Who asks, if he may watch a board of this kind: a province is not asked about at a county's address."""
    if "session_id" in asked and "kiosk" not in request.query_params:
        keep_in_place(request, asked["session_id"])
    watcher = admit_request(request._request, **asked)
    if watcher is None or not watcher.scope.startswith(f"{kind}:"):
        raise Http404
    return watcher


def keep_in_place(request: Request, session_id: UUID) -> None:
    """One's own sessions are watched wherever they are; with a token, only in its place. Raises Http404."""
    if token_of(request) is not None:
        one(visible(request, LiveSession.objects.all(), place="place"), pk=session_id)


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

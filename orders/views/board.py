"""The big screens: right with their first HTML, live from the first frame on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.models import LiveSession, Place
from livestream.rules.rights import Action
from orders.actions import kiosk
from orders.board.admission import admit_request, asked_token
from orders.board.privacy import without_money
from orders.board.rights import ROLLUPS, place_with_board
from orders.board.watch import frame_of
from orders.views.first_state import first_state

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from orders.board.feed import Watcher

TEMPLATES = {"session": "orders/board_session.html", "county": "orders/board_county.html", "area": "orders/board_rollup.html"}


@never_cache
@require_GET
def county_board(request: HttpRequest, code: str) -> HttpResponse:
    return board_page(request, code=code)


@never_cache
@require_GET
def rollup_board(request: HttpRequest, code: str) -> HttpResponse:
    """Of a city or a province."""
    return board_page(request, code=code)


@never_cache
@require_GET
def session_board(request: HttpRequest, session_id: UUID) -> HttpResponse:
    return board_page(request, session_id=session_id)


def board_page(request: HttpRequest, **asked: Any) -> HttpResponse:
    """The board of an address for somebody who may watch it. An address with a kiosk token needs no login and gets one page,
    always the same, when the token opens nothing here."""
    token = asked_token(request.META["QUERY_STRING"])
    if token is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    watcher = admit_request(request, **asked)
    context = watcher and context_of(request, watcher, token)
    if context:
        response = render(request, TEMPLATES[context["about"]], context)
    elif token is None:
        raise Http404
    else:
        response = render(request, "orders/kiosk_refused.html", status=404)
    if token is not None:
        response.headers["Referrer-Policy"] = "no-referrer"  # whatever this page asks for must not name its address
    return response


def context_of(request: HttpRequest, watcher: Watcher, token: str | None) -> dict[str, Any] | None:
    """What a board's template draws; None when the board is not there any more.

    `session`, `county` or `area` is what the board is about. `socket` and `api` are where it is heard of and asked about, by
    the same right as the page. `is_kiosk`: nobody is signed in here, so nothing leads to other pages. `has_links`: its lanes
    lead to boards that this person may open. `has_kiosk_links`: he may make a link to it.
    """
    about, board = board_of(watcher.scope)
    frame = frame_of(watcher.scope) if board else None
    if frame is None:
        return None
    query = f"?kiosk={token}" if token else ""
    kind = watcher.scope.partition(":")[0]
    state = first_state(without_money(frame) if watcher.hides_money else frame)
    return state | {
        "about": about,
        about: board,
        "board": kind,
        "socket": f"/ws{request.path}{query}",
        "api": f"/api/v1{request.path}{query}",
        "is_kiosk": token is not None,
        "hides_money": watcher.hides_money,
        "has_links": token is None and leads_on(request, about, board),
        "has_kiosk_links": token is None and may_link(request, board),
    }


def board_of(scope: str) -> tuple[str, LiveSession | Place | None]:
    """What a scope is about, and the word for it in the templates."""
    kind, _, key = scope.partition(":")
    if kind == "session":
        return "session", LiveSession.objects.select_related("host", "place").filter(pk=key).first()
    place = place_with_board(key)
    return "area" if place and place.level in ROLLUPS else "county", place


def leads_on(request: HttpRequest, about: str, board: LiveSession | Place | None) -> bool:
    """A roll-up leads to its counties. A county's board leads to its sessions, for those who may see them."""
    user = request.user
    if about != "county" or not user.is_authenticated or board is None:
        return about == "area"
    return user.may(Action.SEE_PLAN, str(board.pk))


def may_link(request: HttpRequest, board: LiveSession | Place | None) -> bool:
    user = request.user
    return bool(user.is_authenticated and board is not None and kiosk.may_link(user, kiosk.home_and_scope(board)[0]))

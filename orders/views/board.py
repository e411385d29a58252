"""The big screens: right with their first HTML, live from the first frame on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.rules.session import SessionState
from orders.board.frame import county_frame, session_frame
from orders.board.rights import county_to_watch, session_to_watch

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from orders.board.frame import Frame

COUNTY_HEAD = pgettext_lazy("short", "县长直播")  # in front of a title that must keep its place
# What the script makes new rows of: the same fragments, with nothing in them.
BLANK = {"id": UUID(int=0), "units": 0, "paid_fen": 0, "stock_left": None, "totals": {"orders": 0, "paid_fen": 0}}


@require_GET
@login_required
@never_cache
def county_board(request: HttpRequest, code: str) -> HttpResponse:
    county = county_to_watch(request.user, code)
    if county is None:
        raise Http404
    frame = county_frame(county)
    context = {"county": county, "board": "county", "socket": f"/ws/board/county/{county.pk}/"}
    return render(request, "orders/board_county.html", context | first_state(frame))


@require_GET
@login_required
@never_cache
def session_board(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = session_to_watch(request.user, session_id)
    if session is None:
        raise Http404
    frame = session_frame(session)
    context = {"session": session, "board": "session", "socket": f"/ws/board/session/{session.pk}/"}
    return render(request, "orders/board_session.html", context | first_state(frame))


def first_state(frame: Frame) -> dict[str, Any]:
    """The frame for the script as it is, and for the template with its times as times and its labels as words."""
    shown = with_times(frame)
    for entry in shown.get("sessions", []):
        entry["state_label"] = SessionState(entry["state"]).label
    return {
        "raw": frame,
        "blank": BLANK,
        "frame": shown,
        "most": max((item["units"] for item in frame["items"]), default=0),
        "states": SessionState.choices,
        "county_head": COUNTY_HEAD,
    }


def with_times(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: with_times(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_times(inner) for inner in value]
    is_time = isinstance(value, str) and (name.endswith("_at") or name == "as_of")
    return datetime.fromisoformat(value) if is_time else value

"""What the first HTML of a board shows: its frame, in words and times, as the scripts will show the next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import pgettext_lazy

from livestream.rules.session import SessionState

if TYPE_CHECKING:
    from orders.board.frame import Frame

COUNTY_HEAD = pgettext_lazy("short", "县长直播")  # in front of a title that must keep its place
# What the script makes new rows of: the same fragments, with nothing in them.
BLANK = {"id": UUID(int=0), "units": 0, "paid_fen": 0, "stock_left": None, "totals": {"orders": 0, "paid_fen": 0}}


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

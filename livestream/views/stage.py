"""What is presented in a session, what comes next, and what has happened on air: for the phone and for the desk."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from livestream.rules.lineup import next_up

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import Incident, LiveSession, Pitch

LOG_SHOWN = 100


def on_stage(session: LiveSession) -> dict[str, Any]:
    """The line-up as (item, the one after it), the open pitch and its item."""
    line_up = list(session.line_up.select_related("product"))
    of_product = {item.product_id: item for item in line_up}
    pitch = session.pitches.open().select_related("product").first() if session.is_live else None
    return {
        "line_up": line_up,
        "turns": [(item, of_product[next_up(list(of_product), item.product_id) or item.product_id]) for item in line_up],
        "pitch": pitch,
        "pitched": next((item for item in line_up if pitch and item.product_id == pitch.product_id), None),
        "page_id": secrets.token_hex(8),
    }


def log_of(session: LiveSession) -> list[tuple[datetime, Pitch | None, Incident | None]]:
    """What was presented and what happened, newest first: the moment, and the one or the other."""
    pitches = session.pitches.select_related("product").order_by("-started_at", "-pk")[:LOG_SHOWN]
    incidents = session.incidents.select_related("noted_by").order_by("-happened_at", "-pk")[:LOG_SHOWN]
    entries: list[tuple[datetime, Pitch | None, Incident | None]] = [(pitch.started_at, pitch, None) for pitch in pitches]
    entries += [(incident.happened_at, None, incident) for incident in incidents]
    return sorted(entries, key=lambda entry: entry[0], reverse=True)[:LOG_SHOWN]

"""What details have in common: how alerts, moments and sources are shown."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from livestream.rules.day import SHANGHAI
from livestream.rules.session import AIRED
from orders.board.frame import stamp
from orders.models import AlertThresholds
from orders.rules.alert import WORST_FIRST
from orders.rules.source import awaited_since, is_silent

if TYPE_CHECKING:
    from orders.board.fit import Document
    from orders.rules.moment import Moment

SOURCES = 6
WORST = [kind.value for kind in WORST_FIRST]
AIRED_STATES = sorted(state.value for state in AIRED)
decode = msgspec.json.decode


class Heard(NamedTuple):
    """A shop's freshest road, as the statement gives it."""

    shop: str
    platform: str
    cause: str
    heard_at: str
    pause_ms: int
    on_air_since: str | None
    paid_fen: int

    def shown(self, at: datetime, threshold: int) -> Document:
        heard_at, is_awaited = datetime.fromisoformat(self.heard_at), self.on_air_since is not None
        since = awaited_since(heard_at, datetime.fromisoformat(self.on_air_since)) if self.on_air_since else heard_at
        return {
            "shop": self.shop,
            "platform": self.platform,
            "cause": self.cause,
            "heard_at": stamp(heard_at),
            "is_silent": is_awaited and is_silent(since, self.pause_ms, at, threshold),
        }


def sources(row: dict[str, Any], at: datetime) -> list[Document]:
    """The silent ones first, then by what they sold today, then by name."""
    threshold = row["silent_minutes"] or AlertThresholds().silent_minutes
    sold_most = sorted((Heard(*source) for source in decode(row["sources"])), key=lambda heard: (-heard.paid_fen, heard.shop))
    shown = [heard.shown(at, threshold) for heard in sold_most]
    return sorted(shown, key=lambda source: not source["is_silent"])[:SOURCES]


def alerts(row: dict[str, Any]) -> list[Document]:
    return [
        {
            "id": key,
            "kind": kind,
            "title": figures.get("title"),
            "number": figures.get("number"),
            "since": stamp(datetime.fromisoformat(raised_at)),
            "scope": scope,
            "is_acknowledged": is_acknowledged,
        }
        for key, kind, figures, raised_at, scope, is_acknowledged in decode(row["alerts"])
    ]


def moment(each: Moment) -> Document:
    at = stamp(datetime.fromtimestamp(each.at, SHANGHAI))
    return {"at": at, "kind": each.kind, "title": each.title, "number": each.number}

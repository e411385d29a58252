"""What a board says more slowly than its frame: where goods come from, who is heard of, what happened, what is wrong.

A detail carries the version of its frame's scope and `part`: `detail`. Like a frame it is the whole state at a moment, stays
under 4 KB, and is read from tallies in one statement. docs/counting.md says what each figure is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.utils import timezone

from livestream.actions.board import county_scope, session_scope
from livestream.models import LiveSession, Place
from livestream.rules.day import SHANGHAI
from livestream.rules.lineup import next_up
from livestream.rules.place import short_name
from livestream.rules.quota import Appearance, agreement_year, quota
from livestream.rules.session import AIRED
from orders.board.detail_statements import COUNTY_DETAIL, SESSION_DETAIL
from orders.board.feed import DETAIL
from orders.board.fit import Document, fit, last_first
from orders.board.frame import ask, head, stamp, times
from orders.models import AlertThresholds
from orders.rules.alert import AlertKind
from orders.rules.moment import Moment, moments
from orders.rules.source import awaited_since, is_silent
from orders.rules.worth import WORTH_SOMETHING

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCES = 6
WORST = [
    AlertKind.BROKEN.value,
    AlertKind.OVERSOLD.value,
    AlertKind.FEED_SILENT.value,
    AlertKind.REFUND_SPIKE.value,
    AlertKind.SELLING_OUT.value,
    AlertKind.NO_ORDERS.value,
]
AIRED_STATES = sorted(state.value for state in AIRED)
decode = msgspec.json.decode


def detail_of(scope: str) -> Document | None:
    """The newest detail of `session:<uuid>` or `county:<code>`; None for one that is not there."""
    kind, _, key = scope.partition(":")
    if kind == "session":
        session = LiveSession.objects.filter(pk=key).first()
        return session_detail(session) if session else None
    county = Place.objects.counties().filter(pk=key).first()
    return county_detail(county) if county else None


def session_detail(session: LiveSession, at: datetime | None = None) -> Document:
    """A session's detail at a moment (now)."""
    at = at or timezone.now()
    scope = session_scope(session.pk)
    last = min(at, session.ended_at) if session.ended_at else at
    elapsed = max(last - session.went_live_at, timedelta()) if session.went_live_at else None
    asked = times(at, last) | _common(scope, session.county_id, at) | {"session": session.pk, "host": session.host_id}
    asked |= {"worth": sorted(WORTH_SOMETHING), "began": session.went_live_at, "elapsed": elapsed, "last": last}
    row = ask(SESSION_DETAIL, asked)
    line_up = decode(row["line_up"])
    detail = _head(row, scope, at) | {
        "platforms": decode(row["platforms"]),
        "latest": decode(row["latest"]),
        "pitches": decode(row["pitches"]),
        "pitching": next((title for _, title, _, _, is_open in line_up if is_open), None),
        "next": _next(line_up),
        "incidents": decode(row["incidents"]),
        "pace": _pace(row["pace"], elapsed),
        "sources": _sources(row, at),
        "alerts": _alerts(row),
        "alert_count": row["alert_count"],
    }
    oldest_first = [(name, place) for name in ("incidents", "pitches") for place in range(len(detail[name]))]
    return fit(detail, [*oldest_first, *last_first(detail, "latest", "platforms", "sources")])


def county_detail(county: Place, at: datetime | None = None) -> Document:
    """A county's detail of the Shanghai day of a moment (now)."""
    at = at or timezone.now()
    scope = county_scope(county.pk)
    shanghai = at.astimezone(SHANGHAI)
    day_start = shanghai.replace(hour=0, minute=0, second=0, microsecond=0)
    year_start = datetime.combine(agreement_year(shanghai.date()), datetime.min.time(), SHANGHAI)
    asked = _common(scope, county.pk, at) | {"session": None, "day_start": day_start, "year_start": year_start}
    row = ask(COUNTY_DETAIL, asked)
    leaders = quota([Appearance(datetime.fromisoformat(on), *guest) for on, *guest in decode(row["guests"])], shanghai.date())
    peak = tuple(decode(row["peak"])) if row["peak"] else None
    happened = moments([Moment(*event) for event in decode(row["aired_today"])], peak, decode(row["day_minutes"]))
    detail = _head(row, scope, at) | {
        "lanes": {session: {"pitch": pitch, "top": top} for session, pitch, top in decode(row["lanes"])},
        "by_weight": decode(row["by_weight"]),
        "villages": {
            "count": row["village_count"],
            "top": [[short_name(name), *sums] for name, *sums in decode(row["villages"])],
        },
        "households": row["households"],
        "leaders": {
            "count": leaders.count,
            "wanted": leaders.wanted,
            "from": leaders.began_on.isoformat(),
            "uncovered": leaders.uncovered,
        },
        "sources": _sources(row, at),
        "moments": [_moment(moment) for moment in happened],
        "alerts": _alerts(row),
        "alert_count": row["alert_count"],
    }
    return fit(detail, last_first(detail, "lanes", "moments", "by_weight", "sources"))


def _common(scope: str, county: str, at: datetime) -> dict[str, Any]:
    """What both statements ask with."""
    return {
        "scope": scope,
        "county": county,
        "county_scope": county_scope(county),
        "day": at.astimezone(SHANGHAI).date(),
        "at": at,
        "aired": AIRED_STATES,
        "worst": WORST,
    }


def _head(row: dict[str, Any], scope: str, at: datetime) -> Document:
    return head(row, scope, at) | {"part": DETAIL}


def _next(line_up: Sequence[list[Any]]) -> str | None:
    titles = {product: title for product, title, is_listed, _, _ in line_up if is_listed}
    pitched = {product for product, _, _, is_pitched, _ in line_up if is_pitched}
    is_open = next((product for product, *_, is_open in line_up if is_open), None)
    following = next_up(list(titles), pitched, is_open)
    return None if following is None else titles[following]


def _pace(found: str | None, elapsed: timedelta | None) -> Document | None:
    if found is None or elapsed is None:
        return None
    title, went_live_at, orders, paid_fen = decode(found)
    began = stamp(datetime.fromisoformat(went_live_at))
    return {
        "title": title,
        "started_at": began,
        "orders": orders,
        "paid_fen": paid_fen,
        "elapsed_s": int(elapsed.total_seconds()),
    }


class Heard(NamedTuple):
    """A shop's freshest road, as the statement gives it."""

    shop: str
    platform: str
    cause: str
    heard_at: str
    pause_s: float
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
            "is_silent": is_awaited and is_silent(since, self.pause_s, at, threshold),
        }


def _sources(row: dict[str, Any], at: datetime) -> list[Document]:
    """The silent ones first, then by what they sold today, then by name."""
    threshold = row["silent_minutes"] or AlertThresholds().silent_minutes
    sold_most = sorted((Heard(*source) for source in decode(row["sources"])), key=lambda heard: (-heard.paid_fen, heard.shop))
    shown = [heard.shown(at, threshold) for heard in sold_most]
    return sorted(shown, key=lambda source: not source["is_silent"])[:SOURCES]


def _alerts(row: dict[str, Any]) -> list[Document]:
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


def _moment(moment: Moment) -> Document:
    at = stamp(datetime.fromtimestamp(moment.at, SHANGHAI))
    return {"at": at, "kind": moment.kind, "title": moment.title, "number": moment.number}

"""What a board says more slowly than its frame: where goods come from, who is heard of, what happened, what is wrong.

A detail carries the version of its frame's scope and `part`: `detail`. Like a frame it is the whole state at a moment, stays
under 4 KB, and is read from tallies in one statement. docs/counting.md says what each figure is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from livestream.actions.board import county_scope, session_scope
from livestream.models import LiveSession, Place
from livestream.rules.lineup import next_up
from livestream.rules.place import short_name
from orders.board.around import desk, incomes, lane_online, room_rows, rooms_of, viewers
from orders.board.detail_statements import COUNTY_DETAIL, SESSION_DETAIL
from orders.board.feed import DETAIL
from orders.board.fit import Document, beyond, fit, last_first
from orders.board.frame import ask, day_of, head, stamp, times
from orders.board.leaders import quotas
from orders.board.rollup import LEVELS, rollup_detail, rollup_place
from orders.board.shown import AIRED_STATES, WORST, alerts, decode, moment, sources
from orders.rules.moment import Moment, moments
from orders.rules.worth import WORTH_SOMETHING

if TYPE_CHECKING:
    from collections.abc import Sequence


def detail_of(scope: str) -> Document | None:
    """The newest detail of `session:<uuid>`, `county:<code>`, `city:<code>` or `province:<code>`; None: it is not there."""
    kind, _, key = scope.partition(":")
    if kind == "session":
        session = LiveSession.objects.filter(pk=key).first()
        return session_detail(session) if session else None
    if kind in LEVELS:
        place = rollup_place(scope)
        return rollup_detail(place) if place else None
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
    line_up, rooms = decode(row["line_up"]), rooms_of(row)
    detail = _head(row, scope, at) | {
        "viewers": viewers(rooms, at),
        "rooms": room_rows(rooms, at),
        "desk": desk(row),
        "platforms": decode(row["platforms"]),
        "latest": decode(row["latest"]),
        "pitches": decode(row["pitches"]),
        "pitching": next((title for _, title, _, is_open in line_up if is_open), None),
        "next": _next(line_up),
        "incidents": decode(row["incidents"]),
        "pace": _pace(row["pace"], elapsed),
        "sources": sources(row, at),
        "alerts": alerts(row),
        "alert_count": row["alert_count"],
    }
    oldest_first = [(name, place) for name in ("incidents", "pitches") for place in range(len(detail[name]))]
    return fit(detail, [*oldest_first, *last_first(detail, "latest", "platforms", "sources", "rooms")])


def county_detail(county: Place, at: datetime | None = None) -> Document:
    """A county's detail of the Shanghai day of a moment (now)."""
    at = at or timezone.now()
    scope = county_scope(county.pk)
    row = ask(COUNTY_DETAIL, _common(scope, county.pk, at) | {"session": None})
    leaders = quotas(row, [county.pk], at)[0]
    peak = tuple(decode(row["peak"])) if row["peak"] else None
    happened = moments([Moment(*event) for event in decode(row["aired_today"])], peak, decode(row["day_minutes"]))
    rooms = rooms_of(row)
    online = lane_online(rooms, at)
    detail = _head(row, scope, at) | {
        "viewers": viewers(rooms, at),
        "desk": desk(row),
        "income": incomes(row),
        "lanes": {
            session: {"pitch": pitch, "top": top, "online": online.get(session)} for session, pitch, top in decode(row["lanes"])
        },
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
        "sources": sources(row, at),
        "moments": [moment(each) for each in happened],
        "alerts": alerts(row),
        "alert_count": row["alert_count"],
    }
    return fit(detail, [*beyond(detail, lanes=5, sources=3), *last_first(detail, "lanes", "moments", "by_weight", "sources")])


def _common(scope: str, county: str, at: datetime) -> dict[str, Any]:
    """What both statements ask with."""
    return day_of(at) | {
        "scope": scope,
        "county": county,
        "codes": [county],
        "county_scope": county_scope(county),
        "aired": AIRED_STATES,
        "worst": WORST,
    }


def _head(row: dict[str, Any], scope: str, at: datetime) -> Document:
    return head(row, scope, at) | {"part": DETAIL}


def _next(line_up: Sequence[list[Any]]) -> str | None:
    titles = {product: title for product, title, is_listed, _ in line_up if is_listed}
    open_pitch = next((product for product, *_, is_open in line_up if is_open), None)
    following = next_up(list(titles), open_pitch)
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

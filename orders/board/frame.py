"""The whole state of a board as one frame: one statement, so one snapshot, over the tallies and never over orders.

`rate.s1` counts the orders of the last full second, `s10` and `s60` are averages over the last 10 and 60 full seconds: the
second that runs is left out, so that a rate does not fall and rise with the moment it is asked. `peak_s1` knows it all the
same. A frame stays under 4 KB; what had to be left out for that is counted in `more`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import connection
from django.utils import timezone

from livestream.actions.board import county_scope, session_scope, stage_scope
from livestream.models import LiveSession
from livestream.rules.control import ItemState
from livestream.rules.day import SHANGHAI
from livestream.rules.practice_hints import practice_title
from livestream.rules.quota import agreement_year
from livestream.rules.session import AIRED, SessionKind, SessionState
from orders.board.fit import fit, last_first
from orders.board.practice import practised
from orders.board.statements import COUNTY, NEWEST, SESSION
from orders.models import BoardEpoch

if TYPE_CHECKING:
    from livestream.models import Place

Frame = dict[str, Any]
MINUTES = 60
LIVE, QUIET = SessionState.LIVE.value, "quiet"
encode = msgspec.json.encode


def session_frame(session: LiveSession, at: datetime | None = None) -> Frame:
    """A session's board at a moment (now). Load `session` with its host and place, or two more queries are asked."""
    at = at or timezone.now()
    scope = session_scope(session.pk)
    last = min(at, session.ended_at) if session.ended_at else at
    row = ask(SESSION, times(at, last) | {"scope": scope, "session": session.pk, "county": session.county_id})
    is_practice = session.kind == SessionKind.PRACTICE
    if is_practice:
        row |= practised(session, at)
    items = [item_of(item, is_on_air=session.is_live) for item in msgspec.json.decode(row["items"])]
    frame = (
        begin(row, scope, at, session.state)
        | {
            "title": practice_title(session.title) if is_practice else session.title,
            "kind": session.kind,
            "host": session.host.public_name,
            "place": session.place.short_name,
            "started_at": stamp(session.went_live_at),
            "ended_at": stamp(session.ended_at),
            "planned_start_at": stamp(session.planned_start_at),
            "planned_end_at": stamp(session.planned_end_at),
            "goal_fen": session.goal_fen,
        }
        | {"items": items, "minutes": minutes_of(row, last)}
    )
    return fit(frame, [("items", place) for place in sorted(range(len(items)), key=lambda place: items[place]["paid_fen"])])


def county_frame(county: Place, at: datetime | None = None) -> Frame:
    """A county's Shanghai day at a moment (now): its sums, its sessions with their whole sums, what no session sold.

    `state` is `live` while a session is on air, else `quiet`. Sessions: the county head's first, then those on air by money.
    """
    at = at or timezone.now()
    scope = county_scope(county.pk)
    day = day_of(at)
    of_day = LiveSession.objects.filter(county=county).of_day(day["day_start"])
    today = list(of_day.exclude(kind=SessionKind.PRACTICE).select_related("host", "place"))
    asked: Frame = {"scope": scope, "county": county.pk, "unattributed": f"unattributed:{county.pk}"}
    asked |= {"sessions": [session_scope(session.pk) for session in today]}
    row = ask(COUNTY, times(at, at) | day | asked)
    sums = {entry[0]: summed(*entry[1:]) for entry in msgspec.json.decode(row["sessions"])}
    sessions = [_session(session, sums.get(session_scope(session.pk)) or summed()) for session in sorted(today, key=_by_plan)]
    sessions.sort(key=_by_weight)
    frame = begin(row, scope, at, LIVE if any(session["state"] == LIVE for session in sessions) else QUIET) | {
        "title": county.name,
        "counts": _counts(today),
        "sessions": sessions,
        "unattributed": summed(*msgspec.json.decode(row["unattributed"])),
        "items": [item_of(item) for item in msgspec.json.decode(row["items"])],
        "minutes": minutes_of(row, at),
    }
    return fit(frame, last_first(frame, "sessions"))


def stage_frame(session_id: str) -> Frame | None:
    """That the stage of a session is newer than it was: phones and desks fetch what they show of it."""
    if not LiveSession.objects.filter(pk=session_id).exists():
        return None
    scope = stage_scope(session_id)
    epoch, version = newest(scope)
    return head({"epoch": epoch, "version": version}, scope, timezone.now())


def newest(scope: str) -> tuple[str, int]:
    """Epoch and version of a scope: what an ETag and a comparison need."""
    kind, _, code = scope.partition(":")
    row = ask(NEWEST, {"scope": scope, "code": code if kind in {"city", "province"} else ""})
    return row["epoch"] or _first_epoch(), row["version"]


def ask(statement: str, values: dict[str, Any]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))


def _first_epoch() -> str:
    return str(BoardEpoch.objects.get_or_create(id=1)[0].epoch)


def times(at: datetime, last: datetime) -> dict[str, datetime]:
    last_minute = last.replace(second=0, microsecond=0)
    return {
        "second": at.replace(microsecond=0),
        "first_minute": last_minute - timedelta(minutes=MINUTES - 1),
        "last_minute": last_minute,
    }


def day_of(at: datetime) -> dict[str, Any]:
    """The Shanghai day of a moment, and the agreement year it lies in, as statements ask with them."""
    day_start = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    # Whatever month a county's agreement year begins with: it began less than a year ago.
    leaders_since = datetime.combine(agreement_year(day_start.date(), day_start.month % 12 + 1), datetime.min.time(), SHANGHAI)
    day_end = day_start + timedelta(days=1)
    return {"at": at, "day": day_start.date(), "day_start": day_start, "day_end": day_end, "leaders_since": leaders_since}


def head(row: dict[str, Any], scope: str, at: datetime) -> Frame:
    """What every message to a board begins with."""
    as_of = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"epoch": row["epoch"] or _first_epoch(), "scope": scope, "version": row["version"], "as_of": as_of}


def begin(row: dict[str, Any], scope: str, at: datetime, state: str) -> Frame:
    """What every frame begins with."""
    return head(row, scope, at) | {
        "state": state,
        "checking": {"since": stamp(row["checking_since"])} if row["checking_since"] else None,
        "totals": summed(row["orders"], row["units"], row["paid_fen"], row["refunded_fen"]),
        "rate": {
            "s1": row["s1"],
            "s10": round(row["s10"] / 10, 1),
            "s60": round(row["s60"] / 60, 2),
            "peak_s1": row["peak"] or 0,
            "peak_at": stamp(row["peak_at"]) if row["peak"] else None,
        },
        "last_order_at": stamp(row["last_second"]),
    }


def summed(orders: int = 0, units: int = 0, paid_fen: int = 0, refunded_fen: int = 0) -> dict[str, int]:
    net_fen = paid_fen - refunded_fen
    return {"orders": orders, "units": units, "paid_fen": paid_fen, "refunded_fen": refunded_fen, "net_fen": net_fen}


def item_of(item: list[Any], *, is_on_air: bool = False) -> Frame:
    """`state` says why buyers cannot have it in the room, where they cannot; before a session and after it nothing is planned."""
    sku, title, orders, units, paid_fen, refunded_fen, stock, *state = item
    sums = {"orders": orders, "units": units, "paid_fen": paid_fen, "refunded_fen": refunded_fen}
    why = {"state": state[0]} if state and state[0] and (is_on_air or state[0] != ItemState.PLANNED) else {}
    return {"id": sku, "title": title, **sums, "stock_left": None if stock is None else stock - units, **why}


def _session(session: LiveSession, totals: dict[str, int]) -> Frame:
    return {
        "id": str(session.pk),
        "title": session.title,
        "host": session.host.public_name,
        "place": session.place.short_name,
        "kind": session.kind,
        "state": session.state,
        "started_at": stamp(session.started_at),
        "totals": totals,
    }


def _by_plan(session: LiveSession) -> tuple[datetime, str]:
    return session.started_at, str(session.pk)


def _by_weight(session: Frame) -> tuple[bool, bool, bool, int]:
    is_live = session["state"] == LIVE
    is_over = session["state"] in AIRED and not is_live
    return not is_live, is_over, session["kind"] != SessionKind.COUNTY_HEAD, -session["totals"]["paid_fen"]


def _counts(sessions: list[LiveSession]) -> dict[str, int]:
    live = sum(session.is_live for session in sessions)
    aired = sum(session.state in AIRED for session in sessions)
    return {"live": live, "planned": len(sessions) - aired, "ended": aired - live}


def minutes_of(row: dict[str, Any], last: datetime) -> list[list[int]]:
    """All sixty, also those in which nothing was sold."""
    sold = {entry[0]: entry for entry in msgspec.json.decode(row["minutes"])}
    end = int(last.replace(second=0, microsecond=0).timestamp())
    return [sold.get(minute) or [minute, 0, 0] for minute in range(end - 60 * (MINUTES - 1), end + 1, 60)]


def stamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None

"""What goes on around the sales, as details say it: who watches, what the control desk does, what suppliers get."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from orders.board.around_statements import VIEWERS, WATCHED_SESSION
from orders.board.frame import ask, stamp
from orders.board.shown import decode
from orders.rules.income import income
from orders.rules.watching import Room, watching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livestream.models import LiveSession
    from orders.board.fit import Document

ROOMS = 4  # rooms of a session with a row of their own


SESSION_VIEWERS = f"WITH watched AS ({WATCHED_SESSION}) SELECT ({VIEWERS}) AS viewers"


def session_viewers(session: LiveSession, at: datetime) -> Document:
    """What the detail of a session says of its viewers, alone."""
    return viewers(rooms_of(ask(SESSION_VIEWERS, {"session": session.pk, "at": at})), at)


def rooms_of(row: dict[str, Any]) -> list[Room]:
    """Of a row that a statement gave."""
    return [
        Room(session, title, platform, is_live, online, _moment(read_at), source, peak, _moment(peak_at), visits)
        for session, title, platform, is_live, online, read_at, source, peak, peak_at, visits in decode(row["viewers"])
    ]


def viewers(rooms: Sequence[Room], at: datetime) -> Document:
    """What they come to. A sum is one of rooms, never of people; `docs/counting.md` says how each figure is made."""
    found = watching(rooms, at)
    peak = found.peak
    return {
        "online": found.online,
        "added": found.added,
        "stale": found.stale,
        "since": stamp(found.since),
        "sources": found.sources,
        "visits": found.visits,
        "visited": found.visited,
        "peak": peak and {"online": peak.peak, "at": stamp(peak.peak_at), "platform": peak.platform, "title": peak.title},
    }


def room_rows(rooms: Sequence[Room], at: datetime) -> list[Document]:
    """Of a session that is on air: what was said last of each platform, the most people first."""
    said = sorted((room for room in rooms if room.is_live and room.online is not None), key=lambda room: -(room.online or 0))
    return [
        {
            "platform": room.platform,
            "online": room.online,
            "read_at": stamp(room.read_at),
            "source": room.source,
            "is_stale": room.is_stale(at),
        }
        for room in said[:ROOMS]
    ]


def desk(row: dict[str, Any]) -> Document:
    """Calls for help that nobody answered, streams that are lost, and what was pressed last: nobody's words, no name."""
    open_help, since, lost, newest = decode(row["desk"])
    return {"open_help": open_help, "since": stamp(_moment(since)), "lost": lost, "newest": newest}


def incomes(row: dict[str, Any]) -> Document:
    settled_fen, settled_units, suppliers, (units, net_fen) = decode(row["income"])
    found = income(settled_fen=settled_fen, settled_units=settled_units, suppliers=suppliers, units=units, net_fen=net_fen)
    return {
        "settled_fen": found.settled_fen,
        "share_permille": found.share_permille,
        "settled_units": found.settled_units,
        "unsettled_units": found.unsettled_units,
        "is_few": found.is_few,
    }


def lane_online(rooms: Sequence[Room], at: datetime) -> dict[str, list[int]]:
    """By session on air: people online, and of how many rooms that is the sum. Without those that nobody read lately."""
    found: dict[str, list[int]] = {}
    for room in rooms:
        if room.is_now(at):
            online, added = found.get(room.session, (0, 0))
            found[room.session] = [online + (room.online or 0), added + 1]
    return found


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

"""Every write that says which session an order belongs to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Q

from livestream.models import LiveSession
from livestream.rules.session import AIRED
from orders.actions import intake_rows as rows
from orders.actions.ledger import book
from orders.actions.rows import raw_cursor
from orders.models import AttributedWindow, Order
from orders.models.ledger import Cause
from orders.models.shop import MANUAL
from orders.rules.attribution import GRACE, Window, attribute, own_room, session_named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import psycopg

    from orders.actions.intake_rows import OrderKey
    from orders.rules.order import OrderState

PIECE = 1000
AIRED_STATES = sorted(state.value for state in AIRED)
# A batch that read the old window may commit a moment after we looked; so a changed window is followed again this long.
SETTLE = timedelta(seconds=60)


# A practice holds no room: an order that names one of its rooms is somebody's real order, and of no session.
WINDOWS = """
SELECT r.session_id, r.room_id, r.account, s.went_live_at, s.ended_at
FROM livestream_room r JOIN livestream_livesession s ON s.id = r.session_id
WHERE s.county_id = %s AND s.kind <> 'practice' AND s.state = ANY(%s)
  AND (r.room_id = ANY(%s) OR (r.account <> '' AND r.account = ANY(%s)))
  AND s.went_live_at <= %s AND (s.ended_at IS NULL OR s.ended_at > %s)
"""


# A shop of hand-written orders alone may name a session itself: what a platform sends is believed by its rooms.
OWN_WINDOWS = """
SELECT h.id, s.id FROM orders_shop h JOIN livestream_livesession s ON s.county_id = h.county_id
WHERE h.id = ANY(%s) AND h.platform = %s AND s.id = ANY(%s::uuid[]) AND s.state = ANY(%s)
"""
ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Asked:
    """Rooms and accounts that a county's orders name, and the first and last time of payment."""

    rooms: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    moments: list[datetime] = field(default_factory=list)

    def add(self, state: OrderState) -> None:
        if state.paid_at is not None and (state.live_room or state.host_account):
            self.rooms.add(state.live_room or "")
            self.accounts.add(state.host_account or "")
            self.moments.append(state.paid_at)


def windows_for(cursor: psycopg.Cursor, county: str, asked: Asked) -> list[Window]:
    """The windows of this county's sessions in these rooms or on these accounts that could hold one of these moments."""
    if not asked.moments:
        return []
    first, last = min(asked.moments) - GRACE, max(asked.moments)
    cursor.execute(WINDOWS, [county, AIRED_STATES, list(asked.rooms), list(asked.accounts), last, first])
    return [Window(*row) for row in cursor]


def own_windows(cursor: psycopg.Cursor, states: Mapping[OrderKey, OrderState]) -> dict[tuple[int, str], list[Window]]:
    """The sessions that hand-written orders name, by shop and room; they hold their own room for ever."""
    named = {(key[1], found) for key, state in states.items() if (found := session_named(state.live_room))}
    if not named:
        return {}
    cursor.execute(OWN_WINDOWS, [[shop for shop, _ in named], MANUAL, [session for _, session in named], AIRED_STATES])
    return {(shop, own_room(session)): [Window(session, own_room(session), "", ALWAYS, None)] for shop, session in cursor}


def attribute_states(cursor: psycopg.Cursor, states: Mapping[OrderKey, OrderState]) -> None:
    """Says of each order which session it belongs to, by the windows as they stand."""
    asked: dict[str, Asked] = defaultdict(Asked)
    for key, state in states.items():
        asked[key[0]].add(state)
    by_room: dict[tuple[str, str], list[Window]] = defaultdict(list)
    by_account: dict[tuple[str, str], list[Window]] = defaultdict(list)
    for county, named in asked.items():
        for window in windows_for(cursor, county, named):
            by_room[county, window.room_id].append(window)
            by_account[county, window.account].append(window)
    own = own_windows(cursor, states)
    nearby: dict[tuple[str, str | None, str | None], list[Window]] = {}
    for key, state in states.items():
        place = key[0], state.live_room, state.host_account
        windows = own.get((key[1], state.live_room or "")) or nearby.get(place)
        if windows is None:
            windows = by_room[key[0], state.live_room or ""] + by_account[key[0], state.host_account or ""]
            nearby[place] = windows
        found = attribute(state.paid_at, state.live_room, state.host_account, windows)
        state.session_id, state.evidence, state.is_contested = found.session_id, found.evidence.value, found.is_contested


def follow_windows(*, at: datetime) -> int:
    """Attributes anew the orders of every session whose window or rooms changed; returns how many orders moved."""
    behind = LiveSession.objects.filter(window_revision__gt=0).exclude(
        pk__in=AttributedWindow.objects.filter(revision__gte=F("session__window_revision")).values("session_id")
    )
    moved = 0
    for session in behind:
        moved += reattribute_session(session, at=at)
        if session.window_changed_at is None or session.window_changed_at < at - SETTLE:
            AttributedWindow.objects.update_or_create(session=session, defaults={"revision": session.window_revision})
    return moved


def reattribute_session(session: LiveSession, *, at: datetime) -> int:
    """Moves orders into and out of a session as its window says; totals never change. Returns how many moved."""
    rooms = set(session.rooms.values_list("room_id", flat=True))
    accounts = set(session.rooms.exclude(account="").values_list("account", flat=True))
    claimed = Q(live_room__in=rooms) | Q(host_account__in=accounts)
    claimed &= Q(paid_at__gte=session.started_at, paid_at__lt=(session.ended_at or at + GRACE) + GRACE)
    candidates = Order.objects.filter(Q(session=session) | claimed, county_id=session.county_id)
    keys = sorted(candidates.values_list("county_id", "shop_id", "order_no"))
    return sum(_reattribute(keys[start : start + PIECE], at) for start in range(0, len(keys), PIECE))


@transaction.atomic
def _reattribute(keys: Sequence[OrderKey], at: datetime) -> int:
    cursor = raw_cursor(connection)
    states = rows.lock_orders(cursor, list(keys))
    before = {key: (state.session_id, state.worth()) for key, state in states.items()}
    attribute_states(cursor, states)
    moved = {key: states[key] for key in sorted(states) if states[key].session_id != before[key][0]}
    if moved:
        book(cursor, moved, {key: before[key][1] for key in moved}, Cause.MOVE, at)
    return len(moved)

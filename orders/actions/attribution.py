"""Every write that says which session an order belongs to."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Q

from livestream.models import LiveSession, Room
from livestream.rules.session import AIRED
from orders.actions import intake_rows as rows
from orders.actions.ledger import book
from orders.models import AttributedWindow, Order
from orders.models.ledger import Cause
from orders.rules.attribution import GRACE, Window, attribute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orders.actions.intake_rows import OrderKey
    from orders.rules.order import OrderState

PIECE = 1000
# A batch that read the old window may commit a moment after we looked; so a changed window is followed again this long.
SETTLE = timedelta(seconds=60)


def windows_for(county: str, rooms: set[str], accounts: set[str]) -> list[Window]:
    """The windows of sessions of this county that were ever on air in these rooms or on these accounts."""
    held = Room.objects.filter(session__county_id=county, session__state__in=AIRED)
    held = held.filter(Q(room_id__in=rooms) | Q(account__in=accounts - {""}))
    columns = held.values_list("session_id", "room_id", "account", "session__went_live_at", "session__ended_at")
    return [Window(session, room, account, start, end) for session, room, account, start, end in columns if start is not None]


def attribute_states(states: Mapping[OrderKey, OrderState]) -> None:
    """Says of each order which session it belongs to, by the windows as they stand."""
    wanted: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for key, state in states.items():
        if state.live_room:
            wanted[key[0]][0].add(state.live_room)
        if state.host_account:
            wanted[key[0]][1].add(state.host_account)
    by_room: dict[tuple[str, str], list[Window]] = defaultdict(list)
    by_account: dict[tuple[str, str], list[Window]] = defaultdict(list)
    for county, (rooms, accounts) in wanted.items():
        for window in windows_for(county, rooms, accounts):
            by_room[county, window.room_id].append(window)
            by_account[county, window.account].append(window)
    for key, state in states.items():
        windows = by_room[key[0], state.live_room or ""] + by_account[key[0], state.host_account or ""]
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
    cursor = rows.raw_cursor(connection)
    states = rows.lock_orders(cursor, list(keys))
    before = {key: (state.session_id, state.worth()) for key, state in states.items()}
    attribute_states(states)
    moved = {key: states[key] for key in sorted(states) if states[key].session_id != before[key][0]}
    if moved:
        book(cursor, moved, {key: before[key][1] for key in moved}, Cause.MOVE, at)
    return len(moved)

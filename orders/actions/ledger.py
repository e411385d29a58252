"""The one place that writes to the ledger: what changed in orders becomes entries, and the tallies move with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from livestream.actions.board import bump_versions
from orders.actions import intake_rows as rows
from orders.actions import tally
from orders.models.ledger import Cause
from orders.rules.worth import difference

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import psycopg

    from orders.actions.intake_rows import OrderKey
    from orders.rules.order import OrderState
    from orders.rules.worth import Amounts, EntryKey

LATE = timedelta(minutes=10)  # a hint is answered within seconds; what is fetched later than this was missed at its time
Worth = dict["EntryKey", "Amounts"]


def counted_at(state: OrderState, cause: Cause, at: datetime) -> datetime:
    """The second an order lights up: now; but a file, a platform's list read after an outage, or a tap that a phone kept tells of
    the past, and its orders must not look like a burst on a board that is live now."""
    paid_at = state.paid_at or state.status_at or at
    tells_of_the_past = cause == Cause.FILE or (cause in {Cause.API, Cause.HAND} and paid_at < at - LATE)
    return paid_at if tells_of_the_past else at


def book(
    cursor: psycopg.Cursor,
    changed: Mapping[OrderKey, OrderState],
    worth_before: Mapping[OrderKey, Worth],
    cause: Cause,
    at: datetime,
) -> None:
    """Stores changed orders (locked by the caller), writes the difference of their worth, moves tallies and versions."""
    rows.name_items(cursor, changed)
    for state in changed.values():
        if state.is_counted and state.counted_at is None:
            state.counted_at = counted_at(state, cause, at)
    rows.store_orders(cursor, changed, at)
    ledger = [
        rows.LedgerRow(key[0], key[1], state.id or 0, entry, amounts)
        for key, state in changed.items()
        for entry, amounts in difference(worth_before.get(key, {}), state.worth())
    ]
    rows.write_ledger(cursor, ledger, cause, at)
    bump_versions(tally.move(cursor, ledger), cursor)

"""The one way in: every fact about an order, from a push, an API or a file, is counted by `receive`.

One transaction takes a whole batch: delivery keys, orders, lines, after-sales, ledger, tallies, board versions. Locks are
taken table by table and in sorted order, so that two writers never wait for each other in a circle. Two writers that meet
a new order or message at the same moment are told apart by its unique key; the slower one starts again and then sees it.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import psycopg
import structlog
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError, connection, transaction

from orders.actions import intake_rows as rows
from orders.actions.arrival import Arrival, Receipt
from orders.actions.attribution import attribute_states
from orders.actions.ledger import book
from orders.actions.month import has_no_month, open_months
from orders.actions.poison import bury, is_unreadable
from orders.actions.raw import keep_raw
from orders.actions.rows import raw_cursor
from orders.actions.source import mark_heard
from orders.actions.wake import wake_worker
from orders.rules.order import OrderState, Outcome, apply
from orders.rules.waiting import LetterReason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orders.actions.intake_rows import OrderKey
    from orders.models.ledger import Cause
    from orders.rules.worth import Amounts, EntryKey

log = structlog.get_logger(__name__)
TRIES = 8
RACED = {"order_once_per_shop", "delivery_once_per_shop"}
# Writes nothing but a line of WAL, so that this COMMIT waits for a synchronous standby like one that stores something.
CONFIRM = "SELECT pg_logical_emit_message(true, 'cunbo', 'repeat')"


def receive(arrivals: Sequence[Arrival], *, cause: Cause, at: datetime) -> list[Receipt]:
    """Counts a batch and commits it; returns a receipt for each arrival, in order.

    Raises django.db.OperationalError when the database is away, DataError or IntegrityError for a batch that holds
    something the database refuses: nothing of the batch is kept then.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic(), connection.wrap_database_errors:
                return _receive(arrivals, cause, at)
        except (IntegrityError, OperationalError) as error:
            if not _may_pass(error, at):
                raise
            if attempt == TRIES - 1:
                raise OperationalError("other writers were faster every time") from error  # no poison: come again
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise AssertionError("unreachable")


def _may_pass(error: Exception, at: datetime) -> bool:
    """Another writer was faster, a deadlock was broken, or the month has no partition yet: the same batch may pass next time."""
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.CheckViolation) and has_no_month(cause):
        open_months(at)
        return True
    is_race = isinstance(cause, psycopg.errors.UniqueViolation) and cause.diag.constraint_name in RACED
    return is_race or isinstance(cause, psycopg.errors.DeadlockDetected)


def _receive(arrivals: Sequence[Arrival], cause: Cause, at: datetime) -> list[Receipt]:
    cursor = raw_cursor(connection)
    receipts, fresh = _sift(arrivals, rows.answered_before(cursor, arrivals))
    if not fresh:
        # What we found may be here alone: committed, never confirmed by the standby, and seen again after a restart.
        cursor.execute(CONFIRM)
        mark_heard(cursor, [arrival.shop for arrival in arrivals], cause, at)
        return receipts
    states, worth_before = _lock(cursor, fresh)
    changed = {key: states[key] for key in _apply_all(fresh, states)}
    _remember(cursor, fresh, at)
    if changed:  # the tallies last: all writers of a county meet there, so they wait only for the end of each other
        attribute_states(cursor, changed)
        book(cursor, changed, worth_before, cause, at)
    mark_heard(cursor, [arrival.shop for arrival in arrivals], cause, at)
    return receipts


def _sift(
    arrivals: Sequence[Arrival], answered: dict[tuple[int, str, bytes], Receipt]
) -> tuple[list[Receipt], list[tuple[Arrival, Receipt]]]:
    """A receipt for each arrival, and those arrivals that did not come before."""
    receipts: list[Receipt] = []
    fresh: list[tuple[Arrival, Receipt]] = []
    for arrival in arrivals:
        key = (arrival.shop.id, arrival.message_id, arrival.digest)
        receipt = answered.get(key) if arrival.message_id else None
        if receipt is None:
            receipt = answered[key] = Receipt(rejected=list(arrival.rejected), hinted=len(arrival.hints))
            fresh.append((arrival, receipt))
        else:
            receipt.is_repeat = True
        receipts.append(receipt)
    return receipts, fresh


def _lock(
    cursor: psycopg.Cursor, fresh: list[tuple[Arrival, Receipt]]
) -> tuple[dict[OrderKey, OrderState], dict[OrderKey, dict[EntryKey, Amounts]]]:
    """What is known of the orders of these arrivals, locked, and what they are worth now."""
    keys = sorted({(a.shop.county, a.shop.id, event.order_no) for a, _ in fresh for event in a.events})
    states = rows.lock_orders(cursor, keys) if keys else {}
    worth_before = {key: state.worth() for key, state in states.items()}
    return states | {key: OrderState(key[2]) for key in keys if key not in states}, worth_before


def _remember(cursor: psycopg.Cursor, fresh: list[tuple[Arrival, Receipt]], at: datetime) -> None:
    """The messages themselves: what must be fetched, what was answered, what was said, what nobody could read."""
    new = [arrival for arrival, _ in fresh]
    rows.keep_hints(cursor, new, at)
    if any(arrival.hints for arrival in new):
        transaction.on_commit(wake_worker)
    if any(arrival.message_id for arrival in new):
        rows.keep_deliveries(cursor, fresh, at)
        keep_raw(cursor, new, at)
    for arrival in new:
        if is_unreadable(arrival):
            bury(arrival, LetterReason.UNREADABLE, at=at)


def _apply_all(fresh: list[tuple[Arrival, Receipt]], states: dict[OrderKey, OrderState]) -> list[OrderKey]:
    """The keys of the orders that must be stored, sorted."""
    changed: dict[OrderKey, None] = {}
    for arrival, receipt in fresh:
        for event in arrival.events:
            key = (arrival.shop.county, arrival.shop.id, event.order_no)
            state = states[key]
            was_conflicting = state.is_conflicting
            outcome = apply(state, event)
            receipt.count(outcome)
            if outcome is Outcome.APPLIED or state.is_conflicting != was_conflicting:
                changed[key] = None
    return sorted(changed)


def receive_halving(arrivals: Sequence[Arrival], *, cause: Cause, at: datetime) -> list[Receipt | None]:
    """Like `receive`, but one arrival that cannot be stored never fails its neighbours: the batch is tried in halves
    and the culprit's receipt is None. Raises OperationalError and InterfaceError when the database is away."""
    try:
        return list(receive(arrivals, cause=cause, at=at))
    except (OperationalError, InterfaceError, InternalError):
        raise
    except Exception:
        # Whatever the reason, a sender that is refused for ever would send it for ever: it is kept for a person instead.
        if len(arrivals) == 1:
            log.exception("arrival_refused", shop=arrivals[0].shop.id, message=arrivals[0].message_id)
            return [None]
        middle = len(arrivals) // 2
        return receive_halving(arrivals[:middle], cause=cause, at=at) + receive_halving(arrivals[middle:], cause=cause, at=at)

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
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from orders.actions import intake_rows as rows
from orders.actions.arrival import Arrival, Receipt
from orders.actions.attribution import attribute_states
from orders.actions.ledger import book
from orders.actions.month import has_no_month, open_months
from orders.actions.poison import bury, is_unreadable
from orders.actions.raw import keep_raw
from orders.actions.rows import raw_cursor
from orders.actions.wake import wake_worker
from orders.rules.order import OrderState, Outcome, apply
from orders.rules.waiting import LetterReason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orders.actions.intake_rows import OrderKey
    from orders.models.ledger import Cause

log = structlog.get_logger(__name__)
TRIES = 8
RACED = {"order_once_per_shop", "delivery_once_per_shop"}


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
    answered = rows.answered_before(cursor, arrivals)
    receipts: list[Receipt] = []
    fresh: list[tuple[Arrival, Receipt]] = []
    seen: dict[tuple[int, str, bytes], Receipt] = {}
    for arrival in arrivals:
        key = (arrival.shop.id, arrival.message_id, arrival.digest)
        known = answered.get(key) or seen.get(key) if arrival.message_id else None
        if known is not None:
            known.is_repeat = True
            receipts.append(known)
            continue
        receipt = seen[key] = Receipt(rejected=list(arrival.rejected), hinted=len(arrival.hints))
        receipts.append(receipt)
        fresh.append((arrival, receipt))
    _count(cursor, fresh, cause, at)
    rows.keep_hints(cursor, [arrival for arrival, _ in fresh], at)
    if any(arrival.hints for arrival, _ in fresh):
        transaction.on_commit(wake_worker)
    if any(arrival.message_id for arrival, _ in fresh):
        rows.keep_deliveries(cursor, fresh, at)
        keep_raw(cursor, [arrival for arrival, _ in fresh], at)
    for arrival, _ in fresh:
        if is_unreadable(arrival):
            bury(arrival, LetterReason.UNREADABLE, at=at)
    return receipts


def _count(cursor: psycopg.Cursor, fresh: list[tuple[Arrival, Receipt]], cause: Cause, at: datetime) -> None:
    keys = sorted({(a.shop.county, a.shop.id, event.order_no) for a, _ in fresh for event in a.events})
    if not keys:
        return
    states = rows.lock_orders(cursor, keys)
    for key in keys:
        states.setdefault(key, OrderState(key[2]))
    worth_before = {key: state.worth() for key, state in states.items() if state.id is not None}
    changed = _apply_all(fresh, states)
    if changed:
        attribute_states(cursor, {key: states[key] for key in changed})
        book(cursor, {key: states[key] for key in changed}, worth_before, cause, at)


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
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # Whatever the reason, a sender that is refused for ever would send it for ever: it is kept for a person instead.
        if len(arrivals) == 1:
            log.exception("arrival_refused", shop=arrivals[0].shop.id, message=arrivals[0].message_id)
            return [None]
        middle = len(arrivals) // 2
        return receive_halving(arrivals[:middle], cause=cause, at=at) + receive_halving(arrivals[middle:], cause=cause, at=at)

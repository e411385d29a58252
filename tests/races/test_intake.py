"""Several writers, one order, one moment. Each race has a control: the same race without its guard must go wrong."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from orders.actions import intake
from orders.actions import intake_rows as rows
from orders.actions.audit import audit_tallies
from orders.actions.intake import receive
from orders.models import DayTally, LedgerEntry, Order
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 6


def totals():
    row = DayTally.objects.filter(scope="county:140425").values_list("orders", "units", "paid_fen", "refunded_fen")
    return tuple(sum(column) for column in zip(*row, strict=True)) or (0, 0, 0, 0)


def slow(monkeypatch, name):
    """Gives the other writers time between our read and our write."""
    store = getattr(rows, name)

    def waited(*args):
        time.sleep(0.05)
        return store(*args)

    monkeypatch.setattr(rows, name, waited)


def same_new_orders(shop, now):
    bodies = [make_order_body(f"T{n}", at=now) for n in range(10)]
    return [
        lambda i=i: receive([make_arrival(shop, *bodies, message_id=f"m{i}")], cause=Cause.PUSH, at=now) for i in range(WRITERS)
    ]


def test_a_new_order_that_reaches_several_writers_at_once_is_counted_once(shop, session, now, monkeypatch):
    slow(monkeypatch, "store_orders")

    errors = race(*same_new_orders(shop, now))

    assert errors == []
    assert totals() == (10, 20, 119600, 0)
    assert Order.objects.count() == 10
    assert audit_tallies() == []


@pytest.fixture
def no_order_key(transactional_db):
    """Control: the unique key of orders is away."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_order DROP CONSTRAINT order_once_per_shop")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_order CASCADE")
        cursor.execute("ALTER TABLE orders_order ADD CONSTRAINT order_once_per_shop UNIQUE (county_id, shop_id, order_no)")


def test_control_without_the_key_of_orders_the_race_counts_double(no_order_key, shop, session, now, monkeypatch):
    slow(monkeypatch, "store_orders")

    race(*same_new_orders(shop, now))

    assert totals()[0] > 10


def refunds_of_one_order(shop, now):
    def refund(n):
        body = make_order_body("T1", at=now, refunds=[(f"R{n}", 1, 1000)])
        return lambda: receive([make_arrival(shop, body, message_id=f"r{n}")], cause=Cause.PUSH, at=now)

    receive([make_arrival(shop, make_order_body("T1", at=now))], cause=Cause.PUSH, at=now)
    return [refund(n) for n in range(WRITERS)]


def test_changes_of_one_order_at_one_moment_are_all_counted(shop, session, now, monkeypatch):
    works = refunds_of_one_order(shop, now)
    slow(monkeypatch, "store_orders")

    errors = race(*works)

    assert errors == []
    assert totals() == (1, 2, 11960, 1000 * WRITERS)
    assert sum(LedgerEntry.objects.values_list("refunded_fen", flat=True)) == 1000 * WRITERS


def test_control_without_the_row_lock_changes_go_wrong(shop, session, now, monkeypatch):
    works = refunds_of_one_order(shop, now)
    slow(monkeypatch, "store_orders")
    assert "FOR UPDATE OF o" in rows.LOCK
    monkeypatch.setattr(rows, "LOCK", rows.LOCK.replace("FOR UPDATE OF o", ""))
    # the refund's line is capped by what was paid, so a stale reader books too little or too much against the true state
    late = make_order_body("T1", version=2, at=now + timedelta(seconds=1), lines=[(1, "LDS-500", 1, 500)])
    works.append(lambda: receive([make_arrival(shop, late, message_id="late")], cause=Cause.PUSH, at=now))

    race(*works)

    lines = sum(Order.objects.get().lines.values_list("paid_fen", flat=True))
    assert totals()[2:] != (lines, min(lines, 1000 * WRITERS))


def test_one_message_that_reaches_several_writers_at_once_gets_one_answer(shop, session, now):
    arrival = make_arrival(shop, make_order_body("T1", at=now), message_id="m1")
    receipts = []

    errors = race(*[lambda: receipts.extend(receive([arrival], cause=Cause.PUSH, at=now)) for _ in range(WRITERS)])

    assert errors == []
    assert [(r.applied, r.duplicate, r.stale) for r in receipts] == [(1, 0, 0)] * WRITERS
    assert sum(not r.is_repeat for r in receipts) == 1


def test_control_without_the_key_of_deliveries_the_answers_differ(shop, session, now, monkeypatch):
    monkeypatch.setattr(rows, "answered_before", lambda *_: {})
    monkeypatch.setattr(rows, "keep_deliveries", lambda *_: None)
    arrival = make_arrival(shop, make_order_body("T1", at=now), message_id="m1")
    receipts = []

    race(*[lambda: receipts.extend(receive([arrival], cause=Cause.PUSH, at=now)) for _ in range(WRITERS)])

    assert sorted((r.applied, r.duplicate) for r in receipts) == [(0, 1)] * (WRITERS - 1) + [(1, 0)]
    assert totals() == (1, 2, 11960, 0)  # the order's own key and version still count it once


def crossing_batches(shop, now):
    """Batches that hold the same orders in opposite sequence, new and known ones mixed."""
    numbers = [f"T{n}" for n in range(40)]
    receive([make_arrival(shop, *(make_order_body(no, at=now) for no in numbers[::2]))], cause=Cause.PUSH, at=now)

    def batch(i):
        turned = numbers if i % 2 else numbers[::-1]
        bodies = [make_order_body(no, version=2 + i, at=now, lines=[(1, "A", 1, 100 + i)]) for no in turned]
        return lambda: receive(
            [make_arrival(shop, body, message_id=f"{i}-{body['order_no']}") for body in bodies], cause=Cause.PUSH, at=now
        )

    return [batch(i) for i in range(WRITERS)]


@pytest.fixture
def deadlocks_are_errors(monkeypatch):
    """A batch may start again after any race, but not after a deadlock."""
    may_pass = intake._may_pass
    monkeypatch.setattr(
        intake,
        "_may_pass",
        lambda error, at: not isinstance(error.__cause__, psycopg.errors.DeadlockDetected) and may_pass(error, at),
    )
    monkeypatch.setattr(intake, "TRIES", 50)


def test_crossing_batches_never_deadlock(deadlocks_are_errors, shop, session, now):

    errors = race(*crossing_batches(shop, now))

    assert errors == []
    assert totals() == (40, 40, 40 * (100 + WRITERS - 1), 0)
    assert audit_tallies() == []


def test_control_without_sorted_keys_crossing_batches_deadlock(deadlocks_are_errors, shop, session, now, monkeypatch):
    works = crossing_batches(shop, now)
    lock = rows.lock_orders

    def lock_one_by_one(cursor, keys):
        """In no order, as the messages came."""
        states = {}
        for key in random.sample(keys, len(keys)):
            states |= lock(cursor, [key])
        return states

    monkeypatch.setattr(rows, "lock_orders", lock_one_by_one)

    errors = race(*works)

    assert any(isinstance(error.__cause__, psycopg.errors.DeadlockDetected) for error in errors)

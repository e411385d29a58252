"""Eight writers on the same orders for a while: no difference, no deadlock. The database itself counts the deadlocks."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from orders.actions import intake
from orders.actions.audit import audit_tallies
from orders.actions.intake import receive
from orders.models import LedgerEntry, Order
from orders.models.ledger import Cause
from tests.doors import all_totals, totals
from tests.factories import make_arrival, make_order_body
from tests.oracle import scope_totals
from tests.races.runners import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WRITERS = 8
ORDERS = 200


def deadlocks():
    """How many this database has had; writers that closed their connections have reported theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def story(no, now, chance):
    """Six facts of one order; some name no lines, some bring a refund, the last ones may end it."""
    lines = [(1, "A", 1, chance.randint(100, 900)), (2, "B", 2, chance.randint(0, 500))]
    for version, status in enumerate(
        ["created", "paid", "paid", "shipped", "completed", chance.choice(["closed", "completed"])], 1
    ):
        at = now - timedelta(minutes=10) + timedelta(seconds=version)
        refunds = (
            [("R1", 1, chance.randint(0, 100), chance.choice(["requested", "succeeded", "withdrawn"]))] if version > 3 else []
        )
        body = make_order_body(
            no, status=status, version=version, at=at, lines=lines, refunds=refunds, room=chance.choice(["R1", None])
        )
        if chance.random() < 0.4 and version > 2:
            del body["lines"]
        yield body | ({"paid_at": now.isoformat()} if status != "created" else {})


def batches_of(arrivals, size):
    return [arrivals[start : start + size] for start in range(0, len(arrivals), size)]


def write(batches, now):
    for batch in batches:
        receive(batch, cause=Cause.PUSH, at=now)


@pytest.mark.parametrize("seed", [1, 2])
def test_eight_writers_tell_six_facts_of_two_hundred_orders_and_all_are_counted_right(shop, session, now, monkeypatch, seed):
    chance = random.Random(seed)
    messages = [body for n in range(ORDERS) for body in story(f"T{n:03d}", now, chance)]
    arrivals = [make_arrival(shop, body, message_id=f"m{n}", now=now) for n, body in enumerate(messages)]
    chance.shuffle(arrivals)
    shares = [arrivals[n::WRITERS] + chance.sample(arrivals, 30) for n in range(WRITERS)]  # some facts come twice
    book = intake.book

    def book_late(*args):
        """Time for the others between our read and our write."""
        time.sleep(chance.uniform(0, 0.01))
        return book(*args)

    monkeypatch.setattr(intake, "book", book_late)
    monkeypatch.setattr(intake, "TRIES", 50)  # all 200 orders are new to all eight at once
    before = deadlocks()

    errors = race(*[lambda share=share: write(batches_of(share, 20), now) for share in shares])

    assert errors == []
    assert all_totals() == scope_totals(messages, {"R1": session.pk})
    assert Order.objects.count() == ORDERS
    assert deadlocks() == before
    assert audit_tallies() == []


CROSSED = 100
TRANSACTIONS, KEYS = 125, 30  # of each writer, a thousand in all; keys of each transaction


def crossing(shop, now, transactions):
    """For each writer its batches of 30 random orders of 100, in no order; every third order is new."""
    known = [make_arrival(shop, make_order_body(f"T{n:03d}", version=0, at=now)) for n in range(CROSSED) if n % 3]
    receive(known, cause=Cause.PUSH, at=now)
    chance = random.Random(16)

    def batch(writer, turn):
        version = turn * WRITERS + writer + 1
        bodies = [
            make_order_body(f"T{n:03d}", version=version, at=now, lines=[(1, "A", 1, version)])
            for n in chance.sample(range(CROSSED), KEYS)
        ]
        return [make_arrival(shop, body) for body in bodies]

    return [[batch(writer, turn) for turn in range(transactions)] for writer in range(WRITERS)]


def newest(work):
    """The highest version of each order: what its line must be worth in the end."""
    found = {f"T{n:03d}": 11960 for n in range(CROSSED) if n % 3}
    told = [
        (event.rank, event.order_no, event.lines[0].paid_fen)
        for batches in work
        for batch in batches
        for arrival in batch
        for event in arrival.events
    ]
    return found | {no: fen for _rank, no, fen in sorted(told)}


def test_crossing_batches_of_thirty_random_orders_never_deadlock(shop, session, now):
    work = crossing(shop, now, TRANSACTIONS)
    before = deadlocks()

    errors = race(*[lambda batches=batches: write(batches, now) for batches in work])

    assert errors == []
    assert deadlocks() == before
    expected = newest(work)
    assert (totals()[0], totals()[2]) == (len(expected), sum(expected.values()))
    assert sum(LedgerEntry.objects.values_list("paid_fen", flat=True)) == sum(expected.values())
    assert audit_tallies() == []


def test_control_when_orders_are_taken_one_by_one_as_they_come_crossing_transactions_deadlock(shop, session, now, monkeypatch):
    """The same batches, each in one transaction, but its keys are locked in the order of the messages."""
    monkeypatch.setattr(intake, "TRIES", 1)
    work = crossing(shop, now, 2)
    before = deadlocks()

    def unsorted(batches):
        for batch in batches:
            with transaction.atomic():
                for arrival in batch:
                    receive([arrival], cause=Cause.PUSH, at=now)

    race(*[lambda batches=batches: unsorted(batches) for batches in work[:5]])

    assert deadlocks() > before

"""One poisonous message in each batch of a hundred: it is acked, kept for a person, and costs its neighbours nothing."""

from __future__ import annotations

import json
import time

import pytest
from django.db import connection

from orders.actions import group_commit
from orders.actions.audit import audit_tallies
from orders.actions.intake import receive
from orders.actions.raw import read_raw
from orders.models import DeadLetter, Delivery, DeliveryOutcome, LedgerEntry, Order
from orders.platforms import standard
from orders.push import PushApp
from tests.doors import as_bytes, ask_all, signed, totals
from tests.factories import make_order_body

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BATCHES, BATCH = 50, 100


@pytest.fixture
def app():
    app = PushApp()
    yield app
    app.stop()


@pytest.fixture
def path(shop, session):
    return f"/push/standard/{shop.key}/"


@pytest.fixture
def refusing_database(transactional_db):
    """The database itself refuses some orders, for a reason that nobody foresaw when the code was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION choke() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF NEW.order_no LIKE 'POISON%' THEN RAISE division_by_zero; END IF; RETURN NEW; END $$"
        )
        cursor.execute("CREATE TRIGGER choke BEFORE INSERT ON orders_order FOR EACH ROW EXECUTE FUNCTION choke()")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER choke ON orders_order")
        cursor.execute("DROP FUNCTION choke()")


def batch_of(batch, size=BATCH):
    """As many pushes; one of them, never in the same place, is poison."""
    bodies = []
    for n in range(size):
        name = "POISON" if n == batch * 37 % size else "T"
        bodies.append(as_bytes(make_order_body(f"{name}{batch:03d}-{n:03d}", lines=[(1, "A", 1, 100)])))
    return [(body, signed(body, f"msg_{batch}_{n}")) for n, body in enumerate(bodies)]


def test_one_poisonous_push_in_each_of_fifty_batches_is_kept_and_its_neighbours_are_counted(app, path, refusing_database):
    writers = set()
    for batch in range(BATCHES):
        pushes = batch_of(batch)

        answers = ask_all(app, path, pushes)

        writers.add(app.writer.thread)
        assert [status for status, _ in answers] == [200] * BATCH
        told = [json.loads(body) for _, body in answers]
        assert sum(answer["applied"] for answer in told) == BATCH - 1
        ((place, rejected),) = [(n, answer["rejected"]) for n, answer in enumerate(told) if answer["rejected"]]
        assert (place, [part["index"] for part in rejected]) == (batch * 37 % BATCH, [0])

    good = BATCHES * (BATCH - 1)
    assert totals() == (good, good, 100 * good, 0)
    assert LedgerEntry.objects.count() == Order.objects.count() == good
    kept = Delivery.objects.filter(outcome=DeliveryOutcome.KEPT)
    assert kept.count() == BATCHES
    assert all(b"POISON" in (read_raw(delivery) or b"") for delivery in kept)
    assert DeadLetter.objects.waiting().count() == BATCHES
    assert len(writers) == 1  # the writer never died
    assert audit_tallies() == []


def test_poison_that_comes_again_is_acked_again_and_kept_once(app, path, refusing_database):
    pushes = batch_of(0, size=10)
    first = ask_all(app, path, pushes)

    again = [ask_all(app, path, pushes) for _ in range(3)]

    assert all([status for status, _ in answers] == [200] * 10 for answers in again)
    assert again == [first] * 3
    assert Delivery.objects.filter(outcome=DeliveryOutcome.KEPT).count() == 1
    assert totals()[0] == 9


def test_control_without_halving_one_poisonous_push_stops_its_whole_batch(app, path, refusing_database, monkeypatch):
    def all_or_nothing(arrivals, **kwargs):
        time.sleep(0.3)  # whoever comes meanwhile is in the next batch, the poison among them
        return receive(arrivals, **kwargs)

    monkeypatch.setattr(group_commit, "receive_halving", all_or_nothing)

    answers = ask_all(app, path, batch_of(2))

    assert 503 in {status for status, _ in answers}
    assert totals()[0] < BATCH - 1


def test_pushes_that_crash_their_parser_are_kept_and_their_neighbours_are_counted(app, path, monkeypatch):
    parse = standard.parse

    def crash(headers, body, now):
        if b"POISON" in body:
            raise ZeroDivisionError
        return parse(headers, body, now)

    monkeypatch.setattr(standard, "parse", crash)

    answers = [answer for batch in range(5) for answer in ask_all(app, path, batch_of(batch))]

    assert {status for status, _ in answers} == {200}
    assert totals()[0] == 5 * (BATCH - 1)
    assert Delivery.objects.filter(outcome=DeliveryOutcome.KEPT).count() == 5

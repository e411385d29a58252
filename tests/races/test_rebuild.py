"""The tallies are mended while pushes come in. The controls: as it was done before, without one of its guards, it goes wrong."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from orders.actions import audit
from orders.actions.audit import TALLIES, Tally, audit_tallies, rebuild_tallies
from orders.actions.check import check_touched
from orders.actions.intake import receive
from orders.actions.invariants import broken_everywhere
from orders.models import CheckedBoard, DayTally, LedgerEntry
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body
from tests.races.test_intake import race

pytestmark = pytest.mark.django_db(transaction=True)
NAP = 0.4  # seconds between what a rebuild saw and what it writes, so that pushes come in between for certain
WRITERS = 2


def put(shop, numbers, at, **kwargs):
    receive([make_arrival(shop, *(make_order_body(no, at=at, **kwargs) for no in numbers))], cause=Cause.PUSH, at=at)


def damage():
    """Every kind: rows away, rows too many, figures wrong."""
    with connection.cursor() as cursor:
        for tally in TALLIES:
            cursor.execute(f"DELETE FROM {tally.table} WHERE scope LIKE 'session:%'")
            first = next(iter(tally.sums))
            cursor.execute(f"UPDATE {tally.table} SET {first} = {first} + 7")
            others = ", ".join(name for name in tally.columns() if name != "scope")
            cursor.execute(
                f"INSERT INTO {tally.table} (scope, {others}) SELECT 'session:nobody', {others} FROM {tally.table} LIMIT 1"
            )


def sleepy(monkeypatch):
    """Each correction waits after its snapshot was taken."""
    correction = Tally.correction

    def slow(self):
        napping = correction(self).replace(" WHERE ", " CROSS JOIN nap WHERE ").replace(" CROSS JOIN nap", "", 2)
        assert napping.count("CROSS JOIN nap") == 1, napping
        return f"WITH nap AS MATERIALIZED (SELECT pg_sleep({NAP})) {napping}"

    monkeypatch.setattr(Tally, "correction", slow)


class Pushing:
    """Writers that push until the rebuild is through: new orders, refunds of old ones. What each push took is kept."""

    def __init__(self, shop, now):
        self.shop, self.now = shop, now
        self.over = threading.Event()
        self.took: list[float] = []

    def write(self, who):
        n = 0
        while not self.over.is_set():
            n += 1
            began = time.monotonic()
            put(self.shop, [f"N{who}-{n}", f"M{who}-{n}"], self.now)
            put(self.shop, [f"T{n % 20}"], self.now, version=2 + n, refunds=[(f"R{who}-{n}", 1, 10)])
            self.took.append(time.monotonic() - began)

    def during(self, *works):
        """Runs the works beside the writers; returns what anybody raised."""
        left = threading.Semaphore(0)

        def last(work):
            try:
                work()
            finally:
                left.release()

        def end():
            for _ in works:
                left.acquire()
            self.over.set()

        writers = [lambda who=who: self.write(who) for who in range(WRITERS)]
        return race(*writers, *(lambda work=work: last(work) for work in works), end)


@pytest.fixture
def pushing(shop, session, now):
    for second in range(5):
        put(shop, [f"T{n}" for n in range(second * 4, second * 4 + 4)], now - timedelta(seconds=second))
    return Pushing(shop, now)


def sold():
    """Orders by the tally of the county, and by the ledger."""
    tally = sum(DayTally.objects.filter(scope="county:140425").values_list("orders", flat=True))
    return tally, sum(LedgerEntry.objects.values_list("orders", flat=True))


def test_tallies_are_mended_while_pushes_come_in_and_nobody_waits(pushing, monkeypatch):
    damage()
    sleepy(monkeypatch)

    errors = pushing.during(rebuild_tallies)

    assert errors == []
    assert audit_tallies() == []
    assert len(set(sold())) == 1
    assert len(pushing.took) > 2 * WRITERS
    assert max(pushing.took) < NAP


def test_two_rebuilds_at_once_mend_once(pushing, monkeypatch):
    damage()
    sleepy(monkeypatch)

    errors = pushing.during(rebuild_tallies, rebuild_tallies)

    assert errors == []
    assert audit_tallies() == []


def test_a_rebuild_in_many_small_pieces_mends_all(pushing, monkeypatch):
    damage()
    monkeypatch.setattr(audit, "AT_ONCE", 3)

    errors = pushing.during(rebuild_tallies)

    assert errors == []
    assert audit_tallies() == []


def test_a_check_is_right_while_pushes_come_in(pushing, session, now):
    seen = []

    def look():
        for _ in range(10):
            seen.extend(broken_everywhere(now))
            seen.extend(check_touched(at=now))
            CheckedBoard.objects.all().delete()

    assert pushing.during(look) == []
    assert seen == []


def test_control_without_the_lock_of_rebuilds_two_of_them_mend_twice(pushing, monkeypatch):
    damage()
    sleepy(monkeypatch)
    monkeypatch.setattr(audit, "ONE_REBUILD", None)

    pushing.during(rebuild_tallies, rebuild_tallies)

    assert audit_tallies() != []


def test_control_a_rebuild_that_sets_instead_of_adding_loses_pushes(pushing, monkeypatch):
    damage()
    sleepy(monkeypatch)
    adding = Tally.correction

    def setting(self):
        text = adding(self)
        for name in self.sums:
            text = text.replace(f"COALESCE(c.{name}, 0) - COALESCE(s.{name}, 0)", f"COALESCE(c.{name}, 0)")
            text = text.replace(f"{name} = o.{name} + excluded.{name}", f"{name} = excluded.{name}")
        return text

    monkeypatch.setattr(Tally, "correction", setting)

    pushing.during(rebuild_tallies)

    tally, ledger = sold()
    assert tally < ledger


@transaction.atomic
def made_anew(lock: str) -> None:
    """The rebuild of before: everything away, and summed again."""
    with connection.cursor() as cursor:
        cursor.execute(lock)
        for tally in TALLIES:
            cursor.execute(f"DELETE FROM {tally.table}")
            cursor.execute("SELECT pg_sleep(%s)", [NAP])
            cursor.execute(f"INSERT INTO {tally.table} ({', '.join(tally.columns())}) {tally.computed()}")


def test_control_deleting_and_summing_again_fails_without_a_lock(pushing):
    with connection.cursor() as cursor:
        for tally in TALLIES:  # where rows are left, deleting them keeps the writers waiting, and nobody sees the flaw
            cursor.execute(f"DELETE FROM {tally.table}")

    errors = pushing.during(lambda: made_anew("SELECT 1"))

    assert errors != []
    assert {type(error) for error in errors} <= {IntegrityError, OperationalError}  # a key that is there already, or a deadlock


def test_control_deleting_and_summing_again_with_a_lock_keeps_pushes_waiting(pushing):
    errors = pushing.during(lambda: made_anew("LOCK TABLE orders_ledgerentry IN SHARE ROW EXCLUSIVE MODE"))

    assert errors == []
    assert audit_tallies() == []
    assert max(pushing.took) > NAP

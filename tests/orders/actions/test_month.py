from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from orders.actions import intake, month
from orders.actions.audit import audit_tallies
from orders.actions.intake import receive
from orders.actions.month import drop_old_months, months_from, open_months
from orders.models import DayTally, LedgerEntry, RawDelivery
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body

pytestmark = pytest.mark.django_db
LONG_ASLEEP = datetime(2031, 5, 31, 15, 59, 59, tzinfo=UTC)  # the last second of May in Shanghai


def partitions(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1 ORDER BY 1")
        return dict(cursor.fetchall())


def take(shop, at, number="T1", message="m1"):
    receive([make_arrival(shop, make_order_body(number, at=at), message_id=message, now=at)], cause=Cause.PUSH, at=at)


def test_a_system_that_slept_for_years_opens_the_month_it_needs(shop, session):
    take(shop, LONG_ASLEEP)
    take(shop, LONG_ASLEEP + timedelta(seconds=1), "T2", "m2")

    assert partitions("orders_ledgerentry") == {"orders_ledgerentry_2031_05": 1, "orders_ledgerentry_2031_06": 1}
    assert partitions("orders_rawdelivery") == {"orders_rawdelivery_2031_05": 1, "orders_rawdelivery_2031_06": 1}
    assert DayTally.objects.get(scope="county:140425", day="2031-05-31").orders == 1
    assert audit_tallies() == []


def test_control_without_the_opening_the_booking_is_refused(shop, session, monkeypatch):
    monkeypatch.setattr(intake, "has_no_month", lambda _error: False)

    with pytest.raises(IntegrityError):
        take(shop, LONG_ASLEEP)
    assert LedgerEntry.objects.count() == 0


def test_months_are_opened_ahead_and_once():
    made = open_months(LONG_ASLEEP)

    assert made == [
        f"{table}_{name}"
        for table in ("orders_ledgerentry", "orders_rawdelivery")
        for name in ("2031_05", "2031_06", "2031_07", "2031_08")
    ]
    assert open_months(LONG_ASLEEP) == []


def test_the_months_of_a_winter_have_no_hole():
    found = list(months_from(datetime(2027, 11, 30, tzinfo=UTC).date()))

    assert [str(first) for first, _ in found] == ["2027-11-01", "2027-12-01", "2028-01-01", "2028-02-01"]
    assert [first for first, _ in found][1:] == [following for _, following in found][:-1]


def test_an_entry_of_any_month_can_neither_be_changed_nor_deleted(shop, session):
    take(shop, LONG_ASLEEP)

    for statement in ("UPDATE orders_ledgerentry_2031_05 SET paid_fen = 1", "DELETE FROM orders_ledgerentry"):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert LedgerEntry.objects.get().paid_fen == 11960


def test_old_months_of_raw_deliveries_are_dropped_and_the_ledger_stays(shop, session):
    take(shop, LONG_ASLEEP)
    take(shop, LONG_ASLEEP + timedelta(days=70), "T2", "m2")

    dropped = drop_old_months(before=LONG_ASLEEP + timedelta(days=32))

    assert "orders_rawdelivery_2031_05" in dropped
    assert RawDelivery.objects.count() == 1
    assert LedgerEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_open_months_at_once_open_them_once():
    made, gate = [], threading.Barrier(2)

    def work():
        gate.wait(10)
        made.extend(open_months(datetime(2035, 1, 1, tzinfo=UTC)))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == len(set(made)) == 2 * (month.AHEAD + 1)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {', '.join(made)}")

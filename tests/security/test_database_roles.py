"""The accounts of deploy/roles.sql: the program works with its own, and can do with it nothing but its work."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from config.selfcheck.database import judge_role, read_role
from livestream.actions.audit import note
from livestream.actions.audit_chain import check_chain, seal_entries
from livestream.models import AuditEntry
from livestream.rules.deed import Deed
from orders.actions.audit import audit_tallies, rebuild_tallies
from orders.actions.intake import receive
from orders.actions.month import drop_old_months, open_months
from orders.actions.raw import forget_raw
from orders.models import LedgerEntry
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body
from tests.orders.files import imported
from tests.orders.sheets.exports import make_row

pytestmark = pytest.mark.django_db
ROLES = Path(__file__).resolve().parents[2] / "deploy" / "roles.sql"
ACCOUNTS = ("cunbo_owner", "cunbo_app", "cunbo_reader")


@pytest.fixture
def roles(db):
    """As an operator runs it, twice; all of it is gone with the transaction of the test."""
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(ROLES.read_text())


@contextmanager
def as_account(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {name}")
        try:
            yield cursor
        finally:
            cursor.execute("RESET ROLE")


def sell(shop, number="T1"):
    now = datetime.now(UTC)
    receive([make_arrival(shop, make_order_body(number, at=now, room="R1", refunds=[("R1", 1, 5)]))], cause=Cause.PUSH, at=now)


def test_the_program_does_its_work(roles, shop, session, county, settings, tmp_path, staff):
    from tests.factories import make_shop

    settings.UPLOADS = tmp_path
    douyin = make_shop(county, "douyin", key="dd")
    with as_account("cunbo_app"):
        sell(shop)
        assert imported(douyin, [make_row(1)]).rows_applied == 1
        opened = open_months(datetime(2033, 5, 1, tzinfo=UTC))
        assert len(opened) == 8
        sell(shop, "T2")
        forget_raw(at=datetime.now(UTC) + timedelta(days=40))
        assert drop_old_months(before=datetime(2033, 7, 1, tzinfo=UTC))
        note(Deed.REFUSED, by=staff)
        assert seal_entries() >= 1
        assert check_chain(at=datetime.now(UTC)).fault == ""
        rebuild_tallies()
        assert audit_tallies() == []


FORBIDDEN = [
    "UPDATE orders_ledgerentry SET paid_fen = 0",
    "DELETE FROM orders_ledgerentry",
    "TRUNCATE orders_ledgerentry CASCADE",
    "ALTER TABLE orders_ledgerentry DISABLE TRIGGER ALL",
    "ALTER TABLE orders_ledgerentry ADD COLUMN x int",
    "DROP TABLE orders_ledgerentry CASCADE",
    "UPDATE livestream_auditentry SET deed = 'x'",
    "TRUNCATE livestream_auditentry CASCADE",
    "DROP TABLE livestream_auditentry CASCADE",
    "ALTER TABLE livestream_auditentry DISABLE TRIGGER ALL",
    "UPDATE livestream_consent SET at = now()",
    "CREATE TABLE x (a int)",
    "CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE ROLE evil SUPERUSER",
    "SET session_replication_role = replica",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
    "SELECT cunbo_open_month('livestream_user', now(), now())",
    "SELECT cunbo_drop_month('orders_ledgerentry_2026_11')",
    "SELECT cunbo_drop_month('orders_rawdelivery')",
    "COPY orders_order TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_program_can_do_nothing_else(roles, shop, session, staff, statement):
    sell(shop)
    note(Deed.REFUSED, by=staff)
    before = (list(LedgerEntry.objects.values_list("paid_fen", flat=True)), AuditEntry.objects.count())

    with as_account("cunbo_app") as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(statement)

    assert (list(LedgerEntry.objects.values_list("paid_fen", flat=True)), AuditEntry.objects.count()) == before


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ("SELECT count(*) FROM orders_ledgerentry", True),
        ("SELECT count(*) FROM orders_daytally", True),
        ("SELECT count(*) FROM livestream_user", False),
        ("SELECT count(*) FROM orders_shop", False),
        ("SELECT count(*) FROM orders_rawdelivery", False),
        ("SELECT count(*) FROM django_session", False),
        ("SELECT count(*) FROM livestream_auditentry", False),
        ("DELETE FROM orders_daytally", False),
        ("SELECT cunbo_open_month('orders_ledgerentry', now(), now())", False),
    ],
)
def test_the_reader_sees_figures_and_no_people(roles, statement, may):
    with as_account("cunbo_reader") as cursor:
        try:
            with transaction.atomic():
                cursor.execute(statement)
        except DatabaseError:
            assert not may
        else:
            assert may


def test_the_self_check_sees_the_difference(roles, monkeypatch):
    monkeypatch.delenv("CUNBO_EMBEDDED", raising=False)
    assert judge_role(*read_role()).state == "red"  # the tests' own account may do everything

    with as_account("cunbo_app"):
        assert judge_role(*read_role()).state == "green"
    with as_account("cunbo_owner"):
        assert judge_role(*read_role()).state == "amber"

"""Several workers look at the same moment, several people tap at the same moment: each alarm once, each note of one person."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from livestream.models import BoardVersion
from livestream.rules.errors import NotAllowed
from orders import tasks
from orders.actions import alert as verbs
from orders.actions.alert import acknowledge, raise_alerts
from orders.actions.intake import receive
from orders.models import Alert
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, SESSIONS = 4, 6


@pytest.fixture
def sessions(county, shop):
    """Six on air; in each one good is oversold and for half an hour there was no order."""
    now = datetime.now(UTC)
    found = []
    for n in range(SESSIONS):
        good = make_product(county, f"G{n}")
        session = make_session(
            county, make_user("host", county), room=f"R{n}", account=f"A{n}", went_live_at=now - timedelta(hours=1),
            line_up=[(good, 100, 5)],
        )  # fmt: skip
        bodies = [make_order_body(f"T{n}", at=now - timedelta(minutes=30), room=f"R{n}", lines=((1, f"G{n}", 9, 900),))]
        receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=now - timedelta(minutes=30))
        found.append(session)
    return found


@pytest.fixture
def together(monkeypatch):
    """Every worker knows what is so before the first of them writes."""
    look, gate = verbs.what_is_so, threading.Barrier(WORKERS)

    def looked(*args):
        found = look(*args)
        gate.wait(60)
        return found

    monkeypatch.setattr(verbs, "what_is_so", looked)


def raised():
    return Counter(Alert.objects.values_list("scope", "kind"))


def versions():
    return dict(BoardVersion.objects.exclude(scope__startswith="stage:").values_list("scope", "version"))


def test_each_alarm_is_raised_once_whatever_the_number_of_workers(sessions, together):
    before = versions()

    assert race(*[tasks.raise_due_alerts] * WORKERS) == []

    assert raised() == {(f"session:{session.pk}", kind): 1 for session in sessions for kind in ("oversold", "no_orders")}
    assert {scope: version - before[scope] for scope, version in versions().items()} == dict.fromkeys(before, 1)
    assert race(*[tasks.raise_due_alerts] * WORKERS) == []
    assert Alert.objects.count() == 2 * SESSIONS


@pytest.fixture
def unguarded(monkeypatch):
    """Without the constraint, and without the word that heeds it."""
    monkeypatch.setattr(verbs, "RAISE", verbs.RAISE.replace("ON CONFLICT (scope, kind, subject, episode) DO NOTHING\n", ""))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_alert DROP CONSTRAINT alert_once")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_alert")
        cursor.execute("ALTER TABLE orders_alert ADD CONSTRAINT alert_once UNIQUE (scope, kind, subject, episode)")


def test_control_without_the_constraint_an_alarm_is_raised_more_than_once(sessions, together, unguarded):
    race(*[tasks.raise_due_alerts] * WORKERS)

    assert max(raised().values()) > 1


def test_alarms_are_cleared_once_and_their_boards_told_once(sessions, shop, monkeypatch):
    raise_alerts(datetime.now(UTC))
    now = datetime.now(UTC)
    bodies = [make_order_body(f"U{n}", at=now, room=f"R{n}", lines=((1, "X", 1, 100),)) for n in range(SESSIONS)]
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=now)
    before = versions()

    assert race(*[tasks.raise_due_alerts] * WORKERS) == []

    assert Alert.objects.filter(kind="no_orders", cleared_at=None).count() == 0
    assert Alert.objects.open().count() == SESSIONS
    assert {scope: version - before[scope] for scope, version in versions().items()} == dict.fromkeys(before, 1)


def tap_all(people):
    """Everybody takes note of the same alarm at once; returns who was told that somebody else was faster."""
    alert = Alert.objects.filter(kind="oversold").first()
    told = race(*[lambda person=person: acknowledge(alert, by=person, at=datetime.now(UTC)) for person in people])
    return alert.pk, told


def test_of_all_who_take_note_at_once_one_is_remembered(sessions, county):
    raise_alerts(datetime.now(UTC))
    people = [make_user("staff", county) for _ in range(WORKERS)]
    before = versions()["county:140425"]

    pk, told = tap_all(people)

    assert [type(error) for error in told] == [NotAllowed] * (WORKERS - 1)
    first = Alert.objects.get(pk=pk).acknowledged_by
    assert {str(error) for error in told} == {f"{first.name}已经处理过这一条：知道了。"}
    assert versions()["county:140425"] == before + 1


def test_control_without_the_comparison_everybody_believes_to_be_the_first(sessions, county, monkeypatch):
    raise_alerts(datetime.now(UTC))
    monkeypatch.setattr(type(Alert.objects.all()), "unacknowledged", lambda self: self)
    people = [make_user("staff", county) for _ in range(WORKERS)]

    _pk, told = tap_all(people)

    assert told == []

"""Gauges of what waits: exact, cheap, and silent about what they cannot know."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from orders.actions.hints import dismiss_hint
from orders.actions.sweep import note_sweep
from orders.models import Alert, DeadLetter, Hint, OrderFile
from tests.factories import make_shop

WAITING = re.compile(r"^(cunbo_\S+) (\S+)$", re.MULTILINE)


def gauges(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    found = {name: float(value) for name, value in WAITING.findall(answer.content.decode())}
    return {
        name: value for name, value in found.items() if "refused" not in name and "_csp_" not in name
    }  # what this process ever counted


def make_hint(shop, number, at, **more):
    return Hint.objects.create(
        county_id=shop.county_id, shop=shop, number=number, kind="order", due_at=at, first_asked_at=at, **more
    )


def make_letter(shop, came_at, **more):
    defaults = {
        "county_id": shop.county_id, "shop": shop, "received_at": came_at, "digest": str(came_at).encode(), "size": 1, "reason": "crashed"
    }  # fmt: skip
    return DeadLetter.objects.create(**(defaults | more))


def test_an_idle_system_is_calm(client, db):
    assert gauges(client) == {
        "cunbo_database_up": 1,
        "cunbo_alerts_open": 0,
        "cunbo_alerts_unread": 0,
        "cunbo_boards_checking": 0,
        "cunbo_hints_waiting": 0,
        "cunbo_hints_oldest_seconds": 0,
        "cunbo_hints_given_up": 0,
        "cunbo_dead_letters": 0,
        "cunbo_dead_letters_oldest_seconds": 0,
        "cunbo_imports": 0,
        "cunbo_imports_silent_seconds": 0,
        "cunbo_audit_unsealed_seconds": 0,
        "cunbo_audit_broken": 0,
        "cunbo_audit_check_seconds": 0,
    }


def test_gauges_say_how_many_wait_and_how_long(client, shop, other_county, staff, now):
    with time_machine.travel(now, tick=False):
        make_hint(shop, "1", now - timedelta(seconds=10))
        make_hint(make_shop(other_county), "2", now + timedelta(minutes=9), waiting_since=now - timedelta(seconds=90))
        make_hint(shop, "3", now - timedelta(days=1), answered=1)
        make_hint(shop, "4", now - timedelta(days=1), given_up_at=now)
        dismiss_hint(make_hint(shop, "5", now - timedelta(days=1), given_up_at=now), by=staff, note="x", at=now)
        make_letter(shop, now - timedelta(hours=2))
        make_letter(shop, now - timedelta(hours=3), state="retried", at=now)
        file = {"shop": shop, "name": "a.csv", "rows_total": 1}
        OrderFile.objects.create(**file, state="importing", heartbeat_at=now - timedelta(seconds=45))
        OrderFile.objects.create(**file, state="failed", heartbeat_at=now - timedelta(days=1))
        note_sweep("windows", at=now - timedelta(seconds=7))
        seen, over = {"acknowledged_at": now, "acknowledged_by": staff}, {"cleared_at": now}
        for n, more in enumerate([{}, {}, seen, over]):
            Alert.objects.create(county=shop.county, scope="x", kind="broken", episode=str(n), raised_at=now, **more)

        found = gauges(client)

    assert found.pop("cunbo_audit_unsealed_seconds") < 60  # what was made for this test, by the database's clock
    assert found == {
        "cunbo_database_up": 1,
        "cunbo_alerts_open": 3,
        "cunbo_alerts_unread": 2,
        "cunbo_boards_checking": 0,
        "cunbo_hints_waiting": 2,
        "cunbo_hints_oldest_seconds": 90,
        "cunbo_hints_given_up": 1,
        "cunbo_dead_letters": 1,
        "cunbo_dead_letters_oldest_seconds": 7200,
        "cunbo_imports": 1,
        "cunbo_imports_silent_seconds": 45,
        'cunbo_sweep_age_seconds{sweep="windows"}': 7,
        "cunbo_audit_broken": 0,
        "cunbo_audit_check_seconds": 0,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_gauges_cost_the_same_however_much_waits(client, shop, now, rows, django_assert_num_queries):
    for n in range(rows):
        make_hint(shop, str(n), now)
        note_sweep(f"s{n}", at=now)

    with django_assert_num_queries(9):
        gauges(client)


@pytest.mark.django_db(transaction=True)
def test_without_the_database_the_page_still_answers_and_says_so(client, monkeypatch):
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "HOST", "/nowhere")
        found = gauges(client)
    connection.close()

    assert found == {"cunbo_database_up": 0}
    assert gauges(client)["cunbo_database_up"] == 1


def test_gauges_are_for_this_machine_only(client, db):
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404

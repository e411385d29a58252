"""A broker that lost every task: the rows of work are in PostgreSQL, and the timetable finds them."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from celery import beat, current_app
from celery.contrib.testing.worker import start_worker

from orders.actions.audit import audit_tallies
from orders.models import Hint
from orders.platforms.fake import FakeDouyin, Good
from orders.push import PushApp
from tests.doors import ask_all, signed_by_douyin, totals
from tests.factories import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(300)]
WAITING = 1000


@pytest.fixture
def fake(settings):
    with FakeDouyin("app", "s3cret", seed=24) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def douyin(county):
    return make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)


def push_all(fake, shop, orders):
    """So many paid orders, their pushes taken; each order waits as one row of work."""
    began = datetime.now(UTC) - timedelta(hours=1)
    good = Good("LDS-500", "潞党参 500g", 5980)
    messages = [fake.sell([(good, 1)], at=began + timedelta(seconds=n / 10))[1].message for n in range(orders)]
    bodies = [json.dumps(messages[start : start + 50]).encode() for start in range(0, orders, 50)]
    app = PushApp()
    answers = ask_all(app, f"/push/douyin/{shop.key}/", [(body, signed_by_douyin(body)) for body in bodies])
    app.stop()
    assert {status for status, _ in answers} == {200}
    assert Hint.objects.waiting().count() == orders


def lose_every_task():
    """What a FLUSHALL does to a broker. The wake-ups of the pushes may still be on their way for a moment."""
    time.sleep(0.5)
    with current_app.connection_for_write() as broker:
        lost = current_app.control.purge(connection=broker)
    assert lost >= 1
    return lost


@pytest.fixture
def timetable():
    """Worker and beat as in the one-machine mode; nothing wakes them but this one line of the timetable."""
    whole, name = current_app.conf.beat_schedule, "answer-waiting-hints"
    current_app.conf.beat_schedule = {name: whole[name]}
    service = beat.Service(current_app, max_interval=0.5, scheduler_cls=beat.Scheduler)
    thread = threading.Thread(target=service.start, name="beat")
    with start_worker(current_app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        thread.start()
        yield
        service.stop()
        thread.join(10)
    current_app.conf.beat_schedule = whole


def wait_until_none_waits(seconds):
    until = time.monotonic() + seconds
    while (left := Hint.objects.waiting().count()) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def test_a_thousand_rows_whose_tasks_were_lost_are_found_by_the_sweep(fake, douyin, request):
    push_all(fake, douyin, WAITING)
    lose_every_task()

    began = time.monotonic()
    request.getfixturevalue("timetable")
    left = wait_until_none_waits(200)
    took = time.monotonic() - began

    assert left == 0
    assert took < 200  # some 2 s on a calm machine: each of the orders is fetched from the platform over HTTP
    truth = fake.totals()
    assert totals() == (WAITING, WAITING, truth.paid_fen, 0)
    assert audit_tallies() == []


def test_control_without_a_timetable_rows_whose_tasks_were_lost_wait_for_ever(fake, douyin, monkeypatch):
    push_all(fake, douyin, 20)
    lose_every_task()

    with start_worker(current_app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        left = wait_until_none_waits(2)

    assert left == 20

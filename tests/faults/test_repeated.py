"""The same push again: one after the other, in parallel, hours later, and as a stale retry. It counts once."""

from __future__ import annotations

import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from msgspec import structs

from orders.actions import intake
from orders.actions.audit import audit_tallies
from orders.actions.clock import Clock
from orders.models import Delivery, Hint, LedgerEntry, Order
from orders.platforms import standard
from orders.push import PushApp
from orders.rules.order import Outcome
from tests.doors import Line, all_totals, as_bytes, ask_all, evening, open_doors, send_all, signed, signed_by_douyin, totals
from tests.factories import make_order_body, make_shop
from tests.oracle import scope_totals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def app():
    app = PushApp()
    yield app
    app.stop()


@pytest.fixture
def path(shop, session):
    return f"/push/standard/{shop.key}/"


def repeated_pushes(count):
    """So many messages, and as (message id, body) each of them one to five times in no order."""
    messages = evening(count)[:count]
    pushes = [(f"msg_{n}", as_bytes(body)) for n, body in enumerate(messages)]
    chance = random.Random(11)
    repeated = [push for push in pushes for _ in range(chance.randint(1, 5))]
    chance.shuffle(repeated)
    return messages, repeated


def test_a_thousand_pushes_sent_one_to_five_times_count_once(path, session):
    messages, pushes = repeated_pushes(1000)

    with open_doors(2) as ports:
        answers = send_all(ports, path, pushes)

    assert {status for status, _ in answers} == {200}
    assert len(answers) == len(pushes) > 2500
    assert Delivery.objects.count() == 1000
    assert all_totals() == scope_totals(messages, {"R1": session.pk})
    assert audit_tallies() == []


def forget_message_ids(monkeypatch):
    """Control: the key of deliveries is away, as if every push had an id of its own that nobody remembers."""
    parse = standard.parse
    monkeypatch.setattr(standard, "parse", lambda *args: [replace(message, message_id="") for message in parse(*args)])


def test_pushes_count_once_even_when_their_ids_are_forgotten(path, session, monkeypatch):
    forget_message_ids(monkeypatch)
    messages, pushes = repeated_pushes(200)

    with open_doors(2) as ports:
        send_all(ports, path, pushes)

    assert Delivery.objects.count() == 0
    assert all_totals() == scope_totals(messages, {"R1": session.pk})


def test_control_without_ids_ranks_and_differences_a_repeated_push_counts_double(path, session, monkeypatch):
    forget_message_ids(monkeypatch)
    apply, book = intake.apply, intake.book
    monkeypatch.setattr(intake, "apply", lambda state, event: apply(state, event) and Outcome.APPLIED)
    monkeypatch.setattr(intake, "book", lambda cursor, changed, _before, *rest: book(cursor, changed, {}, *rest))
    messages, pushes = repeated_pushes(200)

    with open_doors(2) as ports:
        send_all(ports, path, pushes)

    assert all_totals() != (expected := scope_totals(messages, {"R1": session.pk}))
    assert totals()[0] > expected["county:140425"][0]


THREADS, ROUNDS = 32, 200


def rounds_in_parallel(ports, path, rounds):
    """In each round 32 senders send the same bytes at the same moment; the answers by round."""
    at = datetime.now(UTC)
    bodies = [as_bytes([make_order_body(f"T{n}", at=at), make_order_body(f"U{n}", at=at, room=None)]) for n in range(rounds)]
    headers = [signed(body, f"msg_{n}", at=at) for n, body in enumerate(bodies)]
    gate = threading.Barrier(THREADS)

    def send(n):
        line = Line(ports[n % len(ports)])
        answers = []
        for body, header in zip(bodies, headers, strict=True):
            gate.wait(30)
            answers.append(line.post(path, body, header))
        line.close()
        return answers

    with ThreadPoolExecutor(THREADS) as pool:
        return list(zip(*pool.map(send, range(THREADS)), strict=True))


def test_the_same_push_in_32_threads_gets_one_answer_and_counts_once(path, session):
    with open_doors(4) as ports:
        answers = rounds_in_parallel(ports, path, ROUNDS)

    assert {status for told in answers for status, _ in told} == {200}
    assert all(len(set(told)) == 1 for told in answers)
    assert json.loads(answers[0][0][1])["applied"] == 2
    assert totals() == (2 * ROUNDS, 4 * ROUNDS, 23920 * ROUNDS, 0)
    assert LedgerEntry.objects.count() == 2 * ROUNDS
    assert audit_tallies() == []


def test_control_without_the_key_of_deliveries_parallel_senders_are_told_different_things(path, session, monkeypatch):
    forget_message_ids(monkeypatch)

    with open_doors(4) as ports:
        answers = rounds_in_parallel(ports, path, 5)

    assert all(len(set(told)) == 2 for told in answers)
    assert totals()[0] == 10  # the keys and ranks of the orders still hold


LATER = timedelta(hours=6)


@pytest.fixture(autouse=True)
def _database_travels_too(monkeypatch):
    """What is too old is told by the database's clock, which no test can turn."""
    monkeypatch.setattr(Clock, "now", lambda _clock: datetime.now(UTC))


def test_a_captured_push_is_refused_five_minutes_later_and_harmless_before(app, path):
    now = datetime.now(UTC)
    body = as_bytes(make_order_body("T1", at=now))
    captured = (body, signed(body, at=now))
    (first,) = ask_all(app, path, [captured])

    statuses = []
    for seconds in (-301, -299, 299, 302, LATER.total_seconds(), timedelta(days=20).total_seconds()):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            statuses.append(ask_all(app, path, [captured]))

    assert statuses == [[(401, ANSWER_401)], [first], [first], [(401, ANSWER_401)], [(401, ANSWER_401)], [(401, ANSWER_401)]]
    assert (totals(), Delivery.objects.count()) == ((1, 2, 11960, 0), 1)


ANSWER_401 = b'{"code":401,"msg":"signature or time"}'


def test_a_message_signed_anew_hours_later_is_answered_like_the_first_time(app, path):
    now = datetime.now(UTC)
    bodies = [as_bytes([make_order_body(f"T{n}", at=now), {"order_no": 7}]) for n in range(1000)]
    first = ask_all(app, path, [(body, signed(body, f"msg_{n}")) for n, body in enumerate(bodies)])
    before = (totals(), LedgerEntry.objects.count(), Delivery.objects.count())

    with time_machine.travel(now + LATER, tick=True):
        again = ask_all(app, path, [(body, signed(body, f"msg_{n}")) for n, body in enumerate(bodies)])

    assert again == first
    assert before == ((1000, 2000, 11960 * 1000, 0), 1000, 1000)
    assert (totals(), LedgerEntry.objects.count(), Delivery.objects.count()) == before


def test_a_captured_push_of_a_scheme_without_time_does_nothing_for_ever(app, county):
    """抖店 signs no time: what stops a replay is the key of the message, which is kept for ever."""
    shop = make_shop(county, "douyin", app_key="app", secret="s3cret")
    path = f"/push/douyin/{shop.key}/"
    pushes = []
    for n in range(1000):
        data = json.dumps({"p_id": 6_900_000_000_000_000_000 + n, "shop_id": 1})
        body = as_bytes([{"tag": "101", "msg_id": f"{n}:101", "data": data}])
        pushes.append((body, signed_by_douyin(body)))
    ask_all(app, path, pushes)
    Hint.objects.update(answered=1)

    for later in (LATER, timedelta(days=40)):
        with time_machine.travel(datetime.now(UTC) + later, tick=True):
            answers = ask_all(app, path, pushes)
            assert set(answers) == {(200, b'{"code":0,"msg":"success"}')}

    assert set(Hint.objects.values_list("asked", "answered")) == {(1, 1)}
    assert (Hint.objects.waiting().count(), Delivery.objects.count()) == (0, 1000)


def test_a_stale_retry_with_an_older_payload_changes_nothing_and_says_so(app, path):
    """A sender's retry may carry what it knew when it first tried, under the same id or another."""
    now = datetime.now(UTC)
    lines = [(1, "A", 1, 900)]
    new = as_bytes(make_order_body("T1", version=5, at=now, status="shipped", lines=lines))
    old = as_bytes(make_order_body("T1", version=4, at=now - timedelta(minutes=1), lines=[(1, "B", 9, 5)], room="R7"))
    ask_all(app, path, [(new, signed(new, "msg_1"))])

    told = [ask_all(app, path, [(old, signed(old, message_id))])[0] for message_id in ("msg_1", "msg_2", "msg_2")]

    assert [(status, json.loads(body)["applied"], json.loads(body)["stale"]) for status, body in told] == [(200, 0, 1)] * 3
    assert Order.objects.values_list("status", "live_room").get() == ("shipped", "R1")
    assert totals() == (1, 1, 900, 0)
    assert sorted(Delivery.objects.values_list("message_id", "applied", "stale")) == [
        ("msg_1", 0, 1),
        ("msg_1", 1, 0),
        ("msg_2", 0, 1),
    ]


def test_control_without_ranks_a_stale_retry_undoes_what_was_newer(app, path, monkeypatch):
    apply, arrived = intake.apply, iter(range(1 << 62, 1 << 63))
    monkeypatch.setattr(intake, "apply", lambda state, event: apply(state, structs.replace(event, rank=next(arrived))))
    now = datetime.now(UTC)
    new = as_bytes(make_order_body("T1", version=5, at=now, status="shipped", lines=[(1, "A", 1, 900)]))
    old = as_bytes(make_order_body("T1", version=4, at=now, lines=[(1, "B", 9, 5)]))

    for message_id, body in (("msg_1", new), ("msg_2", old)):
        ask_all(app, path, [(body, signed(body, message_id))])

    assert totals() == (1, 9, 5, 0)

from __future__ import annotations

import io
import logging
import threading
import time
from datetime import timedelta

import pytest
from celery import Celery, current_app
from django.db import connection, transaction
from msgspec.structs import replace

from livestream.actions import wake as waking
from orders.actions import hints, wake
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.hints import Answer, answer_hints, answer_waiting, claim_hints, count_answers, settle_hints
from orders.actions.intake import receive
from orders.models import DayTally, Hint, Order
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact
from orders.platforms.fake import FakeDouyin, Good
from orders.rules.order import OrderEvent
from orders.tasks import answer_waiting_hints
from tests.factories import make_shop

pytestmark = pytest.mark.django_db
DANGSHEN = Good("LDS-500", "潞党参 500g", 5980)


@pytest.fixture
def fake(settings):
    with FakeDouyin("app", "s3cret", seed=7) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def shop(county):
    return make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)


def hint_at(shop, now, *numbers, kind="order"):
    facts = tuple(HintFact(kind, number) for number in numbers)
    receive([Arrival(ShopRef(shop.pk, shop.county_id), hints=facts)], cause=Cause.PUSH, at=now)


def totals(scope):
    return DayTally.objects.filter(scope=scope).values_list("orders", "units", "paid_fen", "refunded_fen").get()


def only_hint():
    return Hint.objects.get()


def test_answer_waiting_counts_the_order_a_hint_points_at(shop, fake, now):
    placed, _paid = fake.sell([(DANGSHEN, 2)])
    hint_at(shop, now, placed.number)

    assert answer_waiting(now) == 1

    truth = fake.totals()
    assert totals("county:140425") == (1, 2, truth.paid_fen, 0)
    hint = only_hint()
    assert (hint.asked, hint.answered, hint.attempts, hint.last_error, hint.given_up_at) == (1, 1, 0, "", None)
    assert answer_waiting(now + timedelta(days=1)) == 0


def test_an_after_sale_hint_counts_the_refund_before_its_order_is_known(shop, fake, now):
    placed, _paid = fake.sell([(DANGSHEN, 2)])
    asked, _settled = fake.refund(placed.number, fen=500)
    hint_at(shop, now, asked.number, kind="after_sale")
    answer_waiting(now)
    assert list(DayTally.objects.all()) == []

    hint_at(shop, now, placed.number)
    answer_waiting(now)

    assert totals("county:140425") == (1, 2, fake.totals().paid_fen, 500)


def test_an_order_brings_its_refund_along_when_the_push_about_it_was_lost(shop, fake, now):
    placed, _paid = fake.sell([(DANGSHEN, 2), (Good("HJ-500", "花椒", 3980), 1)])
    fake.refund(placed.number, line=1, fen=700)
    hint_at(shop, now, placed.number)

    answer_waiting(now)

    assert totals("county:140425") == (1, 3, fake.totals().paid_fen, 700)


def test_a_push_that_comes_while_we_ask_leaves_the_hint_waiting(shop, fake, now):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    hint_at(shop, now, placed.number)
    claimed = claim_hints(10, now)
    hint_at(shop, now, placed.number)

    answer_hints(claimed, now)

    hint = only_hint()
    assert (hint.asked, hint.answered, hint.due_at) == (2, 1, now)
    assert [h.pk for h in claim_hints(10, now)] == [hint.pk]


def test_a_claimed_hint_is_leased_and_free_again_when_its_worker_died(shop, now):
    hint_at(shop, now, "1", "2")

    assert [h.number for h in claim_hints(1, now)] == ["1"]
    assert [h.number for h in claim_hints(10, now)] == ["2"]
    assert claim_hints(10, now + timedelta(seconds=119)) == []
    assert {(h.number, h.attempts) for h in claim_hints(10, now + timedelta(seconds=120))} == {("1", 2), ("2", 2)}


@pytest.mark.django_db(transaction=True)
def test_a_hint_locked_by_another_worker_is_skipped(shop, now):
    hint_at(shop, now, "1", "2")
    found = []

    def other_worker():
        found.extend(h.number for h in claim_hints(10, now))
        connection.close()

    with transaction.atomic():
        mine = list(Hint.objects.select_for_update().filter(number="1"))
        thread = threading.Thread(target=other_worker)
        thread.start()
        thread.join(10)

    assert (len(mine), found) == (1, ["2"])


def test_a_refused_hint_waits_longer_each_time_and_is_given_up_in_the_end(shop, fake, now):
    hint_at(shop, now, "404")
    at, pauses = now, []
    while only_hint().given_up_at is None:
        assert answer_waiting(at) == 0
        pauses.append((only_hint().due_at - at).total_seconds())
        at = only_hint().due_at

    assert len(pauses) == hints.REFUSALS
    longest = [2, 8, 32, 128, 512, 1800, 1800, 1800]
    assert all(limit / 2 <= pause <= limit + 1 for pause, limit in zip(pauses, longest, strict=True))
    assert (only_hint().last_error, only_hint().reason) == ("50002: 订单不存在", "missing")
    assert answer_waiting(at + timedelta(days=1)) == 0


def test_a_new_push_wakes_a_hint_that_was_given_up(shop, fake, now):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    hint_at(shop, now, placed.number)
    Hint.objects.update(given_up_at=now, attempts=8)

    hint_at(shop, now, placed.number)

    assert answer_waiting(now) == 1
    assert (only_hint().asked, only_hint().answered, only_hint().given_up_at) == (2, 2, None)


def test_silence_never_gives_up_and_nothing_is_lost(shop, fake, now):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    address = fake.server.server_address
    fake.stop()
    hint_at(shop, now, placed.number)
    at = now
    for _attempt in range(12):
        assert answer_waiting(at) == 0
        at = only_hint().due_at
    assert (only_hint().attempts, only_hint().given_up_at) == (hints.PATIENCE, None)
    assert only_hint().last_error.startswith("ConnectError")

    fake.start(*address)
    assert answer_waiting(at) == 1
    assert totals("county:140425")[0] == 1


def test_after_silence_the_rest_of_the_batch_is_not_asked(shop, settings, now):
    settings.PRACTICE_PLATFORM_URL = "http://127.0.0.1:9"
    hint_at(shop, now, *[str(n) for n in range(30)])

    answer_waiting(now)

    errors = list(Hint.objects.values_list("last_error", flat=True))
    assert 1 <= sum(error.startswith("ConnectError") for error in errors) <= hints.AT_ONCE
    assert sum(error == "silent a moment ago" for error in errors) >= 30 - hints.AT_ONCE


def test_one_order_that_is_not_known_costs_its_neighbours_nothing(shop, fake, now):
    numbers = [fake.sell([(DANGSHEN, 1)])[0].number for _ in range(50)]
    hint_at(shop, now, *numbers, "404")

    assert answer_waiting(now) == 50
    assert totals("county:140425")[0] == 50
    assert [h.number for h in Hint.objects.waiting()] == ["404"]


def test_an_answer_the_database_refuses_fails_alone(shop, now):
    hint_at(shop, now, "1", "2")
    first, second = claim_hints(2, now)
    good = OrderEvent("1", 1, now, "paid", paid_at=now)
    answers = [Answer(first, (good,)), Answer(second, (replace(good, order_no="2", province="\0"),))]

    assert settle_hints(count_answers(answers, now), now) == 1

    assert list(Order.objects.values_list("order_no", flat=True)) == ["1"]
    assert [(h.number, h.last_error) for h in Hint.objects.waiting()] == [("2", "unstorable: the database refused it")]


def test_a_shop_out_of_use_is_not_asked_for(shop, fake, now):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    hint_at(shop, now, placed.number)
    type(shop).objects.update(is_active=False)

    assert answer_waiting(now) == 0
    assert (only_hint().last_error, only_hint().reason) == ("shop: the shop is not in use", "shop")


def test_the_task_answers_what_waits(shop, fake, now):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    hint_at(shop, now, placed.number)

    answer_waiting_hints()

    assert totals("county:140425")[0] == 1


def test_a_hint_wakes_the_worker_after_commit_and_only_then(shop, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as woken:
        hint_at(shop, now, "1")
        receive([Arrival(ShopRef(shop.pk, shop.county_id))], cause=Cause.PUSH, at=now)

    assert [work for work in woken if work is wake.wake_worker] == [wake.wake_worker]  # the others note who was heard of


def drained_names(count, seconds=5.0):
    """The names of the tasks that arrive at the in-memory broker."""
    until, names = time.monotonic() + seconds, []
    with current_app.connection_for_read() as broker:
        queue = broker.SimpleQueue("celery")
        while time.monotonic() < until and len(names) < count:
            try:
                message = queue.get(timeout=0.05)
            except queue.Empty:
                continue
            names.append(message.headers["task"])
            message.ack()
        queue.close()
    return names


def test_many_wake_ups_become_few_tasks():
    drained_names(10**6, seconds=0.3)

    for _ in range(1000):
        wake.wake_worker()

    assert 1 <= len(drained_names(10**6, seconds=1.0)) <= 3


def test_a_broker_that_is_away_is_only_a_line_in_the_log(monkeypatch):
    away = Celery("away", broker="redis://127.0.0.1:9/0", set_as_current=False)
    away.conf.broker_transport_options = {"max_retries": 1, "interval_start": 0}
    monkeypatch.setattr(waking, "current_app", away)
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    logging.getLogger("livestream.actions.wake").addHandler(handler)
    waker = waking.Waker(wake.waker.task)
    waker.wake()
    thread = waker.thread
    for _ in range(100):
        if lines.getvalue():
            break
        thread.join(0.05)
    logging.getLogger("livestream.actions.wake").removeHandler(handler)

    assert "worker_not_woken" in lines.getvalue()
    assert thread.is_alive()

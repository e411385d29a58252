"""Senders whose clock is wrong: what they say is taken or refused with a reason, and never blocks what comes later."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest

from orders.models import AfterSale, Order
from orders.platforms import douyin, standard
from orders.push import PushApp
from orders.rules.rank import progress_rank
from tests.doors import all_totals, as_bytes, ask_all, evening, signed, totals
from tests.factories import make_order_body
from tests.oracle import scope_totals

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1) - timedelta(seconds=30)  # a day ahead when it is sent, still within the day when it is read
TEN_YEARS = timedelta(days=3653)
AHEAD = "updated_at is more than 10 minutes ahead of our clock"
IMPOSSIBLE = "a time before 2015 or more than a day ahead"
numbers = itertools.count()


@pytest.fixture
def send(shop, session):
    app = PushApp()

    def send(*orders):
        """One push, signed at the right time; what it was answered."""
        body = as_bytes(list(orders))
        ((status, told),) = ask_all(app, f"/push/standard/{shop.key}/", [(body, signed(body, f"clock_{next(numbers)}"))])
        assert status == 200
        return json.loads(told)

    yield send
    app.stop()


def told_at(clock, version=None, fen=100, **kwargs):
    """An order, paid now, as a sender tells it whose clock is off by `clock`."""
    now = datetime.now(UTC)
    body = make_order_body("T1", version=version, at=now, lines=[(1, "A", 1, fen)], **kwargs)
    return body | {"updated_at": (now + clock).isoformat()}


@pytest.mark.parametrize("version", [None, 1])
@pytest.mark.parametrize("clock", [-DAY, -timedelta(hours=8), timedelta(0), timedelta(minutes=9, seconds=55)])
def test_a_clock_that_lags_or_is_a_little_ahead_is_taken_and_the_next_update_wins(send, clock, version):
    assert send(told_at(clock, version))["applied"] == 1

    later = told_at(clock + timedelta(seconds=1), version and 2, fen=250)
    assert send(later)["applied"] == 1

    assert totals() == (1, 1, 250, 0)


@pytest.mark.parametrize("clock", [timedelta(minutes=10, seconds=5), timedelta(hours=8), DAY])
def test_a_clock_far_ahead_is_refused_by_name_and_blocks_nothing(send, clock):
    refused = send(told_at(clock, fen=999))
    assert (refused["applied"], refused["rejected"]) == (0, [{"index": 0, "reason": AHEAD}])

    assert send(told_at(timedelta(0), fen=100))["applied"] == 1
    assert send(told_at(clock, fen=999))["rejected"] == refused["rejected"]
    assert send(told_at(timedelta(seconds=1), fen=250))["applied"] == 1

    assert totals() == (1, 1, 250, 0)


@pytest.mark.parametrize("clock", [timedelta(minutes=10, seconds=5), DAY])
def test_a_version_asks_no_clock(send, clock):
    assert send(told_at(clock, version=1, fen=999))["applied"] == 1

    assert send(told_at(timedelta(0), version=2, fen=250, status="shipped"))["applied"] == 1

    assert totals() == (1, 1, 250, 0)
    assert Order.objects.get().status == "shipped"


@pytest.mark.parametrize("version", [None, 1])
@pytest.mark.parametrize("clock", [TEN_YEARS, timedelta(days=1, minutes=1), -TEN_YEARS * 2])
def test_a_clock_that_cannot_be_is_refused_by_name(send, clock, version):
    assert send(told_at(clock, version))["rejected"] == [{"index": 0, "reason": IMPOSSIBLE}]
    assert send(told_at(timedelta(0), version))["applied"] == 1
    assert totals() == (1, 1, 100, 0)


def told_refund(clock, status, version):
    body = told_at(timedelta(0), version, refunds=[("R1", 1, 40, status)])
    body["refunds"][0]["updated_at"] = (datetime.now(UTC) + clock).isoformat()
    return body


def test_a_refund_from_a_clock_far_ahead_is_refused_also_with_a_version_and_its_withdrawal_wins(send):
    refused = send(told_refund(timedelta(hours=8), "succeeded", 1))
    assert refused["rejected"] == [{"index": 0, "reason": AHEAD}]

    send(told_refund(timedelta(0), "succeeded", 2))
    assert totals() == (1, 1, 100, 40)
    send(told_refund(timedelta(seconds=2), "withdrawn", 3))

    assert totals() == (1, 1, 100, 0)
    assert AfterSale.objects.get().status == "withdrawn"


def test_a_refund_without_a_time_has_that_of_its_order(send):
    body = told_at(timedelta(hours=8), version=1, refunds=[("R1", 1, 40)])
    del body["refunds"][0]["updated_at"]

    assert send(body)["rejected"] == [{"index": 0, "reason": AHEAD}]


def test_control_without_the_limit_a_clock_far_ahead_blocks_every_later_update(send, monkeypatch):
    monkeypatch.setattr(standard, "CLOCKS_DIFFER", timedelta(days=1))
    assert send(told_at(DAY, fen=999))["applied"] == 1

    assert send(told_at(timedelta(seconds=1), fen=250))["stale"] == 1

    assert totals() == (1, 1, 999, 0)


def shifted(message, clock):
    """The message as a sender tells it whose clock is off, without a version."""
    body = {name: value for name, value in message.items() if name != "version"}
    moved = (datetime.fromisoformat(message["updated_at"]) + clock).isoformat()
    return body | {"updated_at": moved, "refunds": [refund | {"updated_at": moved} for refund in message["refunds"]]}


def test_an_evening_told_by_clocks_that_are_off_comes_to_the_right_sums_once_they_are_set_right(send, session):
    messages = evening(120)
    clocks = [-DAY, timedelta(0), DAY, TEN_YEARS]
    told = [(message, clocks[int(message["order_no"][1:]) % 4]) for message in messages]

    for message, clock in told:
        answer = send(shifted(message, clock))
        assert bool(answer["rejected"]) == (clock in {DAY, TEN_YEARS})
    again = [message for message, clock in told if clock in {DAY, TEN_YEARS}]
    answers = [send(shifted(message, timedelta(0))) for message in again]

    assert sum(answer["applied"] for answer in answers) == len(again) > 40
    assert all_totals() == scope_totals(messages, {"R1": session.pk})


def test_the_clock_of_a_platform_is_compared_with_itself_and_a_further_step_wins_whatever_it_says():
    now = datetime.now(UTC)

    def told(status, seconds):
        detail = {
            "order_id": "1",
            "order_status": status,
            "pay_time": int(now.timestamp()),
            "update_time": int(now.timestamp()) + seconds,
        }
        return douyin.order_event(detail, now)

    ahead, later, shipped = told(2, 3600), told(2, 3601), told(3, 0)

    assert ahead.rank < later.rank < shipped.rank
    assert shipped.rank == progress_rank("shipped", shipped.happened_at)

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import median

import pytest

from orders.platforms import standard
from orders.rules.evening import Habits, Offer, Road, Stage, body, evening

BEGAN = datetime(2026, 11, 21, 12, tzinfo=UTC)
OFFERS = tuple(Offer(f"SKU-{i}", f"货{i}", 1000 + 990 * i) for i in range(8))
STAGES = [Stage("R1", "A1", OFFERS, 4, 2400), Stage("R2", "A2", OFFERS[:4], 1, 1500), Stage("R3", "A3", OFFERS[2:5], 1, 3300)]


def messages(seconds=1800, seed="7", prefix="T", stages=lambda _second: STAGES, **habits):
    return [message for due in islice(evening(Habits(**habits), seed, prefix, stages), seconds) for message in due]


def firsts(told):
    return [message for message in told if not message.is_repeat]


def share(part, whole):
    return len(part) / len(whole)


def test_the_same_seed_makes_the_same_evening():
    assert messages(300) == messages(300)


def test_another_seed_makes_another_evening():
    assert messages(300) != messages(300, seed="8")


def test_only_numbers_differ_with_another_prefix():
    here = [(m.due_ms, m.status, m.sale.paid_fen, m.sale.order_no[1:]) for m in messages(300)]

    assert [(m.due_ms, m.status, m.sale.paid_fen, m.sale.order_no[1:]) for m in messages(300, prefix="U")] == here


def test_each_stage_says_what_it_presents_item_by_item():
    told = []
    seconds = evening(Habits(rate=0.1), "7", "T", lambda _second: STAGES, lambda *said: told.append(said))
    for _ in islice(seconds, 1200):
        pass

    of_r2 = [(offer.sku, second) for stage, offer, second in told if stage.room == "R2"]
    pauses = [later - earlier for (_, earlier), (_, later) in zip(of_r2[1:], of_r2[2:], strict=False)]
    assert {stage.room for stage, _, _ in told} == {"R1", "R2", "R3"}
    assert [sku for sku, _ in of_r2] == [f"SKU-{n % 4}" for n in range(len(of_r2))]
    assert of_r2[0][1] == 0
    assert all(110 <= pause <= 241 for pause in pauses)


def test_messages_come_in_order_of_time():
    due = [message.due_ms for message in messages(600)]

    assert due == sorted(due)


def test_the_mean_rate_is_the_rate():
    orders = {message.sale.order_no for message in messages(4 * 3600, rate=2.0)}

    assert 1.8 < len(orders) / (4 * 3600) < 2.2


def test_an_evening_has_bursts_and_lulls():
    paid = [m.due_ms // 1000 for m in firsts(messages(3600)) if m.version == 2 and m.status == "paid"]
    per_second = [paid.count(second) for second in range(3600)]

    assert median(per_second) <= 1
    assert 10 <= max(per_second) <= 30


def test_three_of_a_hundred_messages_are_repeated_word_for_word():
    told = messages(3600)
    repeats = [message for message in told if message.is_repeat]
    first = {message.message_id: body(message, BEGAN) for message in firsts(told)}

    assert 0.02 < share(repeats, firsts(told)) < 0.04
    assert all(body(message, BEGAN) == first[message.message_id] for message in repeats)


def test_two_of_a_hundred_orders_arrive_late():
    paid = [m for m in firsts(messages(3600)) if m.version == 2 and m.sale.paid_ms is not None]
    late = [m for m in paid if m.due_ms - m.updated_ms >= 60_000]

    assert 0.012 < share(late, paid) < 0.03
    assert max(m.due_ms - m.updated_ms for m in late) <= 300_000


def test_one_of_a_hundred_orders_arrives_paid_before_created():
    told = firsts(messages(7200))
    paid = {m.sale.order_no: m.due_ms for m in told if m.version == 2}
    swapped = [m for m in told if m.version == 1 and paid.get(m.sale.order_no, m.due_ms) < m.due_ms]

    assert 0.005 < len(swapped) / len(paid) < 0.017


def test_sizes_follow_the_stages_and_prices_the_line_up():
    orders = {m.sale.order_no: m.sale for m in messages(3600, stray=0)}.values()
    of_room = {room: [sale for sale in orders if sale.room == room] for room in ("R1", "R2", "R3")}
    prices = {offer.sku: offer.price_fen for offer in OFFERS}

    assert 3 < len(of_room["R1"]) / len(of_room["R2"]) < 5.5
    assert {1, 2, 3} == {len(sale.lines) for sale in orders}
    assert all(line.paid_fen == prices[line.sku] * line.quantity for sale in orders for line in sale.lines)
    assert {line.sku for sale in of_room["R3"] for line in sale.lines} == {offer.sku for offer in OFFERS[2:5]}


def test_some_are_cancelled_some_refunded_and_some_take_it_back():
    told = firsts(messages(7200))
    statuses = {m.status for m in told}
    answers = {refund.status for m in told for refund in m.refunds}
    whole = [m for m in told if m.status == "closed"]
    partial = [m for m in told if m.refunds and len(m.refunds) < len(m.sale.lines)]

    assert statuses == {"created", "paid", "shipped", "completed", "cancelled", "closed"}
    assert answers == {"requested", "succeeded", "withdrawn", "rejected"}
    assert whole
    assert partial


def test_every_message_is_accepted_by_the_open_format():
    told = messages(3600)
    now = BEGAN + timedelta(hours=1)
    rejected = [standard.parse({}, json.dumps(body(m, BEGAN)).encode(), now)[0].rejected for m in told]

    assert len(told) > 10_000
    assert set(rejected) == {()}


def test_a_quarter_goes_by_way_of_douyin_when_asked():
    orders = {m.sale.order_no: m.sale for m in messages(1800, douyin=0.25)}.values()

    assert 0.2 < share([sale for sale in orders if sale.road == Road.DOUYIN], orders) < 0.3


def test_nobody_on_air_sells_nothing_and_a_session_that_begins_sells():
    told = messages(600, stages=lambda second: STAGES[:1] if second >= 300 else [])

    assert min(m.due_ms for m in told) >= 299_000
    assert {m.sale.room for m in told} <= {"R1", None}


@pytest.mark.parametrize("rate", [0.1, 200.0])
def test_small_and_large_rates_hold(rate):
    seconds = 30_000 if rate < 1 else 240
    orders = {m.sale.order_no for m in messages(seconds, rate=rate)}

    assert 0.7 < len(orders) / seconds / rate < 1.3

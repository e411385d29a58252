from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.rules.order import LineFact, OrderState, Outcome, RefundFact, apply
from orders.rules.rank import micros, progress_rank
from orders.sheets.event import order_event
from orders.sheets.grouping import events, units
from orders.sheets.reading import survey
from tests.orders.sheets.exports import make_file, make_reading, make_row, order_no

PAID = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)


def file_events(rows):
    reading = make_reading(make_file(rows))
    found = units(reading.rows(), survey(reading).scattered)
    return [order_event(row) for unit in found if unit.facts for row in events(unit.facts)]


def test_each_row_is_one_message_and_all_of_an_order_agree():
    first, second = file_events([make_row(1, 0, 订单状态="已发货"), make_row(1, 1, 订单状态="待发货", 商家编码="LQ-1")])

    assert {first.status, second.status} == {"paid"}
    assert first.rank == second.rank == progress_rank("paid", PAID)
    assert first.lines == (LineFact(order_no(1), "LDS-500", "平顺潞党参 500g", 2, 11960),)
    assert second.lines == (LineFact(str(int(order_no(1)) + 1), "LQ-1", "平顺潞党参 500g", 2, 11960),)
    assert (first.lines_complete, first.paid_at, first.host_account, first.live_room, first.province) == (
        False,
        PAID,
        "88001",
        None,
        "北京市",
    )


def test_a_closed_gift_does_not_cancel_its_order():
    gift = make_row(1, 1, 订单状态="已关闭", 支付完成时间="-", 订单应付金额="0.00")

    assert [event.status for event in file_events([gift, make_row(1)])] == ["paid", "paid"]


def test_a_row_that_was_never_paid_adds_nothing_to_a_paid_order():
    unpaid = make_row(1, 1, 订单状态="已关闭", 支付完成时间="-")

    assert [event.lines[0].paid_fen for event in file_events([make_row(1), unpaid])] == [11960, 0]


def test_a_refunded_row_guesses_that_its_line_went_back():
    (event,) = file_events([make_row(1, 订单状态="已关闭", 售后状态="退款成功")])

    assert event.refunds == (
        RefundFact(f"file:{order_no(1)}", order_no(1), "succeeded", 11960, 2, micros(PAID), PAID, is_guess=True),
    )


def test_an_order_paid_at_an_unknown_time_is_booked_when_it_was_made():
    (event,) = file_events([make_row(1, 支付完成时间="-", 发货时间="2026-11-21 09:00:00", 订单状态="已发货")])

    assert (event.status, event.paid_at, event.happened_at) == ("shipped", None, datetime(2026, 11, 20, 12, 4, 50, tzinfo=UTC))


def test_the_same_sub_order_twice_keeps_the_later_one():
    rows = [make_row(1, 订单状态="已发货", 商品数量="3"), make_row(1, 订单状态="待发货")]
    state = OrderState(order_no(1))

    outcomes = [apply(state, event) for event in file_events(rows)]

    assert outcomes == [Outcome.APPLIED, Outcome.DUPLICATE]
    assert [line.fact.quantity for line in state.lines.values()] == [3]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_a_file_sorted_anew_brings_nothing(seed, data):
    words = st.sampled_from(["待支付", "待发货", "已发货", "已完成", "已关闭"])
    rows = [
        make_row(n, sub, 订单状态=data.draw(words), 售后状态=data.draw(st.sampled_from(["-", "退款成功"])))
        for n in (1, 2, 3)
        for sub in (0, 1)
    ]
    states = {order_no(n): OrderState(order_no(n)) for n in (1, 2, 3)}
    for event in file_events(rows):
        apply(states[event.order_no], event)

    random.Random(seed).shuffle(rows)

    assert {apply(states[event.order_no], event) for event in file_events(rows)} == {Outcome.DUPLICATE}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_rows_that_stand_apart_are_counted_together(order):
    rows = [make_row(1, 0), make_row(2), make_row(1, 1), make_row(3)]
    reading = make_reading(make_file([rows[n] for n in order]))

    assert sorted(unit.rows for unit in units(reading.rows(), survey(reading).scattered)) == [1, 1, 2]

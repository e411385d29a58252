from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orders.platforms.contract import TokenFact, refund_rank
from orders.platforms.douyin import Unreadable, order_event
from orders.platforms.douyin_lists import after_sales_asked, listed_after_sales, listed_orders, orders_asked, token_of

PAYLOADS = Path(__file__).parent.parent / "payloads" / "douyin"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ORDER = "4705288465508532862"


def data(name):
    return json.loads((PAYLOADS / f"{name}.json").read_bytes())["data"]


def detail(**changes):
    return data("order_detail")["shop_order_detail"] | changes


def test_a_list_is_asked_for_by_time_of_change_the_oldest_first():
    since, until = NOW, NOW + timedelta(seconds=5)

    assert orders_asked(since, until, 3) == {
        "update_time_start": 1795305600, "update_time_end": 1795305605, "order_by": "update_time", "order_asc": True,
        "page": 3, "size": 100,
    }  # fmt: skip
    assert after_sales_asked(since, until, 0) == {
        "update_start_time": 1795305600, "update_end_time": 1795305605, "order_by": ["update_time asc"], "page": 0, "size": 100,
    }  # fmt: skip
    assert "update_time_end" not in orders_asked(since, None, 0)
    assert "update_end_time" not in after_sales_asked(since, None, 0)


def test_a_list_of_orders_tells_all_of_each():
    page = listed_orders({"total": "7", "shop_order_list": [detail(), detail(update_time=1795269601)]}, NOW)

    first, second = page.rows
    assert (page.total, page.unreadable, page.is_last) == (7, 0, False)
    assert (first.number, first.changed_at, first.event) == (
        ORDER,
        datetime.fromtimestamp(1795269600, UTC),
        order_event(detail(), NOW),
    )
    assert first.digest != second.digest
    assert listed_orders({"shop_order_list": [detail()]}, NOW).rows == (first,)


@pytest.mark.parametrize("row", [None, 5, {}, detail(update_time=0), detail(order_id=None), detail(update_time=1795269600000)])
def test_a_row_without_number_or_time_costs_its_neighbours_nothing(row):
    page = listed_orders({"total": 2, "shop_order_list": [row, detail()]}, NOW)

    assert ([listed.number for listed in page.rows], page.unreadable, page.is_last) == ([ORDER], 1, True)


def test_an_order_that_says_something_odd_is_a_number_only():
    (row,) = listed_orders({"shop_order_list": [detail(pay_time=1)]}, NOW).rows

    assert (row.number, row.event) == (ORDER, None)


def test_a_list_of_after_sales_tells_numbers():
    page = listed_after_sales(data("after_sale_list"), NOW)

    (row,) = page.rows
    moment = datetime.fromtimestamp(1795262500, UTC)
    assert (row.number, row.order_no, row.changed_at, row.event) == ("6986853269519810849", ORDER, moment, None)
    assert row.refund_rank == refund_rank(moment, "succeeded")
    assert (page.total, page.is_last) == (1, True)


@pytest.mark.parametrize("item", [{}, {"aftersale_info": {}}, {"aftersale_info": {"update_time": 1795262500}, "order_info": {}}])
def test_an_after_sale_that_cannot_be_placed_is_left_out(item):
    assert listed_after_sales({"items": [item]}, NOW).unreadable == 1


@pytest.mark.parametrize(
    ("expires_in", "ends"),
    [(604800, NOW + timedelta(days=7)), ("60", NOW + timedelta(minutes=1)), (1795910400, NOW + timedelta(days=7))],
)
def test_a_token_ends_after_seconds_or_at_a_time(expires_in, ends):
    answer = {"access_token": "a", "refresh_token": "r", "expires_in": expires_in, "shop_id": 77977}

    assert token_of(answer, NOW) == TokenFact("a", "r", ends, "77977")


@pytest.mark.parametrize(
    "answer", [{}, {"access_token": "a"}, {"access_token": "a", "expires_in": 1700000000}, {"expires_in": 9}]
)
def test_what_is_no_token_is_none(answer):
    with pytest.raises(Unreadable):
        token_of(answer, NOW)

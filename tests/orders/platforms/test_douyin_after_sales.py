from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from orders.platforms import douyin
from orders.platforms.contract import refund_rank
from orders.platforms.douyin import Unreadable, after_sale_event
from orders.rules.order import OrderEvent, RefundFact

PAYLOADS = Path(__file__).parent.parent / "payloads" / "douyin"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ORDER, SECOND = "4705288465508532862", "4705288465508598398"


def answer_data(name):
    return msgspec.json.decode((PAYLOADS / f"{name}.json").read_bytes())["data"]


def detail(**changes):
    return answer_data("order_detail")["shop_order_detail"] | changes


def after_sale(**changes):
    data = answer_data("after_sale_detail")
    data["process_info"]["after_sale_info"] |= changes
    return data


def seconds(n):
    return datetime.fromtimestamp(n, UTC)


def test_an_after_sale_detail_says_what_really_went_back_and_nothing_else():
    moment = seconds(1795262500)
    fact = RefundFact("6986853269519810849", SECOND, "succeeded", 3500, 1, refund_rank(moment, "succeeded"), moment)

    assert after_sale_event(after_sale(), NOW) == OrderEvent(ORDER, 0, moment, refunds=(fact,))


def test_an_item_of_the_list_has_quoted_ids_and_only_what_was_asked_for():
    (item,) = answer_data("after_sale_list")["items"]

    event = after_sale_event(item, NOW)

    assert (event.order_no, event.refunds[0].refund_no, event.refunds[0].line_no) == (ORDER, "6986853269519810849", SECOND)
    assert (event.refunds[0].refund_fen, event.refunds[0].quantity) == (3980, 1)
    assert douyin.after_sale_numbers(answer_data("after_sale_list")) == ["6986853269519810849"]


# What becomes of every kind of after-sale: status, money back, the line, and when the money went (or what was said last).
AFTER_SALES = {
    "refund_only": ("succeeded", 3980, SECOND, 1795262490),
    "before_shipping": ("succeeded", 3980, SECOND, 1795262490),
    "return_and_refund": ("succeeded", 3980, SECOND, 1795262490),
    "partial": ("succeeded", 1200, SECOND, 1795262490),
    "freight_only": ("succeeded", 500, SECOND, 1795262490),
    "payment_discount": ("succeeded", 3500, SECOND, 1795262490),
    "payment_discount_unsettled": ("succeeded", 3500, SECOND, 1795262490),
    "price_protection": ("succeeded", 300, SECOND, 1795262490),
    "exchange": ("succeeded", 0, SECOND, 1795262500),
    "exchange_on_its_way": ("requested", 0, SECOND, 1795262500),
    "resend": ("succeeded", 0, SECOND, 1795262500),
    "repair": ("succeeded", 0, SECOND, 1795262500),
    "asked_for": ("requested", 3980, SECOND, 1795262500),
    "goods_on_their_way_back": ("requested", 3980, SECOND, 1795262500),
    "granted_money_waiting": ("requested", 3980, SECOND, 1795262500),
    "granted_money_under_way": ("requested", 3980, SECOND, 1795262500),
    "granted_money_failed": ("rejected", 3980, SECOND, 1795262500),
    "paid_offline": ("succeeded", 3980, SECOND, 1795262500),
    "no_refund_needed": ("succeeded", 0, SECOND, 1795262500),
    "paid_by_platform_first": ("succeeded", 3980, SECOND, 1795262490),
    "refused": ("rejected", 3980, SECOND, 1795262500),
    "return_refused": ("rejected", 3980, SECOND, 1795262500),
    "withdrawn": ("withdrawn", 3980, SECOND, 1795262500),
    "withdrawn_after_the_money_went": ("succeeded", 3980, SECOND, 1795262490),
    "order_cancelled_by_buyer": ("succeeded", 3980, SECOND, 1795262490),
    "order_cancelled_by_system": ("succeeded", 3980, SECOND, 1795262490),
    "whole_order": ("succeeded", 15940, None, 1795262490),
    "remarked_later": ("succeeded", 3980, SECOND, 1795262490),
}


@pytest.mark.parametrize("name", AFTER_SALES)
def test_every_kind_of_after_sale_in_our_words(name):
    event = after_sale_event(answer_data(f"after_sales/{name}"), NOW + timedelta(days=9))

    (fact,) = event.refunds
    assert (fact.status, fact.refund_fen, fact.line_no, int(fact.happened_at.timestamp())) == AFTER_SALES[name]
    changed_at = 1795862500 if name == "remarked_later" else 1795262500
    assert fact.rank == refund_rank(seconds(changed_at), fact.status)
    assert (event.order_no, event.status, event.lines) == (ORDER, None, None)


def test_every_kind_has_its_payload():
    assert {path.stem for path in (PAYLOADS / "after_sales").iterdir()} == set(AFTER_SALES)


def test_a_list_names_the_means_of_payment_otherwise():
    (item,) = answer_data("after_sale_list")["items"]
    item["aftersale_info"] |= {"aftersale_status": 12, "refund_status": 1, "refund_type": 1, "aftersale_refund_type": 0}
    assert after_sale_event(item, NOW).refunds[0].status == "requested"

    item["aftersale_info"]["aftersale_refund_type"] = 1
    assert after_sale_event(item, NOW).refunds[0].status == "succeeded"


@pytest.mark.parametrize(
    ("code", "refund", "status"),
    [
        (6, 0, "requested"), (7, 1, "requested"), (11, 1, "requested"), (13, 1, "requested"), (12, 3, "succeeded"), (12, 0, "succeeded"),
        (7, 3, "succeeded"), (53, 3, "succeeded"), (51, 0, "succeeded"), (53, 5, "succeeded"), (27, 1, "rejected"), (29, 1, "rejected"),
        (28, 1, "withdrawn"), (12, 4, "rejected"), (999, 0, "requested"), ("12", "3", "succeeded"), (12, 1, "requested"), (51, 2, "requested"),
    ],
)  # fmt: skip
def test_the_platforms_after_sale_status_in_our_words(code, refund, status):
    (fact,) = after_sale_event(after_sale(after_sale_status=code, refund_status=refund), NOW).refunds

    assert (fact.status, fact.rank) == (status, refund_rank(fact.happened_at, status))


@pytest.mark.parametrize(
    ("changes", "fen"),
    [
        ({}, 3500),
        ({"real_refund_amount": 0}, 3980),
        ({"real_refund_amount": None, "refund_total_amount": None, "refund_amount": "1200"}, 1200),
        ({"real_refund_amount": 0, "after_sale_type": 3}, 0),
        ({"real_refund_amount": 0, "after_sale_type": 7}, 0),
        ({"real_refund_amount": 200, "after_sale_type": 6}, 200),
    ],
)
def test_an_exchange_gives_no_money_back(changes, fen):
    assert after_sale_event(after_sale(**changes), NOW).refunds[0].refund_fen == fen


def test_an_after_sale_of_a_whole_order_names_no_line():
    data = after_sale()
    data["order_info"]["sku_order_infos"].append({"sku_order_id": 1})

    assert after_sale_event(data, NOW).refunds[0].line_no is None


@pytest.mark.parametrize("data", [{}, {"process_info": {}, "order_info": {}}, after_sale(update_time=0, apply_time=0),
                                  after_sale(after_sale_id="x" * 65), after_sale(after_sale_status=None, refund_status=0)])  # fmt: skip
def test_an_after_sale_that_cannot_be_is_not_counted(data):
    with pytest.raises(Unreadable):
        after_sale_event(data, NOW)


def test_an_order_that_knows_of_an_after_sale_says_so():
    assert douyin.has_after_sale(detail())
    assert not douyin.has_after_sale(detail(sku_order_list=detail()["sku_order_list"][::2]))

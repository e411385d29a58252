from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orders.platforms.fake_file import COLUMNS
from orders.sheets.contract import Problem, Refused, RowFact
from tests.orders.sheets.exports import make_file, make_reading, make_row, order_no

PAID = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
SUBMITTED = datetime(2026, 11, 20, 12, 4, 50, tzinfo=UTC)


def one(columns=COLUMNS, **cells):
    ((_record, result),) = make_reading(make_file([make_row(**cells)], columns=columns)).rows()
    return result


def test_a_row_is_a_line_of_an_order():
    assert one() == RowFact(
        order_no=order_no(1),
        line_no=order_no(1),
        sku="LDS-500",
        title="平顺潞党参 500g",
        quantity=2,
        paid_fen=11960,
        due_fen=11960,
        status="paid",
        moment=PAID,
        submitted_at=SUBMITTED,
        paid_at=PAID,
        host_account="88001",
        province="北京市",
        is_refunded=False,
    )


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"订单状态": "待支付", "支付完成时间": "-"}, "created"),
        ({"订单状态": "待发货"}, "paid"),
        ({"订单状态": "备货中"}, "paid"),
        ({"订单状态": "已发货"}, "shipped"),
        ({"订单状态": "\t已完成"}, "completed"),
        ({"订单状态": "已关闭"}, "closed"),
        ({"订单状态": "已关闭", "售后状态": "退款成功"}, "closed"),
        ({"订单状态": "已关闭", "支付完成时间": "-"}, "cancelled"),
        ({"订单状态": "已关闭", "支付完成时间": "-", "订单应付金额": "0.00"}, None),
    ],
)
def test_status(cells, status):
    assert one(**cells).status == status


@pytest.mark.parametrize(("after_sale", "status"), [("-", "cancelled"), ("退款成功", "closed")])
def test_without_pay_times_the_after_sale_tells_whether_a_closed_order_was_paid(after_sale, status):
    columns = [column for column in COLUMNS if column != "支付完成时间"]

    assert one(columns, 订单状态="已关闭", 售后状态=after_sale).status == status


@pytest.mark.parametrize(
    ("cells", "paid_fen"),
    [
        ({}, 11960),
        ({"支付优惠": "10.00"}, 10960),
        ({"支付优惠": "-"}, 11960),
        ({"订单应付金额": "¥1,299.90"}, 129990),
        ({"订单应付金额": "0元"}, 0),
    ],
)
def test_money_is_what_the_buyer_really_paid(cells, paid_fen):
    assert one(**cells).paid_fen == paid_fen


@pytest.mark.parametrize(
    ("cells", "sku"),
    [
        ({"商品ID": "\t3600000000000000001"}, "LDS-500"),
        ({"商家编码": "-", "商品ID": "\t3600000000000000001"}, "3600000000000000001"),
        ({"商家编码": "-", "商品ID": "3.6E+18"}, ""),
        ({"商家编码": ""}, ""),
    ],
)
def test_goods_without_a_code_are_known_by_their_product_number(cells, sku):
    assert one(**cells).sku == sku


@pytest.mark.parametrize("host", ["0", "-", "", "\t0", "--"])
def test_no_host(host):
    assert one(达人ID=host).host_account is None


@pytest.mark.parametrize("word", ["退款成功", "已全额退款"])
def test_refunded(word):
    assert one(售后状态=word).is_refunded


@pytest.mark.parametrize("word", ["-", "退款中", "待收退货", "售后待处理", "待退货"])
def test_not_refunded(word):
    assert not one(售后状态=word).is_refunded


def test_the_latest_time_of_a_row_is_its_moment():
    assert one(发货时间="2026-11-21 08:00:00", 订单状态="已发货").moment == datetime(2026, 11, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"主订单编号": "6.92E+18"}, Problem("floated", "主订单编号")),
        ({"子订单编号": "5432.0"}, Problem("floated", "子订单编号")),
        ({"主订单编号": ""}, Problem("missing", "主订单编号")),
        ({"订单应付金额": "-3.00"}, Problem("negative", "订单应付金额")),
        ({"订单应付金额": "-"}, Problem("missing", "订单应付金额")),
        ({"订单应付金额": "五十"}, Problem("money", "订单应付金额")),
        ({"支付优惠": "999.00"}, Problem("discount", "支付优惠")),
        ({"商品数量": "两个"}, Problem("count", "商品数量")),
        ({"订单状态": "王东峧"}, Problem("status", "订单状态")),
        ({"订单状态": "-"}, Problem("missing", "订单状态")),
        ({"订单提交时间": "-"}, Problem("missing", "订单提交时间")),
        ({"支付完成时间": "1970-01-01 08:00:00"}, Problem("time_range", "支付完成时间")),
        ({"支付完成时间": "2027-11-20 20:05:00"}, Problem("time_range", "支付完成时间")),
        ({"发货时间": "很快"}, Problem("time", "发货时间")),
        ({"商家编码": "S" * 129}, Problem("long", "商家编码")),
        ({"选购商品": "潞\0党参"}, Problem("nul")),
    ],
)
def test_a_row_that_cannot_be_counted_says_why(cells, problem):
    assert one(**cells) == problem
    assert "王东峧" not in str(problem)


def test_goods_of_several_sub_orders_in_one_cell_refuse_the_file():
    with pytest.raises(Refused) as refused:
        one(子订单编号=f"{order_no(1)};{order_no(2)}", 选购商品="潞党参;连翘茶")

    assert refused.value.code == "by_main_order"


def test_a_custom_report_of_the_needed_columns_is_enough():
    columns = ["订单状态", "商品数量", "订单提交时间", "子订单编号", "订单应付金额", "选购商品", "主订单编号"]

    assert one(columns) == RowFact(
        order_no(1), order_no(1), "", "平顺潞党参 500g", 2, 11960, 11960, "paid", SUBMITTED, SUBMITTED, None, None, None, False
    )  # fmt: skip

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.platforms.fake_file import COLUMNS
from orders.sheets.contract import Problem, Refused, RowFact
from orders.sheets.reading import Reading, survey, totals_differ
from orders.sheets.returning import returned, safe
from orders.sheets.wire import ReturnedRow
from tests.orders.sheets.exports import FIRST, make_file, make_reading, make_row, order_no


def results(data):
    return [
        (record.number, result if isinstance(result, Problem) else result.line_no) for record, result in make_reading(data).rows()
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16", "utf-16-le"])
def test_rare_characters_survive_every_encoding(encoding):
    titles = ["东峧村花椒", "淜芣茶", "迴龙小米", "喆㛃·阿依", "𠮷野"]
    rows = [make_row(n, 选购商品=title) for n, title in enumerate(titles)]
    reading = make_reading(make_file(rows, encoding=encoding), piece=13)

    assert [fact.title for _, fact in reading.rows()] == titles


def test_blank_totals_and_repeated_header_rows_are_no_data():
    bottom = [[], list(COLUMNS), ["总计", "", "", "", "2"], ["合计：", "-"]]

    assert results(make_file([make_row(1)], caption=[["订单导出"]], bottom=bottom)) == [(3, order_no(1))]


def test_extra_commas_at_the_end_are_harmless_and_extra_cells_are_not():
    line = make_file([make_row(1)], encoding="utf-8", quoting=csv.QUOTE_MINIMAL).decode().splitlines()
    data = "\n".join([line[0], line[1] + ",,", line[1] + ",x", line[1].rstrip(",-")]).encode() + b"\n"

    assert results(data) == [(2, order_no(1)), (3, Problem("columns")), (4, order_no(1))]


def test_a_last_row_that_was_cut_off_is_refused():
    data = make_file([make_row(1), make_row(2)], quoting=csv.QUOTE_MINIMAL)

    assert results(data[: -len(",-" * 10) - 2]) == [(2, order_no(1)), (3, Problem("cut_off"))]


def test_twin_columns_count_as_one_while_they_agree():
    columns = [*COLUMNS, "订单状态"]
    lines = make_file([make_row(1), make_row(2)], columns=columns).decode("utf-8-sig").splitlines()
    lines[2] = lines[2].removesuffix('"待发货"') + '"已关闭"'

    assert results("\n".join(lines).encode() + b"\n") == [(2, order_no(1)), (3, Problem("twins", "订单状态"))]


def test_a_broken_quote_costs_one_row_of_many():
    lines = make_file([make_row(n) for n in range(1, 501)], quoting=csv.QUOTE_MINIMAL).decode("utf-8-sig").splitlines()
    for n in (10, 11, 300):
        lines[n] = lines[n].replace("平顺潞党参", '"平顺潞党参')
    found = results("\n".join(lines).encode() + b"\n")

    assert [row for row in found if isinstance(row[1], Problem)] == [(n + 1, Problem("quotes")) for n in (10, 11, 300)]
    assert len(found) == 500


def test_numbers_that_a_spreadsheet_rounded_are_refused():
    rounded = [str((FIRST + n * 10**6) // 10**4 * 10**4) for n in range(20)]
    rows = [make_row(n, 主订单编号=number, 子订单编号=number) for n, number in enumerate(rounded)]
    reading = make_reading(make_file(rows))

    assert survey(reading).has_lost_tails
    again = survey(Reading(reading.header, reading.pieces, reading.now, has_lost_tails=True))
    assert again.kinds == Counter({Problem("floated", "主订单编号"): 20})


def test_one_true_number_with_zeros_at_its_end_is_kept():
    rows = [make_row(n) for n in range(99)] + [make_row(99, 主订单编号="6923450000000010000", 子订单编号="6923450000000010000")]

    assert not survey(make_reading(make_file(rows))).has_lost_tails


def test_survey_says_what_the_file_holds():
    rows = [
        make_row(1), make_row(1, 1, 订单应付金额="10.00", 支付优惠="1.00"),
        make_row(2, 订单状态="待支付", 支付完成时间="-", 订单提交时间="2026-11-19 10:00:00"),
        make_row(3, 售后状态="退款成功", 订单状态="已关闭"),
        make_row(4, 商品数量="x"),
    ]  # fmt: skip
    found = survey(make_reading(make_file(rows)))

    assert (found.rows, found.orders, found.lines_paid, found.paid_fen, found.refunded_rows) == (5, 3, 3, 24820, 1)
    assert (found.first_at, found.last_at) == (datetime(2026, 11, 19, 2, tzinfo=UTC), datetime(2026, 11, 20, 12, 5, tzinfo=UTC))
    assert found.problems == [(6, Problem("count", "商品数量"))]
    assert found.scattered == {}


def test_survey_finds_orders_whose_rows_stand_apart():
    rows = [make_row(1), make_row(2), make_row(1, 1), make_row(3), make_row(1, 2)]

    assert survey(make_reading(make_file(rows))).scattered == {order_no(1): 3}


@pytest.mark.parametrize(("said", "differs"), [("239.20", False), ("239.21", True), ("-", False), ("很多", False)])
def test_the_totals_row_is_a_checksum(said, differs):
    total = ["总计" if column == "主订单编号" else said if column == "订单应付金额" else "" for column in COLUMNS]
    reading = make_reading(make_file([make_row(1), make_row(2)], bottom=[total]))

    assert totals_differ(reading, survey(reading)) is differs


def test_a_header_without_rows_is_refused():
    with pytest.raises(Refused) as refused:
        survey(make_reading(make_file([])))

    assert refused.value.code == "no_rows"


def test_more_rows_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr("orders.sheets.reading.ROWS_AT_MOST", 3)

    with pytest.raises(Refused) as refused:
        survey(make_reading(make_file([make_row(n) for n in range(4)])))

    assert refused.value.code == "too_many_rows"


def test_bytes_that_cannot_be_read_further_down_refuse_the_file():
    data = make_file([make_row(n) for n in range(600)])

    with pytest.raises(Refused) as refused:
        survey(make_reading(data[:-500] + b"\xff\xff" + data[-500:]))

    assert refused.value.code == "encoding"


def test_rejected_rows_come_back_with_their_reason_and_can_be_read_again():
    rows = [make_row(1), make_row(2, 商品数量="x", 买家留言="=cmd|' /C calc'!A0"), make_row(3, 订单应付金额="-3.00")]
    reading = make_reading(make_file(rows, encoding="gb18030"))
    bad = [
        ReturnedRow(record.number, found.code, found.column, record.cells)
        for record, found in reading.rows()
        if isinstance(found, Problem)
    ]
    text = "".join(returned(reading.header.cells, bad))

    cells = list(csv.reader(text.removeprefix("\ufeff").splitlines()))
    assert cells[0] == [*COLUMNS, "退回原因", "原来的行号"]
    assert [row[-2:] for row in cells[1:]] == [["“商品数量”看不懂，应当是整数。", "3"], ["“订单应付金额”是负数。", "4"]]
    assert cells[1][COLUMNS.index("买家留言")] == "'=cmd|' /C calc'!A0"
    mended = text.replace(",x,", ",2,").replace("'-3.00", "3.00").encode()
    assert results(mended) == [(2, order_no(2)), (3, order_no(3))]


@given(st.text(max_size=20))
def test_no_returned_cell_is_a_formula(cell):
    assert safe(cell).lstrip(" \t\r\n\u00a0\ufeff")[:1] not in set("=+@＝＋－＠")


ROWS = st.lists(
    st.builds(
        make_row,
        st.integers(1, 6),
        st.integers(0, 2),
        订单状态=st.sampled_from(["待支付", "待发货", "已发货", "已完成", "已关闭", "乱写"]),
        订单应付金额=st.sampled_from(["59.80", "0.00", "-1.00", "", '5"9']),
        支付完成时间=st.sampled_from(["2026-11-20 20:05:00", "-", "1970-01-01 00:00:00"]),
        买家留言=st.text(alphabet='a",\n峧', max_size=8),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_every_row_ends_as_a_fact_or_a_problem(rows):
    found = [result for _, result in make_reading(make_file(rows)).rows()]

    assert len(found) == len(rows)
    assert all(isinstance(result, RowFact | Problem) for result in found)

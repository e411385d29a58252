"""Times and numbers as each connector gets them: seconds or milliseconds, text or number, local or not, whole or destroyed."""

from __future__ import annotations

import json
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from orders.platforms import douyin, standard
from orders.platforms.fake_file import COLUMNS
from orders.sheets.contract import Problem
from orders.sheets.workbook import as_csv
from tests.factories import make_order_body
from tests.orders.sheets.exports import make_file, make_reading, make_row

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
AT = datetime(2026, 11, 21, 11, 0, 3, tzinfo=UTC)
REFUSED = None
SECONDS = int(AT.timestamp())
A_DAY = int(NOW.timestamp()) + 86_400

# --- F42: times ---------------------------------------------------------------------------------------------------------

OPEN_FORMAT = [
    ("2026-11-21T19:00:03+08:00", AT),
    ("2026-11-21T11:00:03Z", AT),
    ("2026-11-21T11:00:03+00:00", AT),
    ("2026-11-21T06:00:03-05:00", AT),
    ("2026-11-21T11:00:03.250Z", AT + timedelta(milliseconds=250)),
    ("2026-11-21T19:00:03", REFUSED),
    ("2026-11-21", REFUSED),
    ("19:00:03", REFUSED),
    (SECONDS, REFUSED),
    (SECONDS * 1000, REFUSED),
    (float(SECONDS), REFUSED),
    (str(SECONDS), REFUSED),
    (str(SECONDS * 1000), REFUSED),
    ("2026-02-30T00:00:00Z", REFUSED),
    ("2014-12-31T23:59:59Z", REFUSED),
    ("2015-01-01T00:00:00Z", datetime(2015, 1, 1, tzinfo=UTC)),
    ("1970-01-01T00:00:00Z", REFUSED),
    ("2026-11-22T12:00:00Z", NOW + timedelta(days=1)),
    ("2026-11-22T12:00:01Z", REFUSED),
    ("58861-01-01T00:00:00Z", REFUSED),
    ("0001-01-01T00:00:00Z", REFUSED),
    ("9999-12-31T23:59:59+08:00", REFUSED),
    ("", REFUSED),
    (True, REFUSED),
    ([], REFUSED),
]


@pytest.mark.parametrize("field", ["updated_at", "paid_at", "refund"])
@pytest.mark.parametrize(("value", "moment"), OPEN_FORMAT)
def test_times_of_the_open_format(field, value, moment):
    if field == "refund" and moment is not None and moment > NOW:
        moment = REFUSED  # the time of a refund decides, so it may not be far ahead (test_clocks.py)
    body = make_order_body("T1", at=NOW, refunds=[("R1", 1, 5)])
    (body["refunds"][0] if field == "refund" else body)["updated_at" if field == "refund" else field] = value

    (message,) = standard.parse({}, json.dumps(body).encode(), NOW)

    if moment is REFUSED:
        assert (message.events, [index for index, _ in message.rejected]) == ((), [0])
        assert message.rejected[0][1]
    else:
        (event,) = message.events
        found = {"updated_at": event.happened_at, "paid_at": event.paid_at, "refund": event.refunds[0].happened_at}[field]
        assert (found, found.tzinfo) == (moment, UTC)


NOT_SET = "not set"
DOUYIN = [
    (SECONDS, AT),
    (str(SECONDS), AT),
    (f'"{SECONDS}"', AT),
    (f" {SECONDS} ", AT),
    (0, NOT_SET),
    ("0", NOT_SET),
    ("", NOT_SET),
    (None, NOT_SET),
    (SECONDS * 1000, REFUSED),
    (str(SECONDS * 1000), REFUSED),
    (SECONDS * 10**6, REFUSED),
    (float(SECONDS), REFUSED),
    ("2026-11-21 19:00:03", REFUSED),
    ("2026-11-21T19:00:03+08:00", REFUSED),
    (True, REFUSED),
    (-SECONDS, REFUSED),
    (1, REFUSED),
    (int(datetime(2015, 1, 1, tzinfo=UTC).timestamp()) - 1, REFUSED),
    (int(datetime(2015, 1, 1, tzinfo=UTC).timestamp()), datetime(2015, 1, 1, tzinfo=UTC)),
    (A_DAY, NOW + timedelta(days=1)),
    (A_DAY + 1, REFUSED),
    (10**30, REFUSED),
    ({}, NOT_SET),
    ([1], REFUSED),
]


def douyin_moments(value):
    """How the API's answer about an order and the one about an after-sale understand a time."""
    order = {"order_id": "1", "order_status": 2, "pay_time": value, "create_time": SECONDS, "sku_order_list": []}
    yield lambda: douyin.order_event(order, NOW).paid_at
    info = {"after_sale_id": "2", "after_sale_status": 12, "update_time": value, "refund_amount": 5}
    yield (
        lambda: (
            douyin.after_sale_event({"process_info": {"after_sale_info": info}, "order_info": {"shop_order_id": "1"}}, NOW)
            .refunds[0]
            .happened_at
        )
    )


@pytest.mark.parametrize(("value", "moment"), DOUYIN)
def test_times_of_douyin(value, moment):
    of_order, of_after_sale = douyin_moments(value)

    if moment is REFUSED:
        for read in (of_order, of_after_sale):
            with pytest.raises(douyin.Unreadable):
                read()
    elif moment is NOT_SET:
        assert of_order() is None
        with pytest.raises(douyin.Unreadable, match="no update_time"):
            of_after_sale()
    else:
        assert (of_order(), of_after_sale()) == (moment, moment)


EXPORT = [
    ("2026-11-21 19:00:03", AT),
    ("\t2026-11-21 19:00:03", AT),
    ("2026/11/21 19:00:03", AT),
    ("2026-11-21T19:00:03", AT),
    ("2026年11月21日 19:00:03", AT),
    ("2026-11-21 19:00", AT.replace(second=0)),
    ("2026-11-21T19:00:03+08:00", Problem("time", "支付完成时间")),
    ("2026-11-21T11:00:03Z", Problem("time", "支付完成时间")),
    ("2026-11-21", Problem("time", "支付完成时间")),
    (str(SECONDS), Problem("time", "支付完成时间")),
    (str(SECONDS * 1000), Problem("time", "支付完成时间")),
    ("46347.7917", Problem("time", "支付完成时间")),
    ("21/11/2026 19:00:03", Problem("time", "支付完成时间")),
    ("2026-11-21 24:00:00", Problem("time", "支付完成时间")),
    ("2015-01-01 07:59:59", Problem("time_range", "支付完成时间")),
    ("2015-01-01 08:00:00", datetime(2015, 1, 1, tzinfo=UTC)),
    ("2026-11-22 20:00:00", NOW + timedelta(days=1)),
    ("2026-11-22 20:00:01", Problem("time_range", "支付完成时间")),
    ("1970-01-01 08:00:00", Problem("time_range", "支付完成时间")),
]


@pytest.mark.parametrize(("cell", "moment"), EXPORT)
def test_times_of_an_export_are_those_of_shanghai(cell, moment):
    data = make_file([make_row(1, 支付完成时间=cell, 订单提交时间="2016-01-01 00:00:00")])

    ((_record, result),) = make_reading(data, NOW).rows()

    assert (result if isinstance(result, Problem) else result.paid_at) == moment


# --- F43: numbers of 19 digits ------------------------------------------------------------------------------------------

NUMBER = "4705288465508534567"
WHOLE, WRONG = 4705288465508534567, 4705288465508534784  # what a float makes of it


def pushed_numbers(value):
    """The order, line and refund numbers that the open format makes of this JSON value, where it takes them."""
    for where in ("order_no", "line_no", "refund_no"):
        body = make_order_body("T1", at=NOW, refunds=[("R1", 1, 5)])
        {"order_no": body, "line_no": body["lines"][0], "refund_no": body["refunds"][0]}[where][where] = value
        (message,) = standard.parse({}, json.dumps(body).encode(), NOW)
        for event in message.events:
            yield {"order_no": event.order_no, "line_no": event.lines[0].line_no, "refund_no": event.refunds[0].refund_no}[where]


@pytest.mark.parametrize("value", [WHOLE, WRONG, float(WHOLE), 4.705e18, 7, None, "", ["1"]])
def test_the_open_format_takes_numbers_as_text_only(value):
    assert list(pushed_numbers(value)) == []
    assert list(pushed_numbers(NUMBER)) == [NUMBER] * 3


def hinted(value):
    """What a push of 抖店 with this p_id asks us to fetch; `value` is JSON text."""
    (message,) = douyin.parse({}, b'[{"tag":"101","msg_id":"1","data":{"p_id":%s}}]' % value.encode(), NOW)
    return [hint.number for hint in message.hints], bool(message.rejected)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (NUMBER, [NUMBER]),
        (f'"{NUMBER}"', [NUMBER]),
        (f'"\\"{NUMBER}\\""', [NUMBER]),
        (f'" {NUMBER}\\t"', [NUMBER]),
        ("4705288465508534567.0", []),
        ("4.705288465508535e18", []),
        ("4.7E+18", []),
        ('"4.705288465508535e+18"', []),
        ('"4705288465508534567.0"', []),
        ('"4705288465508534567A"', ["4705288465508534567A"]),
        ("true", []),
        ("null", []),
        ("0", []),
        ('""', []),
        ("[1]", []),
        (f'"{"9" * 65}"', []),
    ],
)
def test_a_push_of_douyin_keeps_every_digit_or_is_rejected(value, found):
    assert hinted(value) == (found, not found)


@pytest.mark.parametrize("value", [WHOLE, str(WHOLE), f'"{WHOLE}"'])
def test_an_answer_of_douyin_keeps_every_digit(value):
    line = {"order_id": value, "item_num": 1, "pay_amount": 5}

    event = douyin.order_event({"order_id": value, "order_status": 2, "create_time": SECONDS, "sku_order_list": [line]}, NOW)

    assert (event.order_no, event.lines[0].line_no) == (NUMBER, NUMBER)


@pytest.mark.parametrize("value", [float(WHOLE), str(float(WHOLE)), "4705288465508534567.0", None, 0, "0", [], {}, "", True])
def test_an_answer_of_douyin_without_its_digits_is_not_counted(value):
    with pytest.raises(douyin.Unreadable):
        douyin.order_event({"order_id": value, "order_status": 2, "create_time": SECONDS}, NOW)


def read_numbers(data):
    """(order number, line number) of each row, or the problem."""
    return [r if isinstance(r, Problem) else (r.order_no, r.line_no) for _, r in make_reading(data, NOW).rows()]


@pytest.mark.parametrize(
    "cell",
    ["4.70529E+18", "4.70528846550853E+18", "4.7e18", "4705288465508534567.0", "4705288465508534567.00", "4,705,288,465,508,534,567",
     "4705288465508534…", "470528846550853####", "#######", "４．７Ｅ＋１８"],
)  # fmt: skip
@pytest.mark.parametrize("column", ["主订单编号", "子订单编号"])
def test_a_number_that_a_spreadsheet_rewrote_refuses_its_row(column, cell):
    (result,) = read_numbers(make_file([make_row(1, **{column: cell})]))

    assert isinstance(result, Problem)
    assert (result.code in {"floated", "identifier"}, result.column) == (True, column)
    assert str(result)


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="xl/workbook.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="订单" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="worksheets/sheet1.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
}  # fmt: skip


def save_like_excel(out, *rows):
    """Writes a workbook as Excel writes one: a cell is text, or the number as Excel keeps it, given as ("n", digits)."""

    def cell(value):
        if isinstance(value, tuple):
            return f"<c><v>{value[1]}</v></c>"
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    lines = [[*COLUMNS], *([row.get(column, "-") for column in COLUMNS] for row in rows)]
    xml = SHEET.format("".join(f"<row>{''.join(map(cell, line))}</row>" for line in lines))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in (PARTS | {"xl/worksheets/sheet1.xml": xml}).items():
            book.writestr(name, content)


def numbers_of_book(*cells):
    with tempfile.TemporaryFile() as book:
        save_like_excel(book, *(make_row(n, 主订单编号=cell, 子订单编号=cell) for n, cell in enumerate(cells)))
        return read_numbers(b"".join(as_csv(book)))


@pytest.mark.parametrize(
    "kept", ["4705288465508534784", "4705288465508530000", "4.70528846550853E18", "4.7052884655085345E+18", "1000000000000000"]
)
def test_a_number_cell_of_more_than_fifteen_digits_refuses_its_row(kept):
    refused, taken = numbers_of_book(("n", kept), NUMBER)

    assert (refused.code, taken) == ("floated", (NUMBER, NUMBER))  # both its numbers are floats; one is named


@pytest.mark.parametrize(
    ("kept", "number"), [("999999999999999", "999999999999999"), ("123456", "123456"), ("123456.0", "123456")]
)
def test_a_number_cell_that_a_spreadsheet_keeps_whole_is_taken(kept, number):
    assert numbers_of_book(("n", kept)) == [(number, number)]


def test_a_file_whose_numbers_all_end_in_zeros_is_refused_row_by_row():
    """As a spreadsheet that shows numbers without an exponent saves them as CSV."""
    rows = [make_row(n, 主订单编号=f"470528846550{n:03d}0000", 子订单编号=f"470528846550{n:03d}0000") for n in range(20)]
    header_and_pieces = make_reading(make_file(rows), NOW)
    rounded = type(header_and_pieces)(header_and_pieces.header, header_and_pieces.pieces, NOW, has_lost_tails=True)

    assert [result for _, result in rounded.rows()] == [Problem("floated", "主订单编号")] * 20

from __future__ import annotations

import io
import resource
import struct
import time
import zipfile

import openpyxl
import pytest

from orders.platforms.fake_file import COLUMNS
from orders.sheets.cells import moment_of
from orders.sheets.contract import Problem, Refused
from orders.sheets.workbook import as_csv, check_directory, is_workbook
from tests.orders.sheets.exports import make_reading, make_row, order_no

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def make_book(*sheets, columns=COLUMNS):
    """A workbook; each sheet is a list of rows as make_row makes them."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"表{number}")
        sheet.append(list(columns))
        for row in rows:
            sheet.append([row.get(column, "-") for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_sheet(xml: str | bytes, **more):
    """A small workbook whose first sheet is this XML, with more entries beside it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make_book([]))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, xml if entry.filename == "xl/worksheets/sheet1.xml" else old.read(entry))
        for name, content in more.items():
            new.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def convert(data, tmp_path):
    path = tmp_path / "book"
    path.write_bytes(data)
    with path.open("rb") as file:
        check_directory(file)
        return b"".join(as_csv(file))


def refusal(data, tmp_path):
    with pytest.raises(Refused) as refused:
        convert(data, tmp_path)
    return refused.value.code


def test_a_workbook_reads_like_its_csv(tmp_path):
    rows = [
        make_row(1, 选购商品="东峧村花椒"),
        make_row(2, 订单提交时间=moment_of("2026-11-20 20:04:50").replace(tzinfo=None), 商品数量=3, 订单应付金额=59.8),
    ]
    facts = [fact for _, fact in make_reading(convert(make_book(rows), tmp_path)).rows()]

    assert [(fact.order_no, fact.title, fact.quantity, fact.paid_fen) for fact in facts] == [
        (order_no(1), "东峧村花椒", 2, 11960), (order_no(2), "平顺潞党参 500g", 3, 5980),
    ]  # fmt: skip
    assert facts[0].submitted_at == facts[1].submitted_at


def test_an_order_number_that_is_a_number_was_rounded_and_is_refused(tmp_path):
    rows = [make_row(1, 主订单编号=6923450000000001017), make_row(2), make_row(3, 子订单编号=6.92345e18)]
    found = [(record.number, result) for record, result in make_reading(convert(make_book(rows), tmp_path)).rows()]

    assert found[0] == (2, Problem("floated", "主订单编号"))
    assert found[2] == (4, Problem("floated", "子订单编号"))
    assert found[1][1].order_no == order_no(2)


def test_the_order_sheet_is_found_among_others(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(make_book([make_row(1)])))
    book.create_sheet("说明", 0).append(["导出说明"])
    out = io.BytesIO()
    book.save(out)

    assert [fact.order_no for _, fact in make_reading(convert(out.getvalue(), tmp_path)).rows()] == [order_no(1)]


def test_two_order_sheets_are_refused(tmp_path):
    assert refusal(make_book([make_row(1)], [make_row(2)]), tmp_path) == "two_sheets"


@pytest.mark.parametrize("head", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_locked_and_old_workbooks_are_refused(head):
    with pytest.raises(Refused) as refused:
        is_workbook(head)

    assert refused.value.code == "old_or_locked"


def test_text_is_no_workbook():
    assert not is_workbook("主订单编号".encode())


def test_macros_are_refused(tmp_path):
    assert refusal(with_sheet(SHEET.format(""), **{"xl__vbaProject.bin": "x"}), tmp_path) == "macros"


@pytest.mark.parametrize("data", [b"PK\x03\x04rubbish", make_book([make_row(1)])[:-200], make_book([make_row(1)])[:900]])
def test_truncated_workbooks_are_refused(data, tmp_path):
    assert refusal(data, tmp_path) == "broken_workbook"


def test_a_zip_of_something_else_is_refused(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.jpg", b"x")

    assert refusal(out.getvalue(), tmp_path) == "broken_workbook"


def test_a_workbook_that_unpacks_to_too_much_is_refused_unopened(tmp_path):
    started = time.monotonic()

    assert refusal(with_sheet(b" " * 400_000_000), tmp_path) == "bomb"
    assert refusal(with_sheet(SHEET.format(""), **{f"xl__media__{n}": "x" for n in range(600)}), tmp_path) == "bomb"
    assert time.monotonic() - started < 20


def test_a_workbook_that_lies_about_its_size_cannot_hurt_the_parent(tmp_path):
    data = bytearray(with_sheet(b"<a>" + b" " * 700_000_000))
    real = struct.pack("<I", 700_000_003)
    while (at := data.find(real)) >= 0:
        data[at : at + 4] = struct.pack("<I", 5_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert refusal(bytes(data), tmp_path) in {"bomb", "broken_workbook"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_one_cell_in_the_far_corner_is_refused_quickly(tmp_path):
    started = time.monotonic()
    corner = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'

    assert refusal(with_sheet(SHEET.format(corner)), tmp_path) in {"too_many_rows", "too_many_columns"}
    assert time.monotonic() - started < 35


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;">]>',
    ],
)
def test_entities_are_refused(doctype, tmp_path):
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>'

    assert refusal(with_sheet('<?xml version="1.0"?>' + doctype + SHEET.format(row)), tmp_path) == "broken_workbook"

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from orders.actions import stored_file
from orders.actions.file import begin_import, continue_imports, read_file, store_file, take_in
from orders.models import OrderFile, OrderFileState
from orders.platforms.fake_file import COLUMNS
from orders.sheets.contract import Refused
from tests.orders.files import counts, imported, kept, taken_in, totals
from tests.orders.sheets.exports import NOW, make_file, make_row

pytestmark = pytest.mark.django_db


def test_a_file_that_was_taken_in_is_read_by_the_worker(douyin, uploads, django_capture_on_commit_callbacks):
    data = make_file([make_row(1), make_row(2, 商品数量="x")])

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        file = take_in(douyin, io.BytesIO(data), name="订单.csv", by=None, at=NOW)

    assert (len(callbacks), file.state, file.sheet, file.rows_total) == (1, OrderFileState.READING, "douyin", 0)
    assert (begin_import(file, at=NOW), kept(uploads)) == (False, [file.stored_as])
    file = read_file(file.pk)
    assert (file.state, file.rows_total, file.survey) == (OrderFileState.UPLOADED, 2, taken_in(douyin, data).survey)
    assert read_file(file.pk).facts_as == file.facts_as


def test_two_who_read_at_once_keep_one_reading(douyin, uploads, monkeypatch):
    monkeypatch.setattr("orders.actions.file_reading.BEAT_SECONDS", 0)
    file = take_in(douyin, io.BytesIO(make_file([make_row(1)])), name="订单.csv", by=None, at=NOW)
    others = []

    def clock():
        if not others:
            others.append(1)
            read_file(file.pk, lambda: NOW)  # somebody else is faster
        return NOW

    file = read_file(file.pk, clock)

    assert (file.state, others, kept(uploads)) == (OrderFileState.UPLOADED, [1], sorted([file.stored_as, file.facts_as]))


def test_a_reading_that_stopped_begins_again(douyin, uploads):
    file = take_in(douyin, io.BytesIO(make_file([make_row(1)])), name="订单.csv", by=None, at=NOW)

    assert (continue_imports(at=NOW + timedelta(seconds=10)), continue_imports(at=NOW + timedelta(minutes=1))) == (0, 1)
    file.refresh_from_db()
    assert (file.state, file.rows_total) == (OrderFileState.UPLOADED, 1)


def test_a_reading_says_how_far_it_is(douyin, monkeypatch):
    monkeypatch.setattr("orders.actions.file_reading.BEAT_SECONDS", 0)
    monkeypatch.setattr("orders.actions.file_reading.ROWS_PER_PIECE", 10)
    file = take_in(douyin, io.BytesIO(make_file([make_row(n) for n in range(30)])), name="订单.csv", by=None, at=NOW)
    heard = []

    def clock():
        heard.append(OrderFile.objects.get(pk=file.pk).rows_total)
        return NOW

    read_file(file.pk, clock)

    assert heard == [0, 10, 20]


def test_a_file_that_cannot_be_read_says_why_and_its_upload_is_deleted(douyin, uploads):
    data = make_file([make_row(n) for n in range(600)])
    file = take_in(douyin, io.BytesIO(data[:-500] + b"\xff\xff" + data[-500:]), name="订单.csv", by=None, at=NOW)

    file = read_file(file.pk)

    assert (file.state, file.error, kept(uploads)) == (OrderFileState.REFUSED, "encoding", [])
    assert 500 < file.survey["refused"]["line"] <= 602


def make_book(rows):
    book = openpyxl.Workbook()
    for row in [list(COLUMNS), *([row.get(column, "-") for column in COLUMNS] for row in rows)]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out


def test_a_workbook_is_opened_once_and_kept_as_text(douyin, uploads):
    file = take_in(douyin, make_book([make_row(1), make_row(2)]), name="订单.xlsx", by=None, at=NOW)
    before = file.stored_as
    assert file.sheet == ""

    file = read_file(file.pk)

    assert (file.state, file.sheet, file.rows_total) == (OrderFileState.UPLOADED, "douyin", 2)
    assert before not in kept(uploads)
    assert b"".join(stored_file.read(file.stored_as)).decode().startswith("主订单编号,")


def test_a_workbook_may_be_read_in_the_foreground_too(douyin, uploads):
    file = store_file(douyin, make_book([make_row(1), make_row(2)]), name="订单.xlsx", by=None, at=NOW)

    assert (file.state, file.rows_total, kept(uploads)) == (OrderFileState.UPLOADED, 2, sorted([file.stored_as, file.facts_as]))
    with pytest.raises(Refused):
        store_file(douyin, make_book([]), name="订单.xlsx", by=None, at=NOW)
    assert (OrderFile.objects.count(), len(kept(uploads))) == (1, 2)


def test_a_workbook_of_something_else_says_so_in_words(douyin, uploads):
    book = openpyxl.Workbook()
    book.active.append(["赠品订单号", "活动订单编号", "成交数量"])
    book.active.append([1, 2, 3])
    out = io.BytesIO()
    book.save(out)
    file = read_file(take_in(douyin, out, name="订单.xlsx", by=None, at=NOW).pk)

    assert (file.state, file.error, file.survey["refused"]) == (OrderFileState.REFUSED, "other", {"what": "快手的订单表"})
    assert kept(uploads) == []


def test_numbers_that_a_spreadsheet_rounded_are_refused_by_a_second_look(douyin):
    rows = [make_row(n, 主订单编号=f"69234500000{n:04d}0000", 子订单编号=f"69234500000{n:04d}0000") for n in range(20)]

    file = imported(douyin, rows)

    assert (counts(file), file.survey["was_rounded"]) == ((20, 0, 0, 20), True)
    assert file.survey["kinds"] == [["floated", "主订单编号", 20]]


def test_orders_whose_rows_stand_apart_are_counted_together(douyin, monkeypatch):
    monkeypatch.setattr("orders.actions.file_reading.ROWS_PER_PIECE", 3)
    rows = [make_row(n % 5, n // 5, 订单状态="已发货" if n == 3 else "待发货") for n in range(15)]

    file = imported(douyin, rows)

    assert (counts(file), file.survey["has_scattered"]) == ((15, 15, 0, 0), True)
    assert totals() == (5, 30, 15 * 11960, 0)
    assert counts(imported(douyin, sorted(rows, key=lambda row: row["子订单编号"]))) == (15, 0, 15, 0)

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from livestream.rules.day import SHANGHAI
from livestream.rules.plan_sheet import BadCell, Column, near, window_of
from livestream.sheets.plan_file import Refused, read

TODAY = date(2026, 1, 20)


def book(rows, *, merged=(), title="3月"):
    made = openpyxl.Workbook()
    made.active.title = "封面"
    sheet = made.create_sheet(title)
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def grid(data, name="排期.xlsx"):
    return read(io.BytesIO(data), name)


def refusal(data, name="排期.xlsx"):
    with pytest.raises(Refused) as refused:
        grid(data, name)
    assert str(refused.value)
    return refused.value.code


def at(month, day, hour, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def window(**cells):
    return tuple(window_of({Column(key): text for key, text in cells.items()}, today=TODAY))


def wrong(**cells):
    with pytest.raises(BadCell) as bad:
        window(**cells)
    return str(bad.value.problem)


def test_a_merged_day_stands_in_every_row_it_covers_below_the_county_s_own_title():
    rows = [
        ["平顺县三月直播排期"], [],
        ["日期", "开播时间", "结束", "直播内容", "播主", "村"],
        ["3月5日", "晚8点", "晚10点", "潞党参", "张三", "东寺头村"],
        [None, "10：00", "11：00", "花椒", "李四", "东寺头村"],
    ]  # fmt: skip
    found = grid(book(rows, merged=["A1:F1", "A4:A5", "F4:F5"]))
    assert (found.name, found.others) == ("3月", [])
    assert [(row.number, row.cells[Column.DAY], row.cells[Column.PLACE]) for row in found.rows] == [
        (4, "3月5日", "东寺头村"), (5, "3月5日", "东寺头村"),
    ]  # fmt: skip
    assert [tuple(window_of(row.cells, today=TODAY)) for row in found.rows] == [
        (at(3, 5, 20), at(3, 5, 22)), (at(3, 5, 10), at(3, 5, 11)),
    ]  # fmt: skip


def test_dates_and_times_that_excel_keeps_as_such_are_read():
    rows = [["日期", "开始", "结束", "主题", "主播"], [date(2026, 3, 5), time(19, 30), 0.875, "党参", "张三"]]
    row = grid(book(rows)).rows[0]
    assert tuple(window_of(row.cells, today=TODAY)) == (at(3, 5, 19, 30), at(3, 5, 21))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_text_files_are_read_however_excel_saved_them(encoding):
    text = "日期\t开始\t结束\t主题\t主播\n3月5日\t19:00\t21:00\t党参\t张三\n"
    assert grid(text.encode(encoding), "排期.csv").rows[0].cells[Column.HOST] == "张三"


def test_the_day_and_the_hours_may_share_a_cell():
    expected = (at(3, 5, 20), at(3, 5, 22))
    assert window(start="3月5日 晚8点", end="晚10点") == expected
    assert window(start="3月5日 晚8点-10点") == expected
    assert window(day="2026-03-05 00:00:00", weekday="周四", start="20:00-22:00") == expected
    assert window(day="3月5日（周四）", start="晚8点到10点") == expected
    assert window(day="3月5日", start="22:00", end="次日1:00") == (at(3, 5, 22), at(3, 6, 1))


def test_what_is_not_understood_says_what_would_be():
    assert wrong(day="5号左右", start="19:00", end="20:00") == "日期：没看懂“5号左右”是哪一天。请写 3月5日、2026-03-05。"
    assert wrong(day="3月5日", start="饭后", end="20:00").startswith("开始：没看懂“饭后”是几点。请写 19:30、晚8点")
    assert wrong(day="3月5日", weekday="周三", start="19:00") == "周几：2026-03-05 是周四，不是周三。请改其中一个。"
    assert wrong(day="3月5日", start="19:00", end="") == "结束：空着。请填结束。"
    assert (
        near("东寺头", ["东寺头村（东寺头乡）", "井底村（东寺头乡）", "石城村"])
        == "是不是：东寺头村（东寺头乡）、井底村（东寺头乡）？"
    )


def test_files_that_are_no_plan_are_refused_in_a_sentence():
    plain = book([["日期", "开始", "结束", "主题", "主播"], ["3月5日", "19:00", "20:00", "党参", "张三"]])
    with_macro = io.BytesIO(plain)
    with zipfile.ZipFile(with_macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert refusal(with_macro.getvalue()) == refusal(plain, "排期.xlsm") == "macros"
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "排期.xls") == "old_or_locked"
    assert refusal(plain[:-300]) == "broken_workbook"
    assert refusal(b"") == refusal(b"\n\n", "a.csv") == "empty"
    assert refusal(b"x" * 2_000_001, "a.csv") == "too_big"
    assert refusal(book([["你好"], ["世界"]])) == "no_header"
    assert refusal(book([["日期", "开始", "结束", "主题"], ["3月5日", "19:00", "20:00", "党参"]])) == "missing"
    many = "日期,开始,结束,主题,主播\n" + "3月5日,19:00,20:00,党参,张三\n" * 2_020
    assert refusal(many.encode(), "a.csv") == "too_many_rows"
    assert refusal(b"\xff\xfe\x00\xd8\x00\xd8,", "a.csv") == "encoding"

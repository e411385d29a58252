"""Rosters as schools keep them, sheet by sheet."""

from __future__ import annotations

import pytest

from tests.rosters import HEAD, book, grid, looked, make_villages, verdicts
from tests.school import make_cohort
from training.rules.roster import Column
from training.sheets.roster_file import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(county):
    make_villages()
    return make_cohort(county, seats=3)


def test_titles_above_and_totals_below_are_no_people(cohort):
    rows = [
        ["平顺县长效电商学堂"], ["第九期学员花名册", None, None, "2026年11月"], [],
        ["序号", "名字", "联系方式", "所在村", "文化程度"],
        [1, "张三", 13800000001, "东寺头村", "初中"],
        [], [2, "李四", "138 0000 0002", "安咀", "高中"],
        ["合计", 2, None, None], ["制表人：王五", None, None, None], ["备注：以上人员均已到场"],
    ]  # fmt: skip

    found = grid(rows)

    assert [(one.number, one.cells[Column.NAME]) for one in found.rows] == [(5, "张三"), (7, "李四")]
    assert (found.names, found.others, found.left_out) == (["名册"], [], 3)
    look = looked(rows, cohort)
    assert [(one.facts.phone, one.facts.place.pk, one.facts.education) for one in look.rows] == [
        ("13800000001", "140425101201", "middle"), ("13800000002", "140425101203", "high"),
    ]  # fmt: skip


def test_merged_cells_stand_in_every_row_they_cover(cohort):
    rows = [
        ["第九期名册", None, None, None],
        ["姓名", "电话", "家庭住址", None],
        [None, None, "乡镇", "村"],
        ["张三", "13800000001", "东寺头乡", "西沟村"],
        ["李四", "13800000002", None, None],
    ]

    look = looked(rows, cohort, merged=["A1:D1", "C2:D2", "A2:A3", "B2:B3", "C4:C5", "D4:D5"])

    assert [(one.facts.name, one.facts.place.pk) for one in look.rows] == [("张三", "140425101202"), ("李四", "140425101202")]


def test_every_sheet_with_a_header_is_read_and_the_others_are_named(cohort):
    data = book(
        ("封面", [["平顺县电商学堂"], ["2026年11月"]]),
        ("第一组", [HEAD, ["张三", "13800000001", "东寺头村"]]),
        ("第二组", [["电话", "姓名", "住址"], ["13800000002", "李四", "安咀村"], ["", "张三", ""]]),
    )

    found = grid(data)

    assert (found.names, found.others) == (["第一组", "第二组"], [])
    assert [(one.sheet, one.number, one.cells[Column.NAME]) for one in found.rows] == [
        ("第一组", 2, "张三"), ("第二组", 2, "李四"), ("第二组", 3, "张三"),
    ]  # fmt: skip
    assert verdicts(looked(data, cohort)) == ["new", "new", "wrong"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_text_files_are_read_however_excel_saved_them(cohort, encoding):
    data = "姓名,电话,住址\r\n张喆,13800000001,东寺头村\r\n李㛃,13800000002,安咀村\r\n".encode(encoding)

    look = looked(data, cohort, name="名册.csv")

    assert [one.facts.name for one in look.rows] == ["张喆", "李㛃"]


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        ([["甲", "乙"], [1, 2]], "no_header", "姓名"),
        ([["姓名", "性别", "村"], ["张三", "男", "东寺头村"]], "missing", "手机号"),
        ([["姓名", "电话", "性别"], ["张三", "13800000001", "男"]], "missing", "村或社区"),
        ([HEAD], "empty", "空"),
        ([HEAD, *[["张三", "13800000001", "东寺头村"]] * 3001], "too_many_rows", "3,000"),
    ],
)
def test_what_is_no_roster_is_refused_in_words(rows, code, words):
    with pytest.raises(Refused) as refused:
        grid(rows)

    assert (refused.value.code, words in str(refused.value)) == (code, True)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "empty"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "a.xls", "old_or_locked"),
        (b"PK\x03\x04 broken", "a.xlsx", "broken_workbook"), (b"\x00" * 3_000_000, "a.csv", "too_big"),
        (b"a,b\n\xff\xff\xff", "a.csv", "encoding"), (b"a" * 200_000, "a.csv", "broken_workbook"), (b"\x00\x01", "a.csv", "no_header"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_are_refused_in_words(data, name, code):
    with pytest.raises(Refused) as refused:
        grid(data, name)

    assert refused.value.code == code
    assert code not in str(refused.value)

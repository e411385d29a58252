from __future__ import annotations

import pytest

from training.rules.study_sheet import Person, TypedRow, cells_in, minutes_in, rows_in, who, wrong_with

PEOPLE = {"1": Person("张三", "5678"), "2": Person("李四", "1111"), "3": Person("李四", "2222")}


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45), ("45 分钟", 45), ("45.9", 45), ("1:30:20", 90), ("50:30", 50), ("1小时20分", 80), ("2小时", 120),
        ("100000", 100000), ("0", 0), ("", None), ("很多", None), ("-5", None), ("12345678901", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_minutes_as_platforms_write_them(text, minutes):
    assert minutes_in(text) == minutes


def test_list_with_a_head_in_any_order():
    pasted = "观看时长(分钟)\t手机号\t姓名\n45\t138****5678\t张三\n\n1:10:00\t10111112222\t李 四"

    assert rows_in(cells_in(pasted)) == [TypedRow(2, "张三", "5678", 45), TypedRow(4, "李 四", "2222", 70)]


def test_list_without_a_head():
    pasted = "张三 5678 45\n李四，1111，30分钟\n王五 20\n2222,15\n胡说"

    assert rows_in(cells_in(pasted)) == [
        TypedRow(1, "张三", "5678", 45),
        TypedRow(2, "李四", "1111", 30),
        TypedRow(3, "王五", "", 20),
        TypedRow(4, "", "2222", 15),
        TypedRow(5, "", "", None),
    ]


@pytest.mark.parametrize(
    ("name", "phone_end", "found"),
    [
        ("张三", "", ("1", "")), ("张三", "5678", ("1", "")), ("", "1111", ("2", "")), ("李四", "2222", ("3", "")),
        ("李四", "", ("", "several")), ("张三", "9999", ("", "unknown")), ("王五", "", ("", "unknown")), ("", "", ("", "unknown")),
    ],
)  # fmt: skip
def test_who_is_meant(name, phone_end, found):
    assert who(TypedRow(1, name, phone_end, 5), PEOPLE) == found


@pytest.mark.parametrize(
    ("minutes", "others", "code"),
    [
        (45, 0, ""),
        (720, 0, ""),
        (721, 0, "minutes_too_many"),
        (100000, 0, "minutes_too_many"),
        (45, 700, "day_is_full"),
        (None, 0, "minutes_not_understood"),
    ],
)
def test_minutes_fit_into_a_day(minutes, others, code):
    assert wrong_with(minutes, others_that_day=others) == code

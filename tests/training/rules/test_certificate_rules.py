from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation

from training.rules.attendance import Share
from training.rules.certificate import (
    Reached,
    asked_in_words,
    lacking,
    masked_name,
    number_of,
    plain_number,
    prefix_of,
    running_of,
)
from training.rules.results import ExamMark, Results


@pytest.mark.parametrize(
    ("county", "year", "running", "number"),
    [
        ("140425", 2026, 1, "140425-2026-00001-19"),
        ("140425", 2026, 17, "140425-2026-00017-68"),
        ("130529", 2027, 99999, "130529-2027-99999-77"),
    ],
)
def test_number_names_county_year_and_place_in_the_row(county, year, running, number):
    assert number_of(county, year, running) == number
    assert plain_number(number) == number
    assert number.startswith(prefix_of(county, year))
    assert running_of(number) == running
    assert len(number) <= 24


@pytest.mark.parametrize("running", [0, 100_000, -1])
def test_number_outside_its_row_is_none(running):
    with pytest.raises(ValueError, match=str(running)):
        number_of("140425", 2026, running)


NUMBER = number_of("140425", 2026, 17)


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        f"  {NUMBER}\n",
        NUMBER.replace("-", ""),
        NUMBER.replace("-", " "),
        NUMBER.replace("-", "—"),
        NUMBER.translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)}),
        f"\u202a{NUMBER}\u202c",
    ],
)
def test_number_is_understood_as_people_type_it(typed):
    assert plain_number(typed) == NUMBER


def test_every_wrong_digit_and_every_swapped_pair_is_noticed():
    digits = NUMBER.replace("-", "")
    wrong = {digits[:at] + other + digits[at + 1 :] for at in range(17) for other in "0123456789"} - {digits}
    wrong |= {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(16)} - {digits}

    assert len(wrong) > 160
    for typed in wrong:
        with pytest.raises(ValueError, match=typed):
            plain_number(typed)


@pytest.mark.parametrize(
    "typed", ["", "140425", NUMBER + "1", "x" * 10_000, "\x00", "１", NUMBER.replace("0", "O"), "-" * 17, "²" * 17]
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011  the text is what was typed
        plain_number(typed)


@pytest.mark.parametrize(("name", "shown"), [("张三", "张**"), ("欧阳小明", "欧**"), ("喆", "喆**"), ("", "")])
def test_the_public_sees_the_first_sign_of_a_name(name, shown):
    assert masked_name(name) == shown


def rule(**kwargs):
    defaults = {
        "attendance_percent": 80,
        "is_over_planned": False,
        "exam_marks": 60,
        "needs_exam": True,
        "needs_practical": True,
        "practical_marks": 60,
        "academic_hours": 0,
    }
    return SimpleNamespace(**(defaults | kwargs))


def exam(marks, title="理论", pass_marks=60):
    return ExamMark(1, title, "theory", marks, pass_marks)


def reached(share=(10, 10, 8), exams=(60,), practical=60, tenths=160):
    return Reached(Share(*share), Results(tuple(exam(marks) for marks in exams), practical), tenths, 8)


@pytest.mark.parametrize(
    ("has", "asks", "missing"),
    [
        (reached(), rule(), []),
        (reached(share=(10, 10, 7)), rule(), ["出勤：10 课到了 7 课，要 80%，还差 1 课"]),
        (reached(share=(10, 12, 8)), rule(), []),
        (reached(share=(10, 12, 8)), rule(is_over_planned=True), ["出勤：12 课到了 8 课，要 80%，还差 2 课"]),
        (reached(share=(0, 10, 0)), rule(), ["还没有上过课"]),
        (reached(share=(0, 0, 0)), rule(attendance_percent=0), []),
        (reached(share=(3, 3, 2)), rule(attendance_percent=67), ["出勤：3 课到了 2 课，要 67%，还差 1 课"]),
        (reached(share=(3, 3, 2)), rule(attendance_percent=66), []),
        (reached(exams=()), rule(), ["考试：这个班还没有考试"]),
        (reached(exams=()), rule(needs_exam=False), []),
        (reached(exams=(None,)), rule(), ["考试“理论”：还没有成绩"]),
        (reached(exams=(59, 80)), rule(), ["考试“理论”：59 分，要 60 分"]),
        (reached(exams=(0,)), rule(exam_marks=0), []),
        (reached(practical=None), rule(), ["实操：还没有评分"]),
        (reached(practical=59), rule(), ["实操：59 分，要 60 分"]),
        (reached(practical=None), rule(needs_practical=False), []),
        (reached(tenths=159), rule(academic_hours=16), ["学时：15，要 16"]),
        (reached(tenths=160), rule(academic_hours=16), []),
    ],
)
def test_what_is_lacking_is_said_in_words(has, asks, missing):
    assert lacking(has, asks) == missing


def test_everything_that_is_lacking_is_said_at_once():
    assert len(lacking(reached(share=(10, 10, 0), exams=(10,), practical=10, tenths=0), rule(academic_hours=8))) == 4


def test_a_rule_is_said_in_words():
    with translation.override("zh-hans"):
        assert asked_in_words(rule(academic_hours=16)) == [
            "出勤 80% 以上（按已上课次算）",
            "每门考试 60 分以上",
            "实操 60 分以上",
            "16 学时以上",
        ]
        assert asked_in_words(rule(needs_exam=False, needs_practical=False, is_over_planned=True)) == [
            "出勤 80% 以上（按计划课次算）"
        ]

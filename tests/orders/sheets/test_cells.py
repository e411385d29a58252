from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orders.sheets.cells import Row, clean, lost_its_tail, moment_of
from orders.sheets.contract import BadRow, Problem

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def row(text):
    return Row([text], {"x": 0}, {"x": "列", "gone": "没有的列"})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("\t6923450000000000017", "6923450000000000017"),
        ("6923450000000000017\t", "6923450000000000017"),
        ("'6923450000000000017", "6923450000000000017"),
        ('="6923450000000000017"', "6923450000000000017"),
        ("\ufeff\u00a0潞党参\u3000\u200b", "潞党参"),
        ("-", ""), ("--", ""), ("—", ""), ("/", ""), ("", ""), ("\t-", ""), ('=""', ""), ("'-", ""),
    ],
)  # fmt: skip
def test_clean_takes_the_wrapping_off(cell, text):
    assert clean(cell) == text


@pytest.mark.parametrize(
    "cell", ["6923450000000000017", "\t6923450000000000017", "６９２３４５０００００００００００１７", '="6923450000000000017"']
)
def test_identifier_is_the_same_in_every_shape(cell):
    assert row(cell).identifier("x") == "6923450000000000017"


@pytest.mark.parametrize(
    ("cell", "code"),
    [("5.43E+16", "floated"), ("5432.0", "floated"), ("6.92345E+18", "floated"), ("5e18", "floated"), ("", "missing"), ("-", "missing"),
     ("王东峧", "identifier"), ("12 34", "identifier"), ("1;2", "identifier"), ("1" * 65, "identifier")],
)  # fmt: skip
def test_identifier_refuses_what_is_none(cell, code):
    with pytest.raises(BadRow) as refused:
        row(cell).identifier("x")

    assert refused.value.problem == Problem(code, "列")


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("59.80", 5980),
        ("¥1,299.90", 129990),
        ("0元", 0),
        ("\t1,119.60", 111960),
        ("-", None),
        ("", None),
        ("/", None),
        ("7", 700),
        ("0.5", 50),
    ],
)
def test_money_in_every_shape(cell, fen):
    assert row(cell).money("x") == fen


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("-3.00", "negative"),
        ("59.801", "money"),
        ("五十", "money"),
        ("NaN", "money"),
        ("1e5", "money"),
        ("9999999999.00", "money"),
    ],
)
def test_money_refuses_what_is_none(cell, code):
    with pytest.raises(BadRow) as refused:
        row(cell).money("x")

    assert refused.value.problem == Problem(code, "列")


@pytest.mark.parametrize(("cell", "count"), [("2", 2), ("\t2", 2), ("2.0", 2), ("1,000", 1000), ("0", 0)])
def test_count(cell, count):
    assert row(cell).count("x") == count


@pytest.mark.parametrize(
    ("cell", "code"),
    [("2.5", "count"), ("-1", "count"), ("很多", "count"), ("", "missing"), ("99999999", "count"), ("²", "count")],
)
def test_count_refuses_what_is_none(cell, code):
    with pytest.raises(BadRow) as refused:
        row(cell).count("x")

    assert refused.value.problem == Problem(code, "列")


@pytest.mark.parametrize(
    "text",
    ["2026-07-22 11:05:00", "2026/07/22 11:05:00", "2026/7/22 11:05", "2026.07.22 11:05:00", "2026年7月22日 11:05:00",
     "2026-07-22T11:05:00", "2026-07-22 11:05:00.000"],
)  # fmt: skip
def test_moment_is_shanghai_time(text):
    assert moment_of(text) == datetime(2026, 7, 22, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1970-01-01 00:00:00", "time_range"), ("2014-12-31 23:00:00", "time_range"), ("2027-01-01 00:00:00", "time_range"),
     ("2026-13-01 00:00:00", "time"), ("2026-02-30 00:00:00", "time"), ("昨天", "time"), ("45860.479", "time"), ("2026-11-20", "time")],
)  # fmt: skip
def test_moment_refuses_what_is_none(cell, code):
    with pytest.raises(BadRow) as refused:
        row(cell).moment("x", NOW)

    assert refused.value.problem == Problem(code, "列")


def test_a_column_the_file_does_not_have_is_empty():
    assert row("x").text("gone") == ""
    assert row("x").money("gone") is None
    assert row("x").moment("gone", NOW) is None


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(BadRow) as refused:
        row("长" * 65).text("x")

    assert refused.value.problem == Problem("long", "列")


@pytest.mark.parametrize(
    ("number", "is_lost"), [("6923450000000000000", True), ("6923450000000000017", False), ("692345000000000", False), ("6923451234567890000", True)]
)  # fmt: skip
def test_lost_its_tail(number, is_lost):
    assert lost_its_tail(number) is is_lost

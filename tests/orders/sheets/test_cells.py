from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orders.sheets.cells import (
    REMEMBERED,
    Parser,
    Values,
    clean,
    count,
    identifier,
    lost_its_tail,
    moment,
    moment_of,
    money,
    needed,
    stored_text,
    text,
)
from orders.sheets.contract import BadRow, Column, Problem

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def parsed(kind, cell):
    return Parser(Column("x", ("列",), kind), NOW)[cell]


def problem(kind, cell):
    with pytest.raises(BadRow) as refused:
        parsed(kind, cell)
    return refused.value.problem


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
    assert parsed(identifier, cell) == "6923450000000000017"


@pytest.mark.parametrize(
    ("cell", "code"),
    [("5.43E+16", "floated"), ("5432.0", "floated"), ("6.92345E+18", "floated"), ("5e18", "floated"), ("", "missing"), ("-", "missing"),
     ("王东峧", "identifier"), ("12 34", "identifier"), ("1;2", "identifier"), ("1" * 65, "identifier")],
)  # fmt: skip
def test_identifier_refuses_what_is_none(cell, code):
    assert problem(identifier, cell) == Problem(code, "列")


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
    assert parsed(money, cell) == fen


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
    assert problem(money, cell) == Problem(code, "列")


@pytest.mark.parametrize(("cell", "said"), [("2", 2), ("\t2", 2), ("2.0", 2), ("1,000", 1000), ("0", 0)])
def test_count(cell, said):
    assert parsed(count, cell) == said


@pytest.mark.parametrize(
    ("cell", "code"),
    [("2.5", "count"), ("-1", "count"), ("很多", "count"), ("", "missing"), ("99999999", "count"), ("²", "count")],
)
def test_count_refuses_what_is_none(cell, code):
    assert problem(count, cell) == Problem(code, "列")


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
    assert problem(moment, cell) == Problem(code, "列")


def test_a_column_the_file_does_not_have_and_a_cell_the_row_does_not_have_are_empty():
    columns = [Column(key, (key,), kind) for key, kind in (("a", text()), ("b", money), ("c", moment), ("d", text()))]
    values = Values(columns, {"a": 0, "d": 2}, 3, NOW)

    assert values.of(["x", "y", "z", "beyond"]) == ["x", None, None, "z"]
    assert values.of(["x"]) == ["x", None, None, ""]


@pytest.mark.parametrize("kind", [text(), stored_text(64), needed(text())])
def test_a_text_that_is_too_long_is_refused(kind):
    assert parsed(kind, "长" * 64) == "长" * 64
    assert problem(kind, "长" * 65) == Problem("long", "列")


def test_text_for_the_database_has_no_nul():
    assert problem(stored_text(64), "a\0b") == Problem("nul")


@pytest.mark.parametrize("kind", [needed(money), needed(moment), needed(text())])
def test_an_empty_cell_is_refused_where_one_is_needed(kind):
    assert problem(kind, "-") == Problem("missing", "列")


def test_a_text_is_parsed_once_and_only_so_many_are_remembered():
    asked = []
    parser = Parser(Column("x", ("列",), lambda cell, _now: asked.append(cell) or len(cell)), NOW)

    assert [parser[str(n)] for n in (1, 22, 1, 22)] == [1, 2, 1, 2]
    assert asked == ["1", "22"]
    for n in range(REMEMBERED + 5):
        parser[f"n{n}"]
    assert len(parser) <= REMEMBERED


@pytest.mark.parametrize(
    ("number", "is_lost"), [("6923450000000000000", True), ("6923450000000000017", False), ("692345000000000", False), ("6923451234567890000", True)]
)  # fmt: skip
def test_lost_its_tail(number, is_lost):
    assert lost_its_tail(number) is is_lost

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.cell import FORMULA, csv_cell, is_formula, plain, yuan_decimal
from tests.formulas import FORMULAS, HIDDEN


@pytest.mark.parametrize("text", [*FORMULAS, *HIDDEN])
def test_a_formula_gets_an_apostrophe_however_it_is_hidden(text):
    assert csv_cell(text)[0] == "'"
    assert is_formula(plain(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("潞党参 500g", "潞党参 500g"),
        ("两行\n一格", "两行 一格"),
        ("倒\u202e过来", "倒过来"),
        ("阿依古丽·热合曼", "阿依古丽·热合曼"),
        ("👨\u200d👩\u200d👧 一家", "👨\u200d👩\u200d👧 一家"),
        ("坏\x00的\x1b[31m", "坏的[31m"),
        ("半个\ud800字", "半个字"),
        ("6923450000000001234", "\t6923450000000001234"),
        ("2026-11-20 20:05:00", "\t2026-11-20 20:05:00"),
        ("12345678901", "12345678901"),
        ("2024新款党参礼盒装超值优惠", "2024新款党参礼盒装超值优惠"),
        ("", ""),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ],
)
def test_other_text_stays_as_it_reads(text, shown):
    assert csv_cell(text) == shown


@given(st.text())
def test_no_cell_begins_like_a_formula(text):
    cell = csv_cell(text)
    assert cell.lstrip(" \t\r\n\xa0\u3000\u200b\u200c\u200d\ufeff")[:1] not in FORMULA
    assert "\n" not in cell
    assert "\0" not in cell


def test_text_is_cut_to_what_a_cell_holds():
    assert len(plain("长" * 40_000)) == 32_767


@given(st.integers(-(10**12), 10**12))
def test_money_is_exact(fen):
    assert yuan_decimal(fen) * 100 == fen
    assert str(yuan_decimal(fen)).split(".")[1].isdecimal()
    assert len(str(yuan_decimal(fen)).split(".")[1]) == 2


def test_a_float_would_not_be():
    """The control: what adding up floats makes of ten orders of ten fen."""
    assert sum([0.1] * 10) != 1
    assert sum([yuan_decimal(10)] * 10) == Decimal(1)

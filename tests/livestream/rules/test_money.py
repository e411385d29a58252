from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.money import fen_from_yuan, percent, split, yuan


@pytest.mark.parametrize(
    ("amount_fen", "rate", "expected"),
    [(1005, "5", 50), (1010, "5", 51), (1, "50", 1), (0, "99", 0), (12345, "0.5", 62), (-1005, "5", -50)],
)
def test_percent_rounds_half_up(amount_fen, rate, expected):
    assert percent(amount_fen, Decimal(rate)) == expected


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_split_loses_no_fen_and_gives_nobody_a_fen_too_much(amount_fen, weights):
    parts = split(amount_fen, weights)

    assert sum(parts) == amount_fen
    total = sum(weights)
    if total:
        assert all(abs(part * total - amount_fen * weight) < total for part, weight in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¥1,299.90", 129990),
        ("0元", 0),
        ("59.8", 5980),
        ("\t119.60", 11960),
        ('="59.80"', 5980),
        ("￥ 8", 800),
        ("1，000", 100000),
        ("１２", 1200),
        ("-", None),
        ("--", None),
        ("—", None),
        ("/", None),
        ("", None),
    ],
)
def test_fen_from_yuan_reads_what_exports_write(text, expected):
    assert fen_from_yuan(text) == expected


@pytest.mark.parametrize("text", ["abc", "1.234", "5.43E+16", "1.2.3", "nan"])
def test_fen_from_yuan_refuses_what_is_no_amount(text):
    with pytest.raises(ValueError, match=r".*"):
        fen_from_yuan(text)


def test_yuan_writes_a_thin_space_and_thousands():
    assert yuan(43190250) == "¥\u2009431,902.50"
    assert yuan(43190250, 0) == "¥\u2009431,903"
    assert yuan(-5980) == "-¥\u200959.80"

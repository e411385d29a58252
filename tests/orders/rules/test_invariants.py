from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orders.rules.invariants import Broken, Invariant, is_impossible, misbooked
from orders.rules.worth import Amounts, EntryKey

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def key(line="1", item=7):
    return EntryKey(line, item, None, AT, AT)


def test_nothing_is_misbooked_where_ledger_and_worth_agree():
    worth = {key(): Amounts(1, 1, 2, 500, 0)}

    assert misbooked(worth, dict(worth)) == {}
    assert misbooked({}, {key(): Amounts()}) == {}


def test_misbooked_is_what_the_ledger_says_too_much_and_too_little():
    worth = {key("1"): Amounts(1, 1, 2, 500, 0), key("2"): Amounts(0, 1, 1, 100, 0)}
    booked = {key("1"): Amounts(1, 1, 2, 700, 0), key("3"): Amounts(0, 1, 1, 50, 0)}

    assert misbooked(worth, booked) == {
        key("1"): Amounts(0, 0, 0, 200, 0),
        key("2"): Amounts(0, -1, -1, -100, 0),
        key("3"): Amounts(0, 1, 1, 50, 0),
    }


@pytest.mark.parametrize(
    ("booked", "impossible"),
    [
        ([], False),
        ([Amounts(1, 1, 1, 100, 100)], False),
        ([Amounts(1, 1, 1, 100, 101)], True),
        ([Amounts(1, 1, 1, 100, 150), Amounts(0, 1, 1, 100, 0)], False),  # only the whole order's sum must hold
        ([Amounts(2, 1, 1, 100, 0)], True),
        ([Amounts(-1, 0, 0, 0, 0)], True),
        ([Amounts(0, 0, -1, 0, 0)], True),
        ([Amounts(1, 1, 1, -1, -1)], True),
    ],
)
def test_no_order_is_refunded_above_its_price_or_holds_less_than_nothing(booked, impossible):
    assert is_impossible({key(str(n)): amounts for n, amounts in enumerate(booked)}) is impossible


@pytest.mark.parametrize("invariant", list(Invariant))
def test_every_invariant_has_a_sentence(invariant):
    broken = Broken(invariant, "T1", "+7")

    assert "T1" in str(broken)
    assert "+7" in str(broken)
    assert broken.source == f"{invariant.value}:T1"

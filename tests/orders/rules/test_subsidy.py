"""Which lines a subsidy pays for: first paid, first served, to the fen of its cap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.rules.subsidy import Entry, LineKey, Paid, Sale, differences, paid_for

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def sale(order, units=1, *, minute=0, paid_fen=2190, refunded_fen=0, is_closed=False):
    return Sale(LineKey(order, "1", "s"), AT + minute * MINUTE, units, paid_fen, refunded_fen, is_closed)


@pytest.mark.parametrize(
    ("units", "paid_fen", "refunded_fen", "is_closed", "standing"),
    [
        (2, 4380, 0, False, 2),
        (2, 4380, 2190, False, 1),
        (2, 4380, 2189, False, 2),  # a fen less than a piece: a bruised one, not given back
        (2, 4380, 500, False, 2),
        (2, 4380, 4380, False, 0),
        (2, 4380, 0, True, 0),
        (3, 100, 67, False, 1),
        (1, 0, 0, False, 1),  # all of it by somebody's coupon: sold
        (1, 0, 1, False, 0),
        (0, 0, 0, False, 0),
    ],
)
def test_a_refund_takes_back_the_pieces_that_its_money_pays_for(units, paid_fen, refunded_fen, is_closed, standing):
    assert sale(1, units, paid_fen=paid_fen, refunded_fen=refunded_fen, is_closed=is_closed).standing_units == standing


def test_the_last_line_gets_what_is_left_and_later_ones_nothing():
    sales = [sale(3, 2, minute=2), sale(1, 1, minute=1), sale(2, 1, minute=2), sale(4, 1, minute=3)]

    assert paid_for(sales, per_unit_fen=200, cap_fen=700) == {
        LineKey(1, "1", "s"): Paid(1, 200, AT + MINUTE),
        LineKey(2, "1", "s"): Paid(1, 200, AT + 2 * MINUTE),  # the same moment: by the order's number
        LineKey(3, "1", "s"): Paid(2, 300, AT + 2 * MINUTE),
    }


def test_what_is_given_back_is_written_before_what_it_pays_for():
    old = {LineKey(1, "1", "s"): Paid(1, 200, AT), LineKey(2, "1", "s"): Paid(1, 200, AT)}
    new = {LineKey(2, "1", "s"): Paid(1, 200, AT), LineKey(3, "1", "s"): Paid(1, 200, AT)}

    assert differences(old, new) == [Entry(LineKey(1, "1", "s"), -1, -200, AT), Entry(LineKey(3, "1", "s"), 1, 200, AT)]
    assert differences(new, new) == []


SALES = st.lists(
    st.builds(
        sale,
        st.integers(1, 12),
        st.integers(0, 5),
        minute=st.integers(0, 4),
        paid_fen=st.integers(0, 9000),
        refunded_fen=st.integers(0, 9000),
        is_closed=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.key,
)


@given(SALES, SALES, st.integers(1, 500), st.integers(1, 4000), st.randoms())
def test_any_order_and_any_history_come_to_the_same_and_to_what_is_counted_piece_by_piece(before, after, each, cap, chance):
    shuffled = list(after)
    chance.shuffle(shuffled)
    booked = dict(paid_for(before, per_unit_fen=each, cap_fen=cap))

    for key, units, amount, paid_at in differences(booked, paid_for(shuffled, per_unit_fen=each, cap_fen=cap)):
        old = booked.pop(key, Paid(0, 0, paid_at))
        if (old.units + units, old.amount_fen + amount) != (0, 0):
            booked[key] = Paid(old.units + units, old.amount_fen + amount, paid_at)

    left, counted = cap, {}
    for one in sorted(after, key=lambda each: (each.paid_at, each.key.order_id)):
        for _piece in range(one.standing_units):
            part = min(each, left)
            counted[one.key] = counted.get(one.key, 0) + part
            left -= part
    assert {key: paid.amount_fen for key, paid in booked.items()} == {key: fen for key, fen in counted.items() if fen}
    assert sum(paid.amount_fen for paid in booked.values()) <= cap

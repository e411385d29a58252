"""Figures in words: what is not known says so, money is to the fen."""

from __future__ import annotations

from fractions import Fraction

from livestream.rules.definitions import BY_CODE, DEFINITIONS
from livestream.rules.review_words import TOLD, Terms, a_pitch_minute, jin, money_of, pitched_minutes, rows_of
from livestream.rules.statement import Figures, GoodFigures, Seen, Shipping, Sums, rounded


def cells(figures):
    return {row.definition.code: row.cells[0] for row in rows_of([figures])}


def test_every_figure_has_a_definition_and_every_definition_one_code():
    assert set(TOLD) <= set(BY_CODE)
    assert len(BY_CODE) == len(DEFINITIONS)


def test_nothing_sold_is_nought_where_it_is_known_and_not_known_where_it_is_not():
    told = cells(Figures())

    assert {code for code, cell in told.items() if cell is not None} == {"orders", "units", "jin", "paid", "refunded", "net"}


def test_some_figures():
    good = GoodFigures("A", "A", True, committed=2, units=3)
    seen = Seen(shipping=Shipping(1, 2, 3), closed_orders=4, subsidy_fen=0)
    told = cells(Figures(sums=Sums(3, 7, 3450, 1000, 250), unweighed_units=2, refunded_orders=1, goods=(good,), seen=seen))

    expected = {
        "jin": "6.9，另有 2 件没写净重", "net": "¥\u20097.50", "aov": "¥\u20093.33", "items_per_order": "2.33",
        "refund_rate_orders": "33.3%", "refund_rate_fen": "25.0%", "preship": "1 单；另有 3 单关闭了，分不清发没发",
        "closed": "4 单", "moving": "100.0%（1/1）", "sell_through": "150.0%", "oversold": "1 件", "buyers": None,
    }  # fmt: skip
    assert {code: told[code] for code in expected} == expected


def test_where_the_money_goes():
    goods = (
        GoodFigures("A", "A", True, units=10, paid_fen=29_900, refunded_fen=2990),
        GoodFigures("B", "B", True, units=1, paid_fen=100, refunded_fen=200),
        GoodFigures("C", "C", False, units=2, paid_fen=5000),
    )
    sums = Sums(13, 13, 0, 35_000, 3190)

    found = money_of(Figures(sums=sums, goods=goods), {"A": Terms(500, 10_000, 2000), "B": Terms(500, 0, None)})

    assert (found.commission_fen, found.slot_fee_fen, found.settled_fen) == (1346, 10_000, 20_000)  # 5 % of 269.10
    assert (found.settled_units, found.unsettled_units, found.share) == (10, 3, Fraction(20_000, 31_810))
    assert money_of(Figures(), {}).share is None


def test_small_sums():
    assert (jin(250), jin(-250), jin(0)) == ("0.5", "-0.5", "0.0")
    assert pitched_minutes([(1, 60), (2, 30), (1, 30)]) == {1: (2, 90), 2: (1, 30)}
    assert (a_pitch_minute(1000, 90), a_pitch_minute(1000, 0)) == (667, None)
    assert (rounded(Fraction(1, 2)), rounded(Fraction(-1, 2)), rounded(None)) == (1, 0, None)

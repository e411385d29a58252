"""Each thing worth a look has its figure and its threshold, on both sides of it; what cannot be known says so."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livestream.rules.statement import Figures, GoodFigures, People, PlatformFigures, Seen, Sums
from livestream.rules.trust import Look, Signal, Usual, findings, percent, usual_of

NOBODY = Usual(None, None)
SUMS = Sums(100, 100, 0, 100_000, 0)


def look(signal, usual=NOBODY, **figures):
    found = findings(Figures(**({"sums": SUMS} | figures)), usual)
    assert [one.signal for one in found] == list(Signal)
    return next(one for one in found if one.signal == signal)


def test_who_belongs_to_one_organisation_is_never_claimed_to_be_known():
    assert look(Signal.SAME_UNIT).look == Look.UNKNOWN


@pytest.mark.parametrize(
    ("signal", "below", "above"),
    [
        (Signal.BULK, {"bulk_orders": 1, "bulk_paid_fen": 19_999}, {"bulk_orders": 1, "bulk_paid_fen": 20_000}),
        (Signal.EARLY_REFUNDS, {"early_refunded_orders": 19}, {"early_refunded_orders": 20}),
        (Signal.MINUTES, {"top_minutes_orders": 49}, {"top_minutes_orders": 50}),
        (
            Signal.BY_HAND,
            {"platforms": (PlatformFigures("manual", 29),)},
            {"platforms": (PlatformFigures("manual", 30),)},
        ),
        (
            Signal.FLOOR,
            {"goods": (GoodFigures("A", "A", True, floor_fen=100),)},
            {"goods": (GoodFigures("A", "A", True, floor_fen=100, below_floor_units=1, below_floor_fen=1),)},
        ),
    ],
)
def test_below_and_at_the_threshold(signal, below, above):
    assert (look(signal, **below).look, look(signal, **above).look) == (Look.FINE, Look.LOOK)


def test_a_few_refunds_of_a_small_session_are_chance():
    small = Sums(10, 10, 0, 1000, 400)

    assert look(Signal.EARLY_REFUNDS, sums=small, early_refunded_orders=4).look == Look.FINE
    assert look(Signal.MINUTES, sums=small, top_minutes_orders=10).look == Look.UNKNOWN


def seen(own=0, known=100, viewers=None):
    return Seen(people=(People("douyin", viewers),), with_province=known, own_province=own)


def test_the_province_and_the_viewers_are_measured_against_the_county():
    usual = Usual(Fraction(3, 10), Fraction(1, 100))
    sold = {"platforms": (PlatformFigures("douyin", 100),)}

    assert look(Signal.PROVINCE, usual, seen=seen(59)).look == Look.FINE
    assert look(Signal.PROVINCE, usual, seen=seen(60)).look == Look.LOOK
    assert look(Signal.PROVINCE, usual, seen=seen(10, 19)).look == Look.UNKNOWN
    assert look(Signal.PROVINCE, seen=seen(60)).look == Look.UNKNOWN
    looks = [look(Signal.VIEWERS, usual, seen=seen(viewers=number), **sold).look for number in (3333, 3334, 10_000, 30_000, None)]
    assert looks == [Look.LOOK, Look.FINE, Look.FINE, Look.LOOK, Look.UNKNOWN]


def test_people_of_two_platforms_are_not_added():
    both = Seen(people=(People("douyin", 100), People("kuaishou", 100)))

    assert look(Signal.VIEWERS, Usual(None, Fraction(1)), seen=both).look == Look.UNKNOWN


def test_three_others_make_a_usual():
    one = Figures(sums=SUMS, seen=seen(30))

    assert usual_of([one] * 2).own_province is None
    assert usual_of([one] * 3).own_province == Fraction(3, 10)


def test_nothing_sold_accuses_nobody():
    assert {one.look for one in findings(Figures(), NOBODY)} == {Look.UNKNOWN}


def test_percent_is_half_up_and_not_known_in_words():
    assert (percent(Fraction(1, 8)), percent(Fraction(1, 3)), percent(None)) == ("12.5%", "33.3%", "不知道")

"""Two campaigns beside each other, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from livestream.rules.campaign import Window
from orders.rules.campaign import Split, Sums, change, reached, side_by_side

DAY = timedelta(days=1)
THIS, LAST = Window(date(2026, 11, 20), date(2026, 11, 26)), Window(date(2025, 11, 21), date(2025, 11, 27))


def split(county, live=0):
    return Split(Sums(1, county, 0), Sums(1, live, 0))


def days(window, *fen):
    return {window.from_on + number * DAY: split(each, each // 2) for number, each in enumerate(fen)}


def test_only_days_that_are_over_on_both_sides_are_compared():
    found = side_by_side(THIS, days(THIS, 100, 200, 900), LAST, days(LAST, 50, 60, 70, 80), date(2026, 11, 22))

    assert (found.days, found.equal_now.county.net_fen, found.equal_last.county.net_fen) == (2, 300, 110)
    assert (found.equal_now.live.net_fen, found.equal_last.live.net_fen) == (150, 55)
    assert (found.so_far.county.net_fen, found.last.county.net_fen) == (1200, 260)
    assert [row.is_running for row in found.rows] == [False, False, True, False, False, False, False]
    assert [row.now is None for row in found.rows] == [False] * 3 + [True] * 4


def test_a_longer_one_is_compared_with_as_many_days_as_the_shorter_has():
    shorter = Window(LAST.from_on, LAST.from_on + 2 * DAY)
    found = side_by_side(THIS, days(THIS, 1, 1, 1, 1, 1, 1, 1), shorter, days(shorter, 2, 2, 2), date(2026, 12, 1))
    assert (found.days, len(found.rows)) == (3, 7)
    assert found.rows[3].last_on is None

    longer = Window(LAST.from_on, LAST.from_on + 9 * DAY)
    found = side_by_side(THIS, {}, longer, days(longer, *[1] * 10), date(2026, 12, 1))
    assert (found.days, len(found.rows), found.rows[9].on) == (7, 10, None)


def test_a_first_one_has_nothing_beside_it():
    found = side_by_side(THIS, days(THIS, 5), None, {}, date(2026, 11, 30))
    assert (found.days, found.last, found.so_far.county.paid_fen) == (0, Split(), 5)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (110, 100, "10.0"),
        (0, 100, "-100.0"),
        (2, 3, "-33.3"),
        (10005, 10000, "0.1"),
        (5, 0, None),
        (5, -1, None),
        (100, 100, "0.0"),
    ],
)
def test_change_is_in_percent_half_up(now, before, expected):
    assert change(now, before) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(("net", "goal", "expected"), [(999, 1000, 99), (1000, 1000, 100), (-5, 1000, 0), (5, None, None)])
def test_a_goal_is_reached_when_all_of_it_is_there(net, goal, expected):
    assert reached(net, goal) == expected

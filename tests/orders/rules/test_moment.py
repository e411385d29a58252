"""The last big moments of a day."""

from __future__ import annotations

from orders.rules.moment import Moment, last_thousand, moments


def test_nothing_happened():
    assert moments([], None, []) == []
    assert moments([], (60, 2), [(0, 9)]) == []


def test_the_newest_five_newest_first():
    sessions = [Moment(at, "went_live", f"场{at}") for at in (10, 400, 200)] + [Moment(500, "ended", "场10", 70)]

    assert moments(sessions, (310, 3), [(0, 999), (60, 1), (120, 12)]) == [
        Moment(500, "ended", "场10", 70),
        Moment(400, "went_live", "场400"),
        Moment(310, "peak", None, 3),
        Moment(200, "went_live", "场200"),
        Moment(60, "thousand", None, 1000),
    ]


def test_the_best_minute_is_the_first_of_those_that_are_best():
    assert moments([], None, [(60, 12), (120, 12), (180, 11)]) == [Moment(60, "minute", None, 12)]


def test_last_thousand_is_the_minute_in_which_it_was_reached():
    assert last_thousand([]) is None
    assert last_thousand([(0, 600), (60, 399)]) is None
    assert last_thousand([(0, 600), (60, 400)]) == (60, 1000)
    assert last_thousand([(0, 600), (60, 1800), (120, 500)]) == (60, 2000)
    assert last_thousand([(0, 2999), (60, 1), (120, 0)]) == (60, 3000)

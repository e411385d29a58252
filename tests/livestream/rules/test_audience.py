"""Viewers: ten minutes beside ten minutes, what is usual, the most, the average by Little's law, ages in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.audience import (
    Point,
    Windows,
    age_words,
    average_online,
    check_counts,
    is_stale,
    peak,
    typical,
    windows,
)
from livestream.rules.errors import NotAllowed

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def before(minutes, online):
    return Point(NOON - timedelta(minutes=minutes), online)


def test_ten_minutes_beside_the_ten_before():
    found = windows([before(25, 9), before(19, 100), before(10, 200), before(9.99, 300), before(0, 301), before(-1, 9)], NOON)

    assert found == Windows(301, 150)  # a half is rounded up
    assert found.change_percent == 101
    assert windows([], NOON) == Windows(None, None)
    assert Windows(5, 0).change_percent is None
    assert Windows(50, 200).change_percent == -75


def test_the_usual_is_the_median_and_the_peak_the_first_of_the_most():
    points = [before(3, 20), before(2, 2000), before(1, 2000), before(0, 500)]

    assert (typical(point.online for point in points), peak(points)) == (1250, points[1])
    assert (typical([]), peak([]), typical([7])) == (None, None, 7)


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_half_of_the_readings_lie_on_each_side_of_the_usual(numbers):
    middle = typical(numbers)

    assert sum(number < middle for number in numbers) * 2 <= len(numbers)
    assert sum(number > middle for number in numbers) * 2 <= len(numbers)


@given(st.integers(1, 10_000), st.integers(1, 600), st.integers(1, 86_400))
def test_littles_law_is_arrivals_times_stay(visits, stay_s, on_air_s):
    assert average_online(visits * stay_s, on_air_s) == pytest.approx(visits / on_air_s * stay_s, abs=0.5)


def test_without_watch_seconds_or_a_session_there_is_no_average():
    assert (average_online(None, 60), average_online(60, 0), average_online(90, 60)) == (None, None, 2)


def test_an_age_is_said_in_words_and_ten_minutes_are_stale():
    ages = {0: "刚刚", 59: "刚刚", 60: "1 分钟前", 3599: "59 分钟前", 3600: "1 小时前", 86_400: "1 天前", 200_000: "2 天前"}

    assert {seconds: age_words(timedelta(seconds=seconds)) for seconds in ages} == ages
    assert [is_stale(NOON - timedelta(seconds=s), NOON) for s in (599, 600)] == [False, True]


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ({}, "nothing_counted"),
        ({"online_now": None}, "nothing_counted"),
        ({"online_now": -1}, "count_out_of_range"),
        ({"online_now": 100_000_001}, "count_out_of_range"),
        ({"view_uv": 10, "view_pv": 9}, "counts_contradict"),
        ({"buyers": 10, "order_creators": 9}, "counts_contradict"),
    ],
)
def test_what_cannot_be_is_refused(counts, code):
    with pytest.raises(NotAllowed) as refused:
        check_counts(counts)
    assert refused.value.code == code
    assert "{" not in str(refused.value)


def test_what_was_counted_is_kept():
    assert check_counts({"online_now": 0, "view_uv": 9, "view_pv": 9, "buyers": None}) == {
        "online_now": 0,
        "view_uv": 9,
        "view_pv": 9,
    }

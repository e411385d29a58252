"""How long a shop is usually silent, and when its silence is worth a word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orders.rules.source import awaited_since, is_silent, pause_after

AT = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("pause_ms", "waited_ms", "expected"),
    [
        (0, 30, 30),  # a longer pause counts at once
        (30, 90, 90),
        (90, 0, 90),
        (100, 6 * HOUR, 50),  # the known one fades by half in six hours
        (100, 12 * HOUR, 25),
        (0, HOUR, HOUR),  # an hour is a pause, more than an hour is a night
        (0, HOUR + 1, 0),
        (HOUR, 24 * HOUR, HOUR // 16),
        (4, 24 * HOUR, 0),  # what is less than a thousandth of a second is nothing
        (HOUR, 10 * 365 * 24 * HOUR, 0),
    ],
)
def test_pause_after(pause_ms, waited_ms, expected):
    assert pause_after(pause_ms, waited_ms) == expected


def test_a_habit_is_the_longest_pause_of_the_last_hours():
    pause = 0
    for waited in (2_000, 5_000, 1_000, 40_000, 3_000, 3_000, 3_000):
        pause = pause_after(pause, waited)

    assert pause == pytest.approx(40_000, rel=0.001)


@pytest.mark.parametrize(
    ("silent_s", "pause_s", "minutes", "expected"),
    [
        (300, 0, 5, False),
        (301, 0, 5, True),
        (301, 100, 5, True),
        (301, 101, 5, False),  # three times its habit is longer than the threshold
        (303, 101, 5, False),
        (304, 101, 5, True),
        (301, 0, 6, False),
    ],
)
def test_is_silent_after_the_threshold_and_three_times_its_habit(silent_s, pause_s, minutes, expected):
    assert is_silent(AT - timedelta(seconds=silent_s), 1000 * pause_s, AT, minutes) is expected


def test_nobody_is_awaited_before_somebody_is_on_air():
    assert awaited_since(AT, AT + timedelta(hours=1)) == AT + timedelta(hours=1)
    assert awaited_since(AT, AT - timedelta(hours=1)) == AT

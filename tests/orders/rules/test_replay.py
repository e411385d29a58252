"""The minutes of a replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orders.rules.replay import Steps, steps_of

START = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
FIRST = int(START.timestamp()) - 30
LATER = START + timedelta(days=30)


@pytest.mark.parametrize(
    ("lasted", "at", "steps"),
    [
        (
            timedelta(minutes=60),
            LATER,
            Steps(FIRST, 60, 91),
        ),  # 12:00 to 13:30:30: half an hour of grace, and the minute it ends in
        (timedelta(minutes=59, seconds=30), LATER, Steps(FIRST, 60, 90)),
        (timedelta(seconds=1), LATER, Steps(FIRST, 60, 31)),
        (timedelta(minutes=60), START + timedelta(minutes=70), Steps(FIRST, 60, 71)),  # the grace is not over yet
        (timedelta(minutes=60), START + timedelta(minutes=10), Steps(FIRST, 60, 61)),  # somebody's clock is behind
        (timedelta(hours=23, minutes=29, seconds=30), LATER, Steps(FIRST, 60, 1440)),
        (timedelta(hours=23, minutes=30), LATER, Steps(FIRST, 120, 721)),  # longer than a day: steps of two minutes
        (timedelta(days=30), LATER + timedelta(days=9), Steps(FIRST, 1860, 1395)),
    ],
)
def test_steps_of_a_session(lasted, at, steps):
    assert steps_of(START, START + lasted, at) == steps


def test_a_moment_is_the_end_of_the_step_before_it():
    steps = Steps(FIRST, 60, 3)

    assert [steps.moment(position) for position in range(4)] == [FIRST, FIRST + 60, FIRST + 120, FIRST + 180]


@pytest.mark.parametrize(("seconds", "position"), [(-3600, 0), (0, 0), (59.9, 0), (60, 1), (179.9, 2), (180, 3), (86_400, 3)])
def test_what_comes_too_early_is_in_the_first_step_and_what_comes_too_late_after_the_last(seconds, position):
    assert Steps(FIRST, 60, 3).position(datetime.fromtimestamp(FIRST + seconds, UTC)) == position

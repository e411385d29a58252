from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from livestream.rules.incident import is_within, moment_on_air

BEGAN = datetime(2026, 11, 22, 19, 30, 40, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("clock", "lasts", "after"),
    [
        (time(19, 30), 60, timedelta(0)),  # the minute of the beginning is not before it
        (time(20, 0), 60, timedelta(minutes=29, seconds=20)),
        (time(19, 29), 60, None),  # tomorrow's 19:29 is not over yet
        (time(20, 31), 60, None),
        (time(0, 10), 300, timedelta(hours=4, minutes=39, seconds=20)),  # a session over midnight
        (time(19, 29), 24 * 60, timedelta(days=1, seconds=-100)),
    ],
)
def test_an_hour_and_a_minute_are_the_first_such_moment_on_air(clock, lasts, after):
    found = moment_on_air(clock, began=BEGAN, until=BEGAN + timedelta(minutes=lasts))

    assert found == (None if after is None else BEGAN + after)


@pytest.mark.parametrize(("after", "lasted", "answer"), [(-1, None, False), (0, None, True), (10, 10, True), (11, 10, False)])
def test_what_ends_a_session_happens_at_its_last_moment(after, lasted, answer):
    ended = BEGAN + timedelta(minutes=lasted) if lasted else None

    assert is_within(BEGAN + timedelta(minutes=after), began=BEGAN, ended=ended) is answer


def test_a_session_that_was_never_on_air_has_no_incident():
    assert is_within(BEGAN, began=None, ended=None) is False

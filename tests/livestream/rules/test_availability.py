from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestream.rules.availability import (
    HOURS_OF,
    Away,
    Gap,
    Hours,
    PartOfDay,
    away_words,
    gaps,
    is_free,
    part_of,
    rule_words,
    said,
)
from livestream.rules.day import SHANGHAI

MINUTE = timedelta(minutes=1)


def at(words):
    return datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


def evening(weekday):
    return Hours(weekday, *HOURS_OF[PartOfDay.EVENING])


# 2026-10-01 is a Thursday.
HOLIDAY = Away(date(2026, 10, 1), date(2026, 10, 7), reason="走亲戚")
MARKET = Away(date(2026, 10, 1), date(2026, 10, 31), time(14), time(18), "赶集")


@pytest.mark.parametrize(
    ("hours", "away", "begins", "ends", "found"),
    [
        ([], [], "2026-10-01 19:30", "2026-10-01 21:30", []),
        ([evening(4)], [], "2026-10-01 19:30", "2026-10-01 21:30", []),
        ([evening(4)], [], "2026-10-01 23:00", "2026-10-02 02:00", []),
        ([evening(4)], [], "2026-10-01 23:00", "2026-10-02 02:01", [("2026-10-02 02:00", "2026-10-02 02:01", None)]),
        ([evening(4)], [], "2026-10-01 17:00", "2026-10-01 19:00", [("2026-10-01 17:00", "2026-10-01 18:00", None)]),
        ([evening(5)], [], "2026-10-01 19:30", "2026-10-01 21:30", [("2026-10-01 19:30", "2026-10-01 21:30", None)]),
        (
            [Hours(4, time(8), time(12)), Hours(4, time(14), time(0))],
            [],
            "2026-10-01 07:00",
            "2026-10-02 01:00",
            [
                ("2026-10-01 07:00", "2026-10-01 08:00", None),
                ("2026-10-01 12:00", "2026-10-01 14:00", None),
                ("2026-10-02 00:00", "2026-10-02 01:00", None),
            ],
        ),
        ([], [HOLIDAY], "2026-09-30 22:00", "2026-10-01 00:00", []),
        ([], [HOLIDAY], "2026-09-30 22:00", "2026-10-01 01:00", [("2026-10-01 00:00", "2026-10-01 01:00", HOLIDAY)]),
        ([], [HOLIDAY], "2026-10-08 00:00", "2026-10-08 02:00", []),
        ([], [MARKET], "2026-10-10 18:00", "2026-10-10 20:00", []),
        ([], [MARKET], "2026-10-10 17:30", "2026-10-10 20:00", [("2026-10-10 17:30", "2026-10-10 18:00", MARKET)]),
        ([], [MARKET], "2026-11-01 15:00", "2026-11-01 16:00", []),
    ],
)
def test_gaps_are_what_is_not_free(hours, away, begins, ends, found):
    expected = [Gap(at(first), at(last), why) for first, last, why in found]

    assert gaps(hours, away, at(begins).astimezone(UTC), at(ends).astimezone(UTC)) == expected


def is_free_minute(hours, away, minute):
    """Word by word from what was said, of one minute."""

    def holds(day, first, last):
        start = datetime.combine(day, first, SHANGHAI)
        end = datetime.combine(day if last > first else day + timedelta(days=1), last, SHANGHAI)
        return start <= minute < end

    days = [minute.date() - timedelta(days=1), minute.date()]
    for one in away:
        if one.from_time is None:
            if one.from_on <= minute.date() <= one.until_on:
                return False
        elif any(one.from_on <= day <= one.until_on and holds(day, one.from_time, one.until_time) for day in days):
            return False
    return not hours or any(one.weekday == day.isoweekday() and holds(day, *one[1:]) for one in hours for day in days)


clocks = st.sampled_from([time(0), time(2), time(5), time(11, 58), time(12), time(18), time(23, 59)])
some_hours = st.builds(Hours, st.integers(1, 7), clocks, clocks)
days_on = st.dates(date(2026, 9, 28), date(2026, 10, 5))


@st.composite
def some_away(draw):
    first = draw(days_on)
    times = draw(st.one_of(st.just((None, None)), st.tuples(clocks, clocks)))
    return Away(first, first + timedelta(days=draw(st.integers(0, 3))), *times)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(some_hours, max_size=4),
    st.lists(some_away(), max_size=2),
    st.datetimes(datetime(2026, 9, 29), datetime(2026, 10, 4)),  # noqa: DTZ001  # hypothesis wants naive ones
    st.integers(1, 30 * 60),
)
def test_every_minute_that_is_not_free_lies_in_a_gap(hours, away, begins, minutes):
    begins = begins.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
    ends = begins + minutes * MINUTE
    found = gaps(hours, away, begins, ends)

    asked = [begins + n * MINUTE for n in range(minutes)]
    in_gaps = {minute for gap in found for minute in asked if gap.begins <= minute < gap.ends}

    assert in_gaps == {minute for minute in asked if not is_free_minute(hours, away, minute)}
    assert is_free(hours, away, begins, ends) == (in_gaps == set())
    assert all(begins <= gap.begins < gap.ends <= ends for gap in found)


def test_said_in_words_of_the_day():
    outside = Gap(at("2026-10-01 17:00"), at("2026-10-01 18:00"))

    assert said(outside) == "10月1日周四 17:00–18:00 不在平时能排的时间里"
    assert said(outside._replace(away=HOLIDAY)) == "10月1日周四到10月7日周三不行（走亲戚）"
    assert said(outside._replace(away=MARKET)) == "10月1日周四到10月31日周六 14:00–18:00不行（赶集）"
    assert said(outside._replace(away=Away(date(2026, 10, 1), date(2026, 10, 1)))) == "10月1日周四不行"


def test_hours_are_said_as_a_part_of_the_day_where_they_are_one():
    assert away_words(Away(date(2026, 10, 1), date(2026, 10, 1), *HOURS_OF[PartOfDay.EVENING])) == "10月1日周四 晚上不行"
    assert rule_words(evening(2)) == "周二 晚上"
    assert rule_words(Hours(2, time(9), time(11))) == "周二 09:00–11:00"


def test_part_of_the_day_is_told_from_its_hours():
    assert [part_of(*hours) for hours in HOURS_OF.values()] == list(PartOfDay)
    assert part_of(time(9), time(12)) is None

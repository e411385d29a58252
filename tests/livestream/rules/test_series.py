from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.series import MissingDay, SeriesRule, check_rule, dates, missing_days, missing_words, rule_words, window_of

# 2026-11-23 is a Monday.
TUESDAYS_AND_FRIDAYS = SeriesRule(date(2026, 11, 23), date(2026, 12, 31), time(19, 30), 120, weekdays=(5, 2))
FIFTEENTH = SeriesRule(date(2026, 11, 23), date(2027, 3, 31), time(10), 60, month_days=(15,))


def test_every_tuesday_and_friday_until_december():
    assert [f"{day:%m-%d}" for day in dates(TUESDAYS_AND_FRIDAYS)] == [
        "11-24", "11-27", "12-01", "12-04", "12-08", "12-11", "12-15", "12-18", "12-22", "12-25", "12-29",
    ]  # fmt: skip
    assert rule_words(TUESDAYS_AND_FRIDAYS) == "每周二、周五 19:30–21:30，到2026年12月31日"


def test_the_fifteenth_of_every_month():
    assert dates(FIFTEENTH) == [date(2026, 12, 15), date(2027, 1, 15), date(2027, 2, 15), date(2027, 3, 15)]
    assert missing_days(FIFTEENTH) == []
    assert rule_words(FIFTEENTH) == "每月15日 10:00–11:00，到2027年3月31日"


def test_the_31st_falls_out_of_short_months_and_is_said():
    rule = replace(FIFTEENTH, month_days=(31, 30))

    assert [f"{day:%m-%d}" for day in dates(rule)] == ["11-30", "12-30", "12-31", "01-30", "01-31", "03-30", "03-31"]
    assert missing_days(rule) == [MissingDay(2026, 11, 31), MissingDay(2027, 2, 30), MissingDay(2027, 2, 31)]
    assert missing_words(missing_days(rule)[1]) == "2027年2月没有30日"
    assert missing_days(replace(rule, until_on=date(2027, 2, 27))) == [MissingDay(2026, 11, 31)]


def test_a_window_over_midnight_belongs_to_the_day_it_began():
    window = window_of(date(2026, 11, 24), time(23), 150)

    assert window == (datetime(2026, 11, 24, 23, tzinfo=SHANGHAI), datetime(2026, 11, 25, 1, 30, tzinfo=SHANGHAI))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"until_on": date(2026, 11, 22)}, "series_backwards"),
        ({"until_on": date(2029, 1, 1)}, "series_too_long"),
        ({"weekdays": ()}, "series_by_what"),
        ({"month_days": (15,)}, "series_by_what"),
        ({"weekdays": (0,)}, "series_unknown_day"),
        ({"weekdays": (), "month_days": (32,)}, "series_unknown_day"),
        ({"minutes": 0}, "series_minutes"),
        ({"minutes": 1441}, "series_minutes"),
        ({"weekdays": (1, 2, 3, 4, 5, 6, 7), "until_on": date(2027, 11, 23)}, "series_too_many"),
        ({"until_on": date(2026, 11, 23)}, "series_no_dates"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(change, code):
    with pytest.raises(NotAllowed) as refused:
        check_rule(replace(TUESDAYS_AND_FRIDAYS, **change))

    assert refused.value.code == code
    assert str(refused.value) != code


@settings(max_examples=100, deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.integers(0, 400),
    st.sets(st.integers(1, 7)),
    st.sets(st.integers(1, 31), max_size=4),
)
def test_dates_are_the_days_that_fit_and_what_falls_out_is_named(first, days, weekdays, month_days):
    month_days = () if weekdays else tuple(month_days)
    rule = SeriesRule(first, first + timedelta(days=days), time(9), 60, tuple(weekdays), month_days)
    every = [first + timedelta(days=n) for n in range(days + 1)]

    if weekdays or month_days:
        assert dates(rule) == [day for day in every if day.isoweekday() in weekdays or day.day in month_days]
    ends = [day for day in every if day.day == monthrange(day.year, day.month)[1]]
    assert missing_days(rule) == [
        MissingDay(end.year, end.month, day) for end in ends for day in sorted(month_days) if day > end.day
    ]

"""What a county calls an effect of a class: windows, minutes, months, shares."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from training.rules.conversion import (
    DEFAULTS,
    ConversionKind,
    Terms,
    check_terms,
    definition,
    long_enough,
    months_of,
    percent,
    span,
)

DONE = date(2026, 3, 1)
TERMS = st.builds(
    lambda start, length, least: Terms(start, start + length, least), st.integers(0, 500), st.integers(1, 500), st.integers(1, 90)
)


def test_days_are_counted_from_completion_and_the_last_belongs_to_it():
    within = span(Terms(0, 90, 30), DONE)

    assert (within.first_on, within.last_on) == (DONE, date(2026, 5, 30))
    assert (within.begins_at, within.ends_at) == (datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 5, 30, 16, tzinfo=UTC))


@given(TERMS, st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(-3 * 86_400, 3 * 86_400), st.booleans())
def test_a_moment_is_within_exactly_when_its_day_is(terms, completed_on, seconds, near_end):
    within = span(terms, completed_on)
    moment = (within.ends_at if near_end else within.begins_at) + timedelta(seconds=seconds)
    ended = moment + timedelta(minutes=terms.least)

    assert long_enough(terms, within, went_live_at=moment, ended_at=ended) == within.holds(shanghai_day(moment))


@given(TERMS, st.integers(-120, 120))
def test_a_session_counts_from_the_least_minutes_on(terms, seconds):
    within = span(terms, DONE)
    ended = within.begins_at + timedelta(minutes=terms.least, seconds=seconds)

    assert long_enough(terms, within, went_live_at=within.begins_at, ended_at=ended) == (seconds >= 0)


def test_who_is_still_on_air_has_not_gone_live_long_enough_yet():
    within = span(Terms(0, 90, 30), DONE)

    assert not long_enough(Terms(0, 90, 30), within, went_live_at=within.begins_at, ended_at=None)


def test_months_are_those_of_the_calendar():
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 9, 1), date(2027, 1, 5)]

    assert months_of(days) == [date(2026, 9, 1), date(2026, 10, 1), date(2027, 1, 1)]


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(18, 40, "45.0"), (11, 40, "27.5"), (0, 3, "0.0"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 16, "6.3"), (40, 40, "100.0")],
)
def test_a_share_has_one_decimal_rounded_half_up(part, whole, said):
    assert percent(part, whole) == Decimal(said)


def test_nobody_has_no_share():
    assert percent(0, 0) is None


@pytest.mark.parametrize("kind", ConversionKind)
def test_defaults_are_possible_and_say_their_days(kind):
    terms = DEFAULTS[kind]

    check_terms(kind, terms)

    assert f"{terms.from_days}–{terms.within_days} 天" in definition(kind, terms)


@pytest.mark.parametrize(
    ("kind", "terms", "code"),
    [
        ("live", Terms(0, 0, 30), "conversion_days"),
        ("live", Terms(0, 1101, 30), "conversion_days"),
        ("live", Terms(90, 90, 30), "conversion_backwards"),
        ("live", Terms(-1, 90, 30), "conversion_backwards"),
        ("live", Terms(0, 90, 0), "conversion_least"),
        ("live", Terms(0, 90, 1441), "conversion_least"),
        ("shop", Terms(0, 90, 2), "conversion_least"),
        ("sustained", Terms(0, 365, 37), "conversion_least"),
    ],
)
def test_terms_that_cannot_be_are_refused(kind, terms, code):
    with pytest.raises(NotAllowed) as refused:
        check_terms(ConversionKind(kind), terms)

    assert refused.value.code == code

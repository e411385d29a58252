from datetime import UTC, date, datetime, time, timedelta

import pytest

from livestream.rules.calendar import (
    Days,
    Piece,
    days_of,
    first_hour,
    from_hour,
    page_after,
    page_before,
    piece_of,
    quarter_at,
    side_by_side,
    weeks_around,
)
from livestream.rules.day import SHANGHAI

DAY = date(2026, 11, 27)


def at(clock, day=DAY):
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


@pytest.mark.parametrize(
    ("span", "on", "first", "after"),
    [
        ("day", DAY, DAY, date(2026, 11, 28)),
        ("week", date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 30)),
        ("week", date(2026, 11, 29), date(2026, 11, 23), date(2026, 11, 30)),
        ("week", date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 4)),
        ("month", DAY, date(2026, 11, 1), date(2026, 12, 1)),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
        ("month", date(2028, 2, 29), date(2028, 2, 1), date(2028, 3, 1)),
    ],
)
def test_a_page_is_a_day_a_week_from_monday_or_a_month(span, on, first, after):
    assert days_of(span, on) == (first, after)


@pytest.mark.parametrize(
    ("month", "first", "after"),
    [
        (date(2026, 11, 1), date(2026, 10, 26), date(2026, 12, 7)),  # begins on a Sunday
        (date(2027, 2, 1), date(2027, 2, 1), date(2027, 3, 1)),  # four weeks exactly
    ],
)
def test_the_sheet_of_a_month_is_whole_weeks(month, first, after):
    assert weeks_around(days_of("month", month)) == (first, after)


def test_pages_follow_each_other_and_stop_at_the_ends():
    assert (page_before("month", DAY), page_after("month", DAY)) == (date(2026, 10, 31), date(2026, 12, 1))
    assert (page_before("day", date(2020, 1, 1)), page_after("week", date(2099, 12, 31))) == (
        date(2020, 1, 1),
        date(2099, 12, 31),
    )


def test_days_begin_at_midnight_in_shanghai():
    days = Days(DAY, DAY + timedelta(days=2))

    assert (days.begins_at, days.ends_at) == (datetime(2026, 11, 26, 16, tzinfo=UTC), datetime(2026, 11, 28, 16, tzinfo=UTC))
    assert days.each() == [DAY, DAY + timedelta(days=1)]


@pytest.mark.parametrize(
    ("begins", "minutes", "piece"),
    [
        ("19:30", 90, (78, 84, False, False)),
        ("19:37", 60, (78, 83, False, False)),  # over every quarter that it touches
        ("00:00", 1, (0, 1, False, False)),
        ("22:30", 90, (90, 96, False, False)),  # until midnight sharp
        ("22:30", 240, (90, 96, False, True)),
    ],
)
def test_a_stretch_lies_over_its_quarters(begins, minutes, piece):
    assert piece_of(at(begins), at(begins) + timedelta(minutes=minutes), DAY) == Piece(*piece)


def test_what_goes_over_midnight_has_a_tail_and_touches_no_third_day():
    begins, ends = at("22:30"), at("22:30") + timedelta(hours=4)

    assert piece_of(begins, ends, DAY + timedelta(days=1)) == Piece(0, 10, is_tail=True, goes_on=False)
    assert piece_of(begins, ends, DAY - timedelta(days=1)) is None
    assert piece_of(begins, ends, DAY + timedelta(days=2)) is None


def test_a_page_of_hours_begins_at_eight_or_with_the_first_session():
    tail, early, late = Piece(0, 8, True, False), Piece(26, 30, False, False), Piece(80, 90, False, False)

    assert [first_hour([]), first_hour([late, tail]), first_hour([late, early])] == [8, 8, 6]
    assert [from_hour(tail, 8), from_hour(late, 8)] == [Piece(0, 4, True, False), Piece(48, 58, False, False)]


def test_now_is_a_quarter_of_the_shanghai_day():
    assert [quarter_at(datetime(2026, 11, 26, 16, tzinfo=UTC)), quarter_at(at("23:59"))] == [0, 95]


def test_what_overlaps_lies_on_tracks_of_its_own_and_as_few_as_can_be():
    pieces = [Piece(*each, False, False) for each in ((8, 12), (0, 8), (4, 10), (10, 14), (12, 16))]

    placed = side_by_side(pieces, lambda piece: piece)

    assert [(track, piece.begins) for track, piece in placed] == [(1, 0), (2, 4), (1, 8), (2, 10), (1, 12)]

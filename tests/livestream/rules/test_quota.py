"""Leaders on air: distinct people a year, and somebody every month."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from livestream.rules.quota import Appearance, Promise, Quota, agreement_year, quota, year_of

NOVEMBER = date(2026, 11, 21)


def on_air(month, name="武㛃", rank="top", day=15, year=2026):
    return Appearance(datetime(year, month, day, 8, tzinfo=UTC), name, rank)


def test_distinct_top_leaders_count_and_deputies_and_repeats_do_not_add():
    seen = [
        on_air(3),
        on_air(5),
        on_air(5, "武 㛃"),
        on_air(6, "李明"),
        on_air(7, "韩谷川", "deputy"),
        on_air(8, "申喆", "other"),
    ]

    assert quota(seen, NOVEMBER) == Quota(2, 12, date(2026, 1, 1), [1, 2, 4, 8, 9, 10, 11])


def test_another_year_and_the_time_to_come_do_not_count():
    assert quota([on_air(11, year=2025), on_air(12)], NOVEMBER).count == 0


def test_months_are_shanghais():
    """The last of October at 17:00 in London is November in Shanghai."""
    late = Appearance(datetime(2026, 10, 31, 17, tzinfo=UTC), "武㛃", "top")

    assert quota([late], NOVEMBER).uncovered == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert quota([Appearance(datetime(2025, 12, 31, 16, tzinfo=UTC), "武㛃", "top")], NOVEMBER).count == 1


@pytest.mark.parametrize(
    ("day", "first_month", "began_on"),
    [
        (NOVEMBER, 1, date(2026, 1, 1)),
        (date(2026, 1, 1), 1, date(2026, 1, 1)),
        (NOVEMBER, 7, date(2026, 7, 1)),
        (date(2026, 6, 30), 7, date(2025, 7, 1)),
    ],
)
def test_agreement_year(day, first_month, began_on):
    assert agreement_year(day, first_month) == began_on


def test_an_agreement_year_that_crosses_new_year():
    seen = [on_air(12, year=2025), on_air(1, "李明"), on_air(6, "旧人", year=2025)]

    assert quota(seen, date(2026, 2, 10), Promise(first_month=7)) == Quota(2, 12, date(2025, 7, 1), [7, 8, 9, 10, 11, 2])


def test_a_person_is_a_row_of_the_register_or_a_name():
    """Two namesakes are two rows; a guest without a row is the leader of his name."""
    seen = [
        Appearance(datetime(2026, month, 15, 8, tzinfo=UTC), name, "top", leader)
        for month, name, leader in ((1, "李明", 1), (2, "李明", 2), (4, "王 强", None), (5, "王强", 3), (6, "王强", None))
    ]

    assert quota(seen, NOVEMBER).count == 3


def test_which_ranks_count_and_how_many_is_the_countys_rule():
    seen = [on_air(1), on_air(2, "韩谷川", "deputy"), on_air(3, "申喆", "other")]

    assert quota(seen, NOVEMBER, Promise(wanted=2, ranks=frozenset({"top", "deputy"}))) == Quota(
        2, 2, date(2026, 1, 1), [3, 4, 5, 6, 7, 8, 9, 10, 11]
    )


def test_the_year_month_by_month():
    aired = [on_air(1), on_air(2, "韩谷川", "deputy"), on_air(4), on_air(5, "申喆", "other")]
    planned = [on_air(11, "郝淜", day=26), on_air(12, "郝淜"), on_air(12, "武㛃", day=20)]

    months = year_of(aired, planned, NOVEMBER, Promise(), date(2026, 1, 1))

    assert [month.state.value for month in months] == [
        "covered", "covered", "uncovered", "covered", "uncovered", "uncovered", "uncovered", "uncovered", "uncovered", "uncovered",
        "open", "to_come",
    ]  # fmt: skip
    assert [(visit.counts, visit.is_again) for month in months for visit in month.visits] == [
        (True, False),
        (False, False),
        (True, True),
    ]
    assert [(visit.appearance.name, visit.is_again) for month in months for visit in month.planned] == [
        ("郝淜", False),
        ("郝淜", True),
        ("武㛃", True),
    ]
    assert not any(month.is_alarming for month in months)


def test_the_current_month_alarms_while_nobody_is_planned():
    months = year_of([], [], NOVEMBER, Promise(), date(2026, 1, 1))

    assert [month.first.month for month in months if month.is_alarming] == [11]


def test_a_year_that_is_over_has_no_open_month():
    months = year_of([on_air(12, year=2025)], [], NOVEMBER, Promise(), date(2025, 1, 1))

    assert {month.state.value for month in months[:-1]} == {"uncovered"}
    assert months[-1].state.value == "covered"

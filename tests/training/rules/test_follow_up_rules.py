"""When a graduate is called."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules.follow_up import AFTER_MONTHS, due_on

DAYS = st.dates(date(2015, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("completed_on", "due"),
    [
        (date(2026, 1, 31), [date(2026, 2, 28), date(2026, 4, 30), date(2026, 7, 31), date(2027, 1, 31)]),
        (date(2027, 1, 31), [date(2027, 2, 28), date(2027, 4, 30), date(2027, 7, 31), date(2028, 1, 31)]),
        (date(2028, 1, 30), [date(2028, 2, 29), date(2028, 4, 30), date(2028, 7, 30), date(2029, 1, 30)]),
        (date(2028, 2, 29), [date(2028, 3, 29), date(2028, 5, 29), date(2028, 8, 29), date(2029, 2, 28)]),
        (date(2026, 11, 30), [date(2026, 12, 30), date(2027, 2, 28), date(2027, 5, 30), date(2027, 11, 30)]),
        (date(2026, 12, 1), [date(2027, 1, 1), date(2027, 3, 1), date(2027, 6, 1), date(2027, 12, 1)]),
    ],
)
def test_calls_are_due_on_the_same_day_of_the_month_or_its_last(completed_on, due):
    assert [due_on(completed_on, months) for months in AFTER_MONTHS] == due


@given(DAYS, st.integers(1, 36))
def test_a_call_is_in_the_month_it_should_be_in_and_never_later_in_it(completed_on, months):
    due = due_on(completed_on, months)

    assert (due.year - completed_on.year) * 12 + due.month - completed_on.month == months
    is_last_day = (due + timedelta(days=1)).day == 1
    assert due.day == completed_on.day or (due.day < completed_on.day and is_last_day)

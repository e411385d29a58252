"""Under 16 never, from 16 to 18 with the guardian's consent, and somebody has looked."""

from __future__ import annotations

from datetime import date

import pytest

from livestream.rules.age import REFUSALS, AgeFacts, Standing, age_on, due_on, is_due, may_go_on_air, standing

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("birth_on", "on", "age"),
    [
        (date(2010, 11, 22), TODAY, 16),
        (date(2010, 11, 23), TODAY, 15),
        (date(2008, 2, 29), date(2024, 2, 28), 15),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
        (date(2008, 2, 29), date(2025, 2, 28), 16),
        (date(2008, 2, 29), date(2025, 3, 1), 17),
        (date(1950, 1, 1), TODAY, 76),
    ],
)
def test_age_is_counted_in_full_years(birth_on, on, age):
    assert age_on(birth_on, on) == age


@pytest.mark.parametrize(
    ("birth_on", "alone", "with_guardian"),
    [
        (date(2010, 11, 23), False, False),  # 16 tomorrow
        (date(2010, 11, 22), False, True),  # 16 today
        (date(2008, 11, 23), False, True),  # 18 tomorrow
        (date(2008, 11, 22), True, True),  # 18 today
        (date(1986, 3, 12), True, True),
    ],
)
def test_may_go_on_air_from_16_with_the_guardian_from_18_alone(birth_on, alone, with_guardian):
    assert (may_go_on_air(birth_on, False, TODAY), may_go_on_air(birth_on, True, TODAY)) == (alone, with_guardian)


AT_17 = date(2009, 6, 1)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (AgeFacts(), Standing.UNVERIFIED),
        (AgeFacts(verify_by=date(2026, 11, 22)), Standing.GRACE),
        (AgeFacts(verify_by=date(2026, 11, 21)), Standing.UNVERIFIED),
        (AgeFacts(is_adult=True, checked_on=date(2020, 1, 1)), Standing.ADULT),
        (AgeFacts(date(1986, 3, 12)), Standing.ADULT),
        (AgeFacts(date(2012, 1, 1), guardian_on=TODAY, checked_on=TODAY), Standing.TOO_YOUNG),
        (AgeFacts(date(2012, 1, 1), is_adult=True, checked_on=TODAY, verify_by=date(2027, 1, 1)), Standing.TOO_YOUNG),
        (AgeFacts(AT_17, checked_on=TODAY), Standing.NO_GUARDIAN),
        (AgeFacts(AT_17, guardian_on=TODAY, checked_on=date(2025, 11, 23)), Standing.MINOR),
        (AgeFacts(AT_17, guardian_on=TODAY, checked_on=date(2025, 11, 22)), Standing.RECHECK),
        (AgeFacts(AT_17, guardian_on=TODAY), Standing.RECHECK),
        (AgeFacts(date(1986, 3, 12), is_restricted=True), Standing.RESTRICTED),
    ],
)
def test_standing_says_what_is_on_record(facts, found):
    assert standing(facts, TODAY) == found


def test_only_three_standings_may_go_live():
    assert set(Standing) - set(REFUSALS) == {Standing.ADULT, Standing.MINOR, Standing.GRACE}


@pytest.mark.parametrize(
    ("facts", "due", "is_it"),
    [
        (AgeFacts(), None, True),
        (AgeFacts(verify_by=date(2026, 12, 1)), date(2026, 12, 1), False),
        (AgeFacts(checked_on=date(2025, 11, 23)), date(2026, 11, 23), False),
        (AgeFacts(checked_on=date(2025, 11, 22)), date(2026, 11, 22), True),
        (AgeFacts(checked_on=date(2024, 2, 29)), date(2025, 3, 1), True),
    ],
)
def test_a_check_is_due_a_year_later(facts, due, is_it):
    assert (due_on(facts), is_due(facts, TODAY)) == (due, is_it)

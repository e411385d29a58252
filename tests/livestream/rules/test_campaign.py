"""Windows of campaigns, and on which day a session is held again."""

from __future__ import annotations

from datetime import date

import pytest

from livestream.rules.campaign import (
    TEMPLATES,
    CampaignKind,
    CampaignState,
    Standing,
    Window,
    a_year_later,
    check_goal,
    check_window,
    moved_day,
    named_holidays,
    next_window,
    standing,
)
from livestream.rules.errors import NotAllowed

HOLIDAYS = named_holidays(2025, 2028)
WEEK = Window(date(2026, 9, 1), date(2026, 9, 7))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 8, 31), Standing(CampaignState.COMING, 7, wait_days=1)),
        (date(2026, 9, 1), Standing(CampaignState.RUNNING, 7, day=1)),
        (date(2026, 9, 3), Standing(CampaignState.RUNNING, 7, day=3)),
        (date(2026, 9, 7), Standing(CampaignState.RUNNING, 7, day=7)),
        (date(2026, 9, 8), Standing(CampaignState.OVER, 7)),
    ],
)
def test_a_campaign_says_where_it_is(today, expected):
    assert standing(WEEK, today) == expected


@pytest.mark.parametrize(
    ("window", "code"),
    [
        (Window(date(2026, 9, 7), date(2026, 9, 1)), "period_backwards"),
        (Window(date(2026, 9, 1), date(2026, 12, 2)), "campaign_too_long"),
        (Window(date(1926, 9, 1), date(1926, 9, 2)), "campaign_too_early"),
        (Window(date(9999, 9, 1), date(9999, 9, 2)), "campaign_too_early"),
    ],
)
def test_a_window_that_cannot_be_is_refused(window, code):
    with pytest.raises(NotAllowed) as refused:
        check_window(window)
    assert refused.value.code == code


def test_the_longest_window_is_a_season():
    check_window(Window(date(2026, 9, 1), date(2026, 12, 1)))


@pytest.mark.parametrize(("goal", "is_fine"), [(None, True), (1, True), (10**12, True), (0, False), (-1, False), (10**12 + 1, False), (10**18, False)])  # fmt: skip
def test_a_goal_is_more_than_nothing_and_less_than_anybody_sells(goal, is_fine):
    if is_fine:
        check_goal(goal)
        return
    with pytest.raises(NotAllowed) as refused:
        check_goal(goal)
    assert str(refused.value) == "目标要大于 0，最多 1,000,000 万元；没有目标就不填。"


def test_templates_have_the_days_that_people_know():
    today = date(2026, 11, 22)
    assert {template.key: next_window(template, today, HOLIDAYS) for template in TEMPLATES} == {
        "welfare": Window(date(2027, 9, 1), date(2027, 9, 7)),
        "spring": Window(date(2027, 1, 22), date(2027, 2, 5)),  # 春节 is on 2027-02-06
        "pepper": Window(date(2027, 8, 8), date(2027, 8, 14)),
        "ginseng": Window(date(2027, 10, 18), date(2027, 10, 24)),
        "village": Window(date(2026, 12, 15), date(2026, 12, 15)),
    }


def test_a_template_whose_days_are_running_is_offered_for_these_days():
    assert next_window(TEMPLATES[0], date(2026, 9, 7), HOLIDAYS) == WEEK


def test_a_year_later_is_the_same_days_or_the_same_distance_from_the_spring_festival():
    spring = Window(date(2026, 2, 2), date(2026, 2, 16))
    assert a_year_later(CampaignKind.WELFARE, WEEK, HOLIDAYS) == Window(date(2027, 9, 1), date(2027, 9, 7))
    assert a_year_later(CampaignKind.SEASON, spring, HOLIDAYS) == Window(date(2027, 1, 22), date(2027, 2, 5))
    leap = Window(date(2028, 2, 29), date(2028, 3, 2))
    assert a_year_later(CampaignKind.FESTIVAL, leap, HOLIDAYS) == Window(date(2029, 2, 28), date(2029, 3, 2))


OCTOBER, NEXT_OCTOBER = Window(date(2026, 9, 25), date(2026, 10, 10)), Window(date(2027, 9, 25), date(2027, 10, 10))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 9, 25), date(2027, 9, 25)),  # the opening stays the opening, a Friday or not
        (date(2026, 10, 10), date(2027, 10, 10)),  # and the close the close
        (date(2026, 10, 1), date(2027, 10, 1)),  # 国庆节 stays 国庆节
        (date(2026, 9, 28), date(2027, 9, 27)),  # a Monday stays a Monday
        (date(2026, 9, 26), date(2027, 9, 25)),  # a Saturday: the day before its place
    ],
)
def test_a_session_keeps_its_place_its_holiday_or_its_weekday(day, expected):
    assert moved_day(day, OCTOBER, NEXT_OCTOBER, HOLIDAYS) == expected


def test_where_no_such_weekday_lies_inside_the_place_is_kept():
    assert moved_day(date(2026, 3, 11), Window(date(2026, 3, 10), date(2026, 3, 12)), Window(date(2027, 3, 10), date(2027, 3, 12)), {}) == date(2027, 3, 10)  # fmt: skip
    assert moved_day(date(2026, 3, 11), Window(date(2026, 3, 10), date(2026, 3, 12)), Window(date(2027, 3, 12), date(2027, 3, 14)), {}) == date(2027, 3, 13)  # fmt: skip

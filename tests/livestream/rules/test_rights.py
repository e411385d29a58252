from __future__ import annotations

from datetime import date, timedelta

import pytest

from livestream.rules.rights import Action, Post, covers, holds, reach

TODAY, DAY = date(2026, 11, 22), timedelta(days=1)


@pytest.mark.parametrize(
    ("posts", "action", "codes"),
    [
        ([("staff", "140425")], Action.SEE_PLAN, ("140425",)),
        ([("staff", "140425")], Action.RUN_SESSION, ("140425",)),
        ([("staff", "1404")], Action.RUN_SESSION, ()),
        ([("staff", "140425100")], Action.SEE_BOARD, ()),
        ([("staff", "140425100201"), ("trainer", "130529")], Action.SEE_PLAN, ("130529", "140425100201")),
        ([("staff", "140425100"), ("auditor", "1404")], Action.SEE_PLAN, ("1404",)),  # the wider one holds the narrower
        ([("staff", "140425"), ("admin", "14")], Action.KEEP_PEOPLE, ("",)),
        ([("admin", "140425")], Action.ADMINISTER, ("",)),
        ([("host", "140425")], Action.SEE_PLAN, ()),
        ([], Action.SEE_PLAN, ()),
    ],
)
def test_reach_is_the_places_below_which_somebody_may(posts, action, codes):
    assert reach([Post(*post) for post in posts], action, TODAY) == codes


@pytest.mark.parametrize(
    ("from_on", "until_on", "is_held"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY - DAY, None, True),
        (None, TODAY - DAY, False),
        (TODAY + DAY, None, False),
        (TODAY - 2 * DAY, TODAY - DAY, False),
    ],
)
def test_both_days_belong_to_a_post(from_on, until_on, is_held):
    assert bool(reach([Post("staff", "140425", from_on, until_on)], Action.SEE_PLAN, TODAY)) is is_held


@pytest.mark.parametrize(
    ("codes", "place", "is_covered"),
    [
        (("140425",), "140425100201", True),
        (("140425",), "140425", True),
        (("140425",), "1404", False),
        (("",), "130529", True),
        ((), "140425", False),
        (("1404", "13"), "130529", True),
    ],
)
def test_a_code_covers_what_begins_with_it(codes, place, is_covered):
    assert covers(codes, place) is is_covered


@pytest.mark.parametrize(
    ("codes", "place", "is_held"),
    [
        (("140425",), "", True),
        (("1404",), "", True),
        (("",), "", True),
        (("140425100",), "", False),  # what only the county has belongs to nobody below it
        (("140425100",), "140425100201", True),
        (("140425200",), "140425100201", False),
        (("140425",), "130529100201", True),  # the county of the row decides, wherever it is on air from
        ((), "140425100201", False),
    ],
)
def test_an_object_lies_in_its_county_and_in_its_own_place(codes, place, is_held):
    assert holds(codes, county="140425", place=place) is is_held

from __future__ import annotations

from datetime import date, timedelta

import pytest

from livestream.rules.acting import may_be_acted_for
from livestream.rules.giving import may_give, may_keep, places_given, roles_given
from livestream.rules.person import Role
from livestream.rules.place import LEVEL_OF_LENGTH, PlaceLevel
from livestream.rules.rights import MATRIX, Action, Post

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
PLACES = {"P": "14", "C": "1404", "X": "140425", "T": "140425202", "V": "140425202215"}
ELSEWHERE = {"C": "1305", "X": "140427", "T": "140425201", "V": "140425201216"}
# giver's role and level → the levels, in his own place and below it, in which he gives a role
GIVEN = {
    ("staff", "X"): {"host": "XTV", "trainer": "XTV"},
    ("staff", "T"): {"host": "TV"},
    ("staff", "V"): {"host": "V"},
    ("admin", "X"): {role.value: "XTV" if role == Role.HOST else "PCXTV" for role in Role},
}


@pytest.mark.parametrize("giver", Role.values)
@pytest.mark.parametrize("level", PLACES)
def test_who_gives_which_role_where(giver, level):
    posts = [Post(giver, PLACES[level])]
    key = (giver, "X" if giver == "admin" else level)

    given = {}
    for role in Role.values:
        if levels := "".join(to for to, place in PLACES.items() if may_give(posts, role, place, TODAY)):
            given[role] = levels

    assert given == GIVEN.get(key, {})
    assert roles_given(posts, TODAY) == [role for role in Role if role in GIVEN.get(key, {})]


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("level", PLACES)
def test_nobody_gives_anything_beside_or_above_his_own_place(role, level):
    posts = [Post("staff", PLACES[level])]

    assert [place for place in ELSEWHERE.values() if len(place) >= len(PLACES[level]) and not place.startswith(PLACES[level])
            and may_give(posts, role, place, TODAY)] == []  # fmt: skip
    assert [place for place in PLACES.values() if len(place) < len(PLACES[level]) and may_give(posts, role, place, TODAY)] == []


def test_whoever_gives_keeps_people_there_by_the_matrix():
    for giver, level in GIVEN:
        place_level = LEVEL_OF_LENGTH[len(PLACES[level])]
        assert giver == "admin" or place_level in MATRIX[Action.KEEP_PEOPLE][Role(giver)]


def test_hosts_belong_to_a_county_or_to_what_lies_in_it():
    admin = [Post("admin", "14")]
    levels = {PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE}
    assert {LEVEL_OF_LENGTH[len(place)] for place in PLACES.values() if may_give(admin, "host", place, TODAY)} == levels


def test_places_given_are_the_roots_of_every_post_held_that_day():
    posts = [
        Post("host", "140425"),
        Post("staff", "140427"),
        Post("staff", "140425202", TODAY, TODAY),
        Post("staff", "130529", None, TODAY - DAY),
    ]

    assert places_given(posts, "host", TODAY) == ("140425202", "140427")
    assert places_given(posts, "trainer", TODAY) == ("140427",)
    assert places_given(posts, "host", TODAY + DAY) == ("140427",)
    assert places_given(posts, "staff", TODAY) == ()


@pytest.mark.parametrize(
    ("keeper", "of", "keeps"),
    [
        (("staff", "140425"), [Post("host", "140425202215")], True),
        (("staff", "140425"), [Post("trainer", "140425")], True),
        (("staff", "140425202"), [Post("host", "140425202215")], True),
        (("staff", "140425202"), [Post("host", "140425201216")], False),
        (("staff", "140425202"), [Post("trainer", "140425202")], False),
        (("staff", "140425"), [Post("staff", "140425")], False),
        (("staff", "140425"), [Post("auditor", "140425")], False),
        (("staff", "140425"), [Post("host", "140427203208")], False),
        # a host who is something else too, or will be, or was
        (("staff", "140425"), [Post("host", "140425"), Post("auditor", "140425")], False),
        (("staff", "140425"), [Post("host", "140425"), Post("exporter", "140425", TODAY + DAY, TODAY + 2 * DAY)], False),
        (("staff", "140425"), [Post("host", "140425"), Post("exporter", "140425", TODAY - 2 * DAY, TODAY - DAY)], True),
        # an account whose own post is over is not up for grabs
        (("staff", "140425"), [Post("commissioner", "140425", TODAY - 2 * DAY, TODAY - DAY)], False),
        (("host", "140425"), [Post("host", "140425")], False),
        (("commissioner", "140425"), [Post("host", "140425")], False),
        (("admin", "14"), [Post("staff", "140425"), Post("admin", "13")], True),
    ],
)
def test_who_keeps_whom(keeper, of, keeps):
    assert may_keep([Post(*keeper)], of, TODAY) is keeps


@pytest.mark.parametrize(
    ("posts", "may_be"),
    [
        ([Post("host", "140425")], True),
        ([Post("host", "140425"), Post("host", "140427")], True),
        ([Post("staff", "140425")], False),
        ([Post("host", "140425"), Post("trainer", "140425")], False),
        ([Post("host", "140425"), Post("trainer", "140425", TODAY + DAY)], False),
        ([Post("host", "140425"), Post("trainer", "140425", None, TODAY - DAY)], True),
        ([Post("commissioner", "140425", TODAY - DAY, TODAY - DAY)], False),
    ],
)
def test_only_hosts_are_acted_for(posts, may_be):
    assert may_be_acted_for(posts, TODAY) is may_be

"""Who may watch which place, asked of the database."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from orders.board.rights import county_to_watch, place_with_board, rollup_to_watch
from tests.factories import make_place, make_user

CODES = [
    "14",
    "1404",
    "140425",
    "140426",
    "13",
    "1305",
    "130529",
    "140425100",
    "15",
    "",
    "1",
    "14042",
    "14\0",
    "１４",
    "14%",
    "x",
]


@pytest.fixture
def places(db):
    return {code: make_place(code, code) for code in ("140425", "140426", "130529", "140425100", "14", "1404", "13")}


PEOPLE = {
    ("admin", "140425"): (["140425", "140426", "130529"], ["14", "1404", "13", "1305"]),
    ("staff", "14"): (["140425", "140426"], ["14", "1404"]),
    ("trainer", "1404"): (["140425", "140426"], ["1404"]),
    ("staff", "140425"): (["140425"], []),
    ("trainer", "140425100"): ([], []),
    ("auditor", "140425"): (["140425"], []),
    ("exporter", "140425"): ([], []),
    ("host", "140425"): ([], []),
    ("host", "14"): ([], []),
}


@pytest.mark.parametrize(("role", "place"), PEOPLE)
def test_each_sees_exactly_these_places(places, role, place):
    user = make_user(role, places[place])

    counties = [code for code in CODES if county_to_watch(user, code)]
    rollups = [code for code in CODES if rollup_to_watch(user, code)]

    assert (counties, rollups) == PEOPLE[role, place]


def test_nobody_who_is_not_signed_in_sees_a_place(places):
    assert [code for code in CODES if county_to_watch(AnonymousUser(), code) or rollup_to_watch(AnonymousUser(), code)] == []


def test_only_provinces_cities_and_counties_have_boards(places):
    assert [code for code in CODES if place_with_board(code)] == ["14", "1404", "140425", "140426", "13", "1305", "130529"]

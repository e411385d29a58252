from __future__ import annotations

import pytest

from orders.rules.watching import home_of, watches_place, watches_session

BOARDS = ["14", "1404", "140425", "140426", "1405", "13", "1305", "130529"]


@pytest.mark.parametrize(
    ("place", "home"), [("14", "14"), ("1404", "1404"), ("140425", "140425"), ("140425100", "140425"), ("140425100201", "140425")]
)
def test_home_is_the_county_or_the_place_above_it(place, home):
    assert home_of(place) == home


@pytest.mark.parametrize("role", ["staff", "trainer"])
@pytest.mark.parametrize(
    ("place", "watched"),
    [
        ("14", ["14", "1404", "140425", "140426", "1405"]),
        ("1404", ["1404", "140425", "140426"]),
        ("140425", ["140425"]),
        ("140425100", ["140425"]),
        ("140425100201", ["140425"]),
        ("130529", ["130529"]),
    ],
)
def test_staff_and_trainers_watch_their_place_and_what_lies_in_it(role, place, watched):
    assert [board for board in BOARDS if watches_place(role, place, board)] == watched


@pytest.mark.parametrize("place", ["14", "1404", "140425", "140425100201"])
def test_administrators_watch_everything_and_hosts_no_place(place):
    assert [board for board in BOARDS if watches_place("admin", place, board)] == BOARDS
    assert [board for board in BOARDS if watches_place("host", place, board)] == []


@pytest.mark.parametrize(
    ("role", "place", "is_host", "may"),
    [
        ("admin", "130529", False, True),
        ("host", "140425", True, True),
        ("host", "130529", True, True),
        ("host", "140425", False, False),
        ("staff", "140425", False, True),
        ("staff", "140425100201", False, True),
        ("trainer", "140425", False, True),
        ("staff", "130529", False, False),
        ("staff", "14", False, False),
        ("trainer", "1404", False, False),
    ],
)
def test_session_belongs_to_its_host_and_to_the_people_of_its_county(role, place, is_host, may):
    assert watches_session(role, place, "140425", is_host) is may

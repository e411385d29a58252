"""Every role of every place at every board, through every door: page, frame and detail by GET, socket."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories import make_place, make_session, make_user
from tests.orders.test_consumers import cookie_of, in_thread, knock, newest
from tests.sign_in import enter

NOBODY = "00000000-0000-0000-0000-000000000000"
DOORS = {"page": "/{}", "frame": "/api/v1/{}", "detail": "/api/v1/{}detail/"}
OURS = ["staff 140425", "trainer 140425"]
BELOW = ["staff 140425100"]  # neither the session nor the county lies in the township
THEIRS = ["staff 130529", "trainer 130529"]
CITY = ["staff 1404", "trainer 1404"]
PROVINCE = ["staff 14", "trainer 14"]
ADMINS = ["admin 140425", "admin 130529", "admin 14"]
HOSTS = ["host 140425", "host 130529", "host 14"]
PEOPLE = [*OURS, *BELOW, *THEIRS, *CITY, *PROVINCE, *ADMINS, *HOSTS]
MAY = {
    "board/session/{ours}/": [*OURS, *CITY, *PROVINCE, *ADMINS, "the session's host"],
    "board/session/{theirs}/": [*THEIRS, *ADMINS],
    "board/county/140425/": [*OURS, *CITY, *PROVINCE, *ADMINS],
    "board/county/140426/": [*CITY, *PROVINCE, *ADMINS],
    "board/county/130529/": [*THEIRS, *ADMINS],
    "board/city/1404/": [*CITY, *PROVINCE, *ADMINS],
    "board/city/1305/": ADMINS,
    "board/province/14/": [*PROVINCE, *ADMINS],
    "board/province/13/": ADMINS,
    # what is not there, and what is there at another address
    f"board/session/{NOBODY}/": [],
    "board/county/140499/": [],
    "board/city/1499/": [],
    "board/province/99/": [],
    "board/county/1404/": [],
    "board/county/14/": [],
    "board/city/140425/": [],
    "board/city/14/": [],
    "board/province/1404/": [],
    "board/province/140425/": [],
    "board/province/１４/": [],
}


@pytest.fixture
def people(county, session):
    for code in ("140426", "130529", "140425100"):
        make_place(code, code)
    made = {name: make_user(role, make_place(place, place)) for name in PEOPLE for role, place in [name.split()]}
    return made | {"the session's host": session.host}


@pytest.fixture
def addresses(people, session):
    theirs = make_session(make_place("130529"), room="R9", account="A9", went_live_at=datetime.now(UTC))
    return {path: path.format(ours=session.pk, theirs=theirs.pk) for path in MAY}


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
def test_page_and_answers_are_404_to_everybody_else(client, people, addresses, door):
    seen = {path: [] for path in addresses}
    for name, user in people.items():
        enter(client, user)
        for path, address in addresses.items():
            status = client.get(DOORS[door].format(address)).status_code
            assert status in {200, 404}
            if status == 200:
                seen[path].append(name)

    assert {path: sorted(names) for path, names in seen.items()} == {path: sorted(names) for path, names in MAY.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
def test_nobody_sees_anything_without_signing_in(client, addresses, door):
    statuses = {client.get(DOORS[door].format(address)).status_code for path, address in addresses.items() if MAY[path]}

    assert statuses == ({302} if door == "page" else {401})


@pytest.mark.django_db(transaction=True)
async def test_sockets_open_for_the_same_people(people, addresses):
    cookies = {name: await in_thread(cookie_of)(user) for name, user in people.items()} | {"nobody": ""}
    seen = {}
    for path, address in addresses.items():
        seen[path] = []
        for name, cookie in cookies.items():
            socket = knock(f"/ws/{address}", cookie)
            if await socket.connect():
                assert (await newest(socket))["scope"] == ":".join(address.split("/")[1:3])
                seen[path].append(name)
            await socket.leave()

    assert {path: sorted(names) for path, names in seen.items()} == {path: sorted(names) for path, names in MAY.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["staff 140425", "trainer 140425", "admin 130529", "staff 1404", "trainer 14"])
def test_board_of_a_county_leads_to_its_sessions(client, people, addresses, name):
    enter(client, people[name])

    page = client.get("/board/county/140425/")

    assert page.context["has_links"] is True
    assert 'href="/board/session/' in page.content.decode()


@pytest.mark.django_db
def test_board_of_a_city_leads_to_its_counties(client, people, addresses):
    client.force_login(people["staff 1404"])

    html = client.get("/board/city/1404/").content.decode()

    assert 'href="/board/county/140425/"' in html
    assert client.get("/board/county/140425/").status_code == 200

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.utils import timezone

from livestream.actions.appointment import appoint
from livestream.actions.login import end_logins, forget_logins
from livestream.actions.person import Names, Position, change_person
from livestream.models import AuditEntry, SignIn
from orders.board.admission import refused
from orders.board.feed import Watcher
from tests.factories import make_session, make_user
from tests.livestream.login.doors import ANDROID, NAVIGATES, PASSWORD, browser, entered, is_in, try_password

REFUSED = "手机号或密码不对，请再看一遍。忘了密码，请联系县电商中心。"


def banner(answer):
    return re.findall(r'<p class="banner bad" role="alert">(.*?)</p>', answer.content.decode())


class Counting(hashers.MD5PasswordHasher):
    """Counts how often a password was hashed."""

    algorithm = "counting"
    calls = 0

    def encode(self, password, salt):
        Counting.calls += 1
        return super().encode(password, salt)


@pytest.mark.parametrize("case", ["unknown", "wrong password", "stopped", "invited"])
def test_every_refusal_says_the_same_and_hashes_once(case, county, settings):
    """The time of a login is the time of its hash; counting them is the same on every machine."""
    settings.PASSWORD_HASHERS = ["tests.livestream.login.test_login.Counting"]
    user = make_user("host", county, is_active=case != "stopped")
    if case == "invited":
        user.set_unusable_password()
        user.save()
    phone = "13999999999" if case == "unknown" else user.phone
    Counting.calls = 0

    answer = try_password(browser(), phone, PASSWORD if case == "stopped" else "wrong wrong wrong")

    assert (answer.status_code, banner(answer), Counting.calls) == (200, [REFUSED], 1)


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/me/devices/", "/me/devices/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_leads_only_to_our_own_pages(host, wanted, leads_to):
    answer = try_password(browser(), host.phone, PASSWORD, next=wanted)
    assert answer.headers["Location"] == leads_to


def test_login_has_a_row_and_entries_and_a_new_session_id(host):
    client = browser("192.0.2.7", ANDROID)
    client.get("/login/")
    entered = try_password(client, host.phone, PASSWORD)
    try_password(browser("192.0.2.8"), host.phone)
    try_password(browser("192.0.2.8"), "13999999999")
    client.post("/logout/")

    sign_in = SignIn.objects.get()
    assert entered.cookies["cunbo"]["httponly"]
    assert (str(sign_in), sign_in.address, sign_in.kind, sign_in.session_key) == ("安卓手机 · Chrome", "192.0.2.7", "desk", "")
    entries = [(entry.deed, entry.actor_id, entry.object_id, entry.detail) for entry in AuditEntry.objects.order_by("pk")]
    assert [one for one in entries if one[0].startswith("sign")] == [
        ("signed_in", host.pk, str(host.pk), {"way": "password"}),
        ("sign_in_failed", None, str(host.pk), {"phone": f"100****{host.phone[-4:]}"}),
        ("sign_in_failed", None, "", {"phone": "139****9999"}),
        ("signed_out", host.pk, str(host.pk), {}),
    ]


def test_a_password_typed_as_number_is_kept_nowhere(db, locks):
    from axes.models import AccessAttempt

    answer = try_password(browser(), "my secret password", "x")

    assert banner(answer) == [REFUSED]
    assert not AuditEntry.objects.filter(deed="sign_in_failed").exists()
    assert not AccessAttempt.objects.exists()


def test_cookie_of_before_the_login_is_not_the_cookie_of_after(host):
    client = entered(host)
    before = client.cookies["cunbo"].value

    try_password(client, host.phone, PASSWORD)  # signed in already: sent home
    again = browser()
    again.cookies["cunbo"] = before
    client.post("/logout/")

    assert not is_in(again)


# --- how long -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "own_phone", "stays", "leaves"),
    [
        ("staff", True, timedelta(minutes=29), timedelta(minutes=31)),
        ("host", False, timedelta(minutes=29), timedelta(minutes=31)),
        ("host", True, timedelta(days=29), timedelta(days=31)),
    ],
)
def test_login_ends_when_nobody_is_there(county, role, own_phone, stays, leaves):
    user = make_user(role, county)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = browser(user_agent=ANDROID)
        try_password(client, user.phone, PASSWORD, **({"own_phone": "on"} if own_phone else {}))
        clock.shift(stays)
        assert is_in(client)
        clock.shift(leaves - stays)
        assert not is_in(client)


def test_pages_that_look_for_news_by_themselves_keep_nobody_signed_in(staff):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = entered(staff)
        found = []
        for _turn in range(8):
            clock.shift(timedelta(minutes=4))
            polls = client.get("/me/", headers={"Sec-Fetch-Mode": "cors", "HX-Request": "true"})
            found.append(polls.status_code)

    assert found == [200] * 7 + [302]


@pytest.mark.parametrize(
    ("case", "hours"),
    [("host", 12), ("host who ended it", 0), ("another host", 0), ("staff who hosts", 0), ("another page", 0), ("acted for", 0)],
)
def test_a_host_on_air_is_there_though_he_touches_nothing(case, hours, county):
    """On a phone that he did not call his own: for as long as the session runs, and twelve hours at most."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        person = make_user("staff" if case.startswith("staff") else "host", county)
        at = timezone.now()
        ended_at = at if case == "host who ended it" else None
        host = make_user("host", county) if case == "another host" else person
        session = make_session(county, host, went_live_at=at - timedelta(minutes=1), ended_at=ended_at)
        client = entered(person)
        if case == "acted for":
            helper = make_user("staff", county)
            client = entered(helper)
            client.post(f"/people/{person.pk}/act/", {"reason": "他不会用手机"})
        poll = "/me/" if case == "another page" else f"/my/{session.pk}/stage/"
        found = []
        for _turn in range(80):
            clock.shift(timedelta(minutes=10))
            found.append(client.get(poll, headers={"Sec-Fetch-Mode": "cors"}).status_code)
        end = next(n for n, status in enumerate(found) if status in {302, 403})

    assert found[0] == (404 if case == "another host" else 200)
    assert timedelta(minutes=10 * end) == (timedelta(hours=hours) or timedelta(minutes=20)) - timedelta(minutes=10 * bool(hours))


def test_somebody_who_works_stays_signed_in_for_twelve_hours(staff):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = entered(staff)
        found = []
        for _turn in range(37):
            clock.shift(timedelta(minutes=20))
            found.append(client.get("/me/", headers=NAVIGATES).status_code)

    assert found == [200] * 35 + [302] * 2


def test_sockets_end_with_the_idle_time(staff, session):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = entered(staff)
        watcher = Watcher(f"session:{session.pk}", f"user:{staff.pk}", client.cookies["cunbo"].value)
        clock.shift(timedelta(minutes=29))
        assert refused([watcher]) == set()
        clock.shift(timedelta(minutes=2))
        assert refused([watcher]) == {watcher}


# --- ending ---------------------------------------------------------------------------------------------------------------


ENDS = {
    "signed out": lambda user, client: client.post("/logout/"),
    "ended on another device": lambda user, client: entered(user, address="10.0.0.9").post("/me/devices/others/end/"),
    "ended everywhere": lambda user, client: entered(user, address="10.0.0.9").post("/me/devices/all/end/"),
    "new password": lambda user, client: entered(user, address="10.0.0.9").post(
        "/me/password/", {"old": PASSWORD, "new": "yusan-huoche-laba-liang", "again": "yusan-huoche-laba-liang"}
    ),
    "ended by staff": lambda user, client: end_logins(user, at=timezone.now()),
}


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("turn", range(4))
def test_stolen_cookie_opens_nothing_after_the_end(county, session, how, turn):
    """Twenty cookies kept by a thief, each ended one way or another; pages and sockets alike."""
    user = make_user("staff", county)
    client = entered(user)
    stolen = client.cookies["cunbo"].value
    thief = browser("203.0.113.6")
    thief.cookies["cunbo"] = stolen
    watcher = Watcher(f"session:{session.pk}", f"user:{user.pk}", stolen)
    assert is_in(thief)
    assert refused([watcher]) == set()

    ENDS[how](user, client)

    assert not is_in(thief)
    assert refused([watcher]) == {watcher}


def test_devices_lists_ones_own_and_ends_one(staff, stranger):
    here, phone = entered(staff), entered(staff, address="10.0.0.2", user_agent=ANDROID)
    other = entered(stranger)
    rows = SignIn.objects.filter(user=staff).order_by("pk")

    page = here.get("/me/devices/").content.decode()
    names = re.findall(r"<h2>(.*?)</h2>", page)
    foreign = here.post(f"/me/devices/{SignIn.objects.get(user=stranger).pk}/end/")
    here.post(f"/me/devices/{rows[1].pk}/end/")

    assert names == ['Windows 电脑 · Edge <span class="chip good">这一台</span>', "安卓手机 · Chrome"]
    assert foreign.status_code == 404
    assert [is_in(one) for one in (here, phone, other)] == [True, False, True]
    assert AuditEntry.objects.latest("pk").detail == {"logins": 1}


def test_staff_end_the_logins_of_people_of_their_place(staff, stranger, host):
    client, phone = entered(staff), entered(host)

    assert entered(stranger).post(f"/people/{host.pk}/logins/end/").status_code == 404
    assert phone.get("/me/").status_code == 200
    assert client.post(f"/people/{staff.pk}/logins/end/").status_code == 403
    assert client.post(f"/people/{host.pk}/logins/end/").headers["Location"] == f"/people/{host.pk}/"
    assert not is_in(phone)


def test_no_session_gains_a_right(staff, county):
    """With another post, or one more, the person signs in anew."""
    admin, one, two, three = (make_user(role, county) for role in ("admin", "trainer", "trainer", "trainer"))
    clients = [entered(person) for person in (one, two, three)]

    change_person(one, Names(one.name), Position("approver", county), by=admin)
    appoint(two, Position("exporter", county), by=admin, at=timezone.now())
    change_person(three, Names("新名字"), Position("trainer", county), by=admin)

    assert [is_in(client) for client in clients] == [False, False, True]


def test_old_logins_are_forgotten(staff):
    entered(staff)

    assert forget_logins(timezone.now() + timedelta(hours=1)) == 0
    assert (Session.objects.count(), SignIn.objects.count()) == (0, 1)
    assert forget_logins(timezone.now() + timedelta(days=91)) == 1


def test_me_says_who_i_am_here(host, staff):
    assert "山里" not in entered(staff).get("/me/").content.decode()
    page = entered(host).get("/me/").content.decode()
    assert re.findall(r'<ul class="doors">.*?</ul>', page, re.S)[0].count("<li>") == 8
    assert [f'href="{path}"' in page for path in ("/me/password/", "/me/devices/", "/me/data/")] == [True] * 3

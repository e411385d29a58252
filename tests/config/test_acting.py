"""Acting for a host (代操作): whose request it is, what is open meanwhile, when it ends, what the log says."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from config.acting import OPEN
from livestream.models import Appointment, AuditEntry, LiveSession, User
from tests.factories import make_place, make_session, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
REASON = {"reason": "手机没电，替他换品"}


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))).strip()


def acting(staff, host):
    client = signed_in(staff)
    answer = client.post(f"/people/{host.pk}/act/", REASON)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    return client


def log():
    entries = AuditEntry.objects.filter(deed__contains="acting_for").order_by("pk")
    return [(entry.deed, entry.actor, entry.acted_for, entry.place, entry.detail) for entry in entries]


def test_the_request_is_the_hosts_and_the_page_says_who_is_there(staff, host, session):
    client = acting(staff, host)

    page = client.get("/my/")

    assert page.wsgi_request.user == host
    assert page.wsgi_request.helper == staff
    assert f"{staff.name}，您在代 {host.name} 操作 结束代操作" in text_of(page)
    assert session.title in text_of(page)
    assert client.get("/").headers["Location"] == "/my/"


def test_the_hosts_own_requests_and_the_helpers_before_have_no_bar(staff, host):
    assert "代操作" not in text_of(signed_in(host).get("/my/"))
    assert signed_in(staff).get("/people/").wsgi_request.helper is None


def test_both_stand_in_the_log_from_beginning_to_end_and_in_between(staff, host, county, now):
    session = make_session(county, host, planned_start_at=now)
    LiveSession.objects.filter(pk=session.pk).update(state="rehearsed")
    client = acting(staff, host)

    client.post(f"/my/{session.pk}/event/", {"event": "go_live"})
    client.post("/acting/end/")

    between = AuditEntry.objects.filter(kind="livestream.LiveSession", object_id=str(session.pk), acted_for=host)
    assert {entry.actor for entry in between} <= {staff}
    assert log() == [
        ("began_acting_for", staff, host, host.place_id, {"reason": "手机没电，替他换品"}),
        ("stopped_acting_for", staff, host, host.place_id, {"why": "asked"}),
    ]
    assert "手机没电，替他换品" in text_of(signed_in(host).get("/my/helped/"))
    assert staff.name in text_of(signed_in(host).get("/my/helped/"))


def test_ended_one_is_oneself_again(staff, host):
    client = acting(staff, host)

    answer = client.post("/acting/end/")
    again = client.post("/acting/end/")

    assert (answer.headers["Location"], again.headers["Location"]) == (f"/people/{host.pk}/", "/")
    assert client.get("/people/").wsgi_request.user == staff
    assert len(log()) == 2


def every_address(patterns, prefix="", spaces=()):
    for each in patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            yield ":".join([*spaces, each.name or path]), "/" + path
        else:
            yield from every_address(each.url_patterns, path, (*spaces, each.namespace) if each.namespace else spaces)


def test_only_what_is_listed_is_open_and_a_new_address_is_closed(staff, host):
    """Every address of the URL conf; what is not in the list is 403 before any view sees it."""
    client = acting(staff, host)
    fill = {"int": "1", "uuid": "7b1c2a3e-0000-4000-8000-000000000000", "str": "x", "slug": "x", "path": "x", "code": "140425"}
    addresses = dict(every_address(get_resolver().url_patterns))
    assert set(addresses) >= OPEN

    passed = []
    for name, pattern in addresses.items():
        if name in OPEN or "(?P" in pattern or (name.startswith("admin:") and name not in {"admin:index", "admin:logout"}):
            continue
        address = re.sub(
            r"<(?:(\w+):)?(\w+)>", lambda found: fill.get(found[2]) or fill.get(found[1] or "str", "140425"), pattern
        )
        passed += [name] if client.get(address).status_code not in {403, 404} else []
    assert passed == []
    assert log()[1:] == []  # and it was never ended by one of them


def test_a_closed_page_says_what_to_do(staff, host):
    client = acting(staff, host)

    page = client.get("/people/")
    api = client.get("/api/v1/board/county/140425/")

    assert (page.status_code, "先点上面的“结束代操作”" in text_of(page)) == (403, True)
    assert api.status_code in {403, 404}


def test_it_ends_after_half_an_hour(staff, host):
    with time_machine.travel("2026-11-22T02:00:00Z", tick=False) as clock:
        client = acting(staff, host)
        clock.shift(timedelta(minutes=29, seconds=59))
        there = {"Accept": "text/html"}  # somebody is: else the login itself would have ended
        assert client.get("/my/", headers=there).wsgi_request.user == host
        clock.shift(timedelta(seconds=1))

        page = client.get("/people/", headers=there)

    assert (page.wsgi_request.user, page.wsgi_request.helper) == (staff, None)
    assert f"代{host.name}操作结束了：到了 30 分钟，或者权限变了。" in text_of(page)
    assert log()[-1][4] == {"why": "over"}


def gone_host(staff, host):
    User.objects.filter(pk=host.pk).update(is_active=False)


def gone_right(staff, host):
    User.objects.filter(pk=staff.pk).update(role="auditor")


def risen_host(staff, host):
    Appointment.objects.create(user=host, role="trainer", place=host.place, from_on="2099-01-01")


def moved_host(staff, host):
    User.objects.filter(pk=host.pk).update(place=make_place("130529"))


@pytest.mark.parametrize("change", [gone_host, gone_right, risen_host, moved_host])
def test_it_ends_at_once_when_the_right_or_the_host_is_gone(staff, host, change):
    client = acting(staff, host)
    change(staff, host)

    page = client.get("/people/")

    assert page.wsgi_request.user == staff
    assert log()[-1][4] == {"why": "not_allowed"}


def test_signing_out_ends_it_and_the_login(staff, host):
    client = acting(staff, host)

    client.post("/logout/")

    assert client.get("/my/").status_code == 302
    assert log()[-1][::4] == ("stopped_acting_for", {"why": "signed_out"})


def test_a_stopped_helper_acts_no_more(staff, host):
    client = acting(staff, host)
    User.objects.filter(pk=staff.pk).update(is_active=False)

    assert client.get("/my/").status_code == 302


@pytest.mark.parametrize(("role", "may"), [("staff", True), ("commissioner", True), ("trainer", False), ("auditor", False)])
def test_who_may_act(county, host, role, may):
    dates = {"from_on": "2026-01-01", "until_on": "2090-01-01"} if role == "commissioner" else {}
    client = signed_in(make_user(role, county, **dates))

    assert client.post(f"/people/{host.pk}/act/", REASON).status_code == (302 if may else 403)
    assert len(log()) == may


def test_nobody_acts_for_anybody_but_a_mere_host(staff, county):
    both = make_user("host", county)
    Appointment.objects.create(user=both, role="trainer", place=county, from_on="2026-01-01")

    for person in (both, make_user("trainer", county), make_user("admin", county), make_user("staff", county), staff):
        answer = signed_in(staff).post(f"/people/{person.pk}/act/", REASON)
        assert (answer.status_code, answer.wsgi_request.session.get("acting_for")) == (422, None)
    assert log() == []


def test_a_stranger_finds_no_host_to_act_for(stranger, host):
    assert signed_in(stranger).post(f"/people/{host.pk}/act/", REASON).status_code == 404


@pytest.mark.parametrize("reason", ["", " \u200b\0", "长" * 101])
def test_without_a_reason_it_does_not_begin(staff, host, reason):
    answer = signed_in(staff).post(f"/people/{host.pk}/act/", {"reason": reason})

    assert answer.status_code == 422
    assert ("请写一句为什么要代操作。" in text_of(answer)) is (len(reason) < 100)
    assert log() == []


def test_a_forged_session_key_needs_the_right_all_the_same(stranger, host, staff):
    for person, until in ((stranger, 9e12), (staff, 0)):
        client = signed_in(person)
        session = client.session
        session["acting_for"], session["acting_until"] = host.pk, until
        session.save()
        assert client.get("/my/").wsgi_request.user == person
    client = signed_in(staff)
    session = client.session
    session["acting_for"] = 10**12
    session.save()
    assert client.get("/my/").wsgi_request.user == staff


def test_host_sees_only_who_helped_him(staff, host, county):
    other = make_user("host", county)
    acting(staff, other)

    assert "没有人替您操作过" in text_of(signed_in(host).get("/my/helped/"))


def test_the_first_page_of_the_host_tells_it_for_a_week(staff, host, now):
    acting(staff, host)

    first = text_of(signed_in(host).get("/my/"))
    with time_machine.travel(now + timedelta(days=7, minutes=1)):
        later = text_of(signed_in(host).get("/my/"))

    at = timezone.localtime(AuditEntry.objects.get(deed="began_acting_for").at)
    assert f"{staff.name} {at:%m-%d %H:%M} 替您操作过。" in first
    assert "替您操作过" not in later

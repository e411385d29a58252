from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.http import HttpResponse
from django.test import RequestFactory

from livestream.actions.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    pass_second_factor,
    remove_lost_second_factor,
)
from livestream.models import AuditEntry, RecoveryCode, SecondFactor, User
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from tests.factories import make_user
from tests.livestream.login.doors import browser, code_at, entered, is_in
from tests.sign_in import KEY, second_factor_of, signed_in

T0 = datetime(2026, 11, 22, 8, 0, 5, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(T0, tick=False) as clock:
        yield clock


def test_code_works_once_and_half_a_minute_early_or_late(staff, clock):
    second_factor_of(staff)

    def passes(token):
        return pass_second_factor(staff, token, at=T0) is not None

    late, now, soon = (code_at(KEY, T0 + timedelta(seconds=s)) for s in (-30, 0, 30))
    assert [passes(late), passes(late)] == [True, False]
    clock.shift(2)  # after a wrong one
    assert [passes(now), passes(soon)] == [True, True]
    assert [passes(soon), passes(now)] == [False, False]
    clock.shift(60)
    assert not passes(code_at(KEY, T0 - timedelta(seconds=60)))


def test_wrong_codes_slow_the_next_down_but_never_for_long(staff, clock):
    """Fewer than twenty tries in any hour; whoever has the right code waits nine minutes at most."""
    factor = second_factor_of(staff)
    looked_at = 0
    while datetime.now(UTC) < T0 + timedelta(hours=1):
        looked_at += 1
        assert pass_second_factor(staff, "000000", at=T0) is None
        factor.refresh_from_db()
        clock.move_to(factor.verify_is_allowed()[1]["locked_until"])

    assert looked_at == 16
    assert pass_second_factor(staff, code_at(KEY, datetime.now(UTC)), at=T0) is not None


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５", "-1", "9" * 32, "\u202e123456", "½½½½½½"])
def test_what_is_no_code_is_wrong(staff, typed, clock):
    second_factor_of(staff)
    assert pass_second_factor(staff, typed, at=T0) is None


def test_key_lies_encrypted_and_codes_hashed(staff):
    waiting = begin_second_factor(staff, at=T0)
    _factor, codes = confirm_second_factor(staff, code_at(waiting.key))

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM livestream_secondfactor")
        ((kept,),) = cursor.fetchall()
        cursor.execute("SELECT string_agg(digest, ',') FROM livestream_recoverycode")
        digests = cursor.fetchone()[0]
    assert waiting.key not in kept
    assert kept.startswith("gAAAA")
    assert (len(codes), len(set(codes))) == (10, 10)
    assert not any(code.replace("-", "") in digests for code in codes)


def test_recovery_code_works_once(staff, clock):
    waiting = begin_second_factor(staff, at=T0)
    _factor, codes = confirm_second_factor(staff, code_at(waiting.key))

    assert pass_second_factor(staff, codes[3].upper().replace("-", " "), at=T0) is not None
    assert pass_second_factor(staff, codes[3], at=T0) is None
    clock.shift(2)
    assert pass_second_factor(staff, codes[4], at=T0) is not None
    assert RecoveryCode.objects.filter(user=staff, used_at=None).count() == 8


@pytest.mark.django_db(transaction=True)
def test_one_code_at_two_doors_at_once_opens_one(staff):
    waiting = begin_second_factor(staff, at=T0)
    _factor, codes = confirm_second_factor(staff, code_at(waiting.key))

    def try_it(code):
        try:
            return pass_second_factor(User.objects.get(pk=staff.pk), code, at=T0) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(try_it, [codes[0]] * 4))
    assert sorted(found) == [False, False, False, True]


# --- doors ----------------------------------------------------------------------------------------------------------------


def key_on(page) -> str:
    return re.search(r'<span class="num key">([A-Z2-7 ]+)</span>', page.content.decode())[1].replace(" ", "")


def test_administrator_sets_it_up_right_after_the_first_password(county):
    admin = make_user("admin", county)
    client = entered(admin)

    assert client.get("/").headers["Location"] == "/login/second/?next=/"
    assert client.get("/desk/").headers["Location"] == "/login/second/?next=/desk/"
    assert client.get("/api/v1/board/county/140425/").status_code == 403
    assert client.get("/login/second/?next=/desk/").headers["Location"] == "/me/second/?next=%2Fdesk%2F"
    page = client.get("/me/second/?next=/desk/")
    assert 'src="data:image/svg+xml' in page.content.decode()
    before = client.cookies["cunbo"].value
    told = client.post("/me/second/confirm/", {"code": code_at(key_on(page)), "next": "/desk/"})

    assert len(re.findall(r"<li>[a-z2-9]{5}-[a-z2-9]{5}</li>", told.content.decode())) == 10
    assert 'href="/desk/"' in told.content.decode()
    assert client.cookies["cunbo"].value != before
    assert client.get("/desk/").status_code == 200
    assert AuditEntry.objects.latest("pk").deed == "second_factor_set"


def test_administrator_is_asked_at_every_login_and_old_cookies_gain_nothing(county):
    admin = make_user("admin", county)
    second_factor_of(admin)
    client = entered(admin)
    before = client.cookies["cunbo"].value

    refused = client.post("/login/second/", {"code": "000000"})
    SecondFactor.objects.update(throttling_failure_timestamp=None)
    answer = client.post("/login/second/", {"code": code_at(KEY), "next": "//evil.example"})

    assert "验证码不对。" in refused.content.decode()
    assert answer.headers["Location"] == "/"
    assert client.get("/admin/").status_code == 200
    old = browser()
    old.cookies["cunbo"] = before
    assert not is_in(old)


def test_appointed_exporter_is_asked_at_the_login_and_staff_only_at_such_a_door(county, staff, clock):
    clock.move_to(datetime.now(UTC))
    from livestream.models import Appointment

    client = entered(staff)
    assert client.get("/desk/").status_code == 200
    Appointment.objects.create(user=staff, role="exporter", place=county, from_on="2026-01-01")
    client.post("/logout/")
    client = entered(staff)
    assert client.get("/desk/").headers["Location"] == "/login/second/?next=/desk/"


@pytest.mark.parametrize(("method", "leads_to"), [("get", "/login/second/?next=/x/%3Fa%3D1"), ("post", "/login/second/?next=")])
def test_door_of_such_an_action_asks_and_lets_in_who_passed(county, method, leads_to):
    view = needs(Action.REVEAL)(lambda _request: HttpResponse("in"))
    asked = getattr(RequestFactory(), method)("/x/?a=1")
    asked.user = make_user("staff", county)

    assert view(asked).headers["Location"] == leads_to
    asked.user.otp_device = second_factor_of(asked.user)
    assert view(asked).content == b"in"


def test_back_office_opens_only_with_the_second_factor(county):
    admin, staff = make_user("admin", county), make_user("staff", county)

    assert entered(admin).get("/admin/").headers["Location"] == "/login/second/?next=/admin/"
    assert entered(staff).get("/admin/").status_code == 403
    assert signed_in(admin).get("/admin/").status_code == 200


def test_role_given_while_signed_in_is_asked_at_once(staff):
    client = entered(staff)
    User.objects.filter(pk=staff.pk).update(role="exporter")

    assert client.get("/me/").headers["Location"] == "/login/second/?next=/me/"


def test_giving_it_up_and_new_codes_need_a_code(staff):
    second_factor_of(staff)
    client = signed_in(staff)

    assert "验证码不对。" in client.post("/me/second/remove/", {"code": "12"}).content.decode()
    SecondFactor.objects.update(throttling_failure_timestamp=None)
    codes = client.post("/me/second/codes/", {"code": code_at(KEY)}).content.decode()
    one = re.search(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", codes)[1]
    assert client.post("/me/second/remove/", {"code": one}).headers["Location"] == "/me/"

    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert AuditEntry.objects.latest("pk").deed == "second_factor_removed"


def test_second_key_cannot_be_set_up_beside_the_one_in_use(county):
    """Whoever knows only the password must not add an authenticator of his own."""
    admin = make_user("admin", county)
    second_factor_of(admin)
    client = entered(admin)

    assert "otpauth" not in client.get("/me/second/").content.decode()
    assert client.get("/me/second/").content.decode().count('class="num key"') == 0
    assert client.post("/me/second/confirm/", {"code": "123456"}).headers["Location"] == "/me/second/"
    assert SecondFactor.objects.count() == 1


def test_lost_one_is_removed_by_staff_who_passed_their_own(staff, host, stranger, county):
    second_factor_of(host)
    phone = signed_in(host)
    unverified = entered(staff)

    assert unverified.post(f"/people/{host.pk}/second/remove/").headers["Location"] == f"/login/second/?next=/people/{host.pk}/"
    assert signed_in(stranger).post(f"/people/{host.pk}/second/remove/").status_code == 404
    assert host.second_factors.exists()
    assert signed_in(staff).post(f"/people/{host.pk}/second/remove/").headers["Location"] == f"/people/{host.pk}/"

    assert not host.second_factors.exists()
    assert not is_in(phone)
    entry = AuditEntry.objects.filter(deed="second_factor_removed").get()
    assert (entry.actor_id, entry.object_id) == (staff.pk, str(host.pk))


@pytest.mark.parametrize("case", ["not verified", "himself", "an administrator's"])
def test_lost_one_of_others_is_not_removed(staff, county, case):
    person = staff if case == "himself" else make_user("admin" if case == "an administrator's" else "host", county)
    second_factor_of(person)
    staff.otp_device = None if case == "not verified" else second_factor_of(staff)

    with pytest.raises(NotAllowed):
        remove_lost_second_factor(person, by=staff, at=T0)

    assert person.second_factors.exists()

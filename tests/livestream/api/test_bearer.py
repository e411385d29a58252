"""Who is let in with a token, and how far."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from livestream.actions.api_token import revoke_token
from livestream.models import ApiToken, AuditEntry
from tests.factories import make_place, make_product, make_session, make_user
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db
LIST = "/api/v1/sessions/"


def status(text, path=LIST):
    return with_token(text).get(path).status_code


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text[:6] + "0000000000" + text[16:],
        lambda text: text.upper(),
        lambda text: text + "x",
        lambda text: "",
        lambda text: "x" * 5000,
        lambda text: "cunbo_\x00",
        lambda text: "令牌",
    ],
)
def test_what_is_not_the_token_opens_nothing_and_all_refusals_look_alike(staff, session, spoil):
    text = token_text(staff)
    expected = with_token(token_text(staff)[:-1]).get(LIST).json() | {"request_id": ""}

    answer = with_token(spoil(text).encode().decode("latin-1")).get(LIST)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="cunbo"'
    assert answer.json() | {"request_id": ""} == expected
    assert expected["code"] == "bad_token"
    assert status(text) == 200


def test_a_revoked_token_is_refused_with_the_next_request(staff, session, now):
    text = token_text(staff)
    before = status(text)
    revoke_token(ApiToken.objects.get(), by=staff, at=now)

    assert (before, status(text)) == (200, 401)


def test_an_expired_token_is_refused(staff, session, now):
    text = token_text(staff, at=now)

    with time_machine.travel(now + timedelta(days=30, seconds=-1), tick=False):
        last = status(text)
    with time_machine.travel(now + timedelta(days=30), tick=False):
        assert (last, status(text)) == (200, 401)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "trainer"}, {"role": "host"}])
def test_a_token_ends_with_its_owners_right(staff, session, change):
    text = token_text(staff)
    for name, value in change.items():
        setattr(staff, name, value)
    staff.save()

    assert status(text) == 401


def test_a_token_in_an_address_or_a_cookie_is_none(staff, session):
    text = token_text(staff)
    client = Client()
    client.cookies["Authorization"] = f"Bearer {text}"

    answers = [client.get(f"{LIST}?{name}={text}") for name in ("token", "access_token", "Authorization", "kiosk")]

    assert [answer.status_code for answer in answers] == [401] * 4


def test_cookies_beside_a_token_neither_help_nor_harm(staff, host, trainer, session):
    """Signed in as somebody who may more, or as somebody who may less: the token alone counts."""
    text, wrong = token_text(staff, "read:sessions"), "cunbo_0123456789_" + "x" * 43
    strong = Client(headers={"Authorization": f"Bearer {wrong}"})
    strong.force_login(staff)
    weak = Client(headers={"Authorization": f"bearer {text}"})
    weak.force_login(host)
    client = Client(headers={"Authorization": f"Bearer {text}"}, enforce_csrf_checks=True)
    client.force_login(staff)

    assert strong.get(LIST).status_code == 401
    assert weak.get("/api/v1/products/").status_code == 200
    assert client.get("/api/v1/people/").json()["code"] == "scope"


def test_a_token_writes_without_csrf_and_a_session_does_not(staff, session, county):
    session.line_up.create(product=make_product(county, sku="DHP"), position=1, live_price_fen=1)
    path = f"{LIST}{session.pk}/pitches/"
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff)
    program = with_token(token_text(staff), enforce_csrf_checks=True)

    answers = [each.post(path, {"sku": "DHP"}, content_type="application/json") for each in (browser, program)]

    assert [(answer.status_code, answer.json().get("code")) for answer in answers] == [(403, "permission_denied"), (201, None)]


NEEDS = {
    "read:sessions": ["places/", "sessions/", "products/", "suppliers/"],
    "read:orders": ["orders/", "shops/", "figures/days/"],
    "read:alerts": ["alerts/"],
    "read:people": ["people/"],
    "read:boards": ["board/county/140425/", "board/county/140425/detail/"],
}


@pytest.mark.parametrize("scope", NEEDS)
def test_a_token_does_only_what_it_is_for(staff, session, scope):
    client = with_token(token_text(staff, scope))

    answers = {path: client.get(f"/api/v1/{path}").status_code for paths in NEEDS.values() for path in paths}

    assert {path for path, status in answers.items() if status == 200} == set(NEEDS[scope])
    assert set(answers.values()) == {200, 403}


def test_writing_needs_its_own_scope(staff, session):
    path = f"{LIST}{session.pk}/incidents/"
    answers = [
        with_token(token_text(staff, scope)).post(path, {"kind": "other"}, content_type="application/json")
        for scope in ("read:sessions", "write:alerts", "write:sessions")
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 201]


def test_a_token_stays_in_its_place(county, other_county, host, stranger):
    """Whoever may everything: his token for one county sees that county, and his own sessions elsewhere stay out of it."""
    admin = make_user("admin", county)
    township = make_place("140425100", "青羊镇")
    ours, theirs = make_session(county, host), make_session(other_county, admin, room="R2")
    here = make_session(county, host, room="R3")
    type(here).objects.filter(pk=here.pk).update(place=township)

    def seen(place):
        return {row["id"] for row in with_token(token_text(admin, place=place)).get(LIST).json()["results"]}

    everything = {str(each.pk) for each in (ours, theirs, here)}
    assert seen("") == everything
    assert seen("140425") == {str(ours.pk), str(here.pk)}
    assert seen("1305") == {str(theirs.pk)}
    assert seen("140425100") == {str(here.pk)}
    assert with_token(token_text(admin, place="140425")).get(f"{LIST}{theirs.pk}/").status_code == 404
    here = with_token(token_text(admin, place="140425"))
    boards = (
        [f"county/{code}" for code in ("140425", "130529")]
        + ["city/1404", "province/14"]
        + [f"session/{each.pk}" for each in (ours, theirs)]
    )
    assert {board: here.get(f"/api/v1/board/{board}/").status_code for board in boards} == dict(
        zip(boards, [200, 404, 404, 404, 200, 404], strict=True)
    )


def test_who_wrote_is_the_owner_in_the_audit_log_and_a_new_address_is_there_too(staff, session):
    text = token_text(staff)
    client = with_token(text)
    client.get(LIST, REMOTE_ADDR="203.0.113.9")
    client.get(LIST, REMOTE_ADDR="198.51.100.7")

    (entry,) = AuditEntry.objects.filter(deed="token_moved")
    assert (entry.actor_id, entry.address, entry.detail["used_from"]) == (staff.pk, "198.51.100.7", "198.51.100.7")


def test_no_answer_tells_a_token(staff, session):
    text = token_text(staff)
    paths = [
        LIST,
        "/api/v1/nowhere/",
        f"/api/v1/places/?x={text}",
        f"/api/v1/{text}/",
        f"{LIST}?cursor={text}",
        f"/api/v1/places/{text}/",
    ]

    bodies = [with_token(text).get(path).content.decode() for path in paths]

    assert [body for body in bodies if text[17:] in body] == []


def test_a_refused_token_is_counted_and_told_to_slow_down(staff, settings):
    """A fresh X-Forwarded-For with each request changes nothing: the address of the connection counts."""
    from django.core.cache import cache

    cache.clear()
    codes = [
        Client(headers={"Authorization": "Bearer x", "X-Forwarded-For": f"198.51.{n // 250}.{n % 250}"}).get(LIST).status_code
        for n in range(1000)
    ]
    cache.clear()

    assert (codes[:120], set(codes[120:])) == ([401] * 120, {429})

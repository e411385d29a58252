"""What is refused is said in one shape, and nothing that is sent breaks anything."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from livestream.api.throttle import Courtesy
from livestream.models import Incident, LiveSession
from tests.factories import make_session
from tests.sign_in import signed_in
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db
LIST = "/api/v1/sessions/"
SHAPE = {"code", "detail", "fields", "request_id"}


@pytest.fixture
def path(session):
    return f"{LIST}{session.pk}/incidents/"


@pytest.fixture
def client(staff):
    return signed_in(staff)


def test_every_refusal_has_one_shape(client, path, session):
    big = '{"note": "' + "x" * 70_000 + '"}'
    sent = {
        400: client.get(f"{LIST}?state=nonsense"),
        401: Client().get(LIST),
        403: signed_in(session.host).get("/api/v1/people/"),
        404: client.get(f"{LIST}00000000-0000-0000-0000-000000000000/"),
        405: client.delete(LIST),
        406: client.get(LIST, headers={"Accept": "text/html"}),
        413: client.post(path.replace("incidents", "pitches"), big, content_type="application/json"),
        415: client.post(path, "kind=other", content_type="application/x-www-form-urlencoded"),
    }

    assert {status: answer.status_code for status, answer in sent.items()} == {status: status for status in sent}
    assert {frozenset(answer.json()) for answer in sent.values()} == {frozenset(SHAPE)}
    assert {answer.headers["Content-Type"] for answer in sent.values()} == {"application/json"}
    assert [answer.json()["request_id"] for answer in sent.values()] == [
        answer.headers["X-Request-ID"] for answer in sent.values()
    ]
    assert sent[405].headers["Allow"] == "GET, HEAD, POST"


def test_foreign_absent_and_impossible_are_the_same(client, other_county, stranger):
    foreign = make_session(other_county)
    places = [f"{LIST}{key}/" for key in (foreign.pk, "00000000-0000-0000-0000-000000000000")]
    places += [f"/api/v1/places/{code}/" for code in ("130529", "999999", "x", "%00", "1'--", "140425%0A")]
    places += [f"/api/v1/people/{pk}/" for pk in (stranger.pk, 2**62, 2**70)]
    places += [f"/api/v1/{kind}/{2**80}/" for kind in ("orders", "shops", "products", "suppliers")]
    places += ["/api/v1/shops/1/orders/%00/"]

    answers = [client.get(path) for path in places]

    assert [answer.status_code for answer in answers] == [404] * len(places)
    assert len({json.dumps(answer.json() | {"request_id": ""}) for answer in answers}) == 1


def test_an_address_that_is_none_is_said_in_the_same_shape(client):
    answer = client.get("/api/v1/nowhere/")

    assert (answer.status_code, set(answer.json()), answer.json()["code"]) == (404, SHAPE, "not_found")


def test_programs_are_answered_in_their_language(staff, client):
    text = token_text(staff)
    said = {
        language: with_token(text).get(f"{LIST}?nonsense=1", headers={"Accept-Language": language}).json()["fields"]["nonsense"]
        for language in ("zh-CN", "fr", "")
    }
    english = with_token(text).get(LIST, {"page_size": "0"}, headers={"Accept-Language": "en"})

    assert said == {language: ["没有这个字段或参数。"] for language in said}
    assert english.headers["Content-Language"] == "en"
    assert english.json()["fields"]["page_size"] == ["Ensure this value is greater than or equal to 1."]


def test_pages_stay_chinese_whatever_the_browser_reads(staff, client):
    assert client.get("/desk/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "zh-hans"


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind": NaN}', b'{"kind": "other", "kind": "stream_lost"}', b'{"kind": "other", "note": "\\ud800"}', b'{"kind": "other", "note": "a\\u0000"}',
        b"[" * 21, b"[" * 30_000, b'{"a":' * 5000, b"1" * 5000, b'{"kind": 1e999}', b"", b"null", b"[]", b'"x"', b"\xff\xfe", b"{} {}",
        b'{"kind": ' + b"9" * 30 + b"}", b'{"kind": {"$ne": 1}}', b'{"kind": ["other"]}', b'{"kind": "other", "at": 1e10}',
        b'{"kind": "other", "at": "2026-11-22T20:05:00"}', b'{"kind": "other", "at": "0001-01-01T00:00:00Z"}', b'{"kind": "other", "at": "9999-12-31T23:59:59-23:59"}',
        b'{"kind": "other", "note": null}', b'{"kind": "other", "note": {"a": 1}}', b'{"__proto__": {}}',
    ],
)  # fmt: skip
def test_a_strange_body_is_a_refusal_and_never_a_500(client, path, body):
    answer = client.post(path, body, content_type="application/json")

    assert answer.status_code in {400, 409}
    assert set(answer.json()) == SHAPE
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    "note", ["{{7*7}}", "<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "\u202eabc", "'; DROP TABLE x;--"]
)
def test_words_come_back_as_they_were_said(client, path, note):
    client.post(path, {"kind": "other", "note": note}, content_type="application/json")

    answer = client.get(path)
    assert answer.json()["incidents"][0]["note"] == note
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")


def test_what_is_answered_is_kept_by_nobody(client, session):
    assert client.get(LIST).headers["Cache-Control"] == "private, no-store"
    assert {name.strip() for name in client.get(LIST).headers["Vary"].split(",")} >= {
        "Authorization",
        "Cookie",
        "Accept-Language",
    }


def test_without_a_database_it_says_when_to_come_again(client, monkeypatch):
    def away(*_args):
        raise OperationalError

    monkeypatch.setattr(type(LiveSession.objects.all()), "visible_to", away)
    answer = client.get(LIST)

    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (503, "5", "busy")


def test_who_asks_without_pause_is_told_to_slow_down_whatever_headers_come_along(staff, session, monkeypatch):
    assert Courtesy.rate == "600/min"
    monkeypatch.setattr(Courtesy, "rate", "50/min")
    client = with_token(token_text(staff))
    cache.clear()
    answers = [client.get("/api/v1/places/x/", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(60)]
    cache.clear()

    assert [answer.status_code for answer in answers] == [404] * 50 + [429] * 10
    assert int(answers[-1].headers["Retry-After"]) in range(1, 61)
    assert answers[-1].json()["code"] == "throttled"

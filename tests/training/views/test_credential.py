from __future__ import annotations

import json

import jwt
import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.certificates import make_certificate
from training.actions.certificate import revoke
from training.models import Certificate, IssuerKey
from training.views.certificate_check import CheckCourtesy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings):
    cache.clear()
    settings.PUBLIC_ADDRESS = "https://cunbo.example.cn"


@pytest.fixture
def made(county):
    return make_certificate(county, name="张峧喆")


def test_both_forms_are_downloaded_by_anybody_without_a_name(client, made):
    document = client.get(f"/credentials/{made.number}/")
    token = client.get(f"/credentials/{made.number}.jwt")

    assert [each.headers["Content-Type"] for each in (document, token)] == ["application/vc", "application/vc+jwt"]
    assert token.content.decode() == made.credential
    assert document.headers["Content-Disposition"] == f'attachment; filename="{made.number}.json"'
    assert json.loads(document.content)["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    for secret in ["张峧喆", "峧", made.enrolment.trainee.phone]:
        assert secret not in document.content.decode()


def test_a_page_of_anybody_may_ask(client, made):
    asked = client.options(f"/credentials/status/{IssuerKey.objects.get().pk}-0")
    answered = client.get(f"/credentials/status/{IssuerKey.objects.get().pk}-0")

    assert (asked.status_code, asked.content) == (204, b"")
    assert asked.headers["Access-Control-Allow-Headers"] == "Accept, Cache-Control, Pragma"
    assert [each.headers["Access-Control-Allow-Origin"] for each in (asked, answered)] == ["*", "*"]
    assert "Set-Cookie" not in answered.headers


def test_nothing_but_reading_is_allowed(client, made):
    assert client.post(f"/credentials/{made.number}/").status_code == 405


def test_a_revocation_is_in_the_list_at_once(client, made, staff):
    path = f"/credentials/status/{IssuerKey.objects.get().pk}-0"
    before = json.loads(client.get(path).content)["credentialSubject"]["encodedList"]

    revoke(made, because="代签", by=staff, at=timezone.now())

    after = client.get(path)
    assert json.loads(after.content)["credentialSubject"]["encodedList"] != before
    assert after.headers["Cache-Control"] == "public, max-age=60"
    claims = jwt.decode(client.get(f"{path}.jwt").content, options={"verify_signature": False})
    assert claims["credentialSubject"]["encodedList"] == json.loads(after.content)["credentialSubject"]["encodedList"]
    assert claims["id"] == f"https://cunbo.example.cn{path}.jwt"


@pytest.mark.parametrize(
    "path",
    ["/credentials/status/99-0", "/credentials/status/1-99", "/credentials/status/1-99.jwt", "/credentials/x/", "/credentials/%00/", "/credentials/x.jwt"],
)  # fmt: skip
def test_what_is_not_there_is_not_there(client, made, path):
    assert client.get(path).status_code == 404


def test_keys_are_public_and_private_parts_are_not(client, made):
    key = IssuerKey.objects.get()

    jwks, issuer = client.get("/.well-known/jwks.json").json(), client.get("/credentials/issuer.json").json()

    assert jwks == {"keys": [key.public]}
    assert issuer["id"] == key.public["kid"].partition("#")[0]
    assert key.private not in json.dumps([jwks, issuer])
    assert "d" not in key.public


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/credentials/issuer.json"])
def test_before_anything_was_signed_there_is_no_key_and_reading_makes_none(client, path):
    assert client.get(path).status_code == 404
    assert IssuerKey.objects.count() == 0


def test_without_an_address_it_says_what_is_missing(client, county, settings):
    settings.PUBLIC_ADDRESS = ""
    made = make_certificate(county)

    responses = [client.get(f"/credentials/{made.number}/"), client.get(f"/credentials/{made.number}.jwt")]

    assert [response.status_code for response in responses] == [503, 503]
    assert "PUBLIC_ADDRESS" in responses[0].json()["detail"]


def test_a_list_is_made_once_a_minute_however_often_it_is_asked_for(client, made, django_assert_max_num_queries):
    path = f"/credentials/status/{IssuerKey.objects.get().pk}-0"
    first = client.get(path).content

    with django_assert_max_num_queries(3):
        assert client.get(path).content == first


def test_who_asks_without_pause_is_asked_to_wait(client, made, monkeypatch):
    monkeypatch.setattr(CheckCourtesy, "rate", "2/min")

    responses = [client.get(f"/credentials/{made.number}.jwt") for _ in range(3)]

    assert [response.status_code for response in responses] == [200, 200, 429]
    assert responses[2].headers["Access-Control-Allow-Origin"] == "*"


def test_reading_changes_no_certificate(client, made):
    before = Certificate.objects.values().get()

    client.get(f"/credentials/{made.number}/")

    assert Certificate.objects.values().get() == before

"""The same credential by a second verifier, as this system serves it: signature, time and status of the JSON-LD form. The first
one, openbadgeslib, judges the JWT in `actions/test_credential.py`."""

from __future__ import annotations

import io
import json

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tests.certificates import make_class
from tests.factories import make_user
from tests.verifiers import Answer, judged_by_dcc
from training.actions.certificate import issue_certificates, revoke
from training.actions.credential import issuer_key, status_list, with_proof

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
ADDRESS = "https://cunbo.example.cn"
GOOD = {"valid_signature": True, "expiration": True, "revocation_status": True, "registered_issuer": False}


@pytest.fixture(autouse=True)
def address(settings):
    cache.clear()
    settings.PUBLIC_ADDRESS = ADDRESS


def served(path: str) -> dict[tuple[str, str], Answer]:
    """What our addresses answer, to the question of the browser whether it may ask (CORS) too."""
    client = Client()
    return {(method, ADDRESS + path): answer_of(client.generic(method, path)) for method in ("OPTIONS", "GET")}


def answer_of(response) -> Answer:
    return Answer(response.status_code, dict(response.headers), response.content)


def downloaded(certificate) -> dict:
    response = Client().get(f"/credentials/{certificate.number}/")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/vc")
    return json.loads(response.content)


def test_a_second_verifier_says_the_same(county, staff):
    """Good, good by a newer key, revoked, tampered with, signed by another key; and good with a list that was tampered with."""
    cohort = make_class(county, "峧喆", "张㛃")
    good, revoked = issue_certificates(cohort, by=make_user("trainer", county), at=timezone.now())
    revoke(revoked, because="代签", by=staff, at=timezone.now())
    document, key = downloaded(good), issuer_key()
    call_command("make_issuer_key", stdout=io.StringIO())
    newer = issuer_key()
    (later,) = issue_certificates(make_class(county, "王垚"), by=make_user("trainer", county), at=timezone.now())
    forged = with_proof({name: value for name, value in document.items() if name != "proof"}, newer, at=good.issued_at)
    forged["proof"]["verificationMethod"] = key.public["kid"]
    answers = served(f"/credentials/status/{key.pk}-0")
    of_newer = served(f"/credentials/status/{newer.pk}-0")

    documents = [document, downloaded(later), downloaded(revoked), document | {"name": "博士学位"}, forged]
    said = judged_by_dcc(documents, answers | of_newer)

    assert [one["proof"]["verificationMethod"] for one in documents[:2]] == [key.public["kid"], newer.public["kid"]]
    assert said == [
        GOOD,
        GOOD,
        GOOD | {"revocation_status": False},
        {"errors": ["invalid_signature"]},
        {"errors": ["invalid_signature"]},
    ]
    empty = status_list(key, 1, at=timezone.now())["credentialSubject"]["encodedList"]
    unrevoked = tampered(answers, empty)
    (un_revoked,) = judged_by_dcc([downloaded(revoked)], unrevoked)
    assert un_revoked["revocation_status"]["name"] == "status_list_signature_error"


def tampered(answers, bits):
    """The list with nobody revoked in it, and the signature of the true one."""
    changed = {}
    for asked, answer in answers.items():
        body = json.loads(answer.body) if asked[0] == "GET" else None
        if body:
            body["credentialSubject"]["encodedList"] = bits
        changed[asked] = answer._replace(body=json.dumps(body).encode() if body else answer.body)
    return changed

"""The credential, judged by openbadgeslib: a verifier of Open Badges 3.0 that was not written here."""

from __future__ import annotations

import base64
import io
import json
from datetime import timedelta
from hashlib import sha256

import jwt
import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier
from pyld import jsonld

from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from tests.certificates import AT, make_certificate
from training.actions.certificate import revoke
from training.actions.certificate_anew import give_anew
from training.actions.credential import (
    as_jwt,
    credential_of,
    document_of_certificate,
    issuer_key,
    loader,
    make_issuer_key,
    salt_of,
    status_jwt,
    status_list,
)
from training.models import Certificate, IssuerKey

pytestmark = pytest.mark.django_db
ADDRESS = "https://cunbo.example.cn"


@pytest.fixture(autouse=True)
def address(settings):
    settings.PUBLIC_ADDRESS = ADDRESS


@pytest.fixture
def made(county):
    return make_certificate(county)


def fetch(at=AT):
    """What stands in for the network: the verifier asks for an address, and gets what this system serves there."""

    def download(address: str) -> bytes:
        key, number = address.removeprefix(f"{ADDRESS}/credentials/status/").removesuffix(".jwt").split("-")
        return status_jwt(IssuerKey.objects.get(pk=key), int(number), at=at).encode()

    return download


def verified(token, at=AT):
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    return OB3Verifier.for_issuer_did(issuer).verify(token, check_status=True, download=fetch(at))


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(AT + timedelta(minutes=1)):
        yield


def test_a_certificate_is_verified_with_its_status(made):
    found = verified(made.credential)

    assert found.id == f"{ADDRESS}/credentials/{made.number}/"
    assert (found.issuer.name, found.achievement.name) == ("平顺县电商学堂", made.facts["cohort"])
    assert [result.value for result in found.results] == ["100"]


def test_a_revoked_one_is_said_to_be_revoked(made, staff):
    revoke(made, because="代签", by=staff, at=AT)

    with pytest.raises(OB3VerificationError, match="revocation"):
        verified(made.credential)


def test_one_given_anew_is_good_and_the_old_one_is_not(made, staff):
    anew = give_anew(made, "峧哲", by=staff, at=AT)

    assert verified(anew.credential).id == f"{ADDRESS}/credentials/{anew.number}/"
    with pytest.raises(OB3VerificationError, match="revocation"):
        verified(made.credential)


def test_control_the_revocation_of_another_one_does_not_touch_it(made, county, staff):
    revoke(make_certificate(county), because="代签", by=staff, at=AT)

    assert verified(made.credential).id.endswith(f"{made.number}/")


def changed(token, **claims):
    head, body, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    body = base64.urlsafe_b64encode(json.dumps(said | claims).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


def test_control_a_tampered_one_is_refused(made):
    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        verified(changed(made.credential, name="博士学位"))


def test_control_one_that_another_key_signed_is_refused(made):
    claims = jwt.decode(made.credential, options={"verify_signature": False})

    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        verified(as_jwt(claims, make_issuer_key()))


def test_control_a_list_that_another_key_signed_is_refused(made):
    make_issuer_key()
    forged = status_jwt(IssuerKey.objects.latest("pk"), 0, at=AT).encode()

    with pytest.raises(OB3VerificationError, match="does not match the badge issuer"):
        OB3Verifier.for_issuer_did(jwt.decode(made.credential, options={"verify_signature": False})["iss"]).verify(
            made.credential, check_status=True, download=lambda _address: forged
        )


def test_control_a_list_of_the_day_before_yesterday_is_refused(made):
    with pytest.raises(OB3VerificationError, match="expired"):
        verified(made.credential, at=AT - timedelta(days=2))


def test_what_an_older_key_signed_stays_good(made, county, staff):
    old = issuer_key()
    call_command("make_issuer_key", stdout=(said := io.StringIO()))
    assert issuer_key().public["kid"] in said.getvalue()
    assert AuditEntry.objects.get(deed="issuer_key_made").detail["kid"] == issuer_key().public["kid"] != old.public["kid"]
    new = make_certificate(county)

    assert verified(made.credential).issuer.id != verified(new.credential).issuer.id
    revoke(made, because="代签", by=staff, at=AT)
    with pytest.raises(OB3VerificationError, match="revocation"):
        verified(made.credential)
    assert document_of_certificate(made)["proof"]["verificationMethod"] == old.public["kid"]


def test_no_name_and_no_salt_lie_in_it(made):
    claims = jwt.decode(made.credential, options={"verify_signature": False})
    (identity,) = claims["credentialSubject"]["identifier"]

    assert made.name not in json.dumps(claims, ensure_ascii=False)
    assert salt_of(made.number) not in json.dumps(claims)
    assert identity == {
        "type": "IdentityObject",
        "hashed": True,
        "identityType": "name",
        "identityHash": "sha256$" + sha256((made.name + salt_of(made.number)).encode()).hexdigest(),
    }


def test_the_same_certificate_is_the_same_document_every_time(made):
    first = document_of_certificate(made)

    assert document_of_certificate(Certificate.objects.get()) == first
    assert first["credentialStatus"]["statusListCredential"] == f"{ADDRESS}/credentials/status/{issuer_key().pk}-0"


def test_the_document_with_its_proof_is_verified_too(made):
    document = document_of_certificate(made)

    found = OB3LdpVerifier.for_issuer_did(document["issuer"]["id"]).verify(document)

    assert found.id == document["id"]


def test_control_a_tampered_document_is_refused(made):
    document = document_of_certificate(made) | {"name": "博士学位"}

    with pytest.raises(OB3VerificationError, match="[Ii]nvalid"):
        OB3LdpVerifier.for_issuer_did(document["issuer"]["id"]).verify(document)


def test_every_word_of_the_document_means_something(made):
    """A word that no context knows would not be signed."""
    document = document_of_certificate(made)
    expanded = jsonld.expand(document, {"documentLoader": loader()})

    assert words_of(document) - words_of(jsonld.compact(expanded, document["@context"], {"documentLoader": loader()})) == set()


def words_of(found) -> set[str]:
    if isinstance(found, list):
        return set().union(*map(words_of, found))
    if isinstance(found, dict):
        return set(found) | set().union(*map(words_of, found.values()))
    return set()


def test_without_an_address_nothing_is_signed_until_there_is_one(county, settings):
    settings.PUBLIC_ADDRESS = ""
    made = make_certificate(county)
    assert made.credential == ""
    with pytest.raises(NotAllowed, match="PUBLIC_ADDRESS"):
        credential_of(made)

    settings.PUBLIC_ADDRESS = ADDRESS

    assert verified(credential_of(made)).id.endswith(f"{made.number}/")


def test_a_credential_is_signed_once(made):
    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(credential="")


def test_the_address_of_the_day_stays_in_it(made, settings):
    settings.PUBLIC_ADDRESS = "https://new.example.cn"

    assert credential_of(Certificate.objects.get()) == made.credential


def test_the_key_lies_encrypted(made):
    key = issuer_key()
    with connection.cursor() as cursor:
        cursor.execute("SELECT private FROM training_issuerkey")
        (stored,) = cursor.fetchone()
    assert stored.startswith("gAAAA")
    assert key.private not in stored


def test_the_list_of_places_is_the_same_for_the_same_certificates(made, staff, county):
    key = issuer_key()
    nobody = status_list(key, 0, at=AT)["credentialSubject"]["encodedList"]
    revoke(made, because="代签", by=staff, at=AT)

    one = status_list(key, 0, at=AT)["credentialSubject"]["encodedList"]

    assert nobody == status_list(key, 1, at=AT)["credentialSubject"]["encodedList"] != one

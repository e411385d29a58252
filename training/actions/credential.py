"""Every write of what signs certificates as Open Badges 3.0 credentials, and the signing itself."""

from __future__ import annotations

import base64
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from pyld import jsonld
from pyld.documentloader.frozen import BUNDLED_CONTEXTS, FrozenDocumentLoader

from livestream.actions.audit import note
from livestream.actions.vault import digest_of
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from training.models import Certificate, IssuerKey
from training.rules.certificate import asked_in_words
from training.rules.credential import (
    BADGE_CONTEXT,
    LIST_SIZE,
    Badge,
    base58,
    body_of,
    claims_of,
    did_of,
    document_of,
    identity_hash,
    key_id_of,
    list_address,
    list_body,
    moment,
)

if TYPE_CHECKING:
    from datetime import datetime

    from training.models import CertificateRule

CONTEXTS = Path(__file__).parent.parent / "contexts"
SUITE = "eddsa-rdfc-2022"
SALT_SIGNS = 12


# --- the key ------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def issuer_key() -> IssuerKey:
    """The newest key; the first one is made here, once, whoever asks at the same moment."""
    if found := IssuerKey.objects.order_by("-pk").first():
        return found
    take_turn_of_keys()
    return IssuerKey.objects.order_by("-pk").first() or make_issuer_key()


def take_turn_of_keys() -> None:
    """One at a time makes keys, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('issuer_key', 0))")


@transaction.atomic
def renew_issuer_key() -> IssuerKey:
    """An operator wants another key: it signs from now on, the older ones stay for what they signed. Nothing is signed anew."""
    take_turn_of_keys()
    made = make_issuer_key()
    note(Deed.ISSUER_KEY_MADE, about=made, kid=made.public["kid"])
    return made


@transaction.atomic
def make_issuer_key() -> IssuerKey:
    """From now on this one signs. What the older ones signed stays good: each credential names its key."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    did = did_of(public)
    jwk = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key_id_of(did), "x": plain_base64(public)}
    return IssuerKey.objects.create(private=plain_base64(private.private_bytes_raw()), public=jwk)


def plain_base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def private_of(key: IssuerKey) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key.private + "=="))


def did_of_key(key: IssuerKey) -> str:
    return str(key.public["kid"]).partition("#")[0]


# --- signing ------------------------------------------------------------------------------------------------------------------


def as_jwt(claims: dict[str, Any], key: IssuerKey) -> str:
    return jwt.encode(claims, private_of(key), algorithm="EdDSA", headers={"kid": key.public["kid"]})


def with_proof(document: dict[str, Any], key: IssuerKey, *, at: datetime) -> dict[str, Any]:
    """The document with a Data Integrity proof in it (W3C VC-DI-EDDSA 1.0 §3.2). The same document and time: the same proof."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": moment(at),
        "verificationMethod": key.public["kid"],
        "proofPurpose": "assertionMethod",
    }
    hashes = canonical_hash({"@context": document["@context"], **proof}) + canonical_hash(document)
    return {**document, "proof": {**proof, "proofValue": f"z{base58(private_of(key).sign(hashes))}"}}


def canonical_hash(document: dict[str, Any]) -> bytes:
    """SHA-256 of its N-Quads as RDFC-1.0 orders them, which PyLD knows by its older name. Nothing is fetched: an unknown context
    is an error."""
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader()}
    return sha256(jsonld.normalize(document, options).encode()).digest()


@lru_cache(maxsize=1)
def loader() -> FrozenDocumentLoader:
    return FrozenDocumentLoader({**BUNDLED_CONTEXTS, BADGE_CONTEXT: CONTEXTS / "ob-v3p0-context-3.0.3.json"})


# --- a certificate's credential -----------------------------------------------------------------------------------------------


def salt_of(number: str) -> str:
    """What the holder shows beside his name to prove that a credential is his. Only this system can compute it."""
    return digest_of(f"certificate {number}")[:SALT_SIGNS]


def signed(certificate: Certificate) -> str:
    """The JWT of this certificate; "" while nobody said at which address this system is found (PUBLIC_ADDRESS)."""
    if not settings.PUBLIC_ADDRESS:
        return ""
    key = issuer_key()
    return as_jwt(claims_of(body_of(badge_of(certificate, key)), certificate.issued_at), key)


def badge_of(certificate: Certificate, key: IssuerKey) -> Badge:
    facts = certificate.facts
    return Badge(
        address=settings.PUBLIC_ADDRESS,
        did=did_of_key(key),
        key=key.pk,
        number=certificate.number,
        status_index=certificate.status_index,
        issued_at=certificate.issued_at,
        issuer=facts["issuer"],
        cohort=certificate.enrolment.cohort_id,
        title=facts["cohort"],
        about=about_of(facts),
        asked=asked_of(certificate.rule),
        identity=identity_hash(certificate.name, salt_of(certificate.number)),
        results=results_of_facts(facts),
    )


def asked_of(rule: CertificateRule) -> str:
    """In Chinese, whoever gives the certificate: it is signed."""
    with translation.override("zh-hans"):
        return f"{'；'.join(asked_in_words(rule))}（v{rule.version}）"


def about_of(facts: dict[str, Any]) -> str:
    """What was learnt, when, and how much of it this holder attended."""
    courses = "、".join(facts["courses"]) or facts["cohort"]
    return f"{courses}。{facts['starts_on']} 至 {facts['ends_on']}，{facts['hours']} 学时，{facts['days']} 天。"


def results_of_facts(facts: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """What the public page says too; marks are on the holder's paper alone."""
    return (("Percent", "出勤率", facts["attendance"]),) if facts["attendance"] else ()


@transaction.atomic
def credential_of(certificate: Certificate) -> str:
    """The JWT of this certificate, signed now if it was given before this system had an address, and then for ever the same.

    Raises NotAllowed(`no_public_address`)."""
    if certificate.credential:
        return certificate.credential
    made = signed(certificate)
    if not made:
        raise NotAllowed("no_public_address")
    Certificate.objects.filter(pk=certificate.pk, credential="").update(credential=made)
    certificate.refresh_from_db(fields=["credential"])
    return certificate.credential


def document_of_certificate(certificate: Certificate) -> dict[str, Any]:
    """The same as JSON-LD with its proof, by the key that signed the JWT. Raises NotAllowed(`no_public_address`)."""
    token = credential_of(certificate)
    claims = jwt.decode(token, options={"verify_signature": False})
    key = key_named(jwt.get_unverified_header(token)["kid"])
    return with_proof(document_of(claims), key, at=certificate.issued_at)


def key_named(kid: str) -> IssuerKey:
    return IssuerKey.objects.get(public__kid=kid)


# --- the list of the revoked --------------------------------------------------------------------------------------------------


def status_list(key: IssuerKey, number: int, *, at: datetime) -> dict[str, Any]:
    """What the list of this number says now, not signed yet."""
    from_index = number * LIST_SIZE
    inside = Certificate.objects.filter(status_index__gte=from_index, status_index__lt=from_index + LIST_SIZE)
    revoked = inside.exclude(revoked_at=None).values_list("status_index", flat=True)
    places = sorted(index - from_index for index in revoked)
    return list_body(settings.PUBLIC_ADDRESS, key.pk, did_of_key(key), number, places, at)


def status_jwt(key: IssuerKey, number: int, *, at: datetime) -> str:
    """The same as a JWT, under the address that JWTs name."""
    body = status_list(key, number, at=at)
    own = f"{list_address(settings.PUBLIC_ADDRESS, key.pk, number)}.jwt"
    body = {**body, "id": own, "credentialSubject": {**body["credentialSubject"], "id": f"{own}#list"}}
    return as_jwt(claims_of(body, at), key)

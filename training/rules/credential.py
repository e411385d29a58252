"""A certificate as an Open Badges 3.0 credential (1EdTech OB 3.0, final 1.0, on W3C VC Data Model 2.0), and the list that says
which are revoked (W3C Bitstring Status List 1.0). Pure: nothing is signed here.

Each comes in two forms that say the same: as a JWT (OB 3.0 §8.2, VC-JWT), and as JSON-LD with a proof in it (§8.3,
`eddsa-rdfc-2022`). Only the address of the list differs, so that everybody finds it in the form that he checks.
"""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from datetime import UTC, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
BADGE_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
LIST_SIZE = 131_072  # the least that the standard allows: whoever asks of one certificate hides among these
LIST_HOURS = 24  # how long a copy of the list may be believed
JWT_ENDING = ".jwt"
REGISTERED = ("iss", "sub", "jti", "nbf")
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519_KEY = b"\xed\x01"  # multicodec


def base58(content: bytes) -> str:
    """Multibase's `z…` without the z, as keys and proofs are written."""
    number, text = int.from_bytes(content), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(content) - len(content.lstrip(b"\0"))) + text


def did_of(public: bytes) -> str:
    """did:key of an Ed25519 key: the name is the key, so it is checked without asking anybody."""
    return f"did:key:z{base58(ED25519_KEY + public)}"


def key_id_of(did: str) -> str:
    return f"{did}#{did.removeprefix('did:key:')}"


def identity_hash(name: str, salt: str) -> str:
    """`sha256$…` of the name with the salt behind it (OB 3.0 IdentityObject). The salt is on the holder's own paper, not in the
    credential: names are few, and a hash with its salt beside it would be no secret."""
    return f"sha256${sha256((name + salt).encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Badge:
    """What a credential is made of. `address`: of this system, without a slash; `asked`: the rule in words; `results`: what was
    reached, as (kind of OB 3.0, title, value)."""

    address: str
    did: str
    key: int
    number: str
    status_index: int
    issued_at: datetime
    issuer: str
    cohort: UUID
    title: str
    about: str
    asked: str
    identity: str
    results: tuple[tuple[str, str, str], ...] = ()

    @property
    def id(self) -> str:
        return f"{self.address}/credentials/{self.number}/"

    @property
    def page(self) -> str:
        return f"{self.address}/verify/{self.number}/"


def moment(at: datetime) -> str:
    """`2026-11-30T08:00:00Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def body_of(badge: Badge) -> dict[str, Any]:
    """The credential as a JWT carries it, without the JWT's own claims."""
    return {
        "@context": [VC_CONTEXT, BADGE_CONTEXT],
        "id": badge.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": badge.title,
        "issuer": {"id": badge.did, "type": ["Profile"], "name": badge.issuer, "url": f"{badge.address}/"},
        "validFrom": moment(badge.issued_at),
        "credentialSubject": _subject(badge),
        "evidence": [{"id": badge.page, "type": ["Evidence"], "name": badge.number}],
        "credentialStatus": status_entry(badge.address, badge.key, badge.status_index, ending=JWT_ENDING),
    }


def _subject(badge: Badge) -> dict[str, Any]:
    achievement = f"urn:uuid:{badge.cohort}"
    described = [(f"{achievement}#{place}", *each) for place, each in enumerate(badge.results, start=1)]
    return {
        "type": ["AchievementSubject"],
        "identifier": [{"type": "IdentityObject", "hashed": True, "identityHash": badge.identity, "identityType": "name"}],
        "achievement": {
            "id": achievement,
            "type": ["Achievement"],
            "achievementType": "CertificateOfCompletion",
            "inLanguage": "zh-CN",
            "name": badge.title,
            "description": badge.about,
            "criteria": {"narrative": badge.asked},
            "resultDescription": [
                {"id": name, "type": ["ResultDescription"], "name": title, "resultType": kind}
                for name, kind, title, _ in described
            ],
        },
        "result": [{"type": ["Result"], "resultDescription": name, "value": value} for name, _kind, _title, value in described],
    }


def status_entry(address: str, key: int, index: int, *, ending: str) -> dict[str, Any]:
    number, place = divmod(index, LIST_SIZE)
    return {
        "id": f"{list_address(address, key, number)}{ending}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": f"{list_address(address, key, number)}{ending}",
    }


def list_address(address: str, key: int, number: int) -> str:
    return f"{address}/credentials/status/{key}-{number}"


def claims_of(body: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The payload of the JWT: the credential, and the claims that repeat it (OB 3.0 §8.2.4.1)."""
    return {**body, "iss": body["issuer"]["id"], "jti": body["id"], "nbf": int(at.timestamp())}


def document_of(claims: Mapping[str, Any]) -> dict[str, Any]:
    """The same credential as JSON-LD, its list in that form."""
    document = {name: value for name, value in claims.items() if name not in REGISTERED}
    status = document.get("credentialStatus")
    if status:
        address = status["statusListCredential"]
        plain = address.removesuffix(JWT_ENDING)
        document["credentialStatus"] = {**status, "statusListCredential": plain, "id": status["id"].replace(address, plain)}
    return document


def list_body(address: str, key: int, did: str, number: int, revoked: Iterable[int], at: datetime) -> dict[str, Any]:
    """The list of this number, signed by this key; `revoked`: the places in it that are."""
    id_ = list_address(address, key, number)
    return {
        "@context": [VC_CONTEXT],
        "id": id_,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": {"id": did},
        "validFrom": moment(at),
        "validUntil": moment(at + timedelta(hours=LIST_HOURS)),
        "credentialSubject": {
            "id": f"{id_}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(revoked),
        },
    }


def encoded(places: Iterable[int]) -> str:
    """`u…`: a bit for each place, the first one leftmost, gzipped, as base64url. The same bits are the same text."""
    bits = bytearray(LIST_SIZE // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")

"""Every write to an incident: what went wrong or was corrected on air."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Field

from livestream.actions import stored_file
from livestream.actions.board import touch_session
from livestream.actions.pitch import lock_session
from livestream.models import Incident
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import LONGEST_NOTE, LONGEST_SAID, IncidentKind, is_within
from livestream.sheets.photo import read_photo, written_anew

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import IO

    from livestream.models import LiveSession, Product, User

SHELF = "incidents"
PROOF_BYTES_AT_MOST = 10_000_000
PROOF_NAME_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Proof:
    """A photo or a screenshot as it is kept: on the shelf, written anew, and the SHA-256 of those bytes."""

    name: str
    stored_as: str
    sha256: str


@dataclass(frozen=True, slots=True)
class About:
    """What belongs to an incident besides its words: the product, what was said aloud, the proof. `tap`: of whoever noted it."""

    product: Product | None = None
    said: str = ""
    proof: Proof | None = None
    tap: str = ""


def keep_proof(upload: IO[bytes], name: str) -> Proof:
    """On the encrypted shelf, without what a phone writes into its photos. Before any transaction: it may take a second. Who then
    keeps no incident of it calls `drop_proof`.

    Raises NotAllowed(`proof_too_large`, `photo_missing`, `photo_kind`, `photo_too_large`, `photo_broken`).
    """
    if upload.seek(0, 2) > PROOF_BYTES_AT_MOST:
        raise NotAllowed("proof_too_large")
    picture = written_anew(read_photo(upload))
    shown = "".join(sign for sign in name if sign.isprintable() and sign not in "/\\")[-PROOF_NAME_AT_MOST:]
    return Proof(shown, stored_file.keep([picture.jpeg], SHELF), hashlib.sha256(picture.jpeg).hexdigest())


@contextmanager
def kept_proof(given: tuple[IO[bytes], str] | None) -> Iterator[Proof | None]:
    """The proof of an upload and its name while its incident is noted inside; what raises there leaves none behind. Raises as
    `keep_proof` does."""
    proof = keep_proof(*given) if given else None
    try:
        yield proof
    except BaseException:
        drop_proof(proof)
        raise


def drop_proof(proof: Proof | None) -> None:
    if proof is not None:
        stored_file.forget(proof.stored_as, SHELF)


def proof_of(incident: Incident) -> bytes:
    """The JPEG. Raises stored_file.Gone."""
    return b"".join(stored_file.read(incident.proof_stored_as, SHELF))


def forget_stray_proofs(*, at: datetime) -> int:
    """Photos that were kept and of which no incident came, or whose incident is gone; returns how many."""
    known = set(Incident.objects.exclude(proof_stored_as="").values_list("proof_stored_as", flat=True))
    return stored_file.forget_strays(known, before=at - stored_file.STRAY_AFTER, shelf=SHELF)


@transaction.atomic
def record_incident(
    session: LiveSession, *, kind: IncidentKind, at: datetime, note: str, by: User, about: About | None = None
) -> Incident:
    """It stands beside the curve at `at`, also when somebody only writes it down after the session. The same tap again finds
    what it noted.

    Raises NotAllowed(`off_air`, `too_long`, `said_missing`, `not_in_line_up`).
    """
    stored, about = lock_session(session), about or About()
    if about.tap and (there := Incident.objects.filter(session=stored, tap=about.tap).first()):
        drop_proof(about.proof)
        return there
    _check_words(kind, note, about)
    if not is_within(at, began=stored.went_live_at, ended=stored.ended_at):
        raise NotAllowed("off_air")
    if about.product is not None and not stored.line_up.filter(product=about.product).exists():
        raise NotAllowed("not_in_line_up", title=about.product.title)
    proof = about.proof or Proof("", "", "")
    incident = Incident.objects.create(
        session=stored, kind=kind, happened_at=at, note=note, said=about.said, product=about.product, noted_by=by,
        proof_name=proof.name, proof_stored_as=proof.stored_as, proof_sha256=proof.sha256, tap=about.tap,
    )  # fmt: skip
    touch_session(stored.pk, stored.county_id)
    return incident


def _check_words(kind: IncidentKind, note: str, about: About) -> None:
    words = ((_label("note"), note, LONGEST_NOTE), (_label("said"), about.said, LONGEST_SAID))
    for name, text, limit in words:
        if len(text) > limit:
            raise NotAllowed("too_long", field=name, limit=limit)
    if kind == IncidentKind.CORRECTION_MADE and not (about.said or note):
        raise NotAllowed("said_missing")


def _label(name: str) -> object:
    field = Incident._meta.get_field(name)
    assert isinstance(field, Field)
    return field.verbose_name

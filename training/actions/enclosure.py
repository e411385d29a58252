"""Every write to enclosures: photos and PDFs that belong to a follow-up or to a piece of evidence, encrypted on the disk."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions import stored_file
from livestream.actions.audit import note
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.sheets.paper_scan import read_scan
from training.models import Enclosure, Enrolment, FollowUp

if TYPE_CHECKING:
    from datetime import datetime
    from typing import IO

    from livestream.models import User
    from training.models import Evidence, Trainee

SHELF = "enclosures"
MOST = 10  # of one follow-up, or of one piece of evidence
STRAY_AFTER = timedelta(days=1)


def enclose(owner: FollowUp | Evidence, upload: IO[bytes], name: str, *, by: User) -> Enclosure:
    """The same file again finds what is there.

    Raises NotAllowed(`enclosure_too_many`, `evidence_withdrawn`) and as `read_scan`."""
    scan = read_scan(upload, name)  # before any transaction: it may take a second
    stored_as = stored_file.keep([scan.content], SHELF)
    made = Enclosure(enrolment_id=owner.enrolment_id, name=scan.name, stored_as=stored_as, bytes=len(scan.content), added_by=by)
    made.sha256 = hashlib.sha256(scan.content).hexdigest()
    setattr(made, side_of(owner), owner)
    try:
        kept = _note(made, owner)
    except BaseException:
        stored_file.forget(stored_as, SHELF)
        raise
    if kept is not made:
        stored_file.forget(stored_as, SHELF)
    return kept


def side_of(owner: FollowUp | Evidence) -> str:
    """The column that says whose it is."""
    return "follow_up" if isinstance(owner, FollowUp) else "evidence"


@transaction.atomic
def _note(made: Enclosure, owner: FollowUp | Evidence) -> Enclosure:
    """Whoever sends several at once has them counted one after the other."""
    held = type(owner)._default_manager.select_for_update(of=("self",)).get(pk=owner.pk)
    if getattr(held, "withdrawn_at", None):
        raise NotAllowed("evidence_withdrawn")
    there = Enclosure.objects.filter(**{side_of(owner): owner})
    if same := there.filter(sha256=made.sha256).first():
        return same
    if there.count() >= MOST:
        raise NotAllowed("enclosure_too_many", limit=MOST)
    made.save(force_insert=True)
    return made


@transaction.atomic
def open_enclosure(enclosure: Enclosure, *, by: User) -> bytes:
    """Its bytes; that it was opened is in the audit log. Raises NotAllowed(`enclosure_gone`) where the file is not there, or was
    damaged."""
    try:
        content = content_of(enclosure)
    except stored_file.Gone as gone:
        raise NotAllowed("enclosure_gone") from gone
    note(Deed.ENCLOSURE_OPENED, place=enclosure.enrolment.cohort.place_id, by=by, about=enclosure, sha256=enclosure.sha256)
    return content


def content_of(enclosure: Enclosure) -> bytes:
    """Raises `stored_file.Gone` where the file is not there, or was damaged."""
    return b"".join(stored_file.read(enclosure.stored_as, SHELF))


@transaction.atomic
def remove_enclosure(enclosure: Enclosure) -> None:
    """One that was added by mistake; the file is gone after commit, that it was there stays in the audit log. Once is enough."""
    Enclosure.objects.filter(pk=enclosure.pk).delete()
    transaction.on_commit(lambda: stored_file.forget(enclosure.stored_as, SHELF))


@transaction.atomic
def forget_enclosures(trainee: Trainee) -> None:
    """Of somebody who is erased: what was photographed of him goes with him."""
    for one in Enclosure.objects.filter(enrolment__in=Enrolment.objects.filter(trainee=trainee)):
        remove_enclosure(one)


def forget_stray_enclosures(*, at: datetime) -> int:
    """Files that a killed process left without a row; returns how many."""
    known = set(Enclosure.objects.values_list("stored_as", flat=True))
    return stored_file.forget_strays(known, before=at - STRAY_AFTER, shelf=SHELF)

"""Every write to papers that prove what the system cannot see itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from training.models import Enrolment, Evidence
from training.rules.conversion import BY_RECORDS, ConversionKind
from training.rules.enrolment import EnrolmentState

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.models import User


@dataclass(frozen=True, slots=True)
class Paper:
    """What lies somewhere: `words` say what it is, `kept_at` where (encrypted: it may name a person's drawer)."""

    kind: ConversionKind
    on: date
    words: str
    kept_at: str = ""


@transaction.atomic
def note_evidence(enrolment: Enrolment, paper: Paper, *, by: User, at: datetime) -> Evidence:
    """Raises NotAllowed for what only sessions and orders prove (`evidence_by_records`), for a day that has not come or lies
    before the class (`evidence_day`), and for who has not completed (`not_completed`)."""
    if paper.kind in BY_RECORDS:
        raise NotAllowed("evidence_by_records", kind=paper.kind.label)
    if enrolment.state != EnrolmentState.COMPLETED:
        raise NotAllowed("not_completed")
    if not enrolment.cohort.starts_on <= paper.on <= shanghai_day(at):
        raise NotAllowed("evidence_day", first=enrolment.cohort.starts_on)
    return Evidence.objects.create(
        enrolment=enrolment, kind=paper.kind, on=paper.on, words=paper.words, kept_at=paper.kept_at, noted_by=by
    )


@transaction.atomic
def withdraw_evidence(evidence: Evidence, *, at: datetime) -> bool:
    """It proves nothing from now on, and stays to be seen by who audits; False when it was withdrawn before."""
    return Evidence.objects.standing().filter(pk=evidence.pk).update(withdrawn_at=at) > 0

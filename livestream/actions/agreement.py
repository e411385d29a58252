"""Every write to agreements with partners and what they promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.refusal import refusing
from livestream.models import Agreement, Deliverable
from livestream.rules.agreement import WANTED_AT_MOST
from livestream.rules.errors import NotAllowed
from livestream.rules.promotion import check_link

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.models import Place, User

BROKEN = {"agreement_once": "agreement_there", "agreement_ends_after_it_begins": "period_backwards"}


@dataclass(frozen=True, slots=True)
class AgreementPlan:
    """Who, about what, from when until when (both days belong to it), and where the paper is."""

    partner: str
    subject: str
    from_on: date
    until_on: date
    kept_where: str = ""

    def columns(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Promise:
    """`wanted` of `unit` until a day."""

    what: str
    unit: str
    wanted: int
    due_on: date


@transaction.atomic
def add_agreement(plan: AgreementPlan, *, county: Place, by: User) -> Agreement:
    """Raises NotAllowed(`period_backwards`, `agreement_there`)."""
    with refusing(BROKEN):
        return Agreement.objects.create(county=county, made_by=by, **plan.columns())


@transaction.atomic
def change_agreement(agreement: Agreement, plan: AgreementPlan) -> Agreement:
    """Raises NotAllowed as `add_agreement` does."""
    with refusing(BROKEN):
        Agreement.objects.filter(pk=agreement.pk).update(**plan.columns())
    agreement.refresh_from_db()
    return agreement


@transaction.atomic
def add_deliverable(agreement: Agreement, promise: Promise) -> Deliverable:
    """One more thing that was promised. Raises NotAllowed(`wanted_out_of_range`)."""
    if not 0 < promise.wanted <= WANTED_AT_MOST:
        raise NotAllowed("wanted_out_of_range", most=f"{WANTED_AT_MOST:,}")
    return Deliverable.objects.create(
        agreement=agreement, what=promise.what, unit=promise.unit, wanted=promise.wanted, due_on=promise.due_on
    )


@transaction.atomic
def note_delivery(deliverable: Deliverable, *, done: int, evidence: str, by: User, at: datetime) -> Deliverable:
    """So many there are by now, in all, with a proof of it. Raises NotAllowed(`wanted_out_of_range`, `link_not_understood`,
    `evidence_missing`)."""
    if not 0 <= done <= WANTED_AT_MOST:
        raise NotAllowed("wanted_out_of_range", most=f"{WANTED_AT_MOST:,}")
    check_link(evidence)
    if done and not evidence:
        raise NotAllowed("evidence_missing")
    stored = Deliverable.objects.select_for_update().get(pk=deliverable.pk)
    stored.done, stored.evidence, stored.noted_by = done, evidence, by
    stored.done_at = (stored.done_at or at) if done >= stored.wanted else None
    stored.save(update_fields=["done", "evidence", "noted_by", "done_at"])
    return stored


@transaction.atomic
def drop_deliverable(deliverable: Deliverable) -> None:
    """It was written down by mistake; the audit log keeps what it said."""
    deliverable.delete()

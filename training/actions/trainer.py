"""Every write to the profiles of those who teach, and to what they have learnt themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import covers
from training.models import Trainer, TrainerRecord

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import Place, User
    from training.rules.trainer import RecordKind


@dataclass(frozen=True, slots=True)
class TrainerPlan:
    """What staff know of somebody who teaches."""

    organisation: str = ""
    about: str = ""
    agreement_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A training, shadowing, visit or certificate of a trainer."""

    kind: RecordKind
    title: str
    on: date
    academic_hours: int = 0
    place: str = ""
    evidence: str = ""


@transaction.atomic
def keep_trainer(person: User, plan: TrainerPlan, *, county: Place) -> Trainer:
    """The profile of a person of the county who teaches there, new or changed; in use again where it was not. Raises
    NotAllowed(`trainer_elsewhere`) for somebody of another place, or of whom another county keeps the profile."""
    if not covers([county.pk], person.place_id):
        raise NotAllowed("trainer_elsewhere")
    known = Trainer.objects.select_for_update().filter(pk=person.pk).first()
    if known is not None and known.county_id != county.pk:
        raise NotAllowed("trainer_elsewhere")
    facts = asdict(plan) | {"county": county, "is_in_use": True}
    return Trainer.objects.update_or_create(user=person, defaults=facts)[0]


@transaction.atomic
def stop_trainer(trainer: Trainer) -> None:
    """He teaches here no longer; what he taught and learnt stays. Once is enough."""
    Trainer.objects.filter(pk=trainer.pk).update(is_in_use=False)


@transaction.atomic
def restore_trainer(trainer: Trainer) -> None:
    """He teaches here again. Once is enough."""
    Trainer.objects.filter(pk=trainer.pk).update(is_in_use=True)


@transaction.atomic
def add_record(trainer: Trainer, facts: NewRecord, *, by: User, today: date) -> TrainerRecord:
    """One more thing that he did; a profile that nobody has written yet begins with it. Raises
    NotAllowed(`record_in_the_future`)."""
    if facts.on > today:
        raise NotAllowed("record_in_the_future")
    if trainer._state.adding:
        trainer = keep_trainer(trainer.user, TrainerPlan(), county=trainer.county)
    return trainer.records.create(**asdict(facts), noted_by=by)


@transaction.atomic
def remove_record(record: TrainerRecord) -> None:
    """It was written by mistake; that it was there stays in the row log. Once is enough."""
    TrainerRecord.objects.filter(pk=record.pk).delete()

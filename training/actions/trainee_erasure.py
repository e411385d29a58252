"""A person who learned is forgotten, or nobody may use his data for now. What was counted and certified stays, without him."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from livestream.actions.audit import note
from livestream.actions.refusal import refusing
from livestream.models import Notice
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from training.actions.enclosure import forget_enclosures
from training.actions.follow_up import forget_answers
from training.actions.trainee import ONCE
from training.models import Trainee, TraineePass
from training.rules.trainee import Category, name_of_nobody

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import User

# What is known of somebody and lies in his row; empty of somebody who is nobody.
SECRET = {
    "phone": "", "phone_digest": "", "phone_end": "", "birth": "", "identity_digest": "", "support": "", "guardian_evidence": "",
}  # fmt: skip


@transaction.atomic
def erase_trainee(trainee: Trainee, *, by: User, at: datetime) -> Trainee:
    """He is a number from now on: name, phone, birth, support and links are gone for ever; classes, marks, certificates and every
    count stay. Raises NotAllowed(`trainee_not_yours`, `trainee_has_account`: his account's request does both)."""
    trainee = _kept_by(trainee, by)
    if trainee.user_id:
        raise NotAllowed("trainee_has_account")
    return forget_trainee(trainee, by=by, at=at)


@transaction.atomic
def seal_trainee(trainee: Trainee, *, by: User) -> Trainee:
    """The same for now: what is known lies encrypted and nobody is shown it. Raises NotAllowed as erasing does."""
    trainee = _kept_by(trainee, by)
    if trainee.user_id:
        raise NotAllowed("trainee_has_account")
    return hide_trainee(trainee, by=by)


@transaction.atomic
def unseal_trainee(trainee: Trainee, *, by: User) -> Trainee:
    """He is who he was. Raises NotAllowed(`trainee_not_yours`, `trainee_there`)."""
    return show_trainee(_kept_by(trainee, by), by=by)


def _kept_by(trainee: Trainee, by: User) -> Trainee:
    if not by.may(Action.ANSWER_REQUESTS, trainee.place_id):
        raise NotAllowed("trainee_not_yours")
    return Trainee.objects.select_for_update(of=("self",)).get(pk=trainee.pk)


# --- for whoever answers the request of an account too --------------------------------------------------------------------


@transaction.atomic
def forget_trainee(trainee: Trainee, *, by: User | None, at: datetime) -> Trainee:
    """Also the rows that were found to be him."""
    if trainee.erased_at:
        return trainee
    for row in Trainee.objects.select_for_update().filter(Q(pk=trainee.pk) | Q(merged_into=trainee)).order_by("pk"):
        _forget_notices(row)
        TraineePass.objects.filter(trainee=row).delete()
        forget_answers(row)
        forget_enclosures(row)
        empty = SECRET | {"birth_year": None, "sex": "", "education": "", "category": Category.OTHER, "is_returnee": False}
        new = empty | {"name": name_of_nobody(row.pk), "sealed": "", "user": None, "consented_at": None, "erased_at": at}
        Trainee.objects.filter(pk=row.pk).update(**new)
    note(Deed.ERASED, place=trainee.place_id, by=by, about=trainee)
    trainee.refresh_from_db()
    return trainee


@transaction.atomic
def hide_trainee(trainee: Trainee, *, by: User) -> Trainee:
    """Once is enough."""
    if trainee.sealed or trainee.erased_at:
        return trainee
    kept = {name: getattr(trainee, name) for name in (*SECRET, "name")}
    trainee.sealed = json.dumps(kept, ensure_ascii=False)
    for name, value in SECRET.items():
        setattr(trainee, name, value)
    trainee.name = name_of_nobody(trainee.pk)
    TraineePass.objects.filter(trainee=trainee, revoked_at=None).update(revoked_at=timezone.now())
    trainee.save(update_fields=[*SECRET, "name", "sealed"])
    note(Deed.RESTRICTED, place=trainee.place_id, by=by, about=trainee)
    return trainee


@transaction.atomic
def show_trainee(trainee: Trainee, *, by: User) -> Trainee:
    """Once is enough. Raises NotAllowed(`trainee_there`) where somebody of the same name, phone and village was written down
    meanwhile."""
    if not trainee.sealed:
        return trainee
    for name, value in json.loads(trainee.sealed).items():
        setattr(trainee, name, value)
    trainee.sealed = ""
    with refusing(ONCE):
        trainee.save(update_fields=[*SECRET, "name", "sealed"])
    note(Deed.RESTRICTION_LIFTED, place=trainee.place_id, by=by, about=trainee)
    return trainee


def _forget_notices(trainee: Trainee) -> None:
    """Of messages to his phone, unless somebody shares it. The column is encrypted, so they are found by the reading."""
    others = Trainee.objects.filter(phone_digest=trainee.phone_digest, erased_at=None).exclude(pk=trainee.pk)
    if not trainee.phone or others.exclude(merged_into=trainee).exists():
        return
    told = Notice.objects.filter(county=trainee.county_id, person=None).exclude(phone="").only("pk", "phone", "state")
    his = [notice.pk for notice in told.iterator() if notice.phone == trainee.phone]
    Notice.objects.filter(pk__in=his).delete()

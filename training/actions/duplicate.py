"""Rows that are one person: found, made one, or said to be two."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from livestream.actions.audit import note
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from training.actions.enrolment import leave
from training.actions.trainee import FILLED, check_open
from training.models import DifferentPeople, Enrolment, Trainee, TraineePass
from training.rules.duplicate import Found, Person, find
from training.rules.enrolment import SEATED

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import Place, User

LEFT_BECAUSE = "和另一行是同一个人，合并了"
COME_OVER = (*FILLED, "is_returnee", "consented_at")


class Merged(NamedTuple):
    """Who stays, and what came to him."""

    kept: Trainee
    enrolments: int


def find_duplicates(county: Place, *, by: User) -> Found:
    """Among the people of this county whom `by` keeps: one question for the people, one for what was said of them."""
    rows = Trainee.objects.reached_by(by, Action.KEEP_SCHOOL).unique().filter(county=county, erased_at=None, sealed="")
    columns = rows.order_by("pk").values_list("pk", "name", "phone_digest", "identity_digest", "place", "sex", "birth_year")
    said = DifferentPeople.objects.filter(one__county=county).values_list("one", "other")
    return find(map(Person._make, columns), set(said), sound)


@lru_cache(maxsize=20_000)
def sound(name: str) -> tuple[str, ...]:
    """The syllables of a name, without tones."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  40,000 characters, loaded only where names are compared

    return tuple(lazy_pinyin(name))


@transaction.atomic
def merge_trainees(one: Trainee, into: Trainee, *, by: User, at: datetime) -> Merged:
    """`one` is the same person as `into`: classes, with their marks and certificates, and links move there; what was not known is
    filled in; the row of `one` stays and says into whom it went. What moved is in the audit log, row by row. Who waits or has
    left in a class of the other stays where he is, out of it.

    Raises NotAllowed(`trainee_same`, `trainee_not_yours`, `trainee_county`, `trainee_both_seated`, `trainee_seat_of_other`,
    `trainee_two_accounts`, `trainee_erased`, `trainee_sealed`, `trainee_merged`)."""
    gone, kept = both_locked(one, into, by)
    for row in (gone, kept):
        check_open(row)
    if gone.county_id != kept.county_id:
        raise NotAllowed("trainee_county")
    if gone.user_id and kept.user_id:
        raise NotAllowed("trainee_two_accounts")
    shared = _shared(gone, kept, at)
    moved = list(
        Enrolment.objects.filter(trainee=gone)
        .exclude(pk__in=[one.pk for one in shared])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    Enrolment.objects.filter(pk__in=moved).update(trainee=kept)
    passes = list(TraineePass.objects.filter(trainee=gone).values_list("pk", flat=True))
    TraineePass.objects.filter(pk__in=passes).update(trainee=kept)
    account = gone.user_id
    Trainee.objects.filter(pk=gone.pk).update(merged_into=kept, user=None)
    followers = list(Trainee.objects.filter(merged_into=gone).order_by("pk").values_list("pk", flat=True))
    Trainee.objects.filter(pk__in=followers).update(merged_into=kept)
    filled = _fill(kept, gone, account)
    told = {"gone": gone.pk, "enrolments": [str(pk) for pk in moved], "passes": passes, "account": account, "filled": filled}
    told |= {"followers": followers, "queued": {str(one.pk): one.queue_no for one in shared if one.queue_no}}
    note(Deed.TRAINEES_MERGED, place=kept.place_id, by=by, about=kept, **told)  # `merge_undo` goes by it
    return Merged(kept, len(moved))


def both_locked(one: Trainee, into: Trainee, by: User) -> tuple[Trainee, Trainee]:
    """Locked, the lower key first. Raises NotAllowed."""
    mine = Trainee.objects.reached_by(by, Action.KEEP_SCHOOL)
    locked = Trainee.objects.select_for_update(of=("self",)).select_related("merged_into").order_by("pk")
    rows = {row.pk: row for row in locked.filter(pk__in=[one.pk, into.pk]).filter(pk__in=mine)}
    if one.pk == into.pk:
        raise NotAllowed("trainee_same")
    if len(rows) < 2:
        raise NotAllowed("trainee_not_yours")
    return rows[one.pk], rows[into.pk]


def _shared(gone: Trainee, kept: Trainee, at: datetime) -> list[Enrolment]:
    """The enrolments of `gone` in classes in which `kept` is as well, as they were; those that waited have left now. Raises
    NotAllowed where both have a seat, or only the row that goes."""
    theirs = Enrolment.objects.filter(trainee=kept).select_related("cohort")
    kept_in = {enrolment.cohort_id: enrolment for enrolment in theirs}
    shared = list(Enrolment.objects.filter(trainee=gone, cohort__in=kept_in).select_related("cohort").order_by("pk"))
    for enrolment in shared:
        if enrolment.state in SEATED:
            is_both = kept_in[enrolment.cohort_id].state in SEATED
            code = "trainee_both_seated" if is_both else "trainee_seat_of_other"
            raise NotAllowed(code, cohort=enrolment.cohort.title)
    for enrolment in shared:
        if enrolment.state == "waiting":
            leave(enrolment, because=LEFT_BECAUSE, by=None, at=at)
    return shared


def _fill(kept: Trainee, gone: Trainee, account: int | None) -> list[str]:
    """What was known of the row that goes and not of the one that stays; the names of what came over."""
    new = {name: getattr(gone, name) for name in COME_OVER if getattr(gone, name) and not getattr(kept, name)}
    for name, value in new.items():
        setattr(kept, name, value)
    kept.user_id = kept.user_id or account
    kept.save(update_fields=[*new, "user"])
    return sorted(new)


@transaction.atomic
def say_different(one: Trainee, other: Trainee, *, by: User) -> DifferentPeople:
    """They are two people, and nobody is asked again; saying it twice is saying it once. Raises NotAllowed(`trainee_not_yours`,
    `trainee_not_pair`)."""
    mine = Trainee.objects.reached_by(by, Action.KEEP_SCHOOL).filter(pk__in=[one.pk, other.pk])
    if one.pk == other.pk or one.county_id != other.county_id:
        raise NotAllowed("trainee_not_pair")
    if mine.count() < 2:
        raise NotAllowed("trainee_not_yours")
    first, second = sorted((one.pk, other.pk))
    return DifferentPeople.objects.get_or_create(one_id=first, other_id=second, defaults={"noted_by": by})[0]

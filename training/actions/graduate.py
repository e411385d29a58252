"""From a seat in a class to a host with an account, in one step (TR-26)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils import timezone

from livestream.actions.age import check_may_join
from livestream.actions.audit import note
from livestream.actions.invitation import invite_person, make_link
from livestream.actions.person import Names, Position
from livestream.actions.refusal import refusing
from livestream.models import User
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.person import PersonState, Role
from livestream.rules.rights import Action
from training.models import Enrolment, Trainee

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.actions.invitation import Told


class Hosted(NamedTuple):
    """The account; the link by which its owner sets a password, where he has none yet; whether it was there before."""

    user: User
    told: Told | None
    was_there: bool


@transaction.atomic
def make_host(trainee: Trainee, *, by: User, at: datetime) -> Hosted:
    """The trainee has an account from now on: the one of his phone and name, if there is one, else a new host's in his village.
    His sessions and orders count for his class from this moment.

    Raises NotAllowed: `host_already`; `no_seat_yet` before he has a seat; `phone_missing`; `too_young`; `phone_of_another` where
    the account of that phone has another name, `phone_taken` where it is not `by`'s to see, `person_stopped`,
    `account_of_another`; `not_yours_to_give`; and what says that nobody may use his data any more."""
    rows = Trainee.objects.select_for_update(of=("self",)).select_related("place", "merged_into")
    trainee = rows.get(pk=trainee.pk)
    check_may_become(trainee, on=timezone.localdate(at))
    there = User.objects.select_related("place").filter(phone=trainee.phone).first()
    if there is not None:
        check_same(there, trainee, by)
        told = make_link(there, by=by, at=at) if there.state == PersonState.INVITED and by.may_keep(there) else None
        user = there
    else:
        told = invite_person(trainee.phone, Names(trainee.name), Position(Role.HOST, trainee.place), by=by, at=at)
        user = told.invitation.user
    trainee.user = user
    with refusing({"training_trainee_user_id_key": "account_of_another"}):
        trainee.save(update_fields=["user"])
    note(Deed.TRAINEE_LINKED, place=trainee.place_id, by=by, about=trainee, user=user.pk)
    return Hosted(user, told, there is not None)


def check_may_become(trainee: Trainee, *, on: date) -> None:
    """Raises NotAllowed. Of somebody whose day of birth is not known the oldest that his year allows is believed: papers are
    asked for before he goes on air."""
    if trainee.is_nobody:
        raise NotAllowed("trainee_gone" if trainee.erased_at else "trainee_sealed")
    if trainee.merged_into:
        raise NotAllowed("trainee_merged", name=trainee.merged_into.name)
    if trainee.user_id:
        raise NotAllowed("host_already")
    if not Enrolment.objects.seated().filter(trainee=trainee).exists():
        raise NotAllowed("no_seat_yet")
    if not trainee.phone:
        raise NotAllowed("phone_missing")
    if trainee.birth or trainee.birth_year:
        check_may_join(date.fromisoformat(trainee.birth) if trainee.birth else date(trainee.birth_year or 0, 1, 1), on)


def check_same(user: User, trainee: Trainee, by: User) -> None:
    """Raises NotAllowed unless the account of the phone is the trainee's own, and in the places of who asks."""
    if not by.may(Action.SEE_PEOPLE, user.place_id):
        raise NotAllowed("phone_taken")
    if user.name != trainee.name:
        raise NotAllowed("phone_of_another")
    if user.state == PersonState.STOPPED:
        raise NotAllowed("person_stopped")
    if Trainee.objects.filter(user=user).exists():
        raise NotAllowed("account_of_another")

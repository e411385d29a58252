"""Every write to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from livestream.actions.audit import note
from livestream.actions.login import close_sessions
from livestream.actions.refusal import refusing
from livestream.models import Invitation, User
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.person import plain_phone
from livestream.rules.vault import phone_of_nobody

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.models import Place
    from livestream.rules.person import Role


@dataclass(frozen=True, slots=True)
class Position:
    """A post to be given: what somebody is, where, and on which days."""

    role: Role
    place: Place
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What somebody is called, and his live room."""

    name: str
    live_name: str = ""


BROKEN = {
    "commissioner_has_dates": "dates_missing",
    "user_ends_after_it_begins": "ends_before_it_begins",
    "livestream_user_phone_key": "phone_taken",
}


def create_user(
    phone: str, names: Names, position: Position, *, password: str | None, must_change_password: bool = False
) -> User:
    """A person who may sign in from now on; without a password, as soon as he has set one by a link. Raises ValueError for a bad
    phone number, NotAllowed for a taken one and for a post without the dates that it needs."""
    user = User(
        phone=plain_phone(phone),
        name=names.name,
        live_name=names.live_name,
        role=position.role,
        place=position.place,
        from_on=position.from_on,
        until_on=position.until_on,
        must_change_password=must_change_password,
    )
    user.set_password(password)
    with refusing(BROKEN):
        user.save(force_insert=True)
    return user


@transaction.atomic
def change_person(person: User, names: Names, position: Position, *, by: User) -> User:
    """New names and another post of the account. Raises NotAllowed when the person is not `by`'s to keep, or the post not his to
    give: nobody changes his own, nobody gives what he may not. With another post his logins end: no session gains a right."""
    person = locked(person, by)
    if not by.may_give(position.role, position.place.pk):
        raise NotAllowed("not_yours_to_give")
    had = person.role, person.place_id
    person.name, person.live_name = names.name, names.live_name
    person.role, person.place, person.from_on, person.until_on = (
        position.role,
        position.place,
        position.from_on,
        position.until_on,
    )
    with refusing(BROKEN):
        person.save(update_fields=["name", "live_name", "role", "place", "from_on", "until_on"])
    if had != (person.role, person.place_id):
        close_sessions(person, at=timezone.now())
    note(Deed.PERSON_CHANGED, place=person.place_id, by=by, about=person, role=person.role)
    return person


@transaction.atomic
def stop_person(person: User, *, by: User, at: datetime) -> bool:
    """From now on nothing lets this person in: no login, no link; open boards close with the next check of rights. False when it
    was so before. Raises NotAllowed when the person is not `by`'s to keep."""
    person = locked(person, by)
    if not person.is_active:
        return False
    person.is_active = False
    person.save(update_fields=["is_active"])
    Invitation.objects.filter(user=person, used_at=None, revoked_at=None).update(revoked_at=at)
    close_sessions(person, at=at)
    note(Deed.STOPPED, place=person.place_id, by=by, about=person)
    return True


@transaction.atomic
def restore_person(person: User, *, by: User) -> bool:
    """The person may sign in again with the password of before. False when nobody had stopped him. Raises NotAllowed."""
    person = locked(person, by)
    if person.is_active:
        return False
    person.is_active = True
    person.save(update_fields=["is_active"])
    note(Deed.RESTORED, place=person.place_id, by=by, about=person)
    return True


def locked(person: User, by: User) -> User:
    """The person as he is now, held until the end of the transaction. Raises NotAllowed when he is not `by`'s to keep, or when
    his data are erased or sealed: then he is nobody, and stays so."""
    person = User.objects.select_for_update(of=("self",)).select_related("place").get(pk=person.pk)
    if not by.may_keep(person):
        raise NotAllowed("not_your_person")
    if person.phone == phone_of_nobody(person.pk):
        raise NotAllowed("person_gone")
    return person

"""Every write to posts that somebody holds besides the one of his account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from livestream.actions.audit import note
from livestream.actions.login import close_sessions
from livestream.actions.refusal import refusing
from livestream.models import Appointment, User
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.actions.person import Position

BROKEN = {
    "appointed_once_to_a_post": "appointed_already",
    "appointment_ends_after_it_begins": "ends_before_it_begins",
    "appointed_commissioner_has_dates": "dates_missing",
}


@transaction.atomic
def appoint(person: User, position: Position, *, by: User, at: datetime) -> Appointment:
    """A further post, from its first day (today, if it names none) on. One like it that is over makes room. Raises NotAllowed
    when it is not `by`'s to give, when it is his own, held already, or without the dates that it needs. The person's logins end:
    no session gains a right."""
    if person.pk == by.pk:
        raise NotAllowed("not_your_own")
    if not by.may_give(position.role, position.place.pk):
        raise NotAllowed("not_yours_to_give")
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise NotAllowed("person_stopped")
    if (person.role, person.place_id) == (position.role, position.place.pk):
        raise NotAllowed("appointed_already")
    today = timezone.localdate(at)
    same = Appointment.objects.filter(user=person, role=position.role, place=position.place, ended_at=None)
    same.filter(until_on__lt=today).update(ended_at=at)
    with refusing(BROKEN):
        appointment = same.create(
            user=person,
            role=position.role,
            place=position.place,
            from_on=position.from_on or today,
            until_on=position.until_on,
            appointed_by=by,
        )
    close_sessions(person, at=at)
    note(Deed.APPOINTED, place=position.place.pk, by=by, about=person, role=position.role)
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, by: User, at: datetime) -> bool:
    """From now on it gives no right; False when it had ended before. Raises NotAllowed when it is not `by`'s to give."""
    if appointment.user_id == by.pk:
        raise NotAllowed("not_your_own")
    if not by.may_give(appointment.role, appointment.place_id):
        raise NotAllowed("not_yours_to_give")
    is_first = Appointment.objects.filter(pk=appointment.pk, ended_at=None).update(ended_at=at) > 0
    if is_first:
        note(Deed.APPOINTMENT_ENDED, place=appointment.place_id, by=by, about=appointment.user, role=appointment.role)
    return is_first

"""Every write to links by which a person sets a password: the first one, or a forgotten one."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from livestream.actions.audit import note
from livestream.actions.password import replace_password
from livestream.actions.person import create_user, locked
from livestream.models import Invitation, User
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.invitation import LASTS, LinkKind
from livestream.rules.person import PersonState
from livestream.rules.token import TOKEN_BYTES, digest_of

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.actions.person import Names, Position

MADE = {LinkKind.JOIN: Deed.INVITED, LinkKind.RESET: Deed.RESET_LINK_MADE}
USED = {LinkKind.JOIN: Deed.JOINED, LinkKind.RESET: Deed.PASSWORD_SET}


class Told(NamedTuple):
    """A link and its token, which is told this once and never again."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite_person(phone: str, names: Names, position: Position, *, by: User, at: datetime) -> Told:
    """Somebody new, who sets a password by this link. Raises NotAllowed when the post is not `by`'s to give, or the phone number
    is taken; ValueError for a number that is none."""
    if not by.may_give(position.role, position.place.pk):
        raise NotAllowed("not_yours_to_give")
    person = create_user(phone, names, position, password=None)
    return make_link(person, by=by, at=at)


@transaction.atomic
def make_link(person: User, *, by: User, at: datetime) -> Told:
    """A new link, and no older one holds any more: for somebody who has no password yet, seven days; to set a forgotten one,
    thirty minutes. Raises NotAllowed when the person is not `by`'s to keep, or is stopped."""
    person = locked(person, by)
    if person.state == PersonState.STOPPED:
        raise NotAllowed("person_stopped")
    kind = LinkKind.JOIN if person.state == PersonState.INVITED else LinkKind.RESET
    revoke_open(person, at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        user=person, kind=kind, digest=digest_of(token), made_by=by, made_at=at, expires_at=at + LASTS[kind]
    )
    note(MADE[kind], place=person.place_id, by=by, about=person)
    return Told(invitation, token)


@transaction.atomic
def revoke_link(person: User, *, by: User, at: datetime) -> bool:
    """The open link of this person opens nothing any more; False when there was none. Raises NotAllowed."""
    person = locked(person, by)
    was_open = revoke_open(person, at)
    if was_open:
        note(Deed.LINK_REVOKED, place=person.place_id, by=by, about=person)
    return was_open


def revoke_open(person: User, at: datetime) -> bool:
    return Invitation.objects.filter(user=person, used_at=None, revoked_at=None).update(revoked_at=at) > 0


def link_that_holds(token: str, at: datetime) -> Invitation | None:
    """The link of this token with its person, while it opens something: not used, revoked or over, the person not stopped. Who
    made it must still be allowed to: a link never reaches an account that has risen above its maker in the meantime."""
    found = Invitation.objects.open(at).by_token(token).select_related("user__place", "made_by").first()
    return found if found and found.made_by.may_keep(found.user) else None


@transaction.atomic
def accept_link(token: str, *, password: str, at: datetime) -> User:
    """The password is set, the link used up, and whoever was signed in as this person no longer is. Raises NotAllowed when the
    link does not hold, ValidationError (a sentence for each fault) when the password is none to have."""
    invitation = link_that_holds(token, at)
    if invitation is None:
        raise NotAllowed("link_does_not_hold")
    validate_password(password, invitation.user)
    person = User.objects.select_for_update().get(pk=invitation.user_id)  # first, as every verb about a person and his links
    if not use_up(invitation, at):
        raise NotAllowed("link_does_not_hold")
    replace_password(person, password, at=at)
    note(USED[LinkKind(invitation.kind)], place=person.place_id, by=person, about=person)
    return person


def use_up(invitation: Invitation, at: datetime) -> bool:
    """Once: of several who open it at the same moment, one. By columns of its own row alone: what a join found is not looked at
    again by PostgreSQL after it has waited for the row."""
    return Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(used_at=at) > 0

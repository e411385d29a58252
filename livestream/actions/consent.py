"""Every write to a consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.audit import note
from livestream.actions.board import bump_versions, county_scope, session_scope
from livestream.models import Consent, LiveSession, User
from livestream.rules.consent import TEXT_VERSION, ConsentKind, ConsentWay
from livestream.rules.deed import Deed

if TYPE_CHECKING:
    from collections.abc import Iterable


@transaction.atomic
def record_consent(person: User, kind: ConsentKind, *, is_given: bool, way: ConsentWay, by: User | None = None) -> Consent:
    """A row that says so, from now on. Saying what is so already writes nothing. Whoever takes back that his name is published
    is gone from every board with its next frame."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    last = Consent.objects.filter(user=person, kind=kind).order_by("-pk").first()
    if last is not None and last.is_given == is_given and last.text_version == TEXT_VERSION:
        return last
    noted_by = by if by and by.pk != person.pk else None
    said = Consent.objects.create(
        user=person, kind=kind, is_given=is_given, way=way, text_version=TEXT_VERSION, noted_by=noted_by
    )
    if kind == ConsentKind.PUBLISH_NAME:
        show_name(person, is_given)
    elif kind == ConsentKind.PORTRAIT:
        touch_boards_of(person)  # the public pages of his sessions are newer too
    deed = Deed.CONSENT_GIVEN if is_given else Deed.CONSENT_WITHDRAWN
    note(deed, place=person.place_id, by=by or person, about=person, kind=kind.value, way=way.value, version=TEXT_VERSION)
    return said


@transaction.atomic
def record_consents_at_joining(person: User, given: Iterable[ConsentKind] = tuple(ConsentKind)) -> list[Consent]:
    """What somebody agreed to when he joined; what he did not agree to is recorded as refused."""
    agreed = set(given)
    return [record_consent(person, kind, is_given=kind in agreed, way=ConsentWay.JOINING) for kind in ConsentKind]


def show_name(person: User, shows_name: bool) -> None:
    """In the caller's transaction."""
    User.objects.filter(pk=person.pk).update(shows_name=shows_name)
    person.shows_name = shows_name
    touch_boards_of(person)


def touch_boards_of(person: User) -> None:
    """Every board that names this person is newer now."""
    sessions = LiveSession.objects.filter(host=person).values_list("pk", "county_id")
    scopes = [(session_scope(session), county) for session, county in sessions]
    bump_versions([*scopes, *((county_scope(county), county) for _scope, county in scopes)])

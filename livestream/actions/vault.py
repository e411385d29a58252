"""Every write to a person's data, and every look behind a mask."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, fields
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from livestream.actions.audit import note
from livestream.models import AuditEntry, MatchKey, PersonalData, User
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.vault import LONGEST_REASON, RevealReason, Secret, birth_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Unpack

    from django.db.models import Model

    from livestream.rules.age import Standing

AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PersonalFacts:
    """What staff write down, with the identity document in hand. None: as it was."""

    birth_on: date | None = None
    identity: str | None = None
    second_phone: str | None = None
    guardian_name: str | None = None
    guardian_phone: str | None = None
    guardian_evidence: str | None = None
    guardian_on: date | None = None
    is_adult: bool | None = None
    cleared: tuple[str, ...] = ()  # keys of CLEARED

    def named(self) -> list[str]:
        """What was written or taken away, without its values: for the audit log."""
        given = [each.name for each in fields(self) if each.name != "cleared" and getattr(self, each.name) is not None]
        return [*given, *(f"-{name}" for name in self.cleared)]


PLAIN = ("second_phone", "guardian_name", "guardian_phone", "guardian_evidence", "guardian_on", "is_adult")
# What may be taken away, and the columns that are empty afterwards.
CLEARED: dict[str, dict[str, object]] = {
    "second_phone": {"second_phone": ""},
    "identity": {"identity_digest": ""},
    "age": {"birth": "", "is_adult": False, "checked_on": None, "checked_by": None},
    "guardian": {
        "guardian_name": "",
        "guardian_phone": "",
        "guardian_evidence": "",
        "guardian_on": None,
        "guardian_noted_by": None,
    },
}


def must_reach(by: User, action: Action, person: User) -> None:
    """Raises NotAllowed(`not_your_person`) when he may not do that where this person belongs."""
    if not by.may(action, person.place_id):
        raise NotAllowed("not_your_person")


@transaction.atomic
def record_data(person: User, facts: PersonalFacts, *, by: User) -> PersonalData:
    """Writes down what is given, and that somebody looked at the document when it says how old the person is.

    Raises NotAllowed(`not_your_person`, `person_restricted`, `guardian_evidence`)."""
    must_reach(by, Action.KEEP_PEOPLE, person)
    data = locked_data(person)
    for name in facts.cleared:
        _set(data, CLEARED[name])
    _set(data, {name: value for name in PLAIN if (value := getattr(facts, name)) is not None})
    if facts.identity:
        data.identity_digest = digest_of(facts.identity)
    if facts.guardian_on:
        data.guardian_noted_by = by
    if data.guardian_on and not data.guardian_evidence:
        raise NotAllowed("guardian_evidence")
    birth_on = facts.birth_on or (birth_in(facts.identity) if facts.identity else None)
    if birth_on:
        data.birth = birth_on.isoformat()
    if birth_on or facts.is_adult:
        data.checked_on, data.checked_by = timezone.localdate(), by
    data.save()
    note(Deed.DATA_RECORDED, place=person.place_id, by=by, about=person, fields=facts.named())
    return data


def _set(data: PersonalData, columns: Mapping[str, object]) -> None:
    for column, value in columns.items():
        setattr(data, column, value)


@transaction.atomic
def check_age_again(person: User, *, by: User) -> PersonalData:
    """Somebody held the identity document in hand today and it is still who it was. Raises NotAllowed."""
    must_reach(by, Action.KEEP_PEOPLE, person)
    data = locked_data(person)
    if not (data.birth or data.is_adult):
        raise NotAllowed("age_unverified")
    data.checked_on, data.checked_by = timezone.localdate(), by
    data.save(update_fields=["checked_on", "checked_by", "updated_at"])
    note(Deed.AGE_CHECKED, place=person.place_id, by=by, about=person)
    return data


def locked_data(person: User) -> PersonalData:
    """The row of this person, made if it is missing, locked. Raises NotAllowed(`person_restricted`)."""
    PersonalData.objects.get_or_create(user=person)
    data = PersonalData.objects.select_for_update().get(pk=person.pk)
    if data.is_restricted:
        raise NotAllowed("person_restricted")
    data.user = person
    return data


# --- identity numbers ---------------------------------------------------------------------------------------------------


def digest_of(identity: str) -> str:
    """A digest that only this system can compute: 10¹¹ possible numbers would be no match for a plain hash."""
    return digester()(identity)


def digester() -> Callable[[str], str]:
    """The same for many numbers, with one question for the key."""
    made = {"key": secrets.token_hex(32)}
    key = bytes.fromhex(MatchKey.objects.get_or_create(id=1, defaults=made)[0].key)
    return lambda number: hmac.new(key, number.encode(), sha256).hexdigest()


def others_with_the_same_identity(data: PersonalData) -> int:
    """How many other people gave the number that this one gave."""
    if not data.identity_digest:
        return 0
    return PersonalData.objects.filter(identity_digest=data.identity_digest).exclude(pk=data.pk).count()


# --- behind the mask ----------------------------------------------------------------------------------------------------


@transaction.atomic
def reveal(person: User, secret: Secret, *, reason: RevealReason, words: str = "", by: User) -> str:
    """The plain text of one field, to be shown once; who saw what of whom, and why, is in the audit log.

    Nobody sees more than REVEALS_PER_HOUR fields in an hour, however many requests he sends at once. Raises
    NotAllowed(`not_your_person`, `person_restricted`, `reveal_reason`, `reveal_nothing`, `reveal_limit`)."""
    must_reach(by, Action.REVEAL, person)
    data = PersonalData.objects.filter(pk=person.pk).select_related("user").first() or PersonalData(user=person)
    if data.is_restricted:
        raise NotAllowed("person_restricted")
    plain = data.secret(secret)
    look_behind(person, plain, place=person.place_id, field=secret.value, reason=reason, words=words, by=by)
    return plain


class Look(TypedDict):
    """Whose mask it is (its place), which field, and why."""

    place: str
    field: str
    reason: RevealReason
    words: str
    by: User


def look_behind(about: Model, plain: str, **look: Unpack[Look]) -> None:
    """Writes down that this is shown now, in the caller's transaction. Raises NotAllowed(`reveal_reason`, `reveal_nothing`,
    `reveal_limit`)."""
    by, reason, words = look["by"], look["reason"], look["words"].strip()[:LONGEST_REASON]
    if reason == RevealReason.OTHER and not words:
        raise NotAllowed("reveal_reason")
    if not plain:
        raise NotAllowed("reveal_nothing")
    take_turn(by)
    if revealed_lately(by) >= settings.REVEALS_PER_HOUR:
        raise NotAllowed("reveal_limit", limit=settings.REVEALS_PER_HOUR)
    note(Deed.REVEALED, place=look["place"], by=by, about=about, field=look["field"], reason=reason.value, words=words)


def take_turn(by: User) -> None:
    """Two requests of one person come one after the other, until the end of the transaction."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def revealed_lately(by: User) -> int:
    """How many fields this person saw in the last hour: the audit log itself is the count."""
    return AuditEntry.objects.filter(deed=Deed.REVEALED, actor=by, at__gt=timezone.now() - AN_HOUR).count()


@transaction.atomic
def note_minor_seen(person: User, standing: Standing, *, by: User) -> None:
    """Staff opened the data of somebody under 18, masked as they are (未成年人网络保护条例 art. 36)."""
    note(Deed.SAW_MINOR, place=person.place_id, by=by, about=person, standing=standing.value)

"""A person leaves: his data are erased, or sealed until the law lets them be erased. Sessions and ledger stay as they were."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.db.models import CASCADE, ForeignKey, Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from livestream.actions.also_kept import ALSO_KEPT
from livestream.actions.audit import note
from livestream.actions.consent import touch_boards_of
from livestream.actions.login import close_sessions
from livestream.models import LiveSession, PersonalData, SubjectRequest, User
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.subject_request import kept_until, may_erase
from livestream.rules.vault import name_of_nobody, phone_of_nobody

if TYPE_CHECKING:
    from datetime import date

Proof = dict[str, list[int]]
TRIES = (AccessAttempt, AccessFailureLog, AccessLog)  # they know people by the phone they typed


def must_be_kept_until(person: User) -> date | None:
    """The last day on which the law wants it known who was on air; None: he never was."""
    aired = LiveSession.objects.filter(host=person, went_live_at__isnull=False)
    last = aired.aggregate(last=Max(Coalesce("ended_at", "went_live_at")))["last"]
    return kept_until(timezone.localdate(last) if last else None)


@transaction.atomic
def erase_person(person: User, *, by: User | None) -> Proof:
    """The person is a number from now on, and cannot sign in; returns the rows about him before and after, by table. `by` is
    None where his time is over and nobody had to decide anything.

    Raises NotAllowed(`still_on_air`, `must_be_kept`)."""
    person = _off_air(person)
    kept = must_be_kept_until(person)
    if not may_erase(kept, timezone.localdate()):
        raise NotAllowed("must_be_kept", until=kept)
    before = rows_about(person)
    close_sessions(person, at=timezone.now())
    _forget_tries(person)
    for also in ALSO_KEPT:
        also.forget(person, by)
    _forget_rows(person)
    SubjectRequest.objects.filter(user=person).update(wish="", answer="")
    _forget_in_admin_log(person)
    person.set_unusable_password()
    _make_nobody(person, name_of_nobody(person.pk))
    note(Deed.ERASED, place=person.place_id, by=by, about=person)
    return paired(before, rows_about(person))


@transaction.atomic
def seal_person(person: User, *, until: date, by: User) -> Proof:
    """Name, live name and phone lie encrypted and nobody is shown them, until that day at least; he cannot sign in.

    Raises NotAllowed(`still_on_air`, `person_restricted`, `until_missing`, `until_too_early`)."""
    person = _off_air(person)
    kept, today = must_be_kept_until(person), timezone.localdate()
    if until <= today:
        raise NotAllowed("until_missing")
    if kept is not None and until < kept:
        raise NotAllowed("until_too_early", until=kept)
    before = rows_about(person)
    data = PersonalData.objects.select_for_update().get_or_create(user=person)[0]
    if data.is_restricted:
        raise NotAllowed("person_restricted")
    data.sealed = json.dumps({"name": person.name, "live_name": person.live_name, "phone": person.phone}, ensure_ascii=False)
    data.restricted_until = until
    data.save(update_fields=["sealed", "restricted_until", "updated_at"])
    close_sessions(person, at=timezone.now())
    _forget_in_admin_log(person)
    for also in ALSO_KEPT:
        also.hide(person, by)
    _make_nobody(person, name_of_nobody(person.pk))
    note(Deed.RESTRICTED, place=person.place_id, by=by, about=person, until=until.isoformat())
    return paired(before, rows_about(person))


@transaction.atomic
def lift_restriction(person: User, *, by: User) -> User:
    """He is who he was again; what he had consented to he is asked anew. Raises NotAllowed(`old_phone_taken`) when somebody else
    signs in with his number meanwhile."""
    person = User.objects.select_for_update().get(pk=person.pk)
    data = PersonalData.objects.select_for_update().filter(pk=person.pk, restricted_until__isnull=False).first()
    if data is None:
        return person
    was = json.loads(data.sealed)
    if User.objects.filter(phone=was["phone"]).exists():
        raise NotAllowed("old_phone_taken")
    person.name, person.live_name, person.phone, person.is_active = was["name"], was["live_name"], was["phone"], True
    try:
        with transaction.atomic():
            person.save(update_fields=["name", "live_name", "phone", "is_active"])
    except IntegrityError as error:
        raise NotAllowed("old_phone_taken") from error
    data.sealed, data.restricted_until = "", None
    data.save(update_fields=["sealed", "restricted_until", "updated_at"])
    touch_boards_of(person)
    for also in ALSO_KEPT:
        also.show(person, by)
    note(Deed.RESTRICTION_LIFTED, place=person.place_id, by=by, about=person)
    return person


def _off_air(person: User) -> User:
    """Locked, as he is now."""
    found = User.objects.select_for_update().get(pk=person.pk)
    if LiveSession.objects.live().filter(host=found).exists():
        raise NotAllowed("still_on_air")
    return found


def _make_nobody(person: User, name: str) -> None:
    person.name, person.live_name, person.phone = name, "", phone_of_nobody(person.pk)
    person.is_active = person.shows_name = False
    person.save(update_fields=["name", "live_name", "phone", "is_active", "shows_name", "password"])
    touch_boards_of(person)


def _forget_tries(person: User) -> None:
    data = PersonalData.objects.filter(pk=person.pk).exclude(sealed="").first()
    phones = {person.phone} | ({json.loads(data.sealed)["phone"]} if data else set())
    for model in TRIES:
        model.objects.filter(username__in=phones).delete()


def _forget_rows(person: User) -> None:
    """Whatever the database would delete with him: sign-ins, codes, tokens, posts, data. Not what he did in the admin site."""
    for field in _pointing_at_people():
        if field.remote_field.on_delete is CASCADE and field.model is not LogEntry:
            field.model._base_manager.filter(**{field.name: person}).delete()


def _forget_in_admin_log(person: User) -> None:
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(person.pk)).update(object_repr=str(person.pk))


# --- proof --------------------------------------------------------------------------------------------------------------


def rows_about(person: User) -> dict[str, int]:
    """How many rows of each table point at this person, whoever's table it is."""
    counts = {
        f"{field.model._meta.db_table}.{field.column}": field.model._base_manager.filter(**{field.name: person}).count()
        for field in _pointing_at_people()
    }
    for model in TRIES:
        counts[model._meta.db_table] = model.objects.filter(username=person.phone).count()
    return counts


def _pointing_at_people() -> list[ForeignKey[Any, Any]]:
    """Of tables that are there: some models of libraries are only ever a query."""
    relations, tables = User._meta.get_fields(include_hidden=True), set(connection.introspection.table_names())
    fields = [getattr(relation, "field", None) for relation in relations if relation.auto_created]
    return [field for field in fields if isinstance(field, ForeignKey) and field.model._meta.db_table in tables]


def paired(before: dict[str, int], after: dict[str, int]) -> Proof:
    """`{"table.column": [before, after]}` of what there was or is."""
    return {name: [before[name], after[name]] for name in sorted(before) if before[name] or after[name]}

"""Every write of a release: a version of the plan is frozen, and everybody whom it concerns is told."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Max
from django.db.models.functions import Coalesce, Greatest

from livestream.actions.audit import note
from livestream.actions.board import bump_versions, county_scope, session_scope
from livestream.actions.release_preview import in_scope, preview
from livestream.actions.release_telling import Told, remind_people, tell_people
from livestream.actions.turns import take_turns
from livestream.models import Booking, Confirmation, LiveSession, Release, ReleasedChange
from livestream.models.plan_rules import rules_of
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.release import answer_by, asks_anew, change_for, concerned, state_when_released
from livestream.rules.session import SessionState
from livestream.rules.token import TOKEN_BYTES, digest_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from livestream.actions.release_preview import Entry, Scope
    from livestream.models import User


@transaction.atomic
def release_plan(
    scope: Scope, *, by: User, at: datetime, seen: str | None = None, note_text: str = "", restores: Release | None = None
) -> Release:
    """Freezes what stands in the draft of these days as the next version of the county's plan: what differs from what was in
    force is written down, a village's sessions are approved, and each person concerned is told, with a link to answer by.

    `seen` is the digest of the preview that was looked at. Raises NotAllowed(`plan_changed`) when the difference is another one
    by now, (`nothing_to_release`) when there is none."""
    lock_releases(scope.county_id)
    locked = _locked(scope)
    found = preview(scope, at=at, among=locked)
    if seen is not None and seen != found.digest:
        raise NotAllowed("plan_changed")
    if not found.entries:
        raise NotAllowed("nothing_to_release")
    release = Release.objects.create(
        county_id=scope.county_id,
        place=scope.place,
        number=_next_number(scope.county_id),
        from_on=scope.from_on,
        until_on=scope.until_on,
        note=note_text,
        restores=restores,
        released_by=by,
        released_at=at,
    )
    changes = _freeze(release, found.entries)
    tell_people(release, _ask(changes, found.entries, at=at))
    remind_people(LiveSession.objects.filter(pk__in=[one.session_id for one in changes]).select_related("place", "county"), at=at)
    note(Deed.RELEASED, place=scope.place.pk, by=by, about=release, number=release.number, changes=len(changes))
    return release


def lock_releases(county: str) -> None:
    """One release of a county, or way back, at a time: 1, 2, 3… Held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"release:{county}"])


def _locked(scope: Scope) -> list[UUID]:
    """The sessions of the scope, their rows locked in one order, then their turns taken: their plan stands still until the
    release is written. Rows may still refer to them (`no_key`): who answers tells staff of the session."""
    rows = in_scope(scope).order_by("pk").select_for_update(of=("self",), no_key=True)
    keys = list(rows.values_list("pk", flat=True))
    take_turns(Booking.objects.filter(session__in=keys).values_list("subject", flat=True))
    return keys


def _next_number(county: str) -> int:
    return (Release.objects.filter(county=county).aggregate(newest=Max("number"))["newest"] or 0) + 1


def _freeze(release: Release, entries: list[Entry]) -> list[ReleasedChange]:
    keys = [one.session.pk for one in entries]
    version = Greatest(F("plan_version"), Coalesce(F("released_version"), 0) + 1)  # whoever wrote past the verbs is counted too
    LiveSession.objects.filter(pk__in=keys).update(plan_version=version, released_version=version)
    for state in (SessionState.DRAFT, SessionState.IN_REVIEW):
        for kind in {one.session.kind for one in entries if one.session.state == state}:
            moved = LiveSession.objects.filter(pk__in=keys, state=state, kind=kind)
            moved.update(state=state_when_released(state, kind))
    bump_versions(
        [(session_scope(key), release.county_id) for key in keys] + [(county_scope(release.county_id), release.county_id)]
    )
    versions = dict(LiveSession.objects.filter(pk__in=keys).values_list("pk", "plan_version"))
    return ReleasedChange.objects.bulk_create(
        ReleasedChange(
            release=release,
            session=one.session,
            version=versions[one.session.pk],
            change=one.change,
            before=one.before.to_json() if one.before else None,
            after=one.after.to_json(),
        )
        for one in entries
    )


def _ask(changes: list[ReleasedChange], entries: list[Entry], *, at: datetime) -> list[Told]:
    """A confirmation for each person and change that concerns him; older ones about the same sessions end. Who said that he comes
    is not asked again unless what he was asked is another thing now."""
    earlier = Confirmation.objects.newest().filter(change__session__in=[one.session_id for one in changes])
    locked = earlier.select_for_update(of=("self",)).select_related("change").order_by("pk")  # an answer comes before, or after
    said = {(one.change.session_id, one.person_id): one for one in locked}
    earlier.update(superseded_at=at)
    hours = rules_of(str(changes[0].session.county_id)).answer_hours
    told = []
    for change, entry in zip(changes, entries, strict=True):
        for person in concerned(entry.before, entry.after):
            if change_for(person, entry.before, entry.after) is None:
                continue
            token = secrets.token_urlsafe(TOKEN_BYTES)
            asked = Confirmation(change=change, person_id=person, digest=digest_of(token), told_at=at)
            _carry(asked, entry, said.get((entry.session.pk, person)), hours)
            told.append(Told(asked, entry, token))
    Confirmation.objects.bulk_create(one.confirmation for one in told)
    return told


def _carry(asked: Confirmation, entry: Entry, earlier: Confirmation | None, hours: int) -> None:
    """Fills in until when an answer is awaited, or the answer that was given and still holds."""
    if asked.person_id not in entry.after.people:
        return
    if earlier is None or asks_anew(asked.person_id, entry.before, entry.after):
        asked.due_at = answer_by(asked.told_at, entry.after.starts_at, hours)
        return
    asked.due_at, asked.escalated_at = earlier.due_at, earlier.escalated_at
    asked.can_come, asked.answered_at, asked.answer_note = earlier.can_come, earlier.answered_at, earlier.answer_note

"""Clashes of the plan: who cannot be where at once, told by name, with what is free instead; and the excuses that let one stand.

A verb that plans writes inside `booking_told()` and then calls `check_clashes`. Everybody who writes about one subject takes
turns until his transaction ends, so a road or a price that no constraint knows cannot be planned over either.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction

from livestream.actions.audit import note
from livestream.actions.claims import (
    away_for,
    claims_beside,
    claims_between,
    claims_of,
    duties_of,
    names_of,
    own_claims,
    rules_for,
    told_of,
)
from livestream.actions.refusal import constraint_of
from livestream.actions.turns import take_turns
from livestream.models import Booking, Excuse, LiveSession, Resource
from livestream.models.excuse import REASON_AT_MOST
from livestream.rules.clash import Clash, Clashing, FreeStudio, find_clashes, seen_from
from livestream.rules.clash_words import words_of
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.free_time import AHEAD, next_free
from livestream.rules.planning import ClashKind, Level, ResourceKind
from livestream.rules.session import HOLDS_TIME
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from livestream.models import Hold, User
    from livestream.rules.clash import Claim

CONSTRAINT = "booked_by_one_session_at_a_time"
IN_DETAIL = re.compile(r"\((\w+:\d+), ([0-9a-f-]{36}), ")  # of PostgreSQL's message, in whatever language
TOLD_AT_MOST = 8


@contextmanager
def booking_told(*subjects: str, county: str = "") -> Iterator[None]:
    """What is written inside is stored whole or not at all. Takes the turns of these subjects first (a verb names all that it
    books). The constraint is asked at the end, so that `check_clashes` may write an excuse after the session; what it refuses
    then is a Clashing that says who has it, by title to the session's own county."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            take_turns(subjects)
            cursor.execute(f"SET CONSTRAINTS {CONSTRAINT} DEFERRED")
            yield
            cursor.execute(f"SET CONSTRAINTS {CONSTRAINT} IMMEDIATE")
    except IntegrityError as error:
        if constraint_of(error) != CONSTRAINT:
            raise
        raise _told_by(error, county) from error


def _told_by(error: IntegrityError, county: str) -> NotAllowed:
    """Who has it, as PostgreSQL found out."""
    keys = IN_DETAIL.findall(str(error))
    rows = Booking.objects.filter(subject=keys[-1][0], holder=keys[-1][1]) if len(keys) > 1 else Booking.objects.none()
    claims = claims_of(rows)
    if not claims:
        return NotAllowed("clash_unknown")
    claim = claims[0]
    clash = Clash(claim.kind, Level.BLOCK, claim.subject, None, claim.session, claim.begins, claim.ends)
    return Clashing(told([clash], county or claim.county))


def told(clashes: Iterable[Clash], county: str) -> list[Clash]:
    """The same, each with its words for somebody of this county; a few queries however many they are."""
    listed = list(clashes)
    names, sessions = names_of(listed), told_of({pk for clash in listed for pk in (clash.mine, clash.other)}, county)
    duties = duties_of(listed)
    return [
        replace(clash, words=words_of(clash, names, sessions, duties.get((clash.subject, clash.other), ""))) for clash in listed
    ]


def clashes_of(session: LiveSession) -> list[Clash]:
    """Those of a stored session, by the clock, each with its words and its excuse. What was called off clashes with nothing."""
    if session.state not in HOLDS_TIME:
        return []
    own = own_claims(session.pk)
    claims = [*own, *claims_beside(own)]
    found = seen_from(session.pk, claims, rules_for(claims), away_for(own))
    return told(with_excuses(found, _excuses_about({session.pk})), session.county_id)


def clashes_between(begins: datetime, ends: datetime, *, county: str) -> list[Clash]:
    """Every clash of a county's sessions that hold any moment from `begins` up to `ends`, by the clock, each once: `mine` is the
    one that has an excuse, else the later one. Without words: `told` gives them to those that are shown."""
    claims = claims_between(begins, ends, county)
    inside = {claim.session for claim in claims if claim.county == county and claim.begins < ends and begins < claim.ends}
    found = find_clashes(claims, rules_for(claims, also=county), away_for(claims))
    touching = [clash for clash in found if clash.mine in inside or clash.other in inside]
    excuses = _excuses_about({pk for clash in touching for pk in (clash.mine, clash.other) if pk})
    return with_excuses([_later_first(clash, excuses) for clash in touching], excuses)


Excuses = dict[tuple[object, str], Excuse]


def _excuses_about(sessions: set[UUID]) -> Excuses:
    """Those of these sessions, and those that others have because of them; by session and key."""
    own, others = Excuse.objects.filter(session__in=sessions), Excuse.objects.filter(other__in=sessions)
    return {(excuse.session_id, excuse.key): excuse for excuse in (*own, *others)}


def _later_first(clash: Clash, excuses: Excuses) -> Clash:
    if clash.other is None or (clash.mine, clash.key) in excuses:
        return clash
    turned = clash.turned()
    return turned if (turned.mine, turned.key) in excuses or not clash.comes_after else clash


def with_excuses(clashes: Iterable[Clash], excuses: Excuses) -> list[Clash]:
    """An excuse was allowed for certain hours; at others it has to be allowed anew. What the other session has been excused for
    is no matter of this one."""
    return [_with_excuse(clash, excuses) for clash in clashes]


def _with_excuse(clash: Clash, excuses: Excuses) -> Clash:
    own = excuses.get((clash.mine, clash.key))
    if own:
        same_hours = (own.begins_at, own.ends_at) == (clash.begins, clash.ends)
        return replace(clash, reason=own.reason, is_allowed=own.allowed_by_id is not None and same_hours)
    theirs = excuses.get((clash.other, clash.turned().key)) if clash.other else None
    return replace(clash, reason=theirs.reason, is_allowed=True) if theirs else clash


def unallowed(session: LiveSession) -> list[Clash]:
    """What a release of this session waits for: clashes that nobody excused, or that nobody has allowed yet."""
    return [clash for clash in clashes_of(session) if clash.holds_release]


def unallowed_between(begins: datetime, ends: datetime, *, county: str) -> dict[UUID, list[Clash]]:
    """`unallowed` of every session of a county in this time, by session, in a few queries; those that wait for nothing are not
    there. Without words."""
    found: dict[UUID, list[Clash]] = {}
    for clash in clashes_between(begins, ends, county=county):
        if not clash.holds_release:
            continue
        views = [clash, clash.turned()] if clash.other and not clash.reason else [clash]
        for view in views:
            if view.mine:
                found.setdefault(view.mine, []).append(view)
    return found


def unallowed_among(sessions: Iterable[LiveSession]) -> dict[UUID, list[Clash]]:
    """The same of many sessions, by county in a few queries. Without words."""
    by_county: dict[str, list[LiveSession]] = {}
    for session in sessions:
        by_county.setdefault(session.county_id, []).append(session)
    found: dict[UUID, list[Clash]] = {}
    for county, those in by_county.items():
        hours = min(one.planned_start_at for one in those), max(one.planned_end_at for one in those)
        asked = {one.pk for one in those}
        held = unallowed_between(*hours, county=county)
        found |= {pk: clashes for pk, clashes in held.items() if pk in asked}
    return found


@transaction.atomic
def check_clashes(session: LiveSession, *, excuses: Mapping[str, str], by: User, at: datetime) -> list[Clash]:
    """Call it after writing, in the same transaction. Raises Clashing when something blocks or needs a reason that `excuses` (by
    `Clash.key`) does not give; else the excuses are stored, those of clashes that are gone are dropped, and what is left is
    returned: warnings, and what waits for an approver."""
    take_turns(claim.subject for claim in own_claims(session.pk))
    clashes = clashes_of(session)
    answered = [replace(clash, reason=_reason(excuses, clash)) for clash in clashes]
    refused = [clash for clash in answered if clash.is_refused]
    if refused:
        raise Clashing(refused, free_times(session, at=at), free_studios(session) if _is_about_studios(refused) else ())
    session.excuses.exclude(key__in=[clash.key for clash in clashes]).delete()
    for clash in answered:
        if clash.level == Level.APPROVE and clash.reason:
            _store(session, clash, by=by, at=at)
    return clashes_of(session) if excuses else clashes


def _reason(excuses: Mapping[str, str], clash: Clash) -> str:
    """The new one, else the one that is stored. Raises NotAllowed(`excuse_too_long`)."""
    given = one_line(excuses.get(clash.key, ""))
    if len(given) > REASON_AT_MOST:
        raise NotAllowed("excuse_too_long", limit=REASON_AT_MOST)
    return given or clash.reason


def _is_about_studios(clashes: Iterable[Clash]) -> bool:
    return any(clash.kind == ClashKind.STUDIO for clash in clashes)


def _store(session: LiveSession, clash: Clash, *, by: User, at: datetime) -> None:
    """The same reason for the same hours stays allowed; another one waits for an approver again."""
    known = session.excuses.filter(key=clash.key).first()
    if known is None and clash.is_allowed:  # the other session is the one that is excused
        return
    facts = {"reason": clash.reason, "begins_at": clash.begins, "ends_at": clash.ends}
    if known and all(getattr(known, name) == value for name, value in facts.items()):
        return
    other = LiveSession.objects.filter(pk=clash.other).first() if clash.other else None  # None too of a hold
    what = {"kind": clash.kind, "subject": clash.subject, "other": other}
    who = {"excused_by": by, "excused_at": at, "allowed_by": None, "allowed_at": None}
    Excuse.objects.update_or_create(session=session, key=clash.key, defaults={**facts, **what, **who})
    note(Deed.CLASH_EXCUSED, place=session.place_id, by=by, about=session, clash=clash.words, reason=clash.reason)


@transaction.atomic
def allow_excuse(excuse: Excuse, *, by: User, at: datetime) -> Excuse:
    """The clash may stand and be released. Once is enough. Raises NotAllowed(`own_excuse`) for one's own, (`excuse_gone`) when
    the sessions do not clash at those hours any more."""
    found = Excuse.objects.select_for_update().select_related("session").filter(pk=excuse.pk).first()
    if found is None:
        raise NotAllowed("excuse_gone")
    if found.allowed_by_id is not None:
        return found
    if found.excused_by_id == by.pk:
        raise NotAllowed("own_excuse")
    stands = {clash.key: clash for clash in clashes_of(found.session)}.get(found.key)
    if stands is None or (stands.begins, stands.ends) != (found.begins_at, found.ends_at):
        raise NotAllowed("excuse_gone")
    found.allowed_by, found.allowed_at = by, at
    found.save(update_fields=["allowed_by", "allowed_at"])
    note(Deed.CLASH_ALLOWED, place=found.session.place_id, by=by, about=found.session, clash=stands.words, reason=found.reason)
    return found


def free_times(session: LiveSession, *, at: datetime) -> list[datetime]:
    """The next starts, after its own and after `at`, at which all that a stored session needs is free, the roads included."""
    return _free_times(own_claims(session.pk), session.planned_start_at, session.planned_end_at, at=at)


def _free_times(own: list[Claim], start: datetime, end: datetime, *, at: datetime) -> list[datetime]:
    busy = claims_beside(own, ahead=AHEAD + timedelta(days=2))
    lasts = end - start
    late = max(timedelta(0), at - start)
    own = [claim._replace(begins=claim.begins + late, ends=claim.ends + late) for claim in own]
    return next_free(own, busy, rules_for([*own, *busy]), hours=(start + late, start + late + lasts), away=away_for(own))


def free_studios(session: LiveSession) -> list[FreeStudio]:
    """The other studios of its county that are free at its hours, with their setting up and clearing."""
    studios = Resource.objects.in_use().filter(county=session.county_id, kind=ResourceKind.STUDIO)
    taken = session.bookings.filter(resource__isnull=False).values("resource")
    return _free_among(studios.exclude(pk__in=taken), session.planned_start_at, session.planned_end_at)


def _free_among(rooms: Iterable[Resource], begins: datetime, ends: datetime) -> list[FreeStudio]:
    return [
        FreeStudio(room.pk, room.name)
        for room in rooms
        for setup, clearing in [(timedelta(minutes=room.setup_minutes), timedelta(minutes=room.clearing_minutes))]
        if not room.bookings.holding().overlapping(begins - setup, ends + clearing).exists()
    ]


# --- what else than a session holds people and rooms -------------------------------------------------------------------------


def clashes_of_hold(hold: Hold) -> list[Clash]:
    """Those of a stored hold, by the clock, each with its words; what a session was excused for clashes no more."""
    if not hold.is_standing:
        return []
    own = own_claims(hold.pk)
    claims = [*own, *claims_beside(own)]
    found = seen_from(hold.pk, claims, rules_for(claims), away_for(own))
    return told(with_excuses(found, _excuses_about({clash.other for clash in found if clash.other})), hold.county_id)


def check_hold(hold: Hold, *, at: datetime) -> list[Clash]:
    """As `check_clashes`, for a hold, of which nobody approves anything: what a session could be excused for refuses it. Raises
    Clashing with the next times and the rooms that are free; returns what is only a warning."""
    take_turns(claim.subject for claim in own_claims(hold.pk))
    clashes = clashes_of_hold(hold)
    refused = [clash for clash in clashes if clash.is_refused]
    if refused:
        free = _free_times(own_claims(hold.pk), hold.starts_at, hold.ends_at, at=at)
        raise Clashing(refused, free, free_rooms(hold) if _is_about_studios(refused) else ())
    return clashes


def free_rooms(hold: Hold) -> list[FreeStudio]:
    """The other rooms of its county that are free at its hours."""
    rooms = Resource.objects.in_use().filter(county=hold.county_id, kind__in=(ResourceKind.STUDIO, ResourceKind.PLACE))
    taken = hold.bookings.filter(resource__isnull=False).values("resource")
    return _free_among(rooms.exclude(pk__in=taken), hold.starts_at, hold.ends_at)

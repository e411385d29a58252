"""What people were told of sessions: by a release, or, where no release told of them, by an approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from livestream.models import Booking, LiveSession, ReleasedChange
from livestream.rules.agenda import AGREED, Announced, in_order, in_trade_order
from livestream.rules.planning import Duty, ResourceKind
from livestream.rules.release import Plan
from livestream.rules.session import SessionState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from livestream.models import Resource, User
    from livestream.models.session import LiveSessionQuerySet

SITES = (ResourceKind.STUDIO, ResourceKind.PLACE)


def announced_to(person: User, *, from_at: datetime, until_at: datetime) -> list[Announced]:
    """What this person comes to between these moments, as host or crew, with the duties; in order. Four queries."""
    told = ReleasedChange.objects.filter(version=F("session__released_version"))
    as_host, as_crew = Q(after__host__key=str(person.pk)), Q(after__crew__contains=[{"person": person.pk}])
    named = Q(pk__in=told.filter(as_host | as_crew).values("session"))
    booked = Q(pk__in=Booking.objects.filter(person=person).values("session"))
    found = announced(LiveSession.objects.filter(named | booked), from_at=from_at, until_at=until_at, person=person)
    return [one for one in found if one.duties]


def announced_with(resource: Resource, *, from_at: datetime, until_at: datetime) -> list[Announced]:
    """What a resource is held for, as people were told."""
    told = ReleasedChange.objects.filter(
        version=F("session__released_version"), after__things__contains=[{"resource": resource.pk}]
    )
    booked = Booking.objects.filter(resource=resource, session__released_version=None)
    mine = Q(pk__in=told.values("session")) | Q(pk__in=booked.values("session"))
    return announced(LiveSession.objects.filter(mine), from_at=from_at, until_at=until_at)


def announced(
    sessions: LiveSessionQuerySet, *, from_at: datetime, until_at: datetime, person: User | None = None
) -> list[Announced]:
    """Those of these sessions that people know of and that lie between these moments, as they know them; drafts are left out. A
    session that is cancelled is so at once, told or not: nobody shall set out for it. Three queries at most."""
    inside = Q(planned_start_at__lt=until_at, planned_end_at__gt=from_at)
    is_moved = Q(released_version__lt=F("plan_version"))  # it may lie elsewhere than people were told
    known = Q(released_version__isnull=False) | Q(state__in=AGREED)
    rows = list(sessions.filter(known & (inside | is_moved)).select_related("place"))
    plans = _plans_of(rows)
    untold = [row.pk for row in rows if row.pk not in plans]
    held = _held_by(untold, person)
    found = [
        _as_told(row, *plans[row.pk], person=person) if row.pk in plans else _as_planned(row, *held.get(row.pk, ((), ())))
        for row in rows
    ]
    return in_order(one for one in found if one.starts_at < until_at and one.ends_at > from_at)


def last_told(session: LiveSession) -> Announced | None:
    """What people were told of this session, where it is planned anew since; else None. One query at most."""
    if session.released_version in {None, session.plan_version}:
        return None
    plans = _plans_of([session])
    return _as_told(session, *plans[session.pk], person=None) if session.pk in plans else None


def _plans_of(rows: Iterable[LiveSession]) -> dict[UUID, tuple[ReleasedChange, Plan]]:
    changes = ReleasedChange.objects.filter(session__in=[row.pk for row in rows], version=F("session__released_version"))
    return {change.session_id: (change, Plan.from_json(change.after)) for change in changes.select_related("release")}


def _held_by(untold: list[UUID], person: User | None) -> dict[UUID, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Of sessions that no release told of: the duties of this person, and the names of the sites."""
    held: dict[UUID, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    mine = Q(person=person) if person else Q(pk__in=[])
    rows = Booking.objects.filter(mine | Q(resource__kind__in=SITES), session__in=untold).select_related("resource")
    for row in rows.order_by("pk"):
        duties, sites = held.get(row.holder, ((), ()))
        if row.resource is not None:
            sites = (*sites, row.resource.name)
        else:
            duties = (*duties, row.duty)
        held[row.holder] = (in_trade_order(duties), tuple(dict.fromkeys(sites)))
    return held


def _as_told(row: LiveSession, change: ReleasedChange, plan: Plan, *, person: User | None) -> Announced:
    is_cancelled = plan.is_cancelled or row.state == SessionState.CANCELLED
    return Announced(
        session=row.pk,
        version=change.version,
        told_at=change.release.released_at,
        kind=plan.kind,
        title=plan.title,
        host=plan.host_id,
        host_now=row.host_id,
        place=plan.place.name,
        sites=tuple(dict.fromkeys(thing.name for thing in plan.sites)),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        state=row.state,
        is_cancelled=is_cancelled,
        duties=_duties(plan, person),
    )


def _duties(plan: Plan, person: User | None) -> tuple[str, ...]:
    """Also of what was cancelled: whoever had to come must see that he need not."""
    if person is None:
        return ()
    as_host = [Duty.HOST.value] if plan.host_id == person.pk else []
    return in_trade_order([*as_host, *(one.duty for one in plan.crew if one.person == person.pk)])


def _as_planned(row: LiveSession, duties: tuple[str, ...], sites: tuple[str, ...]) -> Announced:
    facts: dict[str, Any] = {"place": row.place.short_name, "sites": sites, "duties": duties}
    return Announced(
        session=row.pk,
        version=row.plan_version,
        told_at=row.created_at,
        kind=row.kind,
        title=row.title,
        host=row.host_id,
        host_now=row.host_id,
        starts_at=row.planned_start_at,
        ends_at=row.planned_end_at,
        state=row.state,
        is_cancelled=False,
        **facts,
    )

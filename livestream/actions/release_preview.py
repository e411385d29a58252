"""What a release would change: the draft of some days beside what was announced of them. Reads only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q

from livestream.actions.approval import check_approved
from livestream.actions.clash import told, unallowed_among
from livestream.models import Booking, Guest, LiveSession, Place, ReleasedChange, Segment
from livestream.rules.day import SHANGHAI, shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.leader import LEADER_KINDS
from livestream.rules.planning import Duty
from livestream.rules.release import (
    Change,
    CrewMember,
    LeftOut,
    Named,
    Plan,
    Stretch,
    Thing,
    Visitor,
    concerned,
    difference,
    digest_of_difference,
    held_by_both,
)
from livestream.rules.session import AIRED, SessionState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from livestream.models import Release
    from livestream.models.session import LiveSessionQuerySet
    from livestream.rules.clash import Clash


@dataclass(frozen=True, slots=True)
class Scope:
    """The days of one place: a county, or a township or village of it, so that one village need not wait for the others; or one
    session of it alone."""

    place: Place
    from_on: date
    until_on: date
    only: UUID | None = None

    @property
    def county_id(self) -> str:
        return str(self.place.pk)[:6]

    def has_day(self, moment: datetime) -> bool:
        return self.from_on <= shanghai_day(moment) <= self.until_on

    def holds(self, place: str) -> bool:
        return place.startswith(self.place.pk) or self.place.pk == self.county_id


@dataclass(frozen=True, slots=True)
class Entry:
    """What a release does to one session; or, with `why`, what it leaves as it was announced, if it was. `about` names what
    stands in the way."""

    session: LiveSession
    before: Plan | None
    after: Plan
    change: Change
    why: LeftOut | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    entries: list[Entry] = field(default_factory=list)
    left_out: list[Entry] = field(default_factory=list)
    unchanged: int = 0

    @property
    def digest(self) -> str:
        """A mark of exactly this difference: what was looked at is what is released, or nothing."""
        every = [*self.entries, *self.left_out]
        return digest_of_difference((str(one.session.pk), one.before, one.after, one.why or "") for one in every)

    @property
    def people(self) -> list[int]:
        """Ids of those who will be told."""
        return list(dict.fromkeys(person for one in self.entries for person in concerned(one.before, one.after)))


def preview(scope: Scope, *, at: datetime, among: Collection[UUID] | None = None) -> Preview:
    """The difference to what is in force, session by session in the order of their hours. A session belongs to the days in which
    it stands now and to those for which it was announced: who moves it out of a week must say so in that week's release.
    `among`: only of these sessions (those whose rows are locked)."""
    sessions = list(in_scope(scope, among).select_related("host", "place"))
    announced, drafts = in_force([one.pk for one in sessions]), plans_of(sessions)
    changed: list[Entry] = []
    unchanged = 0
    for session in sessions:
        before, after = announced.get(session.pk), drafts[session.pk]
        if after.is_cancelled and before:
            after = before.cancelled()
        if not any(scope.has_day(plan.starts_at) for plan in (before, after) if plan):
            continue
        change = difference(before, after)
        if change:
            changed.append(Entry(session, before, after, change))
        elif not after.is_cancelled:
            unchanged += 1
    found = judged(changed, scope, at=at)
    order = sorted(found.entries, key=_by_hours), sorted(found.left_out, key=_by_hours)
    return Preview(*order, unchanged)


def _by_hours(entry: Entry) -> tuple[datetime, str]:
    return entry.after.starts_at, str(entry.session.pk)


def in_scope(scope: Scope, among: Collection[UUID] | None = None) -> LiveSessionQuerySet:
    """Those whose plan stands in these days, and those that were announced and changed since, wherever they stood then: `preview`
    looks at their days. Never one that was on air."""
    first = datetime.combine(scope.from_on, time(), SHANGHAI)
    last = datetime.combine(scope.until_on, time(), SHANGHAI) + timedelta(days=1)
    stands = Q(planned_start_at__gte=first, planned_start_at__lt=last)
    changed = Q(released_version__isnull=False, released_version__lt=F("plan_version"))
    found = LiveSession.objects.filter(stands | changed, county=scope.county_id).exclude(state__in=AIRED)
    found = found.exclude(state=SessionState.CANCELLED, released_version=None)
    if scope.place.pk != scope.county_id:
        found = found.filter(place__code__startswith=scope.place.pk)
    if scope.only is not None:
        found = found.filter(pk=scope.only)
    return found if among is None else found.filter(pk__in=among)


def in_force(sessions: Collection[UUID], *, until: Release | None = None) -> dict[UUID, Plan]:
    """What was announced last of each of these sessions, cancellations too; up to a release, or up to now."""
    changes = ReleasedChange.objects.filter(session__in=sessions)
    if until is not None:
        changes = changes.filter(release__number__lte=until.number)
    newest = changes.order_by("session", "-release__number").distinct("session").values_list("session", "after")
    return {session: Plan.from_json(after) for session, after in newest}


def plans_of(sessions: Collection[LiveSession]) -> dict[UUID, Plan]:
    """The plan of each as it stands in its rows now; the same number of queries for however many."""
    keys = [one.pk for one in sessions]
    segments, guests, held = defaultdict(list), defaultdict(list), defaultdict(list)
    for segment in Segment.objects.filter(session__in=keys).select_related("place").order_by("starts_at"):
        segments[segment.session_id].append(segment)
    for guest in Guest.objects.filter(session__in=keys).order_by("pk"):
        guests[guest.session_id].append(guest)
    for booking in (
        Booking.objects.filter(session__in=keys, leader=None, room=None).select_related("person", "resource").order_by("pk")
    ):
        held[booking.session_id].append(booking)
    return {one.pk: _plan(one, segments[one.pk], guests[one.pk], held[one.pk]) for one in sessions}


def plan_of(session: LiveSession) -> Plan:
    """The plan of one session as it stands in its rows now."""
    return plans_of([session])[session.pk]


def _plan(session: LiveSession, segments: list[Segment], guests: list[Guest], held: list[Booking]) -> Plan:
    numbers: Mapping[int | None, int] = {segment.pk: number for number, segment in enumerate(segments)}
    crew = [one for one in held if one.person and one.duty != Duty.HOST]
    things = [one for one in held if one.resource]
    return Plan(
        kind=session.kind,
        title=session.title,
        host=Named(str(session.host_id), session.host.name),
        starts_at=session.planned_start_at,
        ends_at=session.planned_end_at,
        place=_place(session.place),
        segments=tuple(Stretch(one.title, _place(one.place), one.starts_at, one.ends_at) for one in segments),
        crew=tuple(sorted((_member(one) for one in crew), key=lambda one: (one.person, one.duty))),
        guests=tuple(Visitor(one.name, one.title, one.rank, one.leader_id, numbers.get(one.segment_id)) for one in guests),
        things=tuple(sorted((_thing(one, numbers) for one in things), key=lambda one: (one.segment or 0, one.resource))),
        is_cancelled=session.state == SessionState.CANCELLED,
    )


def _place(place: Place) -> Named:
    return Named(place.pk, place.short_name)


def _member(booking: Booking) -> CrewMember:
    assert booking.person is not None
    return CrewMember(booking.person.pk, booking.person.name, booking.duty)


def _thing(booking: Booking, numbers: Mapping[int | None, int]) -> Thing:
    assert booking.resource is not None
    return Thing(booking.resource.pk, booking.resource.name, booking.resource.kind, numbers.get(booking.segment_id))


# --- what stays as it was announced, and why ------------------------------------------------------------------------------------


def judged(changed: list[Entry], scope: Scope, *, at: datetime) -> Preview:
    """Who goes and who waits. Of what was over before anybody was told of its end nobody speaks any more."""
    spoken_of = [one for one in changed if one.change != Change.CANCELLED or (one.before and one.before.starts_at > at)]
    clashes = unallowed_among(one.session for one in spoken_of if one.change != Change.CANCELLED)
    going: list[Entry] = []
    waiting: list[Entry] = []
    for entry in spoken_of:
        judgement = entry if entry.change == Change.CANCELLED else _judged(entry, clashes.get(entry.session.pk, []), at)
        (waiting if judgement.why else going).append(judgement)
    return _without_stale_clashes(going, waiting, scope)


def _judged(entry: Entry, clashes: list[Clash], at: datetime) -> Entry:
    if entry.after.starts_at <= at:
        return replace(entry, why=LeftOut.PAST)
    if clashes:
        why = LeftOut.EXCUSE if all(one.reason for one in clashes) else LeftOut.CLASH
        return replace(entry, why=why, about=" ".join(one.words for one in told(clashes, entry.session.county_id)))
    if entry.after.kind in LEADER_KINDS or entry.after.guests:
        try:
            check_approved(entry.session)
        except NotAllowed as refused:
            return replace(entry, why=LeftOut.UNAPPROVED, about=str(refused))
    return entry


def _without_stale_clashes(going: list[Entry], waiting: list[Entry], scope: Scope) -> Preview:
    """What was announced of a session holds its people and things until a newer plan of it is released: who takes its place goes
    with it, or waits with it. Leaving one out may bring another to wait."""
    going, waiting = list(going), list(waiting)
    others = _announced_elsewhere(scope, {one.session.pk for one in [*going, *waiting]})
    stale = others + [(one.before, one.after) for one in waiting if one.before]
    while True:
        late = [(entry, about) for entry in going for about in [_in_the_way(entry.after, stale)] if about]
        if not late:
            return Preview(going, waiting)
        for entry, about in late:
            going.remove(entry)
            waiting.append(replace(entry, why=LeftOut.ANNOUNCED, about=about))
        stale = [(entry.before, entry.after) for entry, _about in late if entry.before]


def _in_the_way(plan: Plan, stale: Iterable[tuple[Plan, Plan]]) -> str:
    """The title of what was announced and needs the same; not where the drafts clash too, which others have judged."""
    blocking = (was.title for was, now in stale if held_by_both(plan, was) and not held_by_both(plan, now))
    return next(blocking, "")


def _announced_elsewhere(scope: Scope, besides: Collection[UUID]) -> list[tuple[Plan, Plan]]:
    """What was announced in this county and changed since, in other days or places: as announced, and as it stands."""
    found = LiveSession.objects.filter(county=scope.county_id, released_version__lt=F("plan_version")).exclude(state__in=AIRED)
    sessions = list(found.exclude(pk__in=besides).select_related("host", "place"))
    announced, drafts = in_force([one.pk for one in sessions]), plans_of(sessions)
    return [(plan, drafts[key]) for key, plan in announced.items() if plan != drafts[key]]

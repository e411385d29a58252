"""The way back: the draft of some days becomes again what was in force after an older release. Nobody is told before it is
released anew.

What stood there then stands there again: moved back, or planned again where it was called off; what was planned there since is
called off. What was on air, or would have begun by now, stays. What cannot go back, because somebody else has its people or
things at those hours, stays where it is and is named, and all the rest is done: the desk decides about a few by hand rather
than about a month."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.age import check_may_be_planned
from livestream.actions.approval import check_not_frozen
from livestream.actions.audit import note
from livestream.actions.board import touch_session
from livestream.actions.clash import booking_told, check_clashes
from livestream.actions.notice import remind
from livestream.actions.plan import Act, cancel_plan, finish_step, subjects_of
from livestream.actions.plan_json import as_json, from_json, plan_of
from livestream.actions.plan_rows import columns_of, let_go, write_rows
from livestream.actions.release import lock_releases
from livestream.actions.release_preview import Scope, in_force, in_scope, plans_of
from livestream.models import LiveSession, ReleasedChange
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import StepKind
from livestream.rules.release import Change, Plan, difference
from livestream.rules.session import AIRED, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from livestream.actions.session import SessionPlan
    from livestream.models import Release, User

DAY = timedelta(days=1)


class Return(NamedTuple):
    """A session that would stand otherwise: as it stands now, and as it stood after the release (None: it did not)."""

    session: LiveSession
    now: Plan
    then: Plan | None

    @property
    def change(self) -> Change:
        return difference(self.now, self.then) or Change.CHANGED


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of the draft, and what did not go back, each with why."""

    done: list[Return] = field(default_factory=list)
    stayed: list[tuple[Return, str]] = field(default_factory=list)


def returns_of(release: Release, *, at: datetime) -> Restored:
    """What a way back to this release would do, and what stays in any case. Reads only."""
    scope = Scope(release.place, release.from_on, release.until_on)
    sessions = list(_touched(release, scope))
    then, now = in_force([one.pk for one in sessions], until=release), plans_of(sessions)
    found = Restored()
    for session in sessions:
        way = Return(session, now[session.pk], then.get(session.pk))
        stood = way.then is not None and not way.then.is_cancelled and scope.has_day(way.then.starts_at)
        stands = not way.now.is_cancelled and scope.has_day(way.now.starts_at)
        if not (stood or stands) or difference(way.now, way.then) is None:
            continue
        if why := _why_it_stays(way, at):
            found.stayed.append((way, why))
        else:
            found.done.append(way)
    return found


def _touched(release: Release, scope: Scope) -> Iterable[LiveSession]:
    """Those that stand in these days now, and those of which this or an older release said that they did."""
    first, last = ((day).isoformat() for day in (scope.from_on - DAY, scope.until_on + 2 * DAY))  # stored in UTC; looked at again
    told = ReleasedChange.objects.filter(release__county=release.county_id, release__number__lte=release.number)
    told = told.filter(after__starts_at__gte=first, after__starts_at__lt=last)
    stood = LiveSession.objects.filter(county=release.county_id, pk__in=told.values("session"))
    found = (in_scope(scope) | stood).distinct().select_related("host", "place").order_by("planned_start_at", "pk")
    return [one for one in found if scope.holds(one.place_id)]


def _why_it_stays(way: Return, at: datetime) -> str:
    if way.session.state in AIRED:
        return _("播过了，或者正在播")
    hours = [plan.starts_at for plan in (way.now, way.then) if plan and not plan.is_cancelled]
    return _("开播时间已经过去") if min(hours) <= at else ""


@transaction.atomic
def restore_release(release: Release, *, by: User, at: datetime) -> Restored:
    """The draft of the release's days and place, as it was in force after it. Raises NotAllowed(`nothing_to_restore`) when it is
    so already, or when nothing can go back."""
    lock_releases(release.county_id)
    wanted = [way.session.pk for way in returns_of(release, at=at).done]
    list(LiveSession.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk"))
    found = returns_of(release, at=at)
    ways = [way for way in found.done if way.session.pk in wanted]
    act = Act(StepKind.CHANGED, by, at, _("退回到第 {number} 版").format(number=release.number))
    failed = _go_back(ways, act)
    done = [way for way in ways if way.session.pk not in failed]
    if not done:
        raise NotAllowed("nothing_to_restore")
    note(Deed.RELEASE_RESTORED, place=release.place_id, by=by, about=release, number=release.number, changes=len(done))
    stayed = [(way, failed[way.session.pk]) for way in ways if way.session.pk in failed]
    return Restored(done, [*stayed, *found.stayed])


def _go_back(ways: list[Return], act: Act) -> dict[UUID, str]:
    """All at once, because two may have changed places. Where some cannot, the others try without them: who stays may stand in
    another one's way. Returns who stayed, and why."""
    failed: dict[UUID, str] = {}
    while going := [way for way in ways if way.session.pk not in failed]:
        late = _try(going, act)
        if not late:
            break
        failed |= late
    return failed


class _NotAll(Exception):
    """Some could not: nothing of it is kept."""


def _try(ways: list[Return], act: Act) -> dict[UUID, str]:
    """Moves all of these, or none; then those that could not, with why."""
    failed: dict[UUID, str] = {}
    plans = {way.session.pk: _plans(way, failed) for way in ways}
    subjects = {subject for both in plans.values() for plan in both for subject in subjects_of(plan)}
    try:
        with booking_told(*subjects, county=ways[0].session.county_id):
            for do in (_lay, _check):
                for way in ways:
                    if way.session.pk not in failed:
                        with _noting(way, failed):
                            do(way, plans[way.session.pk], act)
            if failed:
                raise _NotAll
    except _NotAll:
        return failed
    except NotAllowed as refused:  # the constraint's own word: somebody was faster
        return {way.session.pk: str(refused) for way in ways}
    return {}


@contextmanager
def _noting(way: Return, failed: dict[UUID, str]) -> Iterator[None]:
    try:
        yield
    except NotAllowed as refused:
        failed.setdefault(way.session.pk, str(refused))


def _plans(way: Return, failed: dict[UUID, str]) -> list[SessionPlan]:
    """The session's plan as it is, and what it shall be: goods, rooms and goals stay. Only the first where it is called off, or
    where somebody or something is not there any more."""
    now = plan_of(way.session)
    if way.change == Change.CANCELLED or way.then is None:
        return [now]
    then, kept = way.then, as_json(now)
    kept |= {
        "kind": then.kind,
        "title": then.title,
        "host": then.host_id,
        "place": then.place.key,
        "start": then.starts_at.isoformat(),
        "end": then.ends_at.isoformat(),
        "guests": [[one.name, one.title, one.rank, one.leader, one.segment] for one in then.guests],
        "segments": [[one.title, one.place.key, one.starts_at.isoformat(), one.ends_at.isoformat()] for one in then.segments],
        "crew": [[one.person, one.duty] for one in then.crew],
        "resources": list(dict.fromkeys(thing.resource for thing in then.things)),
    }
    with _noting(way, failed):
        return [now, from_json(kept)]
    return [now]


def _lay(way: Return, plans: list[SessionPlan], act: Act) -> None:
    session = way.session
    if way.change == Change.CANCELLED:
        cancel_plan(session, version=session.plan_version, by=act.by, at=act.at, reason=act.reason)
        return
    _now, plan = plans
    check_may_be_planned(plan.host.pk, timezone.localdate(plan.planned_start_at))
    check_not_frozen(session, by=act.by, at=act.at)
    let_go(session, plan)
    state = SessionState.DRAFT if session.state == SessionState.CANCELLED else session.state  # approved by its next release
    columns = columns_of(plan) | {"state": state, "plan_version": session.plan_version + 1}
    LiveSession.objects.filter(pk=session.pk).update(**columns)
    changed = LiveSession.objects.get(pk=session.pk)
    write_rows(changed, plan)
    touch_session(session.pk, session.county_id)


def _check(way: Return, plans: list[SessionPlan], act: Act) -> None:
    """What clashes where it stands now, and the step by which it can be undone."""
    if way.change == Change.CANCELLED:
        return
    changed = LiveSession.objects.get(pk=way.session.pk)
    warnings = check_clashes(changed, excuses={}, by=act.by, at=act.at)
    finish_step(changed, warnings, act, as_json(plans[0]) | {"state": way.session.state})
    was_called_off = way.session.state == SessionState.CANCELLED
    if was_called_off and in_force([changed.pk]).get(changed.pk) == way.then:  # it takes place as people know: remind them again
        remind(changed, at=act.at)

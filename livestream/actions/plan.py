"""Every act of planning: a session planned, changed, moved, cancelled, and each of these undone.

Whoever changes a plan says which version of it he saw. Each act leaves a step (`PlanStep`), and adds one to `plan_version`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from livestream.actions.age import check_may_be_planned
from livestream.actions.approval import check_not_frozen, problems_of
from livestream.actions.board import touch_session
from livestream.actions.broadcast import renew_request
from livestream.actions.clash import booking_told, check_clashes
from livestream.actions.line_up_version import follow_plan as follow_line_up
from livestream.actions.notice import in_chinese, remind, tell, withdraw
from livestream.actions.plan_check import check_parts, tidy
from livestream.actions.plan_json import as_json, from_json, plan_of
from livestream.actions.plan_rows import columns_of, let_go, write_rows
from livestream.actions.session import SegmentPlan, change_state, schedule_session
from livestream.models import LiveSession, PlanStep
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from livestream.rules.plan import StepKind, cancelled_text, check_day, shown
from livestream.rules.session import STILL_PLANNED, SessionEvent, SessionState
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from livestream.actions.notice import About
    from livestream.actions.session import SessionPlan
    from livestream.models import Place, Resource, User
    from livestream.rules.clash import Clash

KEPT = timedelta(days=30)
NO_EXCUSES: Mapping[str, str] = MappingProxyType({})


class Move(NamedTuple):
    """Where a session goes. `host` and `resources`: None leaves them."""

    starts_at: datetime
    ends_at: datetime
    host: User | None = None
    resources: Sequence[Resource] | None = None


class Act(NamedTuple):
    """Who does what, when, and why."""

    kind: StepKind
    by: User
    at: datetime
    reason: str = ""


class Tried(NamedTuple):
    """What would come of a plan: why it is refused, or what would clash and be let through."""

    refused: NotAllowed | None
    warnings: list[Clash]


class Planned(NamedTuple):
    """The session as it is now, what clashes and was let through, and the step by which it is undone."""

    session: LiveSession
    warnings: list[Clash]
    step: PlanStep


@transaction.atomic
def plan_session(plan: SessionPlan, *, county: Place, by: User, at: datetime, excuses: Mapping[str, str] = NO_EXCUSES) -> Planned:
    """A new session in draft. `excuses` are reasons for clashes, by `Clash.key`. Raises NotAllowed."""
    plan = tidy(plan)
    check_day(plan.planned_start_at, at=at)
    check_parts(plan, county=county.pk, by=by)
    with booking_told(*subjects_of(plan), county=county.pk):
        session = schedule_session(plan, county=county)
        warnings = check_clashes(session, excuses=excuses, by=by, at=at)
    return finish_step(session, warnings, Act(StepKind.PLANNED, by, at), None)


@transaction.atomic
def change_plan(
    session: LiveSession, plan: SessionPlan, *, version: int, by: User, at: datetime, excuses: Mapping[str, str] = NO_EXCUSES
) -> Planned:
    """The whole plan anew; what it does not name goes. Raises NotAllowed, `changed_meanwhile` when `version` is old."""
    current = _to_change(session, version)
    return _change(current, plan, Act(StepKind.CHANGED, by, at), excuses)


@transaction.atomic
def try_plan(
    plan: SessionPlan, *, county: Place, session: LiveSession | None, by: User, at: datetime, excuses: Mapping[str, str]
) -> Tried:
    """What `plan_session`, or for a session that is there `change_plan`, would say. Nothing is written."""
    attempt = transaction.savepoint()
    try:
        if session is None:
            planned = plan_session(plan, county=county, by=by, at=at, excuses=excuses)
        else:
            session = LiveSession.objects.get(pk=session.pk)
            planned = change_plan(session, plan, version=session.plan_version, by=by, at=at, excuses=excuses)
    except NotAllowed as refused:
        return Tried(refused, [])
    finally:
        transaction.savepoint_rollback(attempt)
    return Tried(None, planned.warnings)


@transaction.atomic
def move_session(
    session: LiveSession, move: Move, *, version: int, by: User, at: datetime, excuses: Mapping[str, str] = NO_EXCUSES
) -> Planned:
    """The same session at other hours; its segments go with it. Raises NotAllowed."""
    current = _to_change(session, version)
    plan = plan_of(current)
    later = move.starts_at - plan.planned_start_at
    moved = replace(
        plan,
        planned_start_at=move.starts_at,
        planned_end_at=move.ends_at,
        host=move.host or plan.host,
        resources=plan.resources if move.resources is None else move.resources,
        segments=[SegmentPlan(s.title, s.place, s.starts_at + later, s.ends_at + later) for s in plan.segments],
    )
    return _change(current, moved, Act(StepKind.MOVED, by, at), excuses)


@transaction.atomic
def cancel_plan(session: LiveSession, *, version: int, by: User, at: datetime, reason: str, tells: bool = False) -> Planned:
    """The session does not take place; what it held is free again, and no reminder leaves any more. Whoever was told of it is
    told now (`tells`), else by the next release; nobody twice. Raises NotAllowed."""
    current = _to_change(session, version)
    done = _cancel(current, Act(StepKind.CANCELLED, by, at, one_line(reason)))
    if tells and current.released_version is not None:
        with in_chinese():
            text = cancelled_text(current.title, current.planned_start_at, done.step.reason)
        about: About = {"session": current, "version": current.plan_version, "link": f"/my/{current.pk}/"}
        tell(current.people_concerned(), NoticeKind.CANCELLED, text, county=current.county, **about)
    return done


@transaction.atomic
def undo_step(step: PlanStep, *, by: User, at: datetime) -> Planned:
    """What was before that step, as a step of its own: so it can be undone too. A new session is cancelled. Raises NotAllowed:
    `undone_already`, `changed_since` when it is not the newest step, `undo_gone`."""
    step = PlanStep.objects.select_for_update().get(pk=step.pk)
    if step.undone_at:
        raise NotAllowed("undone_already")
    session = LiveSession.objects.select_for_update(of=("self",)).get(pk=step.session_id)
    if session.plan_version != step.version:
        raise NotAllowed("changed_since", who=_last_editor(session)[0])
    PlanStep.objects.filter(pk=step.pk).update(undone_at=at)
    act = Act(StepKind.UNDONE, by, at)
    if step.before is None:
        return _cancel(session, act)
    if session.state == SessionState.CANCELLED:
        return _revive(session, step.before, act)
    _check_open(session)
    return _change(session, from_json(step.before), act, NO_EXCUSES)


def _cancel(session: LiveSession, act: Act) -> Planned:
    before = _kept(session, plan_of(session))
    change_state(session, SessionEvent.CANCEL, at=act.at)
    withdraw(session, session.plan_version)
    return Planned(session, [], _keep_step(session, act, before, before | {"state": session.state}))


def _revive(session: LiveSession, kept: dict[str, Any], act: Act) -> Planned:
    """A cancelled session is planned again as it was, if nobody has taken its hours meanwhile."""
    check_day(session.planned_start_at, at=act.at)
    plan = plan_of(session)
    with booking_told(*subjects_of(plan), county=session.county_id):
        LiveSession.objects.filter(pk=session.pk).update(state=kept["state"], plan_version=session.plan_version + 1)
        session.refresh_from_db()
        warnings = check_clashes(session, excuses=NO_EXCUSES, by=act.by, at=act.at)
    touch_session(session.pk, session.county_id)
    remind(session, at=act.at)
    return finish_step(session, warnings, act, _kept(session, plan) | {"state": SessionState.CANCELLED})


def _to_change(session: LiveSession, version: int) -> LiveSession:
    """The session as it is, locked: until the end of the transaction nobody else plans it."""
    current = LiveSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if current.plan_version != version:
        who, when = _last_editor(current)
        raise NotAllowed("changed_meanwhile", who=who, when=when)
    _check_open(current)
    return current


def _check_open(session: LiveSession) -> None:
    if session.state not in STILL_PLANNED:
        raise NotAllowed("plan_closed", state=session.get_state_display())


def _last_editor(session: LiveSession) -> tuple[str, str]:
    step = session.steps.select_related("by").order_by("-version").first()
    return (step.by.name, shown(step.at)) if step else ("", "")


def _change(session: LiveSession, plan: SessionPlan, act: Act, excuses: Mapping[str, str]) -> Planned:
    plan, old = tidy(plan), plan_of(session)
    if plan.planned_start_at != old.planned_start_at:
        check_day(plan.planned_start_at, at=act.at)
    check_parts(plan, county=session.county_id, by=act.by, old=old)
    check_may_be_planned(plan.host.pk, timezone.localdate(plan.planned_start_at))
    check_not_frozen(session, by=act.by, at=act.at)
    before = _kept(session, old)
    with booking_told(*subjects_of(old), *subjects_of(plan), county=session.county_id):
        let_go(session, plan)
        columns = columns_of(plan) | {"plan_version": session.plan_version + 1}
        LiveSession.objects.filter(pk=session.pk).update(**columns)
        session.refresh_from_db()
        write_rows(session, plan)
        warnings = check_clashes(session, excuses=excuses, by=act.by, at=act.at)
    touch_session(session.pk, session.county_id)
    return finish_step(session, warnings, act, before)


def finish_step(session: LiveSession, warnings: list[Clash], act: Act, before: dict[str, Any] | None) -> Planned:
    """After the rows: what the register of leaders says about the guests, and the step. Raises NotAllowed for a guest whose
    office may not recommend food (食品安全法 第七十三条)."""
    for problem in problems_of(session):
        if problem.code == "barred_department":
            raise NotAllowed(problem.code, **problem.facts)
    renew_request(session, by=act.by, at=act.at)
    session.refresh_from_db()
    after = _kept(session, plan_of(session))
    follow_line_up(session, before["line_up"] if before else [], after["line_up"], by=act.by, at=act.at)
    return Planned(session, warnings, _keep_step(session, act, before, after))


def subjects_of(plan: SessionPlan) -> set[str]:
    """All that a plan books, as bookings name it: whoever writes takes his turn at each, in one order."""
    people = {f"person:{person.pk}" for person in (plan.host, *(member.person for member in plan.crew))}
    leaders = {f"leader:{guest.leader.pk}" for guest in plan.guests if guest.leader}
    goods = {f"product:{item.product.pk}" for item in plan.line_up}
    return people | leaders | goods | {f"resource:{thing.pk}" for thing in plan.resources}


def forget_steps(*, at: datetime) -> int:
    """Removes the steps that are older than 30 days; how many there were."""
    return PlanStep.objects.filter(at__lt=at - KEPT).delete()[0]


def _kept(session: LiveSession, plan: SessionPlan) -> dict[str, Any]:
    return as_json(plan) | {"state": session.state}


def _keep_step(session: LiveSession, act: Act, before: dict[str, Any] | None, after: dict[str, Any]) -> PlanStep:
    kept = {"kind": act.kind, "by": act.by, "at": act.at, "reason": act.reason, "before": before, "after": after}
    return PlanStep.objects.create(session=session, version=session.plan_version, **kept)

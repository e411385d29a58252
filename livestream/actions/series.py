"""Every write to a series: its sessions are made, the rest of them changed or cancelled, more of them added.

Each date is a session of its own, planned by the verbs that plan any session. Those that cannot be are left out, and said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from livestream.actions.plan import NO_EXCUSES, cancel_plan, change_plan, plan_session
from livestream.actions.plan_json import plan_of
from livestream.actions.session import SessionPlan
from livestream.models import LiveSession, Series
from livestream.rules.clash import Clashing
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.planning import Level
from livestream.rules.series import DAY, SeriesRule, check_rule, dates, window_of
from livestream.rules.session import STILL_PLANNED, SessionState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime, time
    from uuid import UUID

    from livestream.actions.plan import Planned
    from livestream.models import Place, Resource, User

UNTOUCHED = "moved_by_hand"


class Dated(NamedTuple):
    """What became of one date: a session, or why not."""

    on: date
    starts_at: datetime
    session: LiveSession | None = None
    refusal: NotAllowed | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """`series` is None when nothing was kept: a trial, or no date that is free."""

    series: Series | None
    dated: list[Dated]

    @property
    def planned(self) -> list[Dated]:
        return [one for one in self.dated if one.session]

    @property
    def refused(self) -> list[Dated]:
        return [one for one in self.dated if one.refusal]


@dataclass(frozen=True, slots=True)
class Change:
    """What is different from some day on; None stays as it is."""

    title: str | None = None
    host: User | None = None
    place: Place | None = None
    from_time: time | None = None
    minutes: int | None = None
    resources: tuple[Resource, ...] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Who changes the rest, from which day on, when, why clashes may stand that an approver may allow, and which version of each
    session he saw (None: whatever is there)."""

    from_on: date
    by: User
    at: datetime
    reason: str = ""
    versions: Mapping[UUID, int] | None = None

    def version_of(self, session: LiveSession) -> int:
        return session.plan_version if self.versions is None else self.versions.get(session.pk, 0)


def try_series(plan: SessionPlan, rule: SeriesRule, *, county: Place, by: User, at: datetime, reason: str = "") -> Made:
    """What `make_series` would make of each date; nothing is kept. Raises NotAllowed for a rule that cannot be meant."""
    with transaction.atomic():
        made = _make(plan, rule, county, Planner(by, at, reason))
        transaction.set_rollback(True)
    return Made(None, made.dated)


@transaction.atomic
def make_series(plan: SessionPlan, rule: SeriesRule, *, county: Place, by: User, at: datetime, reason: str = "") -> Made:
    """The series with a session in draft for every date that is free; `plan` says what all of them are, the rule when. `reason`
    excuses every clash that an approver may allow. Raises NotAllowed, `series_all_clash` when no date is free."""
    made = _make(plan, rule, county, Planner(by, at, reason))
    if not made.planned:
        raise NotAllowed("series_all_clash")
    return made


@transaction.atomic
def change_rest(series: Series, change: Change, seen: Seen) -> Made:
    """From that day on (not before today) the series is different, and so is every session that was still as the series said.
    What was changed by hand, or since it was seen, or cannot be there, stays as it is and is said. Where sessions lie before that
    day, another series follows this one. Raises NotAllowed(`series_over`) when nothing is left to change."""
    series, seen = _locked(series), replace(seen, from_on=max(seen.from_on, shanghai_day(seen.at)))
    rest = _rest(series, seen)
    if not rest:
        raise NotAllowed("series_over")
    dated = [_change_one(session, series, change, seen) for session in rest]
    later = _later(series, seen.from_on, by=seen.by)
    for name in ("title", "host", "place", "from_time", "minutes"):
        if (value := getattr(change, name)) is not None:
            setattr(later, name, value)
    later.save(update_fields=["title", "host", "place", "from_time", "minutes"])
    return Made(later, dated)


@transaction.atomic
def cancel_rest(series: Series, seen: Seen, *, reason: str, also_moved: bool = False) -> Made:
    """The sessions from that day on (not before today) do not take place, and the series ends before it. What was changed by hand
    stays, unless `also_moved`; what was changed since it was seen stays, and is said. Raises NotAllowed(`series_over`)."""
    series, seen = _locked(series), replace(seen, from_on=max(seen.from_on, shanghai_day(seen.at)))
    rest = _rest(series, seen)
    if not rest:
        raise NotAllowed("series_over")
    dated = [_cancel_one(session, series, seen, reason, also_moved=also_moved) for session in rest]
    _end(series, seen.from_on)
    return Made(series, dated)


@transaction.atomic
def extend_series(series: Series, *, until_on: date, by: User, at: datetime, reason: str = "") -> Made:
    """More sessions, up to a later day, as the last one that is still as the series says. Raises NotAllowed
    (`series_until_earlier`, those of the rule)."""
    series = _locked(series)
    if until_on <= series.until_on:
        raise NotAllowed("series_until_earlier", until=series.until_on.isoformat())
    rule = replace(series.rule, from_on=max(series.until_on + DAY, series.from_on), until_on=until_on)
    check_rule(rule)
    dated = _plan_all(series, _template(series), rule, Planner(by, at, reason))
    Series.objects.filter(pk=series.pk).update(until_on=until_on)
    series.until_on = until_on
    return Made(series, dated)


def is_as_said(session: LiveSession, series: Series) -> bool:
    """Whether the session is still what its series says: at its hours, by its host, in its place."""
    if session.series_on is None:
        return False
    window = window_of(session.series_on, series.from_time, series.minutes)
    return (session.planned_start_at, session.planned_end_at, session.host_id, session.place_id) == (
        *window, series.host_id, series.place_id,
    )  # fmt: skip


class Planner(NamedTuple):
    """Who plans, when, and why what clashes may stand."""

    by: User
    at: datetime
    reason: str


def _make(plan: SessionPlan, rule: SeriesRule, county: Place, who: Planner) -> Made:
    check_rule(rule)
    series = Series.objects.create(
        county=county,
        place=plan.place,
        title=plan.title,
        kind=plan.kind,
        host=plan.host,
        made_by=who.by,
        from_time=rule.from_time,
        minutes=rule.minutes,
        weekdays=sorted(set(rule.weekdays)),
        month_days=sorted(set(rule.month_days)),
        from_on=rule.from_on,
        until_on=rule.until_on,
    )
    return Made(series, _plan_all(series, plan, rule, who))


def _plan_all(series: Series, plan: SessionPlan, rule: SeriesRule, who: Planner) -> list[Dated]:
    there = set(series.sessions.values_list("series_on", flat=True))  # cancelled: the day stays the series's
    return [_plan_one(series, plan, day, who) if day not in there else _was_there(series, day) for day in dates(rule)]


def _was_there(series: Series, day: date) -> Dated:
    return Dated(day, window_of(day, series.from_time, series.minutes).starts_at, refusal=NotAllowed("series_day_cancelled"))


def _plan_one(series: Series, plan: SessionPlan, day: date, who: Planner) -> Dated:
    window = window_of(day, series.from_time, series.minutes)
    its = replace(plan, planned_start_at=window.starts_at, planned_end_at=window.ends_at, series=series, series_on=day)
    try:
        planned = excused(
            lambda excuses: plan_session(its, county=series.county, by=who.by, at=who.at, excuses=excuses), who.reason
        )
    except NotAllowed as refused:
        return Dated(day, window.starts_at, refusal=refused)
    return Dated(day, window.starts_at, session=planned.session)


def excused(verb: Callable[[Mapping[str, str]], Planned], reason: str) -> Planned:
    """What the verb makes; where all that clashes may be allowed, with this reason for each. Raises NotAllowed."""
    try:
        return verb(NO_EXCUSES)
    except Clashing as refused:
        if not reason or any(clash.level != Level.APPROVE for clash in refused.clashes):
            raise
        return verb({clash.key: reason for clash in refused.clashes})


def _change_one(session: LiveSession, series: Series, change: Change, seen: Seen) -> Dated:
    day, version = _day_of(session), seen.version_of(session)
    if not is_as_said(session, series):
        return Dated(day, session.planned_start_at, refusal=NotAllowed(UNTOUCHED))
    window = window_of(day, change.from_time or series.from_time, change.minutes or series.minutes)
    plan = plan_of(session)
    new = replace(
        plan,
        title=change.title if change.title and plan.title == series.title else plan.title,
        host=change.host or plan.host,
        place=change.place or plan.place,
        resources=plan.resources if change.resources is None else change.resources,
        planned_start_at=window.starts_at,
        planned_end_at=window.ends_at,
    )
    try:
        changed = excused(
            lambda excuses: change_plan(session, new, version=version, by=seen.by, at=seen.at, excuses=excuses), seen.reason
        )
    except NotAllowed as refused:
        return Dated(day, session.planned_start_at, refusal=refused)
    return Dated(day, window.starts_at, session=changed.session)


def _cancel_one(session: LiveSession, series: Series, seen: Seen, reason: str, *, also_moved: bool) -> Dated:
    day, version = _day_of(session), seen.version_of(session)
    if not also_moved and not is_as_said(session, series):
        return Dated(day, session.planned_start_at, refusal=NotAllowed(UNTOUCHED))
    try:
        cancelled = cancel_plan(session, version=version, by=seen.by, at=seen.at, reason=reason)
    except NotAllowed as refused:
        return Dated(day, session.planned_start_at, refusal=refused)
    return Dated(day, session.planned_start_at, session=cancelled.session)


def _later(series: Series, from_on: date, *, by: User) -> Series:
    """The series that holds from that day on: the same, or, where sessions lie before it, one that follows."""
    if not series.sessions.filter(series_on__lt=from_on).exclude(state=SessionState.CANCELLED).exists():
        return series
    later = Series.objects.get(pk=series.pk)
    later.pk, later.follows, later.from_on, later.made_by = None, series, from_on, by
    later.save(force_insert=True)
    LiveSession.objects.filter(series=series, series_on__gte=from_on).update(series=later)
    _end(series, from_on)
    return later


def _end(series: Series, from_on: date) -> None:
    """Nothing of it from that day on."""
    series.until_on = max(min(series.until_on, from_on - DAY), series.from_on)
    Series.objects.filter(pk=series.pk).update(until_on=series.until_on)


def _template(series: Series) -> SessionPlan:
    """What the newest session that is still as the series says would be on another day: without its goods and guests, and with
    its accounts, whose rooms the platforms open anew."""
    sessions = series.sessions.exclude(state=SessionState.CANCELLED).order_by("-series_on")
    last = next((session for session in sessions if is_as_said(session, series)), None)
    if last is None:
        return SessionPlan(series.kind, series.title, series.host, series.place, *window_of(series.from_on, series.from_time, 1))
    plan = plan_of(last)
    return replace(
        plan,
        title=series.title,
        rooms=list({room.platform: room._replace(room_id="") for room in plan.rooms if room.account}.values()),
        resources=[thing for thing in plan.resources if thing.is_in_use],
        guests=(),
        line_up=(),
        segments=(),
        campaign=None,
    )


def _rest(series: Series, seen: Seen) -> list[LiveSession]:
    rest = series.sessions.filter(series_on__gte=seen.from_on, state__in=STILL_PLANNED, planned_end_at__gt=seen.at)
    return list(rest.order_by("series_on").select_related("host", "place", "campaign", "series"))


def _locked(series: Series) -> Series:
    """As it is now; whoever else changes the series waits."""
    found = Series.objects.select_for_update(of=("self",), no_key=True).select_related("county", "place", "host")
    return found.get(pk=series.pk)


def _day_of(session: LiveSession) -> date:
    if session.series_on is None:
        raise ValueError(session.pk)  # session_of_a_series_has_its_day
    return session.series_on

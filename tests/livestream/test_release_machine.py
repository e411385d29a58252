"""Random histories of a county's plan: sessions planned, moved, given to another host, called off, released by days, taken back to
an older version. After every step: replaying all that was ever released gives what is in force, nobody is announced in two places
at once, no reminder speaks of anything but the newest release. Each release tells exactly those whom its difference concerns,
cancellations included, once; and the way back to a version, released, is that version.

`HYPOTHESIS_PROFILE=deep` looks longer.
"""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from livestream.actions.plan import Move, cancel_plan, change_plan, move_session, plan_session
from livestream.actions.plan_json import plan_of
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope, in_force
from livestream.actions.release_restore import restore_release
from livestream.actions.session import CrewPlan, SessionPlan
from livestream.models import Confirmation, LiveSession, Notice, ReleasedChange, Resource
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.release import Plan
from tests.factories import make_place, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600)]  # making a failure small takes time
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
PROFILES = {
    "quick": settings(max_examples=6, stateful_step_count=15, **QUIET),
    "deep": settings(max_examples=400, stateful_step_count=40, **QUIET),
}
PROFILE = PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "quick")]
NOON = datetime(2027, 3, 1, 4, tzinfo=UTC)
DAYS = 4
hosts, days, hours = st.integers(0, 2), st.integers(1, DAYS), st.sampled_from([11, 12, 13])
LONG, HOUR = timedelta(minutes=90), timedelta(hours=1)


class Month(RuleBasedStateMachine):
    """`draft` and `announced` are the model: session → (host, day, hour, has the studio, has the controller); no entry where
    nothing takes place."""

    @initialize()
    def begin(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.county = make_place("140425", "平顺县")
        self.staff = make_user("staff", self.county)
        self.hosts = [make_user("host", self.county) for _ in range(3)]
        self.controller = make_user("host", self.county)
        self.studio = Resource.objects.create(county=self.county, place=self.county, kind="studio", name="二号直播间")
        self.draft, self.announced, self.releases = {}, {}, []
        self.minutes = itertools.count()

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def now(self):
        return NOON + timedelta(seconds=next(self.minutes))

    def scope(self, first, last):
        day = shanghai_day(NOON)
        return Scope(self.county, day + timedelta(days=first), day + timedelta(days=last))

    def session(self, number):
        keys = sorted(self.draft)
        return LiveSession.objects.get(pk=keys[number % len(keys)])

    # --- planning -----------------------------------------------------------------------------------------------------------

    @rule(host=hosts, day=days, hour=hours, in_studio=st.booleans(), with_controller=st.booleans())
    def plan(self, host, day, hour, in_studio, with_controller):
        begins = NOON + timedelta(days=day, hours=hour - 4)
        plan = SessionPlan(
            "village_host", "花椒专场", self.hosts[host], self.county, begins, begins + LONG,
            resources=[self.studio] if in_studio else [], crew=[CrewPlan(self.controller, "controller")] if with_controller else [],
        )  # fmt: skip
        try:
            session = plan_session(plan, county=self.county, by=self.staff, at=self.now()).session
        except NotAllowed:
            return
        self.draft[session.pk] = (host, day, hour, in_studio, with_controller)

    @precondition(lambda self: self.draft)
    @rule(number=st.integers(0, 9), host=hosts, day=days, hour=hours)
    def move(self, number, host, day, hour):
        session = self.session(number)
        begins = NOON + timedelta(days=day, hours=hour - 4)
        move = Move(begins, begins + LONG, host=self.hosts[host])
        try:
            move_session(session, move, version=session.plan_version, by=self.staff, at=self.now())
        except NotAllowed:
            return
        self.draft[session.pk] = (host, day, hour, *self.draft[session.pk][3:])

    @precondition(lambda self: self.draft)
    @rule(number=st.integers(0, 9))
    def leave_the_studio(self, number):
        session = self.session(number)
        plan = plan_of(session)
        plan = type(plan)(**{**{name: getattr(plan, name) for name in plan.__slots__}, "resources": [], "crew": []})
        change_plan(session, plan, version=session.plan_version, by=self.staff, at=self.now())
        self.draft[session.pk] = (*self.draft[session.pk][:3], False, False)

    @precondition(lambda self: self.draft)
    @rule(number=st.integers(0, 9))
    def cancel(self, number):
        session = self.session(number)
        cancel_plan(session, version=session.plan_version, by=self.staff, at=self.now(), reason="下雨")
        del self.draft[session.pk]

    # --- releases -----------------------------------------------------------------------------------------------------------

    def different(self, first, last):
        """Sessions that a release of these days is about: what they were, what they are."""
        keys = self.draft.keys() | self.announced.keys()
        pairs = {key: (self.announced.get(key), self.draft.get(key)) for key in keys}
        return {
            key: pair
            for key, pair in pairs.items()
            if pair[0] != pair[1] and any(one and first <= one[1] <= last for one in pair)
        }

    def people(self, one):
        return {self.hosts[one[0]].pk} | ({self.controller.pk} if one[4] else set()) if one else set()

    @rule(first=days, more=st.integers(0, DAYS))
    def release(self, first, more):
        self.release_days(first, min(first + more, DAYS))

    def release_days(self, first, last):
        expected = self.different(first, last)
        newest = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if not expected:
            with pytest.raises(NotAllowed, match="没有要发布的改动"):
                release_plan(self.scope(first, last), by=self.staff, at=self.now())
            return
        try:
            release = release_plan(self.scope(first, last), by=self.staff, at=self.now())
        except NotAllowed:  # each of them waits for one of other days whose people it has taken
            assert (first, last) != (1, DAYS)
        else:
            self.compare(release, (first, last), expected, newest)

    def compare(self, release, span, expected, newest):
        changes = {change.session_id: change for change in release.changes.all()}
        assert changes.keys() <= expected.keys()
        if span == (1, DAYS):
            assert changes.keys() == expected.keys()
        told = {}
        for key, change in changes.items():
            was, will = expected[key]
            assert change.change == ("changed" if was and will else "new" if will else "cancelled")
            for person in self.people(was) | self.people(will):
                told.setdefault(person, set()).add(key)
            self.announced = {**self.announced, key: will}
        self.announced = {key: one for key, one in self.announced.items() if one}
        assert release.number == len(self.releases) + 1
        self.releases.append((release, span, dict(self.announced)))
        confirmed = {}
        for one in Confirmation.objects.filter(change__release=release).select_related("change"):
            confirmed.setdefault(one.person_id, set()).add(one.change.session_id)
        assert confirmed == told
        sent = Notice.objects.filter(pk__gt=newest, kind__in=["planned", "changed", "cancelled"], way="inbox")
        assert sorted(sent.values_list("person", flat=True)) == sorted(told)

    @precondition(lambda self: self.releases)
    @rule(number=st.integers(0, 9), tells=st.booleans())
    def restore(self, number, tells):
        release, (first, last), then = self.releases[number % len(self.releases)]
        try:
            done = restore_release(release, by=self.staff, at=self.now())
        except NotAllowed:  # it is so already, or nothing can go back
            return
        for way in done.done:
            key = way.session.pk
            self.draft.pop(key, None)
            if key in then:
                self.draft[key] = then[key]
        if not done.stayed:
            inside = {key: one for key, one in then.items() if first <= one[1] <= last}
            assert inside == {key: one for key, one in self.draft.items() if first <= one[1] <= last}
        if tells and not done.stayed and (first, last) == (1, DAYS):
            self.release_days(1, DAYS)
            assert self.announced == then

    # --- always -------------------------------------------------------------------------------------------------------------

    def as_model(self, plan):
        local = plan.starts_at - NOON
        host = next(number for number, one in enumerate(self.hosts) if one.pk == plan.host_id)
        return host, local.days, NOON.hour + local.seconds // 3600, bool(plan.things), bool(plan.crew)

    @invariant()
    def replaying_every_release_gives_what_is_in_force(self):
        if not hasattr(self, "draft"):
            return
        replayed = {}
        for change in ReleasedChange.objects.order_by("release__number", "pk"):
            known = replayed.get(change.session_id)
            before = change.before and Plan.from_json(change.before)
            assert before == known
            assert change.version == (change.session.released_version or 0) or change.version < change.session.released_version
            replayed[change.session_id] = Plan.from_json(change.after)
        assert replayed == in_force(list(replayed))
        standing = {key: self.as_model(plan) for key, plan in replayed.items() if not plan.is_cancelled}
        assert standing == self.announced

    @invariant()
    def nobody_is_announced_in_two_places(self):
        if not hasattr(self, "draft"):
            return
        for one, other in itertools.combinations(self.announced.values(), 2):
            is_at_once = one[1] == other[1] and abs(one[2] - other[2]) * HOUR < LONG
            shares = one[0] == other[0] or (one[3] and other[3]) or (one[4] and other[4])
            assert not (is_at_once and shares), (one, other)

    @invariant()
    def reminders_speak_of_the_newest_release(self):
        if not hasattr(self, "draft"):
            return
        for notice in Notice.objects.filter(kind__startswith="reminder", state="waiting").select_related("session"):
            assert notice.version == notice.session.released_version
            assert notice.session_id in self.announced
        untouched = {key for key, one in self.announced.items() if self.draft.get(key) == one}
        reminded = Notice.objects.filter(kind__startswith="reminder", state="waiting", way="inbox").values_list(
            "session", "person"
        )
        for key in untouched:
            assert {person for session, person in reminded if session == key} == self.people(self.announced[key])


def test_random_histories_of_a_plan():
    run_state_machine_as_test(Month, settings=PROFILE)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        (
            "change_for",
            lambda person, before, after: None if after.is_cancelled else after,
        ),  # as peers do: nobody hears of an end
        ("concerned", lambda before, after: list(after.people)),  # whoever is replaced hears nothing
    ],
)
def test_control_the_machine_finds_who_is_not_told(monkeypatch, name, broken):
    """A short history with a new host and an end, in a program that forgets those people."""
    month = Month()
    month.begin()
    month.plan(0, 1, 11, in_studio=True, with_controller=True)
    month.release(1, DAYS)
    monkeypatch.setattr(f"livestream.actions.release.{name}", broken)

    with pytest.raises(AssertionError):
        go_on(month)
    month.teardown()


def go_on(month):
    month.move(0, 1, 1, 12)
    month.release(1, DAYS)
    month.cancel(0)
    month.release(1, DAYS)

"""Twenty clients book one studio at the same second, by every door there is: one wins, the others are told who has it.

`CUNBO_ROUNDS=50` runs as many rounds (`make races`). Each guard has a control without it: the constraint, and the turns that verbs
take (a road is held by no constraint, so they alone hold it)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from livestream.actions import clash as clashing
from livestream.actions import plan as planning
from livestream.actions import session as scheduling
from livestream.actions.plan import plan_session
from livestream.actions.session import CrewPlan, SessionPlan
from livestream.models import Booking, LiveSession, PlanRules, Resource
from livestream.models.plan_rules import default_levels
from livestream.rules.clash import Clashing
from livestream.rules.day import SHANGHAI
from tests.factories import make_place, make_user
from tests.races.runners import race
from tests.sign_in import signed_in
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 20
ROUNDS = int(os.environ.get("CUNBO_ROUNDS", "2"))
CONSTRAINT = "booked_by_one_session_at_a_time"
NO_ROWS = {f"{prefix}-TOTAL_FORMS": "0" for prefix in ("rooms", "segments", "guests", "goods", "crew")} | {
    f"{prefix}-INITIAL_FORMS": "0" for prefix in ("rooms", "segments", "guests", "goods", "crew")
}


class Scene:
    """A studio, twenty hosts, and a member of staff who sits at twenty desks."""

    def __init__(self, county, staff):
        self.county, self.staff = county, staff
        self.studio = Resource.objects.create(county=county, place=county, kind="studio", name="二号直播间")
        self.hosts = [make_user("host", county) for _ in range(CLIENTS)]
        self.desks = [signed_in(staff) for _ in range(CLIENTS)]
        self.programs = [with_token(token_text(staff)) for _ in range(CLIENTS)]

    def hours(self, round_):
        starts = datetime.combine(timezone.localdate() + timedelta(days=round_ + 1), time(19), SHANGHAI)
        return starts.astimezone(UTC), (starts + timedelta(hours=2)).astimezone(UTC)

    def booked(self):
        """The studio's bookings that hold it now, by the session's title."""
        return list(Booking.objects.holding().filter(resource=self.studio).values_list("session__title", flat=True))


# --- the doors: each books, or returns how the client was told who has it ------------------------------------------------------


def by_page(scene, n, round_, title):
    starts, ends = (moment.astimezone(SHANGHAI) for moment in scene.hours(round_))
    answer = scene.desks[n].post(
        "/plan/new/",
        NO_ROWS | {
            "kind": "village_host", "title": title, "day": starts.date().isoformat(), "start": f"{starts:%H:%M}",
            "end": f"{ends:%H:%M}", "host": scene.hosts[n].name, "place": scene.county.name, "resources": [str(scene.studio.pk)],
        },
    )  # fmt: skip
    return "" if answer.status_code == 302 else f"{answer.status_code} {answer.content.decode()}"


def by_api(scene, n, round_, title):
    starts, ends = scene.hours(round_)
    body = {
        "kind": "village_host", "title": title, "host": scene.hosts[n].pk, "place": scene.county.pk,
        "planned_start_at": starts.isoformat(), "planned_end_at": ends.isoformat(), "resources": [scene.studio.pk],
    }  # fmt: skip
    headers = {"Idempotency-Key": f"race-{round_}-{n}"}
    answer = scene.programs[n].post("/api/v1/sessions/", body, content_type="application/json", headers=headers)
    if answer.status_code == 201:
        return ""
    said = answer.json()
    told = [clash["words"] for clash in said["clashes"]] if said["code"] == "clash" else []
    return f"{answer.status_code} {told}"


def by_verb(scene, n, round_, title):
    plan = SessionPlan(
        "village_host", title, scene.hosts[n], scene.county, *scene.hours(round_), resources=[scene.studio]
    )  # fmt: skip
    try:
        plan_session(plan, county=scene.county, by=scene.staff, at=timezone.now())
    except Clashing as refused:
        return str(refused)
    return ""


SESSION = (
    "INSERT INTO livestream_livesession (id, county_id, kind, state, title, host_id, place_id, planned_start_at, planned_end_at, "
    "is_public_interest, note, plan_version, window_revision, created_at) VALUES "
    "(gen_random_uuid(), %s, 'village_host', 'draft', %s, %s, %s, %s, %s, false, '', 1, 0, now()) RETURNING id"
)
BOOKING = (
    "INSERT INTO livestream_booking (session_id, resource_id, duty, during, subject, is_binding) "
    "VALUES (%s, %s, '', 'empty', '', false)"
)


def by_sql(scene, n, round_, title):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            county = scene.county.pk
            cursor.execute(SESSION, [county, title, scene.hosts[n].pk, county, *scene.hours(round_)])
            cursor.execute(BOOKING, [cursor.fetchone()[0], scene.studio.pk])
    except IntegrityError as refused:
        holder = clashing.IN_DETAIL.findall(str(refused))[-1][1]
        return f"{CONSTRAINT}: {LiveSession.objects.get(pk=holder).title}"
    return ""


DOORS = (by_page, by_api, by_verb, by_sql)


def play(scene, round_, doors):
    """One round; what each client who did not get the studio was told."""
    told = {}

    def client(n):
        door = doors[n % len(doors)]

        def book():
            told[n] = door(scene, n, round_, f"第{round_}轮{door.__name__}{n}号")

        return book

    assert race(*[client(n) for n in range(CLIENTS)]) == []
    return {n: words for n, words in told.items() if words}


@pytest.fixture
def scene(county, staff):
    return Scene(county, staff)


@pytest.mark.timeout(900)
def test_of_twenty_clients_one_books_and_the_others_are_told_who_has_it(scene):
    won = []
    for round_ in range(ROUNDS):
        told = play(scene, round_, DOORS)

        new = [title for title in scene.booked() if title.startswith(f"第{round_}轮")]
        assert len(new) == 1
        assert len(told) == CLIENTS - 1
        assert all(new[0] in words for words in told.values())
        won += new
    assert sorted(scene.booked()) == sorted(won)
    assert len(won) == ROUNDS


@pytest.fixture
def unguarded(transactional_db):
    """Control: a constraint of that name which refuses nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{CONSTRAINT}'")
        (kept,) = cursor.fetchone()
        replace = f"ALTER TABLE livestream_booking DROP CONSTRAINT {CONSTRAINT}, ADD CONSTRAINT {CONSTRAINT} "
        cursor.execute(replace + "EXCLUDE USING gist (id WITH =) DEFERRABLE")
    yield
    LiveSession.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(replace + kept)


def test_control_without_the_constraint_sql_stores_clashes(scene, unguarded):
    told = play(scene, 0, (by_sql,))

    assert told == {}
    assert len(scene.booked()) == CLIENTS


# --- what no constraint holds: the turns ------------------------------------------------------------------------------------------


@pytest.fixture
def slow_steps(transactional_db):
    """Each plan takes a moment between its question and its end, so that the others meet it half done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION a_moment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$; "
            "CREATE TRIGGER a_moment BEFORE INSERT ON livestream_planstep FOR EACH ROW EXECUTE FUNCTION a_moment()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION a_moment CASCADE")


@pytest.fixture
def nobody_waits(monkeypatch):
    """Control: verbs take no turns; nor do they wait for each other at the version of the county's board, as they happen to."""
    monkeypatch.setattr(clashing, "take_turns", lambda subjects: None)
    monkeypatch.setattr(scheduling, "touch_session", lambda *scopes: None)
    monkeypatch.setattr(planning, "touch_session", lambda *scopes: None)


def without_turns(work):
    """Control: neither verb nor trigger takes turns on this connection."""

    def run():
        with connection.cursor() as cursor:
            cursor.execute("SET cunbo.bookings_held = 'yes'")
        work()

    return run


@pytest.fixture
def two_villages(county, host, staff):
    """The same host in two villages an hour apart, half an hour between the sessions; the county blocks that."""
    PlanRules.objects.create(county=county, levels=default_levels() | {"travel": "block"})
    starts = datetime.combine(timezone.localdate() + timedelta(days=1), time(15), SHANGHAI).astimezone(UTC)
    plans = [
        SessionPlan(
            "village_host", name, host, make_place(code, name), starts + n * timedelta(minutes=90),
            starts + n * timedelta(minutes=90) + timedelta(hours=1),
        )
        for n, (code, name) in enumerate((("140425100201", "东寺头村"), ("140425200201", "西沟村")))
    ]  # fmt: skip
    return [lambda plan=plan: plan_session(plan, county=county, by=staff, at=timezone.now()) for plan in plans]


def test_of_two_sessions_that_no_road_joins_one_is_planned(two_villages, slow_steps):
    (refused,) = race(*two_villages)

    assert isinstance(refused, Clashing)
    assert [clash.kind for clash in refused.clashes] == ["travel"]
    assert LiveSession.objects.count() == 1


def test_control_without_turns_both_are_planned(two_villages, slow_steps, nobody_waits):
    assert race(*[without_turns(work) for work in two_villages]) == []
    assert LiveSession.objects.count() == 2


def test_control_without_constraint_and_turns_verbs_store_clashes_too(scene, unguarded, slow_steps, nobody_waits):
    errors = race(*[without_turns(lambda n=n: by_verb(scene, n, 0, f"{n}号")) for n in range(4)])

    assert errors == []
    assert len(scene.booked()) > 1


def test_plans_that_need_the_same_people_crosswise_wait_and_never_deadlock(county, staff, host):
    """Each hosts what the other one works for: without an order of turns PostgreSQL would end one of them."""
    other = make_user("host", county)
    starts = datetime.combine(timezone.localdate() + timedelta(days=1), time(15), SHANGHAI).astimezone(UTC)

    def plan(n, one, two):
        hours = starts + n * timedelta(hours=1), starts + (n + 1) * timedelta(hours=1)
        sheet = SessionPlan("village_host", f"{n}", one, county, *hours, crew=[CrewPlan(two, "controller")])
        return lambda: plan_session(sheet, county=county, by=staff, at=timezone.now())

    works = [plan(n, *((host, other) if n % 2 else (other, host))) for n in range(6)]

    assert race(*works) == []
    assert LiveSession.objects.count() == 6

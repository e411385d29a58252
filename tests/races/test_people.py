"""Two hands on one person: one post, one link, one password. Each race has a control without its guard."""

from __future__ import annotations

import time

import pytest
from django.db import connection

from livestream.actions import appointment as appointing
from livestream.actions import invitation as inviting
from livestream.actions.appointment import appoint
from livestream.actions.invitation import accept_link, make_link
from livestream.actions.person import Position
from livestream.models import Appointment, Invitation, User
from livestream.rules.errors import NotAllowed
from livestream.rules.person import Role
from tests.factories import make_user
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 4


@pytest.fixture
def admin(county):
    return make_user("admin", county)


@pytest.fixture
def slow_writes(transactional_db):
    """Each insert of a post or a link takes a moment inside the database, so that the others meet it half done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION a_moment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$"
        )
        for table in ("livestream_appointment", "livestream_invitation"):
            cursor.execute(f"CREATE TRIGGER a_moment BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION a_moment()")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION a_moment CASCADE")


@pytest.fixture
def without_index(transactional_db):
    """Control: drops a unique index for the test."""
    dropped = []

    def drop(name, create):
        dropped.append(create)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {name}")

    yield drop
    Appointment.objects.all().delete()
    Invitation.objects.all().delete()
    with connection.cursor() as cursor:
        for create in dropped:
            cursor.execute(create)


ONE_POST = (
    "CREATE UNIQUE INDEX appointed_once_to_a_post ON livestream_appointment (user_id, role, place_id) WHERE ended_at IS NULL"
)
ONE_LINK = (
    "CREATE UNIQUE INDEX one_open_invitation_per_person ON livestream_invitation (user_id) "
    "WHERE revoked_at IS NULL AND used_at IS NULL"
)


def no_lock(monkeypatch, module):
    """Control: nobody takes turns at the person's row."""
    monkeypatch.setattr(User.objects, "select_for_update", lambda *args, **kwargs: User.objects.all(), raising=False)
    assert module.User.objects.select_for_update().query.select_for_update is False


def codes(errors):
    return [getattr(error, "code", type(error).__name__) for error in errors]


def appointing_at_once(trainer, county, admin, now):
    return race(*[lambda: appoint(trainer, Position(Role.AUDITOR, county), by=admin, at=now)] * HANDS)


def test_one_post_given_by_several_hands_is_given_once(trainer, county, admin, now, slow_writes):
    errors = appointing_at_once(trainer, county, admin, now)

    assert codes(errors) == ["appointed_already"] * (HANDS - 1)
    assert Appointment.objects.count() == 1


def test_without_taking_turns_the_constraint_says_the_same(trainer, county, admin, now, slow_writes, monkeypatch):
    no_lock(monkeypatch, appointing)

    errors = appointing_at_once(trainer, county, admin, now)

    assert codes(errors) == ["appointed_already"] * (HANDS - 1)
    assert Appointment.objects.count() == 1


def test_control_without_turns_and_constraint_it_is_given_several_times(
    trainer, county, admin, now, slow_writes, monkeypatch, without_index
):
    no_lock(monkeypatch, appointing)
    without_index("appointed_once_to_a_post", ONE_POST)

    appointing_at_once(trainer, county, admin, now)

    assert Appointment.objects.count() > 1


def test_links_made_at_once_leave_one_that_holds(staff, host, now, slow_writes):
    errors = race(*[lambda: make_link(host, by=staff, at=now)] * HANDS)

    assert errors == []
    assert (Invitation.objects.count(), Invitation.objects.open(now).count()) == (HANDS, 1)


def test_control_without_turns_and_constraint_several_hold(staff, host, now, slow_writes, monkeypatch, without_index):
    no_lock(monkeypatch, inviting)
    without_index("one_open_invitation_per_person", ONE_LINK)

    race(*[lambda: make_link(host, by=staff, at=now)] * HANDS)

    assert Invitation.objects.open(now).count() > 1


def accepting_at_once(token, now):
    passwords = [f"核桃花椒和一只黑山羊不怕冷{n}" for n in range(HANDS)]
    return race(*[lambda one=one: accept_link(token, password=one, at=now) for one in passwords])


def test_a_link_opened_on_several_phones_at_once_lets_in_one(staff, host, now, monkeypatch):
    told = make_link(host, by=staff, at=now)
    slow_look(monkeypatch)

    errors = accepting_at_once(told.token, now)

    assert codes(errors) == ["link_does_not_hold"] * (HANDS - 1)
    assert all(isinstance(error, NotAllowed) for error in errors)


def test_control_a_link_that_is_only_looked_at_lets_in_several(staff, host, now, monkeypatch):
    told = make_link(host, by=staff, at=now)
    slow_look(monkeypatch)
    monkeypatch.setattr(inviting, "use_up", lambda invitation, at: True)

    assert accepting_at_once(told.token, now) == []


def slow_look(monkeypatch):
    look = inviting.link_that_holds

    def slowly(token, at):
        found = look(token, at)
        time.sleep(0.1)
        return found

    monkeypatch.setattr(inviting, "link_that_holds", slowly)

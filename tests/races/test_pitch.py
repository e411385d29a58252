"""Two phones, one session: whoever taps when, one thing is presented. Each race has a control without its guard."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from livestream.actions import pitch as verbs
from livestream.actions.pitch import start_pitch
from livestream.actions.session import end_session
from livestream.models import LiveSession, Pitch
from tests.factories import make_product, make_session
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
PHONES = 6


@pytest.fixture
def products(county):
    return [make_product(county) for _ in range(PHONES)]


@pytest.fixture
def session(county, host, products, now):
    return make_session(
        county, host, went_live_at=now - timedelta(hours=1), line_up=[(product, 990, None) for product in products]
    )


@pytest.fixture
def slow(monkeypatch):
    """Gives the others time between our look at the pitches and our write."""
    look = verbs._by_key

    def waited(session):
        found = look(session)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(verbs, "_by_key", waited)


@pytest.fixture
def no_lock(monkeypatch):
    """Control: nobody takes turns."""
    monkeypatch.setattr(verbs, "lock_session", lambda session: LiveSession.objects.get(pk=session.pk))


@pytest.fixture
def no_constraint(transactional_db):
    """Control: the database lets two pitches of a session be open."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_open_pitch_per_session")
    yield
    Pitch.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX one_open_pitch_per_session ON livestream_pitch (session_id) WHERE ended_at IS NULL")


def taps(session, products, now):
    return [
        lambda n=n, product=product: start_pitch(session, product, at=now - timedelta(minutes=n), tap=f"phone-{n}")
        for n, product in enumerate(products)
    ]


def test_phones_that_tap_at_once_present_one_thing(session, products, now, slow):
    errors = race(*taps(session, products, now))

    assert errors == []
    lasted = list(Pitch.objects.order_by("started_at").values_list("product", "ended_at"))
    assert lasted == [(products[n].pk, now - timedelta(minutes=n - 1) if n else None) for n in reversed(range(PHONES))]


def test_control_without_taking_turns_the_constraint_refuses_the_second(session, products, now, slow, no_lock):
    errors = race(*taps(session, products, now))

    assert errors
    assert all(isinstance(error, IntegrityError) and "one_open_pitch_per_session" in str(error) for error in errors)
    assert Pitch.objects.open().count() == 1


def test_control_without_turns_and_constraint_two_are_open(no_constraint, session, products, now, slow, no_lock):
    race(*taps(session, products, now))

    assert Pitch.objects.open().count() > 1


def test_one_tap_that_comes_on_several_lines_at_once_counts_once(session, products, now, slow):
    errors = race(*[lambda: start_pitch(session, products[0], at=now, tap="one")] * PHONES)

    assert errors == []
    assert Pitch.objects.count() == 1


def test_a_tap_that_meets_the_end_of_the_session_leaves_nothing_open(session, products, now, slow):
    at = now - timedelta(minutes=5)

    errors = race(lambda: start_pitch(session, products[0], at=at, tap="a"), lambda: end_session(session, at=now))

    assert errors == []
    assert list(Pitch.objects.values_list("started_at", "ended_at")) == [(at, now)]


def test_control_without_taking_turns_a_pitch_outlives_its_session(session, products, now, slow, no_lock):
    at = now - timedelta(minutes=5)

    race(lambda: start_pitch(session, products[0], at=at, tap="a"), lambda: end_session(session, at=now))

    assert Pitch.objects.open().count() == 1

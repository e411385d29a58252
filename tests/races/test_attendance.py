"""Two phones, one lesson: each mark once, and a contradiction is never lost. Each race has a control without its guard."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection

from tests.factories import make_user
from tests.races.runners import race
from tests.training.marks import make_class, new_mark
from training.actions import attendance as verbs
from training.actions.attendance import take_marks
from training.models import Attendance, Lesson, Mark

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 5
NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)


@pytest.fixture
def lesson(county):
    _cohort, [lesson], _people = make_class(people=2, county=county)
    return lesson


@pytest.fixture
def one(lesson):
    return lesson.cohort.enrolments.get(seat=1)


@pytest.fixture
def slow(monkeypatch):
    """Gives the others time between our look and our write, and between the mark and what follows from it."""
    store, settle = verbs.store, verbs.settle

    def waited_store(rows):
        time.sleep(0.25)
        store(rows)

    def waited_settle(pairs):
        time.sleep(0.25)
        return settle(pairs)

    monkeypatch.setattr(verbs, "store", waited_store)
    monkeypatch.setattr(verbs, "settle", waited_settle)


@pytest.fixture
def no_lock(monkeypatch):
    """Control: nobody takes turns."""
    monkeypatch.setattr(verbs, "lock_lessons", Lesson.objects.in_bulk)


@pytest.fixture
def no_constraint(transactional_db):
    """Control: the database takes a mark of the same name twice."""
    name = "training_mark_client_id_key"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE training_mark DROP CONSTRAINT {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE training_mark CASCADE")
        cursor.execute(f"ALTER TABLE training_mark ADD CONSTRAINT {name} UNIQUE (client_id)")


def one_tap_on_many_lines(lesson, one, trainer):
    mark = new_mark(lesson, one, client_id=uuid4())
    return race(*[lambda: take_marks([mark], by=trainer, at=NOW)] * LINES)


def test_one_tap_that_comes_on_several_lines_at_once_is_stored_once(lesson, one, trainer, slow):
    assert one_tap_on_many_lines(lesson, one, trainer) == []
    assert Mark.objects.count() == 1


def test_without_taking_turns_the_constraint_still_stores_it_once(lesson, one, trainer, slow, no_lock):
    assert one_tap_on_many_lines(lesson, one, trainer) == []
    assert Mark.objects.count() == 1


def test_control_without_turns_and_constraint_it_is_stored_more_than_once(no_constraint, lesson, one, trainer, slow, no_lock):
    one_tap_on_many_lines(lesson, one, trainer)

    assert Mark.objects.count() > 1


def two_words(county, lesson, one):
    here, away = make_user("trainer", county), make_user("trainer", county)
    return race(
        lambda: take_marks([new_mark(lesson, one, "present")], by=here, at=NOW),
        lambda: take_marks([new_mark(lesson, one, "absent", minute=1)], by=away, at=NOW),
    )


def test_two_who_differ_at_the_same_moment_are_told(county, lesson, one, slow):
    assert two_words(county, lesson, one) == []
    assert Attendance.objects.values_list("presence", "is_contradicted").get() == ("absent", True)


def test_control_without_taking_turns_the_contradiction_is_lost(county, lesson, one, slow, no_lock):
    two_words(county, lesson, one)

    assert Mark.objects.count() == 2
    assert Attendance.objects.get().is_contradicted is False


def test_two_who_call_two_lessons_crosswise_do_not_wait_for_each_other(county, slow):
    _cohort, lessons, [one, two] = make_class(people=2, lessons=2, county=county)
    trainers = make_user("trainer", county), make_user("trainer", county)
    there = [new_mark(lesson, person) for lesson in lessons for person in (one, two)]
    back = [new_mark(lesson, person) for lesson in reversed(lessons) for person in (two, one)]

    errors = race(
        *[
            lambda by=by, marks=marks: take_marks(marks, by=by, at=NOW)
            for by, marks in zip(trainers * 2, (there, back) * 2, strict=True)
        ]
    )

    assert errors == []
    assert (Mark.objects.count(), Attendance.objects.count()) == (8, 4)

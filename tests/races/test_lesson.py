"""Twenty clients book one room at the same second, for lessons and for sessions, by every door there is: one wins.

`CUNBO_ROUNDS=50` runs as many rounds. The control: without the constraint lessons and sessions are stored over each other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from livestream.actions.refusal import constraint_of
from livestream.models import Booking
from livestream.rules.clash import Clashing
from livestream.rules.day import SHANGHAI
from tests.races.runners import race
from tests.races.test_booking import (
    CLIENTS,
    ROUNDS,
    Scene,
    by_api,
    by_page,
    by_sql,
    by_verb,
    unguarded,  # noqa: F401
)
from tests.school import make_cohort
from training.actions.lesson import LessonPlan, plan_lesson
from training.models import Lesson

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(county, staff):
    found, today = Scene(county, staff), timezone.localdate()
    found.cohort = make_cohort(county, title="第3期", starts_on=today, ends_on=today + timedelta(days=400))
    return found


def booked(scene):
    """What holds the room now, by the title of its session or lesson."""
    rows = Booking.objects.holding().filter(resource=scene.studio).select_related("session", "hold")
    return [row.hold.title.removesuffix("（第3期）") if row.hold else row.session.title for row in rows]


def lesson_by_verb(scene, n, round_, title):
    plan = LessonPlan(title, *scene.hours(round_), trainer=scene.hosts[n], room=scene.studio)
    try:
        plan_lesson(scene.cohort, plan, by=scene.staff, at=timezone.now())
    except Clashing as refused:
        return str(refused)
    return ""


def lesson_by_page(scene, n, round_, title):
    starts, ends = (moment.astimezone(SHANGHAI) for moment in scene.hours(round_))
    typed = {
        "title": title, "day": starts.date().isoformat(), "start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}",
        "room": str(scene.studio.pk), "academic_hours": "2", "mode": "offline",
    }  # fmt: skip
    answer = scene.desks[n].post(reverse("training:lesson_new", args=[scene.cohort.pk]), typed)
    return "" if answer.status_code == 302 else f"{answer.status_code} {answer.content.decode()}"


LESSON = (
    "INSERT INTO training_lesson (id, cohort_id, title, starts_at, ends_at, academic_hours, mode, trainer_id, room_id, room_note, "
    "state, cancelled_because, note, version, secret) "
    "VALUES (gen_random_uuid(), %s, %s, %s, %s, 2, 'offline', %s, %s, '', 'planned', '', '', 1, '')"
)


def lesson_by_sql(scene, n, round_, title):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LESSON, [scene.cohort.pk, title, *scene.hours(round_), scene.hosts[n].pk, scene.studio.pk])
    except IntegrityError as refused:
        return f"{constraint_of(refused)}: {booked(scene)}"
    return ""


def session_by_sql(scene, n, round_, title):
    try:
        return by_sql(scene, n, round_, title)
    except by_sql.__globals__["LiveSession"].DoesNotExist:  # the winner is a lesson
        return str(booked(scene))


DOORS = (lesson_by_page, by_page, lesson_by_verb, by_verb, lesson_by_sql, session_by_sql, by_api)


def play(scene, round_, doors):
    """One round; what each client who did not get the room was told."""
    told = {}

    def client(n):
        door = doors[n % len(doors)]

        def book():
            told[n] = door(scene, n, round_, f"第{round_}轮{door.__name__}{n}号")

        return book

    assert race(*[client(n) for n in range(CLIENTS)]) == []
    return {n: words for n, words in told.items() if words}


@pytest.mark.timeout(900)
def test_of_twenty_lessons_and_sessions_one_has_the_room_and_the_others_are_told_which(scene):
    for round_ in range(ROUNDS):
        told = play(scene, round_, DOORS)

        new = [title for title in booked(scene) if title.startswith(f"第{round_}轮")]
        assert len(new) == 1
        assert len(told) == CLIENTS - 1
        assert all(new[0] in words for words in told.values())
    assert len(booked(scene)) == ROUNDS


@pytest.fixture
def unguarded_for_lessons(unguarded):  # noqa: F811
    """The lessons are gone before the constraint comes back."""
    yield
    Lesson.objects.all().delete()


@pytest.mark.usefixtures("unguarded_for_lessons")
def test_control_without_the_constraint_lessons_and_sessions_are_stored_over_each_other(scene):
    assert play(scene, 0, (lesson_by_sql, session_by_sql)) == {}
    assert len(booked(scene)) == CLIENTS

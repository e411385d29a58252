"""A lesson has its trainer, its assistant and its room for itself, by whatever path it is written; so has a session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from livestream.models import Booking, Hold, PlanRules, Resource
from livestream.models.plan_rules import default_levels
from tests.clashes import EVENING, HOUR, plan
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_lesson
from training.models import Lesson

pytestmark = pytest.mark.django_db
COPIED = (
    "INSERT INTO livestream_hold (id, county_id, place_id, kind, title, starts_at, ends_at, is_standing, version, link) "
    "SELECT gen_random_uuid(), county_id, place_id, kind, title, starts_at, ends_at, true, 1, '' FROM livestream_hold"
)


@pytest.fixture
def room(county):
    return Resource.objects.create(
        county=county, place=county, kind="studio", name="大教室", setup_minutes=15, clearing_minutes=10
    )


@pytest.fixture
def cohort(county):
    return make_cohort(county, title="第3期")


@pytest.fixture
def lesson(cohort, trainer, room):
    return evening_lesson(cohort, trainer=trainer, assistant=make_user("trainer", cohort.county), room=room)


def evening_lesson(cohort, hours=0, **kwargs):
    return make_lesson(cohort, title="选品", starts_at=EVENING + hours * HOUR, ends_at=EVENING + (hours + 2) * HOUR, **kwargs)


def held(lesson):
    """What its hold has, and from when to when, counted from seven in the evening."""
    rows = Booking.objects.filter(hold=lesson.pk).order_by("pk")
    return {
        row.duty or "room": (
            row.person_id or row.resource_id,
            row.during.lower - EVENING,
            row.during.upper - EVENING,
            row.is_binding,
        )
        for row in rows
    }


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def refused(constraint, work):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        work()
    assert error.value.__cause__.diag.constraint_name == constraint


def clashing(work):
    refused("booked_by_one_session_at_a_time", work)


def test_a_lesson_holds_its_people_and_its_room_with_setting_up(lesson, trainer, room):
    early, late = timedelta(minutes=-15), timedelta(hours=2, minutes=10)
    hold = Hold.objects.get(pk=lesson.pk)

    assert held(lesson) == {
        "trainer": (trainer.pk, timedelta(0), 2 * HOUR, True),
        "assistant": (lesson.assistant_id, timedelta(0), 2 * HOUR, True),
        "room": (room.pk, early, late, True),
    }
    assert (hold.title, hold.kind, hold.is_standing, hold.version, hold.link) == (
        "选品（第3期）", "lesson", True, 1, f"/school/lessons/{lesson.pk}/",
    )  # fmt: skip


def test_neither_the_trainer_nor_the_room_is_in_a_session_at_once(county, lesson, trainer, room):
    clashing(lambda: plan(county, host=trainer, hours=1))
    clashing(lambda: Booking.objects.create(session=plan(county, hours=1), resource=room))
    plan(county, host=trainer, hours=2)  # half-open: what ends at nine leaves nine free


def test_a_lesson_over_a_session_or_a_lesson_is_refused(county, cohort, lesson, trainer):
    session = plan(county, host=trainer, hours=4)

    clashing(lambda: evening_lesson(cohort, hours=3, trainer=session.host))
    clashing(lambda: evening_lesson(make_cohort(county), hours=1, assistant=trainer))
    clashing(
        lambda: sql(
            "UPDATE training_lesson SET starts_at = starts_at + interval '3 hours', ends_at = ends_at + interval '3 hours'"
        )
    )


def test_raw_sql_moves_what_a_lesson_holds(lesson, trainer):
    other = make_user("trainer", trainer.place)
    sql("UPDATE training_lesson SET starts_at = starts_at + interval '1 hour', trainer_id = %s, room_id = NULL", other.pk)

    assert held(lesson) == {
        "trainer": (other.pk, HOUR, 2 * HOUR, True), "assistant": (lesson.assistant_id, HOUR, 2 * HOUR, True)
    }  # fmt: skip
    assert Hold.objects.get().version == 2


def test_who_is_replaced_does_not_move_along(county, cohort, lesson, trainer):
    """At the new hours the former trainer is on air: he is let go before the lesson moves."""
    plan(county, host=trainer, hours=4)

    Lesson.objects.update(starts_at=EVENING + 4 * HOUR, ends_at=EVENING + 5 * HOUR, trainer=make_user("trainer", county))

    assert held(lesson)["assistant"][1] == 4 * HOUR


def test_what_nobody_is_told_leaves_the_hold_as_it_is(lesson):
    Lesson.objects.update(note="带手机", academic_hours=3, mode="mixed", state="held", held_at=EVENING, version=7)

    assert Hold.objects.get().version == 1
    assert held(lesson)["trainer"][3] is True  # it keeps the hours that are past


@pytest.mark.parametrize("end", ["UPDATE training_lesson SET state = 'cancelled'", "DELETE FROM training_lesson"])
def test_a_lesson_called_off_or_gone_holds_nothing_and_calendars_hear_of_it(county, lesson, trainer, end):
    sql(end)
    plan(county, host=trainer)

    assert [row[3] for row in held(lesson).values()] == [False] * 3
    assert list(Hold.objects.values_list("is_standing", "version")) == [(False, 2)]


def test_a_lesson_called_off_comes_back_only_where_it_is_free(county, lesson, trainer):
    Lesson.objects.update(state="cancelled")
    session = plan(county, host=trainer)

    clashing(lambda: Lesson.objects.update(state="planned"))
    session.delete()
    Lesson.objects.update(state="planned")
    assert held(lesson)["trainer"][3] is True


def test_a_class_that_moves_takes_its_lessons_along(county, cohort, lesson):
    village = make_place("140425100201", "东寺头村")
    free = make_lesson(cohort)
    sql("UPDATE training_cohort SET place_id = %s, title = '第4期'", village.pk)

    assert Hold.objects.get(pk=lesson.pk).place_id == county.pk  # where its room is
    assert list(Hold.objects.filter(pk=free.pk).values_list("place", "title")) == [(village.pk, f"{free.title}（第4期）")]


def test_a_county_that_only_warns_lets_both_be(county, cohort, trainer):
    PlanRules.objects.create(county=county, levels=default_levels() | {"crew": "warn"})
    plan(county, host=trainer)
    lesson = evening_lesson(cohort, trainer=trainer)

    assert held(lesson)["trainer"][3] is False
    clashing(lambda: PlanRules.objects.update(levels=default_levels()))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM livestream_booking WHERE duty = 'trainer'", "UPDATE livestream_booking SET is_binding = false WHERE hold_id IS NOT NULL",
        "UPDATE livestream_hold SET is_standing = false", "DELETE FROM livestream_hold",
        COPIED,
    ],
)  # fmt: skip
def test_nobody_takes_away_what_a_lesson_holds(lesson, statement):
    refused("hold_follows_what_it_is_for", lambda: sql(statement))


def test_a_booking_is_of_a_session_or_of_a_hold(county, lesson, host):
    session = plan(county)

    refused("booked_by_a_session_or_a_hold", lambda: Booking.objects.create(session=session, person=host, duty="trainer"))
    refused("booked_segment_is_of_the_session", lambda: Booking.objects.create(person=host, duty="support"))


def test_a_trainer_does_not_assist_himself(cohort, trainer):
    refused("lesson_is_assisted_by_another", lambda: make_lesson(cohort, trainer=trainer, assistant=trainer))

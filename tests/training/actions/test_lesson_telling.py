"""The evening before everybody is reminded of the lesson as it is then; a reminder of a superseded time can never leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from livestream.actions.availability import holds_hit_now, say_away
from livestream.actions.notice_claim import claim_due, deliver_due, retire_due
from livestream.models import Hold, Notice
from livestream.rules.availability import Away
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from tests.sign_in import enter
from training.actions.lesson import cancel_lesson, change_lesson, move_lesson, plan_of
from training.actions.lesson_telling import remind_of_lessons
from training.models import Lesson

pytestmark = pytest.mark.django_db
STARTS = datetime(2027, 1, 13, 1, tzinfo=UTC)  # Wednesday, 9:00 in Shanghai
EVENING = datetime(2027, 1, 12, 10, tzinfo=UTC)  # 18:00 the day before
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def sender(settings):
    settings.SMS_SENDER = "tests.sms"


@pytest.fixture
def lesson(county, trainer):
    days = {"starts_on": STARTS.date(), "ends_on": STARTS.date() + timedelta(days=20)}
    cohort = make_cohort(county, title="第3期", state="running", made_by=trainer, **days)
    make_enrolment(cohort, make_trainee(county, user=make_user("host", county)))
    make_enrolment(cohort, make_trainee(county, phone="13800000001"))
    make_enrolment(cohort, make_trainee(county), state="withdrawn", seat=None)
    return make_lesson(cohort, title="选品", starts_at=STARTS, trainer=make_user("trainer", county))


def reminders(**kwargs):
    return Notice.objects.filter(kind="lesson_soon", **kwargs)


def people():
    """Who is to be reminded, and by which way."""
    return {(one.person_id or one.phone, one.way) for one in reminders(state="waiting")}


def everybody(lesson):
    learner = lesson.cohort.enrolments.get(seat=1).trainee.user_id
    return {(pk, way) for pk in (lesson.trainer_id, learner) for way in ("inbox", "sms")} | {("13800000001", "sms")}


def test_queued_in_the_hour_before_six_for_trainer_and_trainees(lesson):
    assert remind_of_lessons(at=EVENING - HOUR - MINUTE) == 0
    assert remind_of_lessons(at=EVENING - HOUR) == 1
    assert remind_of_lessons(at=EVENING - MINUTE) == 1  # once

    assert people() == everybody(lesson)
    assert set(reminders().values_list("due_at", "expires_at", "version", "text")) == {
        (EVENING, STARTS, 1, "记得来上课：1月13日周三 09:00“选品”（第3期），地点：平顺县。")
    }
    assert reminders().count() == 5


def test_it_leaves_at_six(lesson):
    remind_of_lessons(at=EVENING - HOUR)

    assert (claim_due(EVENING - MINUTE, 99), deliver_due(EVENING - MINUTE)) == ([], 0)
    assert (len(claim_due(EVENING, 99)), deliver_due(EVENING)) == (3, 2)


def test_who_is_enrolled_later_is_reminded_too(lesson):
    remind_of_lessons(at=EVENING - HOUR)
    make_enrolment(lesson.cohort, make_trainee(lesson.cohort.county, phone="13800000009"))
    remind_of_lessons(at=EVENING + HOUR)

    assert people() == everybody(lesson) | {("13800000009", "sms")}


@pytest.mark.parametrize("end", ["move", "cancel", "sql", "room"])
def test_what_is_superseded_never_leaves(lesson, trainer, end):
    remind_of_lessons(at=EVENING - HOUR)
    if end == "move":
        move_lesson(lesson, STARTS + timedelta(days=1), version=1, by=trainer, at=EVENING)
    elif end == "cancel":
        cancel_lesson(lesson, because="下雪", by=trainer, at=EVENING)
    else:
        change = {"sql": "starts_at = starts_at - interval '1 hour'", "room": "trainer_id = NULL"}[end]
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE training_lesson SET {change}")

    assert [one for one in claim_due(EVENING, 99) if one.kind == "lesson_soon"] == []
    deliver_due(EVENING)
    retire_due(EVENING, "")
    assert set(reminders().values_list("state", flat=True)) == {"withdrawn"}


def test_after_a_move_the_new_time_is_remembered(lesson, trainer):
    remind_of_lessons(at=EVENING - HOUR)
    move_lesson(lesson, STARTS + timedelta(days=1), version=1, by=trainer, at=EVENING - HOUR)

    assert remind_of_lessons(at=EVENING) == 0
    assert remind_of_lessons(at=EVENING + timedelta(days=1)) == 1
    assert set(reminders(version=2).values_list("due_at", flat=True)) == {EVENING + timedelta(days=1)}


def test_of_what_was_changed_after_six_people_are_told_at_once_and_not_again(lesson):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the clock of the hold, put forward
        cursor.execute("UPDATE livestream_hold SET changed_at = %s", [EVENING + MINUTE])
        cursor.execute("SET session_replication_role = DEFAULT")

    assert remind_of_lessons(at=EVENING + 2 * MINUTE) == 0


def test_neither_a_class_in_preparation_nor_a_lesson_called_off_is_remembered(lesson):
    lesson.cohort.state = "planned"
    lesson.cohort.save(update_fields=["state"])
    assert remind_of_lessons(at=EVENING) == 0

    lesson.cohort.state = "running"
    lesson.cohort.save(update_fields=["state"])
    Lesson.objects.update(state="cancelled")
    assert remind_of_lessons(at=EVENING) == 0
    assert Hold.objects.get().version == 2


def test_a_note_changes_no_reminder(lesson, trainer):
    remind_of_lessons(at=EVENING - HOUR)
    change_lesson(lesson, plan_of(lesson), version=1, by=trainer, at=EVENING)

    assert people() == everybody(lesson)


def test_the_county_is_told_of_a_lesson_whose_trainer_says_he_is_away(lesson, county, trainer, staff, client):
    make_user("trainer", make_place("140425101", "东寺头乡"))  # of a township: not the county
    at, days = EVENING - timedelta(days=7), Away(STARTS.date(), STARTS.date(), reason="体检")
    for _ in range(2):
        assert say_away(lesson.trainer, days, by=lesson.trainer, at=at) == []

    told = Notice.objects.filter(kind="cannot_come", way="inbox").order_by("person")
    assert [one.person for one in told] == [trainer, staff]
    (text,) = {one.text for one in told}
    title = Hold.objects.get(pk=lesson.pk).title
    assert text.startswith(f"{lesson.trainer.name}有的时候不行，可是已经排了 1 节课：1月13日周三 09:00 {title}。请改课的时间")
    assert {one.link for one in told} == {f"/school/lessons/{lesson.pk}/"}
    assert [one.pk for one in holds_hit_now(lesson.trainer, at=at)] == [lesson.pk]
    with time_machine.travel(at, tick=False):
        page = enter(client, staff).get(f"/people/{lesson.trainer_id}/times/").content.decode()
    assert ("这几节课排在不方便的时候" in page, f"/school/lessons/{lesson.pk}/" in page) == (True, True)

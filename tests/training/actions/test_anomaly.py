from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import make_session, make_user
from tests.school import FIRST_LESSON, make_cohort, make_enrolment, make_lesson, make_trainee
from training.actions.anomaly import anomalies, note_anomaly, notes_of
from training.models import Attendance, Mark, Photo

pytestmark = pytest.mark.django_db
DAYS = (date(2026, 11, 1), date(2026, 11, 30))
HELD = {"state": "held", "held_at": FIRST_LESSON}
HOUR = timedelta(hours=1)


def there(lesson, *enrolments):
    Attendance.objects.bulk_create(
        Attendance(lesson=lesson, enrolment=one, presence="present", way="qr", at=lesson.starts_at) for one in enrolments
    )


def scan(lesson, enrolment, at=None, **kwargs):
    at = at or lesson.starts_at
    facts = {"presence": "present", "way": "qr", "at": at, "recorded_at": at} | kwargs
    return Mark.objects.create(client_id=uuid.uuid4(), lesson=lesson, enrolment=enrolment, **facts)


def kinds(county):
    return [one.kind.value for one in anomalies(county.pk, *DAYS)]


def test_a_school_in_order_shows_nothing(county):
    lesson = make_lesson(make_cohort(county), room_note="村委会", **HELD)
    one = make_enrolment(lesson.cohort)
    scan(lesson, one)
    there(lesson, one)
    assert kinds(county) == []


def test_each_oddity_is_found_in_the_rows(county, other_county):
    cohort = make_cohort(county)
    lesson = make_lesson(cohort, **HELD)  # without a room
    room = make_lesson(make_cohort(county), starts_at=lesson.starts_at + HOUR, room_note="二楼", **HELD)
    host = make_user("host", county)
    people = [make_enrolment(cohort, make_trainee(county, phone="10100000009", user=host if not n else None)) for n in range(12)]
    scan(lesson, people[0], lesson.starts_at - 3 * HOUR, skew_seconds=-3600, device="x")
    scan(lesson, people[0], recorded_at=lesson.ends_at + timedelta(days=3))
    for one in people[1:]:
        scan(lesson, one, device="d")
    there(lesson, people[0], people[1])
    there(room, make_enrolment(room.cohort, people[1].trainee))
    on_air = {"went_live_at": lesson.starts_at, "ended_at": lesson.starts_at + HOUR}
    make_session(county, host=host, room="R7", account="A7", **on_air)
    for n in range(2):
        Photo.objects.create(
            cohort=cohort, sha256="a" * 64, look=f"{n:016x}", stored_as="x", bytes=1, width=1, height=1, added_by=cohort.made_by
        )

    assert kinds(county) == [
        "phone", "photo", "burst", "device", "two_rooms", "on_air", "no_room", "off_hours", "late_entry", "skew",
    ]  # fmt: skip
    assert kinds(other_county) == []


def test_it_asks_as_much_for_one_as_for_many(county):
    lesson = make_lesson(make_cohort(county), **HELD)
    there(lesson, make_enrolment(lesson.cohort))
    with CaptureQueriesContext(connection) as few:
        anomalies(county.pk, *DAYS)
    for _ in range(3):
        more = make_lesson(make_cohort(county), **HELD)
        there(more, *(make_enrolment(more.cohort) for _ in range(4)))
    with CaptureQueriesContext(connection) as many:
        anomalies(county.pk, *DAYS)
    assert len(many) == len(few) <= 15


def test_an_explanation_stands_beside_the_finding_for_ever(county, staff):
    make_lesson(make_cohort(county), **HELD)
    (one,) = anomalies(county.pk, *DAYS)
    note_anomaly(county, one, "在打谷场上的", is_explained=True, by=staff)

    assert [one.key for one in anomalies(county.pk, *DAYS)] == [one.key]
    assert [note.words for note in notes_of(county.pk)[one.key]] == ["在打谷场上的"]
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM training_anomalynote")

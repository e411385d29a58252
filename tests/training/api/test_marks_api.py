"""Marks of attendance, of tests and minutes of study, as programs send them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from livestream.rules.errors import NotAllowed
from tests.school import make_cohort, make_course, make_enrolment, make_lesson
from tests.study import make_exam
from tests.training.api.asking import post, refused
from training.models import ExamResult, Mark, StudyEntry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)  # Sunday, 9:00 in Shanghai
ROOT = "/api/v1/school/"


# --- marks ----------------------------------------------------------------------------------------------------------------


def mark_of(lesson, enrolment, presence="present", **more):
    at = "2026-11-22T08:50:00+08:00"
    return {
        "client_id": str(uuid4()),
        "lesson": str(lesson.pk),
        "enrolment": str(enrolment.pk),
        "presence": presence,
        "at": at,
    } | more


def test_five_hundred_marks_in_one_body_are_each_stored_once(client, county):
    cohort = make_cohort(county)
    seats = [make_enrolment(cohort) for _n in range(40)]
    lessons = [make_lesson(cohort) for _n in range(13)]
    marks = [mark_of(lesson, one, words="字" * 100) for lesson in lessons for one in seats][:500]

    answer = post(client, "marks/", {"marks": marks, "device": "pad-1"})

    assert [answer.json()[name] for name in ("stored", "repeated", "refused")] == [500, 0, 0]
    assert [line["client_id"] for line in answer.json()["results"]] == [mark["client_id"] for mark in marks]
    again = post(client, "marks/", {"marks": marks[:250]}).json()
    assert [again[name] for name in ("stored", "repeated", "refused")] == [0, 250, 0]
    assert Mark.objects.count() == 500
    assert post(client, "marks/", {"marks": [*marks, marks[0]]}).status_code == 400
    assert post(client, "marks/", {"marks": marks, "device": "x" * 600_000}).status_code == 413


def test_a_mark_that_cannot_be_is_refused_by_itself(client, cohort, county, other_county):
    lesson, one = make_lesson(cohort), make_enrolment(cohort)
    far = make_cohort(other_county)
    good, twice = mark_of(lesson, one), mark_of(lesson, one, "late", at="2026-11-22T08:55:00+08:00")
    marks = [
        good,
        mark_of(lesson, make_enrolment(make_cohort(county))),
        mark_of(make_lesson(far), make_enrolment(far)),
        mark_of(lesson, one, "absent", way="qr"),
        twice,
        twice,
        good | {"presence": "absent"},
    ]

    answer = post(client, "marks/", {"marks": marks}).json()

    assert [(line["outcome"], line["code"]) for line in answer["results"]] == [
        ("stored", ""),
        ("refused", "not_in_class"),
        ("refused", "lesson_gone"),
        ("refused", "scan_of_nobody"),
        ("stored", ""),
        ("repeated", ""),
        ("refused", "mark_differs"),
    ]
    assert answer["results"][1]["detail"] == str(NotAllowed("not_in_class"))
    assert Mark.objects.count() == 2
    (row,) = client.get(f"{ROOT}lessons/{lesson.pk}/attendance/").json()["results"]
    assert (row["presence"], row["way"], row["is_contradicted"]) == ("late", "roll_call", False)


def test_a_device_whose_clock_is_an_hour_fast_is_corrected(client, cohort):
    one = make_enrolment(cohort)
    mark = mark_of(make_lesson(cohort), one, at="2026-11-22T09:50:00+08:00")

    post(client, "marks/", {"marks": [mark], "sent_at": "2026-11-22T10:00:00+08:00"})

    stored = Mark.objects.get()
    assert (stored.at, stored.skew_seconds) == (NOW - timedelta(minutes=10), 3600)


# --- tests and minutes --------------------------------------------------------------------------------------------------------


def test_marks_of_a_test_are_all_written_or_none(client, cohort):
    exam, one, other = make_exam(cohort), make_enrolment(cohort), make_enrolment()
    path = f"exams/{exam.pk}/marks/"

    assert post(client, path, {"marks": [{"enrolment": str(one.pk), "marks": 86}]}).json()["changed"] == 1
    assert post(client, path, {"marks": [{"enrolment": str(one.pk), "marks": 86}]}).json()["changed"] == 0
    mixed = [{"enrolment": str(one.pk), "marks": 90}, {"enrolment": str(other.pk), "marks": 90}]
    refused(post(client, path, {"marks": mixed}), "exam_not_seated", n=1)
    assert post(client, path, {"marks": [{"enrolment": str(one.pk), "marks": 101}]}).status_code == 400
    twice = [{"enrolment": str(one.pk), "marks": marks} for marks in (70, 80)]
    assert post(client, path, {"marks": twice}).json()["fields"].keys() == {"marks"}
    assert ExamResult.objects.get().marks == 86


def test_minutes_of_a_platform_count_once_and_are_corrected(client, cohort, county):
    course, one, two = make_course(county), make_enrolment(cohort), make_enrolment(cohort)
    body = {"course": course.pk, "platform": "钉钉课堂", "on": "2026-11-20"}

    def sent(*rows):
        answer = post(
            client, f"cohorts/{cohort.pk}/study/", body | {"rows": [{"enrolment": str(key), "minutes": n} for key, n in rows]}
        )
        return [(line["outcome"], line["code"]) for line in answer.json()["results"]]

    assert sent((one.pk, 45), (two.pk, 90)) == [("added", ""), ("added", "")]
    assert sent((one.pk, 45), (two.pk, 60), (two.pk, 60), (uuid4(), 5)) == [
        ("same", ""),
        ("changed", ""),
        ("refused", "twice"),
        ("refused", "unknown"),
    ]
    assert sorted(StudyEntry.objects.values_list("minutes", flat=True)) == [45, 60]
    assert (
        post(
            client, f"cohorts/{cohort.pk}/study/", body | {"on": "2026-11-23", "rows": [{"enrolment": str(one.pk), "minutes": 1}]}
        ).status_code
        == 400
    )

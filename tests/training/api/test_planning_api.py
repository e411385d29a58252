"""The school as programs plan it: courses, classes, lessons anew, tests; and what looks odd."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.factories import make_place, make_user
from tests.school import make_course, make_enrolment, make_lesson, make_trainee
from tests.sign_in import signed_in
from tests.tokens import token_text, with_token
from tests.training.api.asking import ROOT, post, refused, rows
from training.models import AnomalyNote, Cohort, Course, Exam, ExamResult

pytestmark = pytest.mark.django_db
COURSE = {"title": "第一次开直播", "topic": "live", "academic_hours": 16}
CLASS = {"title": "第37期", "place": "140425", "starts_on": "2026-12-01", "ends_on": "2026-12-20", "trainers": []}


def test_a_course_is_added_once_changed_retired_and_restored(client, county):
    key = {"Idempotency-Key": str(uuid4())}
    first, again = (post(client, "courses/", COURSE | {"trade": "seller", "trade_level": 5}, **key) for _ in range(2))
    made = first.json()
    assert (first.status_code, again.json(), Course.objects.count()) == (201, made, 1)
    assert (made["county"], made["trade"], made["trade_level"], made["level"]) == ("140425", "seller", 5, "entry")

    one = f"courses/{made['id']}/"
    changed = post(client, f"{one}change/", COURSE | {"academic_hours": 20, "about": "讲\n两遍"}).json()
    assert (changed["academic_hours"], changed["trade"], changed["about"]) == (20, "", "讲\n两遍")
    assert [post(client, f"{one}{verb}/").json()["is_in_use"] for verb in ("retire", "retire", "restore")] == [False, False, True]
    assert client.get(f"{ROOT}{one}").json() == rows(client, "courses/")[0]
    refused(post(client, "courses/", COURSE), "course_title_taken")
    refused(post(client, f"{one}change/", COURSE | {"trade": "seller"}), "course_level_missing")
    for wrong in ({}, {"title": ""}, {"title": "\0"}, {"topic": "magic"}, {"academic_hours": "16"}, {"trade": 5}, {"more": 1}):
        assert post(client, "courses/", COURSE | wrong if wrong else {}).status_code == 400


def test_a_class_is_planned_changed_begun_and_called_off(client, county, village):
    course, teacher = make_course(county), make_user("trainer", county)
    body = CLASS | {"courses": [course.pk], "trainers": [{"person": teacher.pk, "duty": "lead"}], "seats": 30}

    answer = post(client, "cohorts/", body, **{"Idempotency-Key": "k"})
    made = answer.json()

    assert (answer.status_code, post(client, "cohorts/", body, **{"Idempotency-Key": "k"}).json()) == (201, made)
    assert (made["state"], made["seats"], made["version"], made["trainers"][0]["duty"]) == ("planned", 30, 1, "lead")
    assert [one["id"] for one in made["courses"]] == [course.pk]
    change = body | {"place": village.pk, "seats": 40, "trainers": [], "version": 1}
    changed = post(client, f"cohorts/{made['id']}/change/", change).json()
    assert (changed["place"], changed["seats"], changed["version"], changed["trainers"]) == (village.pk, 40, 2, [])
    refused(post(client, f"cohorts/{made['id']}/change/", change), "cohort_changed")
    assert post(client, f"cohorts/{made['id']}/begin/").json()["state"] == "running"
    off = post(client, f"cohorts/{made['id']}/cancel/", {"because": "没有人报"})
    assert (off.status_code, off.json().get("state", off.json().get("code"))) in {(200, "cancelled"), (409, "cohort_state")}
    refused(post(client, "cohorts/", CLASS | {"ends_on": "2026-11-01"}), "cohort_backwards")
    strange = make_course(make_place("130529"))
    for wrong in (
        {"place": "130529"}, {"place": "140425999"}, {"courses": [strange.pk]}, {"courses": "1"}, {"seats": 41}, {"version": 1},
        {"trainers": [{"person": 2**62, "duty": "lead"}]}, {"trainers": [{"person": teacher.pk, "duty": "lead"}] * 2},
        {"starts_on": "1500-01-01"}, {"title": None},
    ):  # fmt: skip
        assert post(client, "cohorts/", CLASS | wrong).status_code == 400, wrong
    assert Cohort.objects.count() == 1


def test_a_lesson_is_changed_whole(client, county, cohort):
    lesson, teacher = make_lesson(cohort), make_user("trainer", county)
    cohort.trainers.create(user=teacher, duty="lead")
    body = {"title": "打包发货", "starts_at": "2026-11-24T14:00:00+08:00", "ends_at": "2026-11-24T16:00:00+08:00"}

    answer = post(client, f"lessons/{lesson.pk}/change/", body | {"trainer": teacher.pk, "version": lesson.version}).json()

    assert (answer["lesson"]["title"], answer["lesson"]["version"], answer["warnings"]) == ("打包发货", lesson.version + 1, [])
    assert answer["lesson"]["trainer"]["id"] == teacher.pk
    refused(post(client, f"lessons/{lesson.pk}/change/", body | {"version": lesson.version}), "lesson_changed")


def test_a_test_is_added_changed_and_dropped_until_it_has_marks(client, cohort, staff):
    body = {"title": "理论考试", "kind": "theory", "on": "2026-11-20"}
    made = post(client, f"cohorts/{cohort.pk}/exams/", body)
    assert (made.status_code, made.json()["pass_marks"]) == (201, 60)
    one = f"exams/{made.json()['id']}/"

    assert post(client, f"{one}change/", body | {"pass_marks": 70}).json()["pass_marks"] == 70
    assert client.get(f"{ROOT}cohorts/{cohort.pk}/exams/").json() == [made.json() | {"pass_marks": 70}]
    refused(post(client, f"cohorts/{cohort.pk}/exams/", body), "exam_there")
    ExamResult.objects.create(exam=Exam.objects.get(), enrolment=make_enrolment(cohort), marks=80, noted_by=staff)
    refused(post(client, f"{one}drop/"), "exam_has_marks", n=1)
    ExamResult.objects.all().delete()
    assert [post(client, f"{one}drop/").status_code for _ in range(2)] == [204, 404]


def test_what_looks_odd_is_listed_without_a_name(client, county, staff):
    family = [make_trainee(county, name=name, phone="13900000001") for name in ("王一", "李二", "赵五六")]
    for one in family:
        make_enrolment(trainee=one)

    answer = client.get(f"{ROOT}anomalies/")
    (found,) = answer.json()["results"]

    assert (found["kind"], found["seen"], found["is_explained"], found["noted_at"]) == ("phone", 3, False, None)
    assert not any(secret in answer.content.decode() for secret in ("王一", "13900000001", "0001"))
    assert AnomalyNote.objects.count() == 0
    for query in ({"from_on": "2026-11-22", "until_on": "2026-11-01"}, {"from_on": "1999-01-01"}, {"days": "1"}, {"county": "x"}):
        assert client.get(f"{ROOT}anomalies/", query).status_code == 400


def test_planning_needs_its_right_and_its_scope(staff, county, other_county, cohort):
    course, exam = make_course(county), Exam.objects.create(cohort=cohort, title="x", kind="theory", on="2026-11-20")
    lesson = make_lesson(cohort)
    paths = (
        "courses/", f"courses/{course.pk}/change/", f"courses/{course.pk}/retire/", "cohorts/", f"cohorts/{cohort.pk}/change/",
        f"cohorts/{cohort.pk}/begin/", f"cohorts/{cohort.pk}/cancel/", f"lessons/{lesson.pk}/change/", f"cohorts/{cohort.pk}/exams/",
        f"exams/{exam.pk}/change/", f"exams/{exam.pk}/drop/",
    )  # fmt: skip
    reader = with_token(token_text(staff, "read:school"))
    assert [post(reader, path).status_code for path in paths] == [403] * len(paths)
    far = with_token(token_text(make_user("staff", other_county), "read:school", "write:school"))
    assert {post(far, path).status_code for path in paths if "/" in path[:-1]} == {404}
    near = signed_in(make_user("trainer", make_place("140425100", "青羊镇")))
    assert post(near, f"courses/{course.pk}/retire/").status_code == 404
    assert post(near, "courses/", COURSE).status_code == 400
    assert post(far, "courses/", COURSE | {"county": county.pk}).status_code == 404

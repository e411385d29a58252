"""The school as programs ask it: what it answers, what it refuses with which sentence, and that nobody stands there by name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from livestream.models import Notice
from tests.certificates import make_class
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_course, make_enrolment, make_lesson, make_trainee
from tests.sign_in import signed_in
from tests.tokens import token_text, with_token
from tests.training.api.asking import post, refused, rows
from training.models import Attendance, Cohort, Enrolment, FollowUp, SchoolMonth, Trainee, Trainer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)  # Sunday, 9:00 in Shanghai
ROOT = "/api/v1/school/"


# --- what is there --------------------------------------------------------------------------------------------------------


def test_classes_with_their_seats_and_queue(client, cohort, county):
    for state in ("enrolled", "enrolled", "waiting"):
        make_enrolment(cohort, state=state)
    later = make_cohort(county, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 9), state="planned")

    assert [row["id"] for row in rows(client, "cohorts/")] == [str(later.pk), str(cohort.pk)]
    assert rows(client, "cohorts/", state="planned", county="140425")[0]["taken"] == 0
    assert rows(client, "cohorts/", until_on="2026-11-30")[0] == rows(client, "cohorts/", state="open")[0]
    found = client.get(f"{ROOT}cohorts/{cohort.pk}/").json()
    assert (found["title"], found["seats"], found["taken"], found["waiting"], found["courses"]) == ("第36期", 2, 2, 1, [])


def test_people_are_masked_and_each_stands_there_once(client, county, village):
    she = make_trainee(county, village, name="张秀兰", birth_year=1968, education="middle", support="monitored")
    make_trainee(county, village, name="张秀蓝", merged_into=she)
    Trainer.objects.create(user=make_user("trainer", county, name="李老师"), county=county)

    (found,) = rows(client, "trainees/", within=village.pk)
    assert (found["name"], found["age"], found["education"], found["has_consented"]) == ("张**", "50-59", "middle", False)
    assert client.get(f"{ROOT}trainees/{she.pk}/").json() == found
    (trainer,) = rows(client, "trainers/")
    assert trainer["name"] == "李**"
    assert "****" in trainer["phone"]
    whole = client.get(f"{ROOT}trainees/").content.decode()
    assert not any(secret in whole for secret in ("秀兰", she.phone, "monitored", "1968"))


def test_months_have_their_figures_with_definitions_and_the_goal(client, cohort, county):
    SchoolMonth.objects.create(county=county, first_on=date(2026, 11, 1), theme="年货节", planned_lessons=4)
    lesson, one = make_lesson(cohort, state="held", held_at=NOW, held_by=cohort.made_by), make_enrolment(cohort)
    Attendance.objects.create(lesson=lesson, enrolment=one, presence="late", way="qr", at=lesson.starts_at)

    year = client.get(f"{ROOT}months/").json()
    november = year["results"][10]
    assert november == {
        "month": "2026-11", "state": "held", "theme": "年货节", "planned_lessons": 4, "timetabled_lessons": 1, "lessons": 1, "people": 1,
    }  # fmt: skip
    assert (year["goal"]["people"], year["goal"]["attendances"], year["goal"]["wanted"]) == (1, 1, 10_000)
    month = client.get(f"{ROOT}months/2026-11/").json()
    people, attendances = month["figures"][2:4]
    assert (people["name"], people["number"], attendances["name"], attendances["number"]) == ("培训人数", 1, "培训人次", 1)
    assert "一个人来多少次、上几个班，都算一个" in people["meaning"]
    assert client.get(f"{ROOT}months/2026-13/").status_code == 404


def test_whoever_sees_several_counties_names_one(county, other_county):
    make_place("140427", "壶关县")
    city = with_token(token_text(make_user("staff", make_place("1404", "长治市")), "read:school"))

    for path in ("months/", "months/2026-11/", "outcome/", "conversions/"):
        assert "county" in city.get(f"{ROOT}{path}").json()["fields"]
        assert city.get(f"{ROOT}{path}", {"county": "140425"}).status_code == 200
        assert city.get(f"{ROOT}{path}", {"county": "130529"}).status_code == 404


def test_small_numbers_are_not_told(client, cohort):
    lesson = make_lesson(cohort, state="held", held_at=NOW, held_by=cohort.made_by)
    Attendance.objects.create(lesson=lesson, enrolment=make_enrolment(cohort), presence="present", way="qr", at=NOW)

    sex = client.get(f"{ROOT}outcome/").json()["results"][0]

    assert (sex["is_withheld"], sex["total"]) == (True, {"mark": "few", "number": None})
    assert {line["mark"] for line in sex["lines"]} == {"hidden"}


def test_what_was_reached_in_a_class_and_what_came_of_it(client, county, staff):
    cohort = make_class(county, "张三", "李四", lessons=5, there=4)
    Enrolment.objects.filter(trainee__name="李四").update(state="withdrawn", seat=None)
    (result,) = client.get(f"{ROOT}cohorts/{cohort.pk}/results/").json()["results"]
    assert (result["exams"][0]["marks"], result["exams"][0]["has_passed"], result["practical"], result["academic_hours"]) == (
        86,
        True,
        91,
        8.0,
    )
    shares = client.get(f"{ROOT}cohorts/{cohort.pk}/attendance/").json()
    (share,) = shares["results"]
    assert (shares["percent"], share["there"], share["held"], share["percent_of_held"], share["can_reach"]) == (
        80,
        4,
        5,
        80.0,
        True,
    )

    closed = post(client, f"cohorts/{cohort.pk}/close/")
    assert closed.json() == {"state": "closed", "completed": 1, "not_completed": 0}
    assert post(client, f"cohorts/{cohort.pk}/close/").json() == closed.json()
    (certificate,) = rows(client, "certificates/", cohort=cohort.pk)
    assert (certificate["name"], certificate["revoked_at"]) == ("张**", None)
    assert client.get(certificate["path"]).status_code == 200
    (live,) = [one for one in rows(client, f"cohorts/{cohort.pk}/conversions/") if one["kind"] == "live"]
    assert (live["completers"], live["reached"], live["percent"], live["graduates"]) == (1, 0, 0.0, [])
    assert [one["completers"] for one in rows(client, "conversions/")] == [1] * 6


def test_calls_that_are_due(client, cohort, county):
    done = make_enrolment(make_cohort(county, state="closed"), state="completed", completed_on=date(2026, 10, 1))
    due = FollowUp.objects.create(enrolment=done, after_months=1, due_on=date(2026, 11, 1))
    FollowUp.objects.create(enrolment=done, after_months=3, due_on=date(2027, 1, 1))

    (found,) = rows(client, "follow-ups/")

    assert (found["id"], found["due_on"], found["tries"], found["trainee"]["name"]) == (due.pk, "2026-11-01", 0, "学**")


# --- who comes in, who leaves -----------------------------------------------------------------------------------------------


def test_enrolling_answers_the_seat_or_the_place_in_the_queue(client, cohort, county, village):
    person = {"name": "张秀兰", "phone": "138 0000 0000", "place": village.pk, "has_consented": True, "birth_on": "1968-05-01"}
    known = [make_trainee(county, village) for _n in range(2)]
    path = f"cohorts/{cohort.pk}/enrolments/"

    first = post(client, path, {"person": person}, **{"Idempotency-Key": "one"})
    assert (first.status_code, first.json()["enrolment"]["seat"], first.json()["waits_as"]) == (201, 1, None)
    assert post(client, path, {"person": person}, **{"Idempotency-Key": "one"}).headers["Idempotency-Replayed"] == "true"
    again = post(client, path, {"person": person})
    assert (again.status_code, again.json()["is_new"], again.json()["enrolment"]["id"]) == (
        200,
        False,
        first.json()["enrolment"]["id"],
    )
    assert [post(client, path, {"trainee": one.pk}).json()["waits_as"] for one in known] == [None, 1]
    assert Trainee.objects.get(name="张秀兰").consented_at == NOW
    assert Enrolment.objects.get(trainee__name="张秀兰").way == "api"
    assert [row["queue_no"] for row in rows(client, path, state="waiting")] == [1]
    assert Notice.objects.filter(kind="seat").count() == 3

    left = post(client, f"enrolments/{first.json()['enrolment']['id']}/leave/", {"because": "外出打工"})
    assert (left.json()["state"], left.json()["seat"]) == ("withdrawn", None)
    assert rows(client, path, state="waiting") == []
    refused(post(client, f"enrolments/{first.json()['enrolment']['id']}/leave/", {"because": "外出打工"}), "not_in_cohort")


def test_who_cannot_come_in_is_told_why_and_not_written_down(client, cohort, county, village):
    path = f"cohorts/{cohort.pk}/enrolments/"
    person = {"name": "张三", "phone": "13800000000", "place": village.pk, "has_consented": True}

    refused(post(client, path, {"person": person | {"phone": "12"}}), "trainee_phone")
    refused(post(client, path, {"person": person | {"birth_on": "2015-01-01"}}), "trainee_too_young")
    refused(post(client, path, {"person": person | {"place": "130529100201"}}), "place_elsewhere")
    assert post(client, path, {"person": person | {"birth_on": "2030-01-01"}}).status_code == 400
    assert post(client, path, {"person": person, "trainee": 1}).json()["fields"].keys() == {"person"}
    assert post(client, path, {"trainee": 999_999}).json()["fields"].keys() == {"trainee"}
    Cohort.objects.filter(pk=cohort.pk).update(state="cancelled")
    refused(post(client, path, {"person": person}), "cohort_takes_nobody")
    assert Trainee.objects.count() == 0


def test_an_id_of_a_tap_stands_for_one_person_in_one_class(client, cohort, county, village):
    one, other = (make_trainee(county, village) for _n in range(2))
    path, tap = f"cohorts/{cohort.pk}/enrolments/", str(uuid4())

    first = post(client, path, {"trainee": one.pk, "client_id": tap})
    assert post(client, path, {"trainee": one.pk, "client_id": tap}).json()["enrolment"] == first.json()["enrolment"]
    refused(post(client, path, {"trainee": other.pk, "client_id": tap}), "enrolled_by_this_id")
    refused(
        post(client, f"cohorts/{make_cohort(county).pk}/enrolments/", {"trainee": one.pk, "client_id": tap}),
        "enrolled_by_this_id",
    )


def test_a_class_is_opened_for_whoever_has_its_link(client, cohort):
    Cohort.objects.filter(pk=cohort.pk).update(state="planned")

    opened = post(client, f"cohorts/{cohort.pk}/open/").json()

    assert opened["state"] == "open"
    assert client.get(opened["path"]).status_code == 200
    assert post(client, f"cohorts/{cohort.pk}/open/").json() == opened


# --- lessons --------------------------------------------------------------------------------------------------------------


def test_a_lesson_is_planned_moved_held_and_called_off(client, county, cohort):
    teacher, course = make_user("trainer", county), make_course(county)
    hours = {"starts_at": "2026-11-23T09:00:00+08:00", "ends_at": "2026-11-23T10:30:00+08:00"}
    body = {"title": "手机拍摄", **hours, "trainer": teacher.pk, "course": course.pk}
    path = f"cohorts/{cohort.pk}/lessons/"

    planned = post(client, path, body)
    assert (planned.status_code, planned.json()["lesson"]["trainer"]["id"]) == (201, teacher.pk)
    clashing = post(client, f"cohorts/{make_cohort(county).pk}/lessons/", body | {"title": "选品"})
    assert (clashing.status_code, clashing.json()["code"], clashing.json()["clashes"][0]["kind"]) == (409, "clash", "crew")
    key = planned.json()["lesson"]["id"]
    moved = post(client, f"lessons/{key}/move/", {"version": 1, "starts_at": "2026-11-22T08:00:00+08:00"}).json()["lesson"]
    assert (moved["version"], moved["ends_at"]) == (2, "2026-11-22T09:30:00+08:00")
    refused(post(client, f"lessons/{key}/cancel/", {"version": 1, "because": "下雪"}), "lesson_changed")
    assert post(client, f"lessons/{key}/hold/").json()["state"] == "held"
    assert rows(client, "lessons/", state="held", until_on="2026-11-22") == [client.get(f"{ROOT}lessons/{key}/").json()]

    second = post(client, path, body | {"title": "直播"}).json()["lesson"]
    assert [row["title"] for row in rows(client, path)] == ["手机拍摄", "直播"]
    cancelled = post(client, f"lessons/{second['id']}/cancel/", {"version": 1, "because": "下雪"}).json()
    assert (cancelled["state"], cancelled["cancelled_because"]) == ("cancelled", "下雪")
    assert post(client, path, body | {"trainer": 999_999}).json()["fields"].keys() == {"trainer"}
    outside = post(client, path, body | {"starts_at": "2027-01-01T09:00:00+08:00", "ends_at": "2027-01-01T10:00:00+08:00"})
    refused(outside, "lesson_outside", from_on="2026-11-02", until_on="2026-11-30")


def test_who_teaches_a_lesson_elsewhere_holds_it_and_no_more(county, other_county, cohort):
    guest = make_user("trainer", other_county)
    lesson = make_lesson(cohort, trainer=guest)
    client = signed_in(guest)

    assert client.get(f"{ROOT}lessons/{lesson.pk}/").status_code == 200
    assert post(client, f"lessons/{lesson.pk}/cancel/", {"version": 1, "because": "x"}).status_code == 403
    assert post(client, f"lessons/{lesson.pk}/hold/").json()["state"] == "held"


# --- who may ------------------------------------------------------------------------------------------------------------------


def test_a_token_needs_its_scope_and_another_county_is_not_there(staff, cohort, other_county):
    reader, writer = (with_token(token_text(staff, scope)) for scope in ("read:school", "write:school"))
    far = make_cohort(other_county)

    assert post(reader, f"cohorts/{cohort.pk}/open/").json()["code"] == "scope"
    assert writer.get(f"{ROOT}cohorts/").json()["code"] == "scope"
    assert post(writer, f"cohorts/{cohort.pk}/open/").status_code == 200
    assert {post(writer, f"cohorts/{far.pk}/{verb}/").status_code for verb in ("open", "close", "study", "lessons")} == {404}
    assert reader.get(f"{ROOT}cohorts/{far.pk}/").status_code == 404
    assert [row["id"] for row in rows(reader, "cohorts/")] == [str(cohort.pk)]


def test_auditors_read_and_write_nothing(county, cohort):
    client = signed_in(make_user("auditor", county))

    assert client.get(f"{ROOT}cohorts/{cohort.pk}/").status_code == 200
    assert post(client, f"cohorts/{cohort.pk}/open/").status_code == 403

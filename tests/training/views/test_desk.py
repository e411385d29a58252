"""The trainer's desk: the month at a glance, what waits, the year, the goal, and what the county's hosts really did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.factories import make_session, make_user
from tests.school import make_cohort, make_enrolment, make_lesson
from tests.sign_in import enter
from training.models import Attendance, FollowUp, SchoolMonth, SchoolRules


@pytest.fixture
def mid_month():
    moment = timezone.localtime(timezone.now()).replace(day=15, hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def school(client, trainer):
    client.force_login(trainer)
    return client


def aired(county, host, at, **kwargs):
    return make_session(county, host, went_live_at=at, ended_at=at + timedelta(hours=1), **kwargs)


def test_school_counts_hosts_and_their_sessions_of_the_month(school, county, other_county, mid_month):
    busy, quiet, new = (make_user("host", county, name=name) for name in ("常播", "少播", "新人"))
    for days in (1, 2):
        aired(county, busy, mid_month - timedelta(days=days))
    aired(county, quiet, mid_month - timedelta(days=30))
    aired(county, quiet, mid_month - timedelta(days=3), kind="practice")
    make_session(county, busy)
    aired(other_county, make_user("host", other_county), mid_month - timedelta(days=1))
    make_user("host", county, is_active=False)

    context = school.get("/school/").context

    assert (context["hosts_count"], context["hosts_on_air"], context["sessions_count"]) == (3, 1, 2)
    assert [(host.name, host.aired, host.last_aired_at) for host in context["hosts"]] == [
        ("常播", 2, mid_month - timedelta(days=1)), ("少播", 0, mid_month - timedelta(days=30)), ("新人", 0, None),
    ]  # fmt: skip


def test_a_school_that_has_not_begun_says_what_to_do(school):
    page = school.get("/school/").content.decode()

    for words in ("还没有主播", "现在没有在办的班", "今天没有课", "第一次上课以后开始算", "10,000"):
        assert words in page


@pytest.fixture
def november():
    with time_machine.travel(datetime(2026, 11, 22, 4, tzinfo=UTC), tick=False):
        yield


def test_the_month_at_a_glance(school, county, november):
    SchoolMonth.objects.create(county=county, first_on=date(2026, 11, 1), theme="花椒上市", planned_lessons=3)
    cohort = make_cohort(county, title="花椒班", seats=1)
    make_cohort(county, title="去年的", state="closed")
    there, waits = make_enrolment(cohort), make_enrolment(cohort, state="waiting", queue_no=1)
    held = make_lesson(cohort, state="held", held_at=datetime(2026, 11, 2, 3, tzinfo=UTC))
    today = make_lesson(cohort, title="今天这一课", starts_at=datetime(2026, 11, 21, 16, tzinfo=UTC), room_note="村委会")
    make_lesson(cohort, starts_at=datetime(2026, 11, 22, 16, tzinfo=UTC))
    make_lesson(cohort, starts_at=datetime(2026, 11, 22, 9, tzinfo=UTC), state="cancelled")
    Attendance.objects.create(lesson=held, enrolment=there, presence="present", way="qr", at=held.starts_at, is_contradicted=True)
    FollowUp.objects.create(enrolment=there, after_months=1, due_on=date(2026, 11, 22))
    FollowUp.objects.create(enrolment=waits, after_months=1, due_on=date(2026, 11, 23))

    context = school.get("/school/").context

    assert (context["figures"].lessons, context["figures"].planned_lessons, context["squares"]) == (1, 3, [True, False, False])
    assert (context["figures"].people, context["figures"].attendances) == (1, 1)
    assert list(context["lessons"]) == [today]
    assert [(one.title, one.seated, one.waiting) for one in context["cohorts"]] == [("花椒班", 1, 1)]
    assert (context["contradictions"], context["follow_ups"]) == (1, 1)
    assert context["plan"].theme == "花椒上市"


def test_the_year_shows_a_month_without_a_lesson_in_red_and_in_words(school, county, november):
    cohort = make_cohort(county)
    for month in (8, 10):
        make_lesson(
            cohort, starts_at=datetime(2026, month, 9, 1, tzinfo=UTC), state="held", held_at=datetime(2026, 11, 2, tzinfo=UTC)
        )
    SchoolMonth.objects.create(county=county, first_on=date(2026, 12, 1), planned_lessons=5)

    page = school.get("/school/")

    assert [str(month.state.value) for month in page.context["months"]] == [
        *["before"] * 7, "held", "missing", "held", "open", "coming",
    ]  # fmt: skip
    assert page.context["missing"] == [date(2026, 9, 1)]
    for words in ("2026年9月一次课也没有上", "没有上课", "本月还没上课", "计划 5 次"):
        assert words in page.content.decode()
    for year, months in (("2025", "before"), ("2027", "coming"), ("x", "before"), ("9999", "before")):
        assert school.get(f"/school/?year={year}").context["months"][0].state == months


def test_the_goal_is_persons_with_what_is_needed_each_month(school, county, november):
    SchoolRules.objects.create(county=county, goal_people=100, goal_years=1, goal_from_on=date(2026, 1, 1))
    cohort = make_cohort(county)
    lesson = make_lesson(cohort, state="held", held_at=datetime(2026, 11, 2, 3, tzinfo=UTC))
    for _ in range(3):
        Attendance.objects.create(
            lesson=lesson, enrolment=make_enrolment(cohort), presence="late", way="paper", at=lesson.starts_at
        )

    page = school.get("/school/")

    goal = page.context["goal"]
    assert (goal.people, goal.missing, goal.months_left, goal.per_month) == (3, 97, 2, 49)
    assert "还差 97 人，还剩 2 个月，每个月要来 49 个新学员。" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_school_costs_the_same_whatever_its_length(school, county, mid_month, rows, django_assert_num_queries):
    for _ in range(rows):
        aired(county, make_user("host", county), mid_month)

    with django_assert_num_queries(19):  # 6 of them for who it is and the hosts
        school.get("/school/")


@pytest.mark.parametrize(("role", "status"), [("host", 403), ("trainer", 200), ("staff", 200), ("admin", 200)])
def test_school_is_for_trainers_and_staff(client, county, role, status):
    enter(client, make_user(role, county))

    assert client.get("/school/").status_code == status


def test_school_of_another_county_shows_its_own_hosts_only(client, host, stranger):
    client.force_login(stranger)

    assert client.get("/school/").context["hosts_count"] == 0


def test_school_asks_who_it_is(client, db):
    assert client.get("/school/").headers["Location"] == "/login/?next=/school/"

"""What a county agreed on for its school, and one month of it: plan, figures, lists, on paper."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from training.models import Attendance, SchoolMonth, SchoolRules
from training.rules.counting import Figure

pytestmark = pytest.mark.usefixtures("november")
NOVEMBER = date(2026, 11, 1)
RULES = {
    "unit": "day", "goal_people": "6000", "goal_years": "2", "goal_from_on": "2026-01-01", "attendance_percent": "75",
    "qr_seconds": "20", "late_minutes": "15", "small_cell": "4",
}  # fmt: skip


def test_rules_are_kept_and_the_defaults_shown(desk, county):
    page = desk.get("/school/rules/")
    assert page.context["form"].initial["goal_people"] == 10_000

    assert desk.post("/school/rules/", RULES).status_code == 302

    kept = SchoolRules.objects.get(county=county)
    assert (kept.unit, kept.goal_people, kept.goal_years, kept.goal_from_on) == ("day", 6000, 2, date(2026, 1, 1))
    assert (kept.attendance_percent, kept.qr_seconds, kept.late_minutes, kept.small_cell) == (75, 20, 15, 4)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("unit", "week", "请从三样里选一样。"),
        ("qr_seconds", "5", "请填 10 到 300 之间的整数。"),
        ("small_cell", "2", "请填 3 到 50 之间的整数。"),
        ("goal_people", "很多", "请填 1 到 1000000 之间的整数。"),
        ("goal_from_on", "昨天", "请按 2026-01-31 这样填日期。"),
    ],
)
def test_wrong_rules_are_said_and_nothing_is_kept(desk, field, typed, said):
    page = desk.post("/school/rules/", RULES | {field: typed})

    assert (page.status_code, page.context["form"].errors) == (422, {field: [said]})
    assert not SchoolRules.objects.exists()


def test_a_month_is_planned_and_its_plan_changed(desk, county):
    plan = {"theme": " 花椒\0上市 ", "planned_lessons": "8", "planned_people": "40", "note": "先拍视频"}
    assert desk.post("/school/months/2026-12/plan/", plan).status_code == 302
    assert desk.post("/school/months/2026-12/plan/", plan | {"theme": "年货", "planned_lessons": "9"}).status_code == 302

    kept = SchoolMonth.objects.get()
    assert (kept.county, kept.first_on, kept.theme, kept.planned_lessons) == (county, date(2026, 12, 1), "年货", 9)
    assert (kept.planned_people, kept.note) == (40, "先拍视频")


def test_a_plan_that_is_not_understood_keeps_what_was_typed(desk):
    page = desk.post("/school/months/2026-12/plan/", {"theme": "长" * 61, "planned_lessons": "-1", "planned_people": "4"})

    assert page.status_code == 422
    assert page.context["form"].errors == {
        "theme": ["最多写 60 个字，现在是 61 个。"], "planned_lessons": ["请填 0 到 500 之间的整数。"],
    }  # fmt: skip
    assert "长" * 61 in page.content.decode()


@pytest.mark.parametrize("month", ["2026-13", "1999-01", "now", "2026-11-01"])
def test_what_is_no_month_is_not_there(desk, month):
    assert [desk.get(f"/school/months/{month}/{page}").status_code for page in ("", "plan/", "report/")] == [404, 404, 404]


@pytest.fixture
def month(county):
    cohort = make_cohort(county, title="花椒班")
    lesson = make_lesson(cohort, title="第一课", state="held", held_at=datetime(2026, 11, 2, 3, tzinfo=UTC))
    SchoolMonth.objects.create(county=county, first_on=NOVEMBER, theme="花椒上市", planned_lessons=2, planned_people=3)
    for n in range(3):
        enrolment = make_enrolment(cohort, make_trainee(county, name=f"学员{n}"))
        Attendance.objects.create(lesson=lesson, enrolment=enrolment, presence="present", way="qr", at=lesson.starts_at)
    return cohort


def test_a_month_says_its_figures_with_their_meaning_and_who_is_behind(desk, month):
    page = desk.get("/school/months/2026-11/?show=people")

    said = {each.figure: each.number for each in page.context["said"]}
    assert said == {
        Figure.LESSONS: 1, Figure.COHORTS: 1, Figure.PEOPLE: 3, Figure.ATTENDANCES: 3, Figure.NEW_PEOPLE: 3, Figure.ONLINE: 0,
        Figure.COMPLETERS: 0, Figure.NEW_HOSTS: 0, Figure.FIRST_SALES: 0,
    }  # fmt: skip
    assert [each.name for each in page.context["shown"].people] == ["学员0", "学员1", "学员2"]
    words = page.content.decode()
    for expected in (
        "花椒上市",
        "培训人数",
        "培训人次",
        "一个人来多少次、上几个班，都算一个",
        "一个人在一个班算一人次",
        "花椒班",
        "第一课",
    ):
        assert expected in words


@pytest.mark.parametrize(
    "asked", ["show=lessons", "show=x%00", "show=people&page=0", "show=people&page=99999", "show=people&page=²"]
)
def test_whatever_a_list_is_asked_with_there_is_a_page(desk, month, asked):
    assert desk.get(f"/school/months/2026-11/?{asked}").status_code == 200


def test_a_page_behind_the_last_says_that_nobody_is_there(desk, month):
    assert "这里没有人" in desk.get("/school/months/2026-11/?show=people&page=7").content.decode()


def test_the_report_of_a_month_prints_figures_classes_lessons_and_who_signs(desk, month):
    words = desk.get("/school/months/2026-11/report/").content.decode()

    for expected in ("平顺县 2026年11月学堂月报", "花椒班", "1 / 1", "第一课", "填表人", "审核人", "一个人在一个班算一人次"):
        assert expected in words


def test_a_month_without_a_lesson_is_red_in_words(desk, month, county):
    SchoolRules.objects.create(county=county, goal_from_on=date(2026, 9, 1))

    assert "这个月一次课也没有上" in desk.get("/school/months/2026-10/").content.decode()
    assert "这个月一次课也没有上" not in desk.get("/school/months/2026-08/").content.decode()

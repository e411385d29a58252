"""What came of a year: tables of people that give nobody away, beside what they count."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from training.models import Attendance, FollowUp, SchoolRules
from training.rules.outcome import Breakdown, outcome_of, permille_of_women
from training.rules.suppression import Mark

pytestmark = pytest.mark.usefixtures("november")
HELD_AT = datetime(2026, 11, 2, 3, tzinfo=UTC)


@pytest.fixture
def people(county):
    """Thirty in one class of this year: 18 women, 12 men; four returned; one of last year does not count."""
    cohort = make_cohort(county)
    lesson = make_lesson(cohort, state="held", held_at=HELD_AT)
    found = []
    for n in range(30):
        facts = {
            "sex": "female" if n < 18 else "male",
            "is_returnee": n < 4,
            "birth_year": 2000 - n,
            "support": "lifted" if n < 7 else "",
        }
        found.append(make_enrolment(cohort, make_trainee(county, **facts)))
        Attendance.objects.create(lesson=lesson, enrolment=found[-1], presence="present", way="qr", at=lesson.starts_at)
    old = make_lesson(cohort, state="held", held_at=HELD_AT, starts_at=datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    gone = make_enrolment(cohort, make_trainee(county, sex="male"))
    Attendance.objects.create(lesson=old, enrolment=gone, presence="present", way="qr", at=old.starts_at)
    return found


def cells(page, breakdown):
    (table,) = [each for each in page.context["tables"] if each.breakdown == breakdown]
    return [line.cell.number if line.cell.mark == Mark.NUMBER else line.cell.mark.value for line in table.lines]


def test_the_people_of_a_year_by_who_they_are(desk, people):
    page = desk.get("/school/outcome/?year=2026")

    assert cells(page, Breakdown.SEX) == [18, 12, 0]
    assert page.context["women_percent"] == "60.0"
    assert cells(page, Breakdown.RETURNEE) == ["few", "hidden"]
    assert cells(page, Breakdown.SUPPORT) == [7, 0, 0, 23]
    words = page.content.decode()
    for expected in ("少于 5", "不显示", "属于敏感信息，加密存放", "只按整年看", "一个人在一个班算一人次"):
        assert expected in words


def test_ages_are_those_at_the_end_of_the_year(desk, people):
    """Born 1971 to 2000: of 26 to 55 years."""
    assert cells(desk.get("/school/outcome/?year=2026"), Breakdown.AGE) == [0, "few", "hidden", 10, 6, 0, 0]


def test_the_newest_call_says_what_somebody_does(desk, people, staff):
    def called(enrolment, after_months, at, **said):
        FollowUp.objects.create(
            enrolment=enrolment, after_months=after_months, due_on=at.date(), done_at=at, done_by=staff, **said
        )

    for n, enrolment in enumerate(people[:12]):
        called(enrolment, 1, HELD_AT, work="farming", work_place="county")
        if n < 6:
            called(enrolment, 3, datetime(2026, 11, 20, tzinfo=UTC), work="selling", work_place="elsewhere")

    page = desk.get("/school/outcome/")

    assert cells(page, Breakdown.WORK) == [6, 0, 6, 0, 0, 18]
    assert cells(page, Breakdown.WORK_PLACE) == [6, 6, 18]


def test_a_year_of_few_people_is_not_told_apart(desk, county):
    cohort = make_cohort(county)
    lesson = make_lesson(cohort, state="held", held_at=HELD_AT)
    for n in range(6):
        trainee = make_trainee(county, sex="female" if n else "male")
        Attendance.objects.create(
            lesson=lesson, enrolment=make_enrolment(cohort, trainee), presence="late", way="qr", at=lesson.starts_at
        )

    page = desk.get("/school/outcome/")

    assert [each.table.is_withheld for each in page.context["tables"]][0] is True
    assert page.context["women"] is None
    assert "人太少，不分开列" in page.content.decode()


def test_the_county_says_how_few_are_few(desk, people, county):
    SchoolRules.objects.create(county=county, small_cell=3)

    assert cells(desk.get("/school/outcome/"), Breakdown.RETURNEE) == [4, 26]


@pytest.mark.parametrize("count", [1, 9])
def test_the_page_costs_the_same_whatever_the_number_of_people(desk, county, count, django_assert_num_queries):
    cohort = make_cohort(county)
    lesson = make_lesson(cohort, state="held", held_at=HELD_AT)
    for _ in range(count):
        Attendance.objects.create(
            lesson=lesson, enrolment=make_enrolment(cohort), presence="present", way="qr", at=lesson.starts_at
        )
    desk.get("/school/outcome/")

    with django_assert_num_queries(13):
        desk.get("/school/outcome/")


def test_a_year_in_which_nobody_came_says_so(desk):
    page = desk.get("/school/outcome/?year=2019").content.decode()

    assert "这一年还没有人来上课" in page


def test_a_word_that_is_not_known_is_unknown():
    outcome = outcome_of(Breakdown.SEX, {"female": 9, "x": 7}, 5)

    assert [line.cell.number for line in outcome.lines] == [9, 0, 7]
    assert permille_of_women(outcome) == 1000
    assert permille_of_women(outcome_of(Breakdown.SEX, {"": 7}, 5)) is None
    assert permille_of_women(outcome_of(Breakdown.SEX, {"female": 9, "male": 2}, 5)) is None

"""The demo county's monthly school: its courses, its months, the classes that were, the one that runs, the one that takes people.

Made once; loading it again moves it to the present day: lessons that are over were held, the month that began has its class."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from config.demo.grades import grade_hosts
from config.demo.people import CLIFF_HOST, GORGE_HOST, HOST, STAFF, TERRACE_HOST
from config.demo.school_after import check_by_telephone, follow, graduates_on_air, revoke_one
from config.demo.school_class import (
    BEGINS,
    DAY,
    Outline,
    School,
    at_of,
    attend,
    become,
    examine,
    make_class,
    plan_lessons,
    say,
    seat,
)
from config.demo.school_now import keep_up
from config.demo.school_people import LIVE_TEACHER, SHOP_TEACHER, VIDEO_TEACHER, Villagers, load_teachers, trainee_of
from config.demo.school_plan import COURSES, GOODS_TOPICS, LIVE, LIVE_TOPICS, PHONE_TOPICS, QUESTIONS, VIDEO_TOPICS, Topic
from livestream.models import Place
from training.actions.certificate import RuleFacts, change_rule, complete_cohort
from training.actions.course import add_course
from training.actions.quiz import QuizFacts, add_questions, make_quiz
from training.actions.school import MonthPlan, plan_month
from training.models import Attendance, Cohort, Course, Enrolment, Lesson, Mark, SchoolMonth, Trainee
from training.rules.cohort import CohortForm, CohortState, Funding
from training.rules.exam import ExamKind

if TYPE_CHECKING:
    from datetime import date

    from config.demo.cast import Cast
    from config.demo.people import Person
    from livestream.models import User


class Past(NamedTuple):
    """A class that is over: how many months ago it began, in how many it was taught, what about, percent of women."""

    title: str
    ago: int
    months: int
    topics: tuple[Topic, ...]
    second: Person
    women: int
    lessons: int = 4
    form: CohortForm = CohortForm.MONTH
    funding: Funding = Funding.DEMONSTRATION


# Nine months ago nobody taught: the month is red.
PAST = (
    Past("手机开店扫盲班", 14, 2, PHONE_TOPICS, SHOP_TEACHER, 62, funding=Funding.COUNTY),
    Past("短视频新手班", 12, 2, VIDEO_TOPICS, VIDEO_TEACHER, 55),
    Past("合作社选品包装班", 10, 1, GOODS_TOPICS, SHOP_TEACHER, 38, funding=Funding.ASSISTANCE),
    Past("春耕直播带货班", 8, 2, LIVE_TOPICS, LIVE_TEACHER, 60, 8),
    Past("巾帼直播班", 6, 2, LIVE_TOPICS, LIVE_TEACHER, 100),
    Past("花椒核桃电商班", 4, 2, GOODS_TOPICS, SHOP_TEACHER, 45, funding=Funding.ASSISTANCE),
    Past("返乡青年主播集训营", 2, 2, LIVE_TOPICS, LIVE_TEACHER, 48, form=CohortForm.CAMP),
)
GRADUATED, CAMP = PAST[3].title, PAST[6].title
LEARNT = {GRADUATED: (HOST,), CAMP: (GORGE_HOST, CLIFF_HOST, TERRACE_HOST)}
FILLED = (Trainee, Cohort, Enrolment, Lesson, Mark, Attendance)
KNOWN_ALREADY, NEW = 8, 32  # of the forty of a class
THEMES = ("直播入门", "短视频", "选品包装", "开店上架", "售后和规矩")


def load_school(cast: Cast) -> None:
    """What is missing of it."""
    people = load_teachers(cast)
    courses = load_courses(cast, cast.people[STAFF.phone])
    school = School(cast, people, courses)
    plan_months(school)
    is_new = not Cohort.objects.filter(county=cast.county, title=PAST[0].title).exists()
    if is_new:
        change_rule(cast.county.pk, RuleFacts(needs_practical=False), by=cast.people[STAFF.phone])
        past = {plan.title: _teach(school, plan, n) for n, plan in enumerate(PAST)}
        graduates_on_air(school, past[GRADUATED])
        follow(school, past[GRADUATED])
        revoke_one(school, past[GRADUATED])
        check_by_telephone(school, past[GRADUATED])
    keep_up(school)
    if is_new:
        tell_the_planner()
        grade_hosts(school)


def tell_the_planner() -> None:
    """So many rows at once in tables that PostgreSQL believes to be empty: the first pages would wait for minutes."""
    tables = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in FILLED)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def load_courses(cast: Cast, by: User) -> dict[str, Course]:
    there = {course.title: course for course in Course.objects.filter(county=cast.county)}
    if not there:
        there = {plan.title: add_course(cast.county, plan) for plan in COURSES}
        quiz = make_quiz(there[LIVE], QuizFacts("开播前考一考", 60))
        add_questions(quiz, QUESTIONS)
    return there | {plan.title: there.get(plan.title) or add_course(cast.county, plan) for plan in COURSES}


def plan_months(school: School) -> None:
    """Themes of the year's months; what a county changed stays."""
    there = set(SchoolMonth.objects.filter(county=school.county).values_list("first_on", flat=True))
    for ago in range(14, -3, -1):
        first_on = school.month(ago)
        if first_on not in there:
            plan = MonthPlan(THEMES[first_on.month % len(THEMES)], _lessons_of(ago), 40, "")
            plan_month(school.county, first_on, plan)


def _lessons_of(ago: int) -> int:
    """How many the plan of that month asked for: what was held, or what is to be."""
    taught = next((past for past in PAST if past.ago - past.months < ago <= past.ago), None)
    return taught.lessons // taught.months if taught else 8 if ago <= 0 else 4


def _teach(school: School, plan: Past, number: int) -> Cohort:
    starts_on, last = school.month(plan.ago).replace(day=3), school.month(plan.ago - plan.months + 1)
    ends_on = last.replace(day=27)
    place = school.county if number % 2 else Place.objects.get(pk="140425100003")
    outline = Outline(plan.title, place, starts_on, ends_on, plan.topics, plan.second, plan.form, plan.funding)
    cohort = make_class(school, outline)
    enrolled_at = at_of(starts_on - 12 * DAY, BEGINS)
    seated = seat(cohort, _people(school, plan, number, starts_on), at=enrolled_at, by=school.lead)
    lessons = plan_lessons(school, cohort, outline, _days(school, plan))
    attend(lessons, seated, by=school.lead)
    is_main = plan.title == GRADUATED
    examine(cohort, seated, by=school.lead, kinds=(ExamKind.THEORY, ExamKind.SKILLS) if is_main else (ExamKind.THEORY,))
    if is_main:
        say(seated, starts_at=lessons[0].starts_at, ends_at=lessons[-1].ends_at)
    over_at = at_of(ends_on, BEGINS)
    become(cohort, CohortState.CLOSED, over_at)
    complete_cohort(cohort, by=school.lead, at=over_at, tells=False)
    return cohort


def _days(school: School, plan: Past) -> list[date]:
    """The same number in each month, a week apart."""
    each = -(-plan.lessons // plan.months)
    return [school.month(plan.ago - n // each).replace(day=5 + 6 * (n % each)) for n in range(plan.lessons)]


def _people(school: School, plan: Past, number: int, starts_on: date) -> list[Trainee]:
    """Hosts of the demo, people who learnt here before, and new ones."""
    at = at_of(starts_on - 14 * DAY, BEGINS)
    hosts = [trainee_of(school.cast.people[one.phone], at=at, by=school.lead) for one in LEARNT.get(plan.title, ())]
    before = Cohort.objects.filter(county=school.county, title=PAST[number - 1].title).first() if number else None
    known = (
        [row.trainee for row in before.enrolments.select_related("trainee").order_by("seat")[4 : 4 + KNOWN_ALREADY]]
        if before
        else []
    )
    known = [one for one in known if one.user_id is None]
    villagers = Villagers(school.cast, plan.title, number * 100)
    return [
        *hosts,
        *known,
        *villagers.some(NEW + KNOWN_ALREADY - len(known) - len(hosts), at=at, women=plan.women, by=school.lead),
    ]

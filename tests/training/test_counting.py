"""What a month of the school was: persons and attendances apart, merged people once, and the list behind each figure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_session, make_shop, make_user
from tests.school import make_cohort, make_course, make_enrolment, make_lesson, make_trainee
from training.actions.counting import (
    begun_on,
    figures_between,
    goal_of,
    month_figures,
    months_between,
    people_behind,
    people_since,
)
from training.models import Attendance, Enrolment, SchoolMonth, SchoolRules, StudyEntry
from training.rules.counting import Figure, Figures, Goal, MonthState, month_after, month_state, parse_month
from training.rules.school import AttendanceUnit

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
MORNING = datetime(2026, 11, 2, 1, tzinfo=UTC)


def held(cohort, starts_at=MORNING, **kwargs):
    return make_lesson(cohort, starts_at=starts_at, state="held", held_at=starts_at, **kwargs)


def was(enrolment, *lessons, presence="present"):
    for lesson in lessons:
        Attendance.objects.create(lesson=lesson, enrolment=enrolment, presence=presence, way="qr", at=lesson.starts_at)


def names(county, figure, unit=AttendanceUnit.COHORT):
    found, total = people_behind(county.pk, figure, (NOVEMBER, DECEMBER), unit, limit=100)
    assert total == len(found)
    return [(row.name, row.number) for row in found]


@pytest.fixture
def month(county):
    """Two classes; 王 in both, on two days; 李 late once; 赵 excused, 钱 absent, 孙 only where nobody says it was held."""
    one, two = make_cohort(county), make_cohort(county)
    lessons = [held(one), held(one, MORNING + timedelta(days=1)), held(two, MORNING + timedelta(hours=6))]
    wang, li, zhao, qian, sun = (make_trainee(county, name=name) for name in "王李赵钱孙")
    was(make_enrolment(one, wang), *lessons[:2])
    was(make_enrolment(two, wang), lessons[2])
    was(make_enrolment(one, li), lessons[0], presence="late")
    was(make_enrolment(one, zhao), lessons[0], presence="excused")
    was(make_enrolment(one, qian), lessons[0], presence="absent")
    was(make_enrolment(one, sun), make_lesson(one, starts_at=MORNING + timedelta(days=3)))
    make_lesson(one, state="cancelled")
    SchoolMonth.objects.create(county=county, first_on=NOVEMBER, planned_lessons=7)
    return {"one": one, "two": two, "lessons": lessons, "王": wang, "李": li}


@pytest.mark.parametrize(("unit", "attendances"), [("cohort", 3), ("day", 3), ("lesson", 4)])
def test_persons_and_attendances_are_two_figures(month, county, unit, attendances):
    SchoolRules.objects.create(county=county, unit=unit)

    found = month_figures(county.pk, NOVEMBER)

    assert found == Figures(
        NOVEMBER, AttendanceUnit(unit), planned_lessons=7, timetabled_lessons=4, lessons=3, cohorts=2, people=2,
        attendances=attendances, new_people=2,
    )  # fmt: skip
    assert sum(number for _name, number in names(county, Figure.ATTENDANCES, AttendanceUnit(unit))) == attendances
    assert names(county, Figure.PEOPLE) == [("李", 1), ("王", 3)]
    assert people_since(county.pk, NOVEMBER) == (2, attendances)


def test_another_county_counts_for_itself(month, other_county):
    assert month_figures(other_county.pk, NOVEMBER) == Figures(NOVEMBER, AttendanceUnit.COHORT)


def test_who_was_found_to_be_somebody_else_is_counted_as_him(month, county):
    last = make_trainee(county, name="王改名", merged_into=month["王"])
    first = make_trainee(county, name="王一", merged_into=last)
    lesson = held(month["two"], MORNING + timedelta(days=8))
    was(make_enrolment(month["two"], first, seat=9), lesson)

    assert month_figures(county.pk, NOVEMBER).people == 2
    assert names(county, Figure.PEOPLE) == [("李", 1), ("王", 4)]


def test_rows_that_name_each_other_end_nothing(month, county):
    """No verb makes such a circle; if somebody did by hand, the page still answers."""
    one = make_trainee(county)
    two = make_trainee(county, merged_into=one)
    type(one).objects.filter(pk=one.pk).update(merged_into=two)

    assert month_figures(county.pk, NOVEMBER).people == 2


def test_new_is_who_never_came_before_under_any_of_his_names(month, county):
    old = make_cohort(county, starts_on=date(2026, 9, 1))
    before = make_trainee(county, name="李旧", merged_into=month["李"])
    was(make_enrolment(old, before), held(old, MORNING - timedelta(days=40)))

    assert names(county, Figure.NEW_PEOPLE) == [("王", 3)]
    assert month_figures(county.pk, NOVEMBER).new_people == 1


def test_a_month_begins_and_ends_at_midnight_in_shanghai(county):
    cohort, trainee = make_cohort(county), make_trainee(county)
    enrolment = make_enrolment(cohort, trainee)
    last_moment = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    was(enrolment, held(cohort, last_moment), held(cohort, last_moment + timedelta(minutes=1)))

    assert [line.held for line in months_between(county.pk, NOVEMBER, date(2027, 1, 1))] == [1, 1]
    assert (month_figures(county.pk, NOVEMBER).lessons, month_figures(county.pk, DECEMBER).lessons) == (1, 1)


def test_completers_and_minutes_online_are_of_their_days(month, county):
    enrolment = Enrolment.objects.get(trainee=month["王"], cohort=month["one"])
    Enrolment.objects.filter(trainee=month["王"]).update(state="completed", completed_on=date(2026, 11, 30))
    Enrolment.objects.filter(trainee=month["李"]).update(state="completed", completed_on=date(2026, 12, 1))
    entry = {"enrolment": enrolment, "course": make_course(county), "minutes": 25}
    for n, day in enumerate((date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30))):
        StudyEntry.objects.create(client_id=f"00000000-0000-4000-8000-00000000000{n}", on=day, **entry)

    found = month_figures(county.pk, NOVEMBER)

    assert (found.completers, found.online_minutes) == (1, 50)
    assert names(county, Figure.COMPLETERS) == [("王", 2)]
    assert names(county, Figure.ONLINE) == [("王", 50)]


@pytest.fixture
def hosts(month, county):
    """王 and 李 have accounts; both came on the second of November."""
    found = {}
    for name in "王李":
        found[name] = make_user("host", county, name=name)
        type(month[name]).objects.filter(pk=month[name].pk).update(user=found[name])
    return found


def aired(county, host, at, **kwargs):
    return make_session(county, host, room=f"R{at:%d%H}", went_live_at=at, ended_at=at + timedelta(hours=1), **kwargs)


def sold(county, session, order_no, at):
    shop = county.__dict__.setdefault("shop", None) or make_shop(county)
    county.shop = shop
    receive([make_arrival(shop, make_order_body(order_no, at=at, room=session.rooms.get().room_id))], cause=Cause.PUSH, at=at)


def test_new_hosts_went_live_for_the_first_time_after_they_came(hosts, county):
    aired(county, hosts["王"], MORNING + timedelta(days=4), kind="practice")
    aired(county, hosts["王"], MORNING + timedelta(days=5))
    aired(county, hosts["王"], MORNING + timedelta(days=6))
    aired(county, hosts["李"], MORNING - timedelta(days=1))
    aired(county, hosts["李"], MORNING + timedelta(days=7))
    aired(county, make_user("host", county), MORNING + timedelta(days=8))

    assert names(county, Figure.NEW_HOSTS) == [("王", 2)]
    assert month_figures(county.pk, NOVEMBER).new_hosts == 1
    assert month_figures(county.pk, DECEMBER).new_hosts == 0


def test_first_sales_are_counted_orders_of_their_own_sessions(hosts, county):
    wang, li = (aired(county, hosts[name], MORNING + timedelta(days=5, hours=3 * n)) for n, name in enumerate("王李"))
    sold(county, wang, "W1", wang.went_live_at + timedelta(minutes=5))
    sold(county, wang, "W2", wang.went_live_at + timedelta(minutes=6))
    body = make_order_body("L1", status="cancelled", at=li.went_live_at + timedelta(minutes=5), room=li.rooms.get().room_id)
    receive([make_arrival(county.shop, body)], cause=Cause.PUSH, at=MORNING)

    assert names(county, Figure.FIRST_SALES) == [("王", 2)]
    assert month_figures(county.pk, NOVEMBER).first_sales == 1
    later = aired(county, hosts["王"], datetime(2026, 12, 3, 1, tzinfo=UTC))
    sold(county, later, "W3", later.went_live_at + timedelta(minutes=5))
    assert month_figures(county.pk, DECEMBER).first_sales == 0


def test_each_statement_is_one(month, county, django_assert_num_queries):
    with django_assert_num_queries(1):
        figures_between(county.pk, NOVEMBER, DECEMBER, AttendanceUnit.DAY)
    with django_assert_num_queries(2):  # lines, plans
        months_between(county.pk, NOVEMBER, DECEMBER)


def test_the_school_begins_with_its_first_lesson_or_when_the_county_says(month, county, other_county):
    rules = SchoolRules(county=county)

    assert begun_on(other_county.pk, rules) is None
    assert begun_on(county.pk, rules) == date(2026, 11, 2)
    rules.goal_from_on = date(2026, 1, 15)
    assert begun_on(county.pk, rules) == date(2026, 1, 15)
    assert goal_of(county.pk, rules, date(2026, 1, 15), today=date(2026, 11, 22)) == Goal(
        10_000, 2, 3, date(2026, 1, 15), date(2029, 1, 15), date(2026, 11, 22)
    )


# --- rules --------------------------------------------------------------------------------------------------------------

TODAY, BEGUN = date(2026, 11, 22), date(2026, 9, 15)


@pytest.mark.parametrize(
    ("first_on", "lessons", "begun", "state"),
    [
        (date(2026, 8, 1), 0, BEGUN, MonthState.BEFORE),
        (date(2026, 8, 1), 1, BEGUN, MonthState.HELD),
        (date(2026, 9, 1), 0, BEGUN, MonthState.MISSING),
        (date(2026, 10, 1), 0, BEGUN, MonthState.MISSING),
        (date(2026, 11, 1), 0, BEGUN, MonthState.OPEN),
        (date(2026, 11, 1), 2, BEGUN, MonthState.HELD),
        (date(2026, 12, 1), 0, BEGUN, MonthState.COMING),
        (date(2026, 10, 1), 0, None, MonthState.BEFORE),
    ],
)
def test_a_month_without_a_lesson_is_missing_once_it_is_over(first_on, lessons, begun, state):
    assert month_state(first_on, lessons, today=TODAY, begun_on=begun) == state


@pytest.mark.parametrize(
    ("first_on", "months", "found"),
    [(date(2026, 12, 1), 1, date(2027, 1, 1)), (date(2026, 1, 1), -1, date(2025, 12, 1)), (NOVEMBER, 25, date(2028, 12, 1))],
)
def test_months_go_over_the_year(first_on, months, found):
    assert month_after(first_on, months) == found


@pytest.mark.parametrize("words", ["", "2026", "2026-13", "2026-1", "2026-1-", "2014-12", "2100-01", "x026-11", "２０２６-11"])
def test_what_is_no_month_is_refused(words):
    assert parse_month(words) is None


def test_a_month_is_read():
    assert parse_month("2026-11") == NOVEMBER


def test_a_goal_says_how_many_a_month_are_needed():
    goal = Goal(10_000, 2_500, 9_000, date(2026, 1, 1), date(2029, 1, 1), TODAY)

    assert (goal.permille, goal.missing, goal.months_left, goal.per_month, goal.is_over) == (250, 7_500, 26, 289, False)
    assert goal.time_permille == 296
    over = Goal(10_000, 10_008, 20_000, date(2023, 1, 1), date(2026, 1, 1), TODAY)
    assert (over.permille, over.missing, over.months_left, over.per_month, over.is_over) == (1000, 0, 0, 0, True)

"""What a county's school has done, counted by the database in one statement each. Nothing is stored: it follows from lessons,
attendances, sessions and orders as they are now. Whoever was found to be somebody else (`merged_into`) is that person here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from livestream.rules.day import shanghai_day
from livestream.rules.session import AIRED, SessionKind
from orders.rules.worth import WORTH_SOMETHING
from training.models import SchoolMonth, school_rules_of
from training.rules.attendance import WAS_THERE
from training.rules.counting import Figure, Figures, Goal, begins, month_after, years_after
from training.rules.enrolment import EnrolmentState
from training.rules.lesson import LessonState
from training.rules.school import AttendanceUnit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from training.models import SchoolRules

# What makes one attendance (人次), as columns of `there`.
UNIT = {
    AttendanceUnit.COHORT: "person_id, cohort_id",
    AttendanceUnit.DAY: "person_id, (starts_at AT TIME ZONE 'Asia/Shanghai')::date",
    AttendanceUnit.LESSON: "person_id, lesson_id",
}
# `same`: trainee rows that are another person, followed to the end; UNION ends it even where rows named each other.
# `there`: one row for each person and held lesson of the stretch; `ever`: when each first came at all. Everything is joined as
# whole sets: right after a large import PostgreSQL has no statistics, and would ask person by person in the worst order.
THERE = """
WITH RECURSIVE step (trainee_id, person_id) AS (
    SELECT id, merged_into_id FROM training_trainee WHERE county_id = %(county)s AND merged_into_id IS NOT NULL
    UNION
    SELECT step.trainee_id, further.merged_into_id
    FROM step JOIN training_trainee further ON further.id = step.person_id AND further.merged_into_id IS NOT NULL
), same AS (
    SELECT step.trainee_id, step.person_id
    FROM step JOIN training_trainee last ON last.id = step.person_id AND last.merged_into_id IS NULL
), there AS (
    SELECT COALESCE(same.person_id, enrolment.trainee_id) AS person_id, lesson.id AS lesson_id, lesson.cohort_id, lesson.starts_at
    FROM training_cohort cohort
    JOIN training_lesson lesson ON lesson.cohort_id = cohort.id AND lesson.state = %(held)s
        AND lesson.starts_at >= %(begins)s AND lesson.starts_at < %(ends)s
    JOIN training_attendance attendance ON attendance.lesson_id = lesson.id AND attendance.presence = ANY(%(there)s)
    JOIN training_enrolment enrolment ON enrolment.id = attendance.enrolment_id
    LEFT JOIN same ON same.trainee_id = enrolment.trainee_id
    WHERE cohort.county_id = %(county)s
)"""
EVERYTHING = f"""{THERE}, come AS (
    SELECT person_id, count(*) AS number, min(starts_at) AS at FROM there GROUP BY person_id
), ever AS (
    SELECT COALESCE(same.person_id, enrolment.trainee_id) AS person_id, min(lesson.starts_at) AS at
    FROM training_cohort cohort JOIN training_lesson lesson ON lesson.cohort_id = cohort.id AND lesson.state = %(held)s
    JOIN training_attendance attendance ON attendance.lesson_id = lesson.id AND attendance.presence = ANY(%(there)s)
    JOIN training_enrolment enrolment ON enrolment.id = attendance.enrolment_id
    LEFT JOIN same ON same.trainee_id = enrolment.trainee_id
    WHERE cohort.county_id = %(county)s AND lesson.starts_at < %(ends)s GROUP BY 1
), newcomer AS (
    SELECT come.* FROM come JOIN ever USING (person_id) WHERE ever.at >= %(begins)s
), completer AS (
    SELECT COALESCE(same.person_id, enrolment.trainee_id) AS person_id, count(*) AS number,
        min(enrolment.completed_on)::timestamp AT TIME ZONE 'Asia/Shanghai' AS at
    FROM training_enrolment enrolment JOIN training_cohort cohort ON cohort.id = enrolment.cohort_id
    LEFT JOIN same ON same.trainee_id = enrolment.trainee_id
    WHERE cohort.county_id = %(county)s AND enrolment.state = %(completed)s
        AND enrolment.completed_on >= %(from_on)s AND enrolment.completed_on < %(until_on)s
    GROUP BY 1
), online AS (
    SELECT COALESCE(same.person_id, enrolment.trainee_id) AS person_id, sum(entry.minutes) AS number,
        min(entry.on)::timestamp AT TIME ZONE 'Asia/Shanghai' AS at
    FROM training_studyentry entry JOIN training_enrolment enrolment ON enrolment.id = entry.enrolment_id
    JOIN training_cohort cohort ON cohort.id = enrolment.cohort_id AND cohort.county_id = %(county)s
    LEFT JOIN same ON same.trainee_id = enrolment.trainee_id
    WHERE entry.on >= %(from_on)s AND entry.on < %(until_on)s
    GROUP BY 1
), account AS (
    SELECT COALESCE(same.person_id, trainee.id) AS person_id, trainee.user_id
    FROM training_trainee trainee LEFT JOIN same ON same.trainee_id = trainee.id
    WHERE trainee.county_id = %(county)s AND trainee.user_id IS NOT NULL
), air AS (
    SELECT account.person_id, count(*) AS number, min(session.went_live_at) AS at
    FROM account JOIN livestream_livesession session ON session.host_id = account.user_id
        AND session.state = ANY(%(aired)s) AND session.kind <> %(practice)s AND session.went_live_at < %(ends)s
    GROUP BY 1
), new_host AS (
    SELECT air.* FROM air JOIN ever USING (person_id) WHERE air.at >= %(begins)s AND ever.at <= air.at
), sale AS (
    SELECT account.person_id, count(*) AS number, min(sold.paid_at) AS at
    FROM account JOIN livestream_livesession session ON session.host_id = account.user_id AND session.kind <> %(practice)s
    JOIN orders_order sold ON sold.session_id = session.id AND sold.county_id = %(county)s AND sold.status = ANY(%(worth)s)
        AND sold.paid_at >= %(begins)s AND sold.paid_at < %(ends)s
    GROUP BY 1
), first_sale AS (
    SELECT sale.* FROM sale JOIN ever USING (person_id) WHERE ever.at <= sale.at AND NOT EXISTS (
        SELECT FROM account JOIN livestream_livesession session ON session.host_id = account.user_id
            AND session.kind <> %(practice)s
        JOIN orders_order sold ON sold.session_id = session.id AND sold.county_id = %(county)s
            AND sold.status = ANY(%(worth)s) AND sold.paid_at < %(begins)s
        WHERE account.person_id = sale.person_id
    )
)"""
FIGURES = """{everything}
SELECT
    (SELECT COALESCE(sum(planned_lessons), 0) FROM training_schoolmonth
        WHERE county_id = %(county)s AND first_on >= %(from_on)s AND first_on < %(until_on)s) AS planned_lessons,
    lesson.timetabled_lessons, lesson.lessons, lesson.cohorts,
    (SELECT count(*) FROM come) AS people,
    (SELECT count(*) FROM (SELECT DISTINCT {unit} FROM there) one) AS attendances,
    (SELECT COALESCE(sum(number), 0) FROM online) AS online_minutes,
    (SELECT count(*) FROM newcomer) AS new_people,
    (SELECT count(*) FROM new_host) AS new_hosts,
    (SELECT count(*) FROM first_sale) AS first_sales,
    (SELECT count(*) FROM completer) AS completers
FROM (
    SELECT count(*) FILTER (WHERE lesson.state <> %(cancelled)s) AS timetabled_lessons,
        count(*) FILTER (WHERE lesson.state = %(held)s) AS lessons,
        count(DISTINCT lesson.cohort_id) FILTER (WHERE lesson.state = %(held)s) AS cohorts
    FROM training_lesson lesson JOIN training_cohort cohort ON cohort.id = lesson.cohort_id
    WHERE cohort.county_id = %(county)s AND lesson.starts_at >= %(begins)s AND lesson.starts_at < %(ends)s
) lesson"""
BEHIND = {
    Figure.PEOPLE: "come",
    Figure.NEW_PEOPLE: "newcomer",
    Figure.COMPLETERS: "completer",
    Figure.ONLINE: "online",
    Figure.NEW_HOSTS: "new_host",
    Figure.FIRST_SALES: "first_sale",
    Figure.ATTENDANCES: "(SELECT person_id, count(*) AS number, min(at) AS at"
    " FROM (SELECT {unit}, min(starts_at) AS at FROM there GROUP BY {unit}) one GROUP BY person_id)",
}
LIST = """{everything}
SELECT person.id, person.name, place.name, above.name, behind.number, behind.at, count(*) OVER ()
FROM {behind} behind JOIN training_trainee person ON person.id = behind.person_id
JOIN livestream_place place ON place.code = person.place_id LEFT JOIN livestream_place above ON above.code = place.parent_id
ORDER BY person.place_id, person.name, person.id LIMIT %(limit)s OFFSET %(offset)s"""
SINCE = """{there}
SELECT (SELECT count(DISTINCT person_id) FROM there), (SELECT count(*) FROM (SELECT DISTINCT {unit} FROM there) one)"""
MONTHS = """{there}
SELECT month::date, COALESCE(lesson.timetabled, 0), COALESCE(lesson.held, 0), COALESCE(who.people, 0)
FROM generate_series(%(from_on)s::timestamp, %(until_on)s::timestamp - interval '1 day', interval '1 month') month
LEFT JOIN (
    SELECT date_trunc('month', lesson.starts_at AT TIME ZONE 'Asia/Shanghai') AS month,
        count(*) FILTER (WHERE lesson.state <> %(cancelled)s) AS timetabled,
        count(*) FILTER (WHERE lesson.state = %(held)s) AS held
    FROM training_lesson lesson JOIN training_cohort cohort ON cohort.id = lesson.cohort_id
    WHERE cohort.county_id = %(county)s AND lesson.starts_at >= %(begins)s AND lesson.starts_at < %(ends)s GROUP BY 1
) lesson USING (month)
LEFT JOIN (
    SELECT date_trunc('month', starts_at AT TIME ZONE 'Asia/Shanghai') AS month, count(DISTINCT person_id) AS people
    FROM there GROUP BY 1
) who USING (month)
ORDER BY month"""
FIRST_LESSON = """
SELECT min(lesson.starts_at) FROM training_lesson lesson JOIN training_cohort cohort ON cohort.id = lesson.cohort_id
WHERE cohort.county_id = %(county)s AND lesson.state = %(held)s"""


@dataclass(frozen=True, slots=True)
class Behind:
    """One person of the list behind a figure. `number`: lessons he came to, attendances, minutes, sessions, orders or classes, as
    the figure is about; `at`: when that first was, in the stretch."""

    pk: int
    name: str
    place: str
    above: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month in the strip of a year: planned, standing in the timetable, held; and who came."""

    first_on: date
    timetabled: int
    held: int
    people: int
    plan: SchoolMonth | None = None

    @property
    def planned(self) -> int:
        """What was to be: the plan's word, else what the timetable says."""
        return (self.plan.planned_lessons if self.plan else 0) or self.timetabled


def facts(county: str, from_on: date, until_on: date) -> dict[str, Any]:
    """The parameters of every statement here: a stretch of Shanghai days, the last not in it."""
    return {
        "county": county,
        "from_on": from_on,
        "until_on": until_on,
        "begins": begins(from_on),
        "ends": begins(until_on),
        "there": sorted(WAS_THERE),
        "held": LessonState.HELD.value,
        "cancelled": LessonState.CANCELLED.value,
        "completed": EnrolmentState.COMPLETED.value,
        "aired": sorted(AIRED),
        "practice": SessionKind.PRACTICE.value,
        "worth": sorted(WORTH_SOMETHING),
    }


def rows(statement: str, found: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, found)
        return list(cursor.fetchall())


def month_figures(county: str, first_on: date) -> Figures:
    """Of the month that begins on this day, by the unit that the county agreed on."""
    return figures_between(county, first_on, month_after(first_on), unit_of(school_rules_of(county)))


def figures_between(county: str, from_on: date, until_on: date, unit: AttendanceUnit) -> Figures:
    """Of the days from `from_on` up to `until_on`, that one not in them."""
    statement = FIGURES.format(everything=EVERYTHING, unit=UNIT[unit])
    with connection.cursor() as cursor:
        cursor.execute(statement, facts(county, from_on, until_on))
        (row,) = cursor.fetchall()
        names = [column.name for column in cursor.description or ()]
    return Figures(from_on, unit, **dict(zip(names, map(int, row), strict=True)))


def unit_of(rules: SchoolRules) -> AttendanceUnit:
    return AttendanceUnit(rules.unit)


def people_behind(
    county: str, figure: Figure, stretch: tuple[date, date], unit: AttendanceUnit, *, limit: int, offset: int = 0
) -> tuple[list[Behind], int]:
    """The persons of one figure of those days, by village and name, and how many there are in all (0 beyond the last page)."""
    behind = BEHIND[figure].format(unit=UNIT[unit])
    found = rows(LIST.format(everything=EVERYTHING, behind=behind), facts(county, *stretch) | {"limit": limit, "offset": offset})
    return [Behind(pk, name, place, above or "", int(n), at) for pk, name, place, above, n, at, _all in found], (
        found[0][-1] if found else 0
    )


def people_since(county: str, from_on: date, *, until_on: date | None = None) -> tuple[int, int]:
    """(unique persons 人数, attendances 人次 by the county's unit) in all held lessons since that day."""
    unit = unit_of(school_rules_of(county))
    found = facts(county, from_on, until_on or date(9999, 12, 31))
    ((people, attendances),) = rows(SINCE.format(there=THERE, unit=UNIT[unit]), found)
    return int(people), int(attendances)


def months_between(county: str, from_on: date, until_on: date) -> list[MonthLine]:
    """A line for each month from the first day of one up to the first day of another."""
    plans = {
        plan.first_on: plan for plan in SchoolMonth.objects.filter(county=county, first_on__gte=from_on, first_on__lt=until_on)
    }
    found = rows(MONTHS.format(there=THERE), facts(county, from_on, until_on))
    return [MonthLine(month, timetabled, held, people, plans.get(month)) for month, timetabled, held, people in found]


def begun_on(county: str, rules: SchoolRules) -> date | None:
    """The day from which the school must not pause: what the county said, else that of its first lesson."""
    if rules.goal_from_on:
        return rules.goal_from_on
    ((first,),) = rows(FIRST_LESSON, {"county": county, "held": LessonState.HELD.value})
    return shanghai_day(first) if first else None


def goal_of(county: str, rules: SchoolRules, begun: date | None, *, today: date) -> Goal:
    """How far the county has come to its goal; before the first lesson its time begins today."""
    from_on = begun or today
    until_on = years_after(from_on, rules.goal_years)
    people, attendances = people_since(county, from_on, until_on=until_on)
    return Goal(rules.goal_people, people, attendances, from_on, until_on, today)

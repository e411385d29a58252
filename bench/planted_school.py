"""A county's school of some years, known to the last person: so many new people every month, one month without a lesson.

Everything is put in by a few INSERT … SELECT statements; the figures that must come out are computed from how it was planted.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from training.models import Attendance, Cohort, Enrolment, Lesson, SchoolMonth, Trainee

if TYPE_CHECKING:
    from django.db.models import Model

    from livestream.models import Place, User

CLASSES = 8  # a month; people go to them in turn
LESSONS = 4  # a class, on four days
BACK = 10  # every tenth comes back for a class of the next month that has one
BEGINS_ON = date(2023, 10, 1)
GAP = 20  # the twenty-first month has no lesson

MONTHS = """
CREATE TEMPORARY TABLE school_month ON COMMIT DROP AS
SELECT number, (%(begins_on)s::date + make_interval(months => number + (number >= %(gap)s)::int))::date AS first_on
FROM generate_series(0, %(months)s - 1) number"""
PEOPLE = {
    "county_id": "%(county)s",
    "place_id": "%(county)s",
    "name": "'学员' || number",
    "phone_digest": "md5(number::text)",
    "sex": "CASE WHEN number %% 5 < 3 THEN 'female' ELSE 'male' END",
    "birth_year": "1960 + number %% 45",
    "is_returnee": "number %% 7 = 0",
    "made_at": "now()",
}
NUMBERS = "generate_series(0, %(months)s * %(people)s - 1) number"
COHORTS = {
    "id": "gen_random_uuid()",
    "county_id": "%(county)s",
    "place_id": "%(county)s",
    "title": "to_char(first_on, 'YYYY-MM') || ' 第 ' || class || ' 班'",
    "year": "extract(year FROM first_on)",
    "number": "extract(month FROM first_on) * 10 + class",
    "state": "'closed'",
    "starts_on": "first_on",
    "ends_on": "first_on + 27",
    "made_by_id": "%(by)s",
    "made_at": "now()",
}
CLASSES_OF = "school_month, generate_series(1, %(classes)s) class"
LESSONS_HELD = {
    "id": "gen_random_uuid()",
    "cohort_id": "cohort.id",
    "title": "'第 ' || day || ' 课'",
    "starts_at": "begins",
    "ends_at": "begins + interval '90 minutes'",
    "state": "'held'",
    "held_at": "begins",
    "trainer_id": "%(by)s",
}
DAYS = """training_cohort cohort, generate_series(1, %(lessons)s) day,
    LATERAL (SELECT (starts_on + day * 5 + time '09:00') AT TIME ZONE 'Asia/Shanghai' AS begins) at
    WHERE county_id = %(county)s"""
ENROLMENTS = {
    "id": "gen_random_uuid()",
    "cohort_id": "cohort_id",
    "trainee_id": "trainee_id",
    "state": "'completed'",
    "seat": "row_number() OVER (PARTITION BY cohort_id ORDER BY trainee_id)",
    "way": "'sheet'",
    "enrolled_at": "now()",
    "completed_on": "ends_on",
}
# Everybody in the class of his month; who comes back, in the next month's too.
COMERS = """(
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth FROM training_trainee WHERE county_id = %(county)s
) person (trainee_id, nth)
JOIN school_month month ON month.number = nth / %(people)s OR (nth %% %(back)s = 0 AND month.number = nth / %(people)s + 1)
JOIN (
    SELECT id, starts_on, ends_on, number %% 10 FROM training_cohort WHERE county_id = %(county)s
) class (cohort_id, starts_on, ends_on, nth_class) ON starts_on = month.first_on
    AND nth_class = 1 + CASE WHEN month.number = nth / %(people)s THEN nth ELSE nth / %(back)s END %% %(classes)s"""
# Of four lessons everybody misses one, and comes late to another.
ATTENDANCES = {
    "lesson_id": "lesson.id",
    "enrolment_id": "enrolment.id",
    "presence": """CASE (enrolment.seat + extract(day FROM lesson.starts_at)::int / 5) %% 4
        WHEN 0 THEN 'absent' WHEN 1 THEN 'late' ELSE 'present' END""",
    "way": "'qr'",
    "at": "lesson.starts_at",
}
MEETINGS = """training_lesson lesson
JOIN training_cohort cohort ON cohort.id = lesson.cohort_id AND cohort.county_id = %(county)s
JOIN training_enrolment enrolment ON enrolment.cohort_id = cohort.id"""
PLANS = {
    "county_id": "%(county)s",
    "first_on": "first_on",
    "planned_lessons": "%(classes)s * %(lessons)s",
    "planned_people": "%(people)s",
}


class School(NamedTuple):
    """What was planted, and so what must be counted; the unit is one person in one class."""

    people: int
    attendances: int
    months: int
    gap_on: date  # the month without a lesson
    last_on: date  # the last month


def plant_school(county: Place, by: User, *, months: int = 36, people: int = 278, gap: int = GAP) -> School:
    """Needs a transaction. The county has no school before."""
    words = {
        "county": county.pk,
        "by": by.pk,
        "months": months,
        "people": people,
        "gap": gap,
        "begins_on": BEGINS_ON,
        "classes": CLASSES,
        "lessons": LESSONS,
        "back": BACK,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger: what they would write is not measured here
        cursor.execute(MONTHS, words)
        for model, columns, rows in (
            (Trainee, PEOPLE, NUMBERS),
            (Cohort, COHORTS, CLASSES_OF),
            (Lesson, LESSONS_HELD, DAYS),
            (Enrolment, ENROLMENTS, COMERS),
            (Attendance, ATTENDANCES, MEETINGS),
            (SchoolMonth, PLANS, "school_month"),
        ):
            insert(cursor, model, columns, rows, words)
        cursor.execute("DROP TABLE school_month")
        cursor.execute("SET LOCAL session_replication_role = origin")
    came_back = sum(1 for nth in range((months - 1) * people) if nth % BACK == 0)
    return School(months * people, months * people + came_back, months, month_of(gap), month_of(months))


def insert(cursor: Any, model: type[Model], columns: dict[str, str], rows: str, words: dict[str, Any]) -> None:
    """A row of the model for each of these; a column that is not named has the model's own default."""
    unnamed = [
        field
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.null and not field.primary_key and not field.has_db_default()
    ]
    values = columns | {field.column: f"%(default_{field.column})s" for field in unnamed}
    defaults = {f"default_{field.column}": field.get_default() for field in unnamed}
    statement = f"INSERT INTO {model._meta.db_table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {rows}"
    cursor.execute(statement, words | defaults)


def month_of(number: int) -> date:
    """The first day of the month of this number from the beginning, from 0."""
    whole = BEGINS_ON.year * 12 + BEGINS_ON.month - 1 + number
    return date(whole // 12, whole % 12 + 1, 1)

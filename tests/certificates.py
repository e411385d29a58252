"""A class that met the rule of its certificates, as rows."""

from __future__ import annotations

from datetime import UTC, datetime

from livestream.models import Place
from tests.factories import make_session, make_user
from tests.school import make_cohort, make_course, make_enrolment, make_lesson, make_trainee
from training.actions.certificate import (
    Judged,
    RuleFacts,
    change_rule,
    facts_of,
    issue_certificates,
    next_numbers,
    next_status_index,
)
from training.actions.credential import issuer_key
from training.models import Attendance, Certificate, Cohort, Enrolment, Exam, ExamResult, Practical
from training.rules.attendance import Share
from training.rules.certificate import Reached

AT = datetime(2026, 11, 30, 8, tzinfo=UTC)  # 16:00 in Shanghai


def make_class(county, *names, lessons=5, there=5, **kwargs) -> Cohort:
    """A cohort of these people, who were in `there` of its `lessons` held lessons, passed the test and the practical."""
    cohort = make_cohort(county, **kwargs)
    cohort.courses.add(make_course(county))
    staff = make_user("trainer", county)
    held = [make_lesson(cohort, state="held", held_at=AT, held_by=staff) for _ in range(lessons)]
    test = Exam.objects.create(cohort=cohort, title="理论", kind="theory", on=cohort.ends_on)
    on_air = make_session(county, room=f"R{cohort.number}", account=f"A{cohort.number}")
    for name in names:
        pass_all(make_enrolment(cohort, make_trainee(county, name=name)), held[:there], test, on_air, staff)
    return cohort


def pass_all(enrolment: Enrolment, lessons, test, on_air, staff) -> None:
    Attendance.objects.bulk_create(
        Attendance(lesson=lesson, enrolment=enrolment, presence="present", way="roll_call", at=lesson.starts_at)
        for lesson in lessons
    )
    ExamResult.objects.create(exam=test, enrolment=enrolment, marks=86, noted_by=staff)
    Practical.objects.create(enrolment=enrolment, session=on_air, marks={}, total=91, marked_by=staff, marked_at=AT)


def make_certificate(county: Place, name="峧喆", **kwargs) -> Certificate:
    """Of somebody who learnt in a class of his own."""
    return issue_certificates(make_class(county, name, **kwargs), by=make_user("trainer", county), at=AT)[0]


def give_certificate(enrolment: Enrolment, *, by, name="", **kwargs) -> Certificate:
    """The row alone, whatever was learnt: with the next number of its county and the next place in the list."""
    county = enrolment.cohort.county
    one = Judged(enrolment, Reached(Share(5, 5, 5), tenths_of_hours=100, days=5))
    rule = change_rule(county.pk, RuleFacts(), by=by)
    issuer_key()
    defaults = {
        "number": next_numbers(county.pk, AT.year, 1)[0],
        "rule": rule,
        "name": name or enrolment.trainee.name,
        "facts": facts_of(one, enrolment.cohort, rule),
        "status_index": next_status_index(),
        "issued_at": AT,
        "issued_by": by,
    }
    return Certificate.objects.create(enrolment=enrolment, **(defaults | kwargs))

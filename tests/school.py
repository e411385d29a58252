"""Rows of the school that every test of it needs: a course, a cohort, a trainee, an enrolment, a lesson."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from django.db.models import Max

from livestream.actions.vault import digest_of
from tests.factories import make_place, make_user
from training.models import Cohort, Course, Enrolment, Lesson, Trainee
from training.rules.cohort import TAKES_PEOPLE

numbers = count(1)
BEHIND_DEMO = 500  # classes of the demo county have the first numbers of a year
FIRST_LESSON = datetime(2026, 11, 2, 1, tzinfo=UTC)  # Monday, 9:00 in Shanghai


def make_course(county=None, **kwargs) -> Course:
    defaults = {"title": f"课{next(numbers)}", "topic": "live", "academic_hours": 16}
    return Course.objects.create(county=county or make_place(), **(defaults | kwargs))


def make_cohort(county=None, **kwargs) -> Cohort:
    """Open, of November 2026, in the county's own place."""
    county = county or make_place()
    n = next(numbers)
    defaults = {
        "place": county,
        "title": f"第{n}期",
        "year": 2026,
        "number": BEHIND_DEMO + n,
        "state": "open",
        "starts_on": date(2026, 11, 2),
        "ends_on": date(2026, 11, 30),
    }
    if "made_by" not in kwargs:
        kwargs["made_by"] = make_user("trainer", county)
    return Cohort.objects.create(county=county, **(defaults | kwargs))


def make_trainee(county=None, place=None, *, phone="", **kwargs) -> Trainee:
    """Somebody of a village of the county, with a phone of his own; of a user who learns already, his row."""
    if kwargs.get("user") and (there := Trainee.objects.filter(user=kwargs["user"]).first()):
        return there
    county = county or make_place()
    n = next(numbers)
    phone = phone or f"101{n:08d}"
    defaults = {"name": f"学员{n}", "sex": "female", "category": "farmer", "birth_year": 1985}
    return Trainee.objects.create(
        county=county,
        place=place or county,
        phone=phone,
        phone_digest=digest_of(phone),
        phone_end=phone[-4:],
        **(defaults | kwargs),
    )


def make_enrolment(cohort=None, trainee=None, **kwargs) -> Enrolment:
    """With the lowest free seat, as the database gives it, in whatever state the cohort is. Who waits (`state="waiting"`) needs a
    cohort that is full: `make_cohort(seats=1)`."""
    cohort = cohort or make_cohort()
    if kwargs.get("state") == "completed":
        kwargs.setdefault("completed_on", cohort.ends_on)
    is_over = cohort.state not in TAKES_PEOPLE
    if is_over:
        Cohort.objects.filter(pk=cohort.pk).update(state="open")
    made = Enrolment.objects.create(cohort=cohort, trainee=trainee or make_trainee(cohort.county), **kwargs)
    if is_over:
        Cohort.objects.filter(pk=cohort.pk).update(state=cohort.state)
    made.refresh_from_db()
    assert made.state == kwargs.get("state", "enrolled"), f"the database made him {made.state}"
    return made


def make_lesson(cohort=None, **kwargs) -> Lesson:
    """The next day after the cohort's last lesson, 9:00 to 10:30, without trainer and room."""
    cohort = cohort or make_cohort()
    last = cohort.lessons.aggregate(last=Max("starts_at"))["last"]
    starts_at = kwargs.pop("starts_at", None) or (last + timedelta(days=1) if last else FIRST_LESSON)
    defaults = {"title": f"课题{next(numbers)}", "ends_at": starts_at + timedelta(minutes=90), "academic_hours": 2}
    return Lesson.objects.create(cohort=cohort, starts_at=starts_at, **(defaults | kwargs))

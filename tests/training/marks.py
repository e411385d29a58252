"""Marks for tests: a class of so many, a lesson of it, and marks as they come."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.factories import make_place
from tests.school import make_cohort, make_enrolment, make_lesson
from tests.training.pictures import bytes_of, picture
from training.actions.attendance import NewMark, take_marks
from training.actions.photo import add_photo
from training.actions.sign_in_code import shown_code
from training.actions.sign_in_sheet import print_sheet
from training.models import Cohort
from training.rules.attendance import MarkWay, Presence

NINE = datetime(2026, 11, 2, 1, tzinfo=UTC)


def make_class(people=3, lessons=1, county=None, **kwargs):
    """A cohort, its lessons (the first at nine), its enrolments by seat."""
    cohort = make_cohort(county or make_place(), **kwargs)
    made = [make_lesson(cohort, starts_at=NINE + timedelta(days=day)) for day in range(lessons)]
    return cohort, made, [make_enrolment(cohort) for _ in range(people)]


def hold(*lessons):
    for lesson in lessons:
        lesson.state, lesson.held_at = "held", lesson.starts_at
        lesson.save(update_fields=["state", "held_at"])


def new_mark(lesson, enrolment, presence="present", way="roll_call", minute=0, **kwargs):
    at = kwargs.pop("at", lesson.starts_at + timedelta(minutes=minute))
    return NewMark(
        kwargs.pop("client_id", None) or uuid4(), lesson.pk, enrolment.pk, Presence(presence), MarkWay(way), at, **kwargs
    )


def marked(cohort, staff) -> dict:
    """A lesson of this cohort now, with a contradiction, a sheet, a photo and a code, under the names by which pages are judged."""
    cohort, now = Cohort.objects.get(pk=cohort), datetime.now(UTC)
    lesson = make_lesson(cohort, starts_at=now - timedelta(minutes=5))
    one, other = cohort.enrolments.order_by("seat")[:2]
    take_marks([new_mark(lesson, one, "present", "qr"), new_mark(lesson, other, "late", "qr", 3)], by=None, at=now)
    take_marks([new_mark(lesson, other, "absent", minute=1)], by=staff, at=now)
    photo = add_photo(cohort, io.BytesIO(bytes_of(picture("开班"))), lesson=lesson, caption="开班", by=staff, at=now)
    return {
        "marked class": cohort.pk,
        "marked lesson": lesson.pk,
        "sheet": print_sheet(lesson, by=staff).pk,
        "photo": photo.pk,
        "code": shown_code(lesson, at=now).code,
    }

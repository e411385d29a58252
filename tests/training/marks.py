"""Marks for tests: a class of so many, a lesson of it, and marks as they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.factories import make_place
from tests.school import make_cohort, make_enrolment, make_lesson
from training.actions.attendance import NewMark
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

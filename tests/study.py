"""Rows of what is learnt: a material, a quiz with its questions, a test, a practical; and the same as a file on the disk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import count
from uuid import uuid4

from livestream.models import Place
from tests.factories import make_user
from tests.school import make_cohort, make_course, make_enrolment, make_trainee
from training.models import Exam, ExamResult, Material, Practical, Quiz, QuizTry, RubricLine

numbers = count(1)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_material(course=None, **kwargs) -> Material:
    course = course or make_course()
    n = next(numbers)
    digest = sha256(str(n).encode()).hexdigest()
    defaults = {"title": f"课件{n}", "name": f"{n}.pdf", "stored_as": digest, "sha256": digest, "bytes": 120_000}
    added_by = kwargs.pop("added_by", None) or make_user("trainer", course.county)
    return Material.objects.create(course=course, added_by=added_by, **(defaults | kwargs))


def make_quiz(course=None, questions=1, **kwargs) -> Quiz:
    """With so many questions of three choices, of which the first is right."""
    quiz = Quiz.objects.create(course=course or make_course(), **({"title": f"小测验{next(numbers)}"} | kwargs))
    for position in range(1, questions + 1):
        quiz.questions.create(position=position, text=f"题{position}", choices=["对的", "错的", "也错"], answers=[0])
    return quiz


def make_exam(cohort=None, **kwargs) -> Exam:
    defaults = {"title": f"考试{next(numbers)}", "kind": "theory", "on": date(2026, 11, 20)}
    return Exam.objects.create(cohort=cohort or make_cohort(), **(defaults | kwargs))


def make_practical(enrolment, session, **kwargs) -> Practical:
    marked_by = kwargs.pop("marked_by", None) or make_user("trainer", enrolment.cohort.county)
    defaults = {"marks": {"goods": 30}, "total": 70, "marked_at": NOW}
    return Practical.objects.create(enrolment=enrolment, session=session, marked_by=marked_by, **(defaults | kwargs))


def make_rubric_line(county, **kwargs) -> RubricLine:
    defaults = {"version": 1, "position": 1, "key": "goods", "title": "讲货", "points": 100}
    return RubricLine.objects.create(county=county, **(defaults | kwargs))


def make_learner(county=None, user=None, course=None, **kwargs):
    """A trainee with a seat, in a cohort that learns this course."""
    cohort = kwargs.pop("cohort", None) or make_cohort(county)
    if course:
        cohort.courses.add(course)
    return make_enrolment(cohort, make_trainee(cohort.county, user=user, **kwargs))


def learnt(host, staff) -> dict:
    """A class in which this host learns, with everything that has a page: the names under which those are judged, and keys."""
    county = Place.objects.get(pk=host.county_id)
    course = make_course(county, trade="seller", trade_level=5)
    seat = make_learner(county, user=host, course=course)
    make_learner(cohort=seat.cohort)
    material, quiz, exam = make_material(course, name="灯.png"), make_quiz(course, questions=2), make_exam(seat.cohort)
    answers = {str(one.pk): [number] for number, one in enumerate(quiz.questions.all())}
    QuizTry.objects.create(client_id=uuid4(), quiz=quiz, enrolment=seat, answers=answers, marks=50, at=NOW)
    ExamResult.objects.create(exam=exam, enrolment=seat, marks=59, noted_by=staff)
    return {
        "learnt cohort": seat.cohort_id,
        "exam": (seat.cohort_id, exam.pk),
        "learner": (seat.cohort_id, seat.pk),
        "learnt course": course.pk,
        "quiz": (course.pk, quiz.pk),
        "question": (course.pk, quiz.pk, quiz.questions.first().pk),
        "my material": (seat.pk, material.pk),
        "my quiz": (seat.pk, quiz.pk),
    }

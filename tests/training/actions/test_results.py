from __future__ import annotations

import uuid

import pytest

from tests.school import make_cohort, make_course, make_enrolment, make_lesson
from tests.study import NOW, make_exam, make_quiz
from training.actions.results import hours_of, results_of
from training.models import Attendance, ExamResult, QuizTry, StudyEntry
from training.rules.results import ExamMark, QuizMark, Results


@pytest.fixture
def cohort(county):
    return make_cohort(county)


def studied(enrolment, course, minutes):
    StudyEntry.objects.create(
        client_id=uuid.uuid4(), enrolment=enrolment, course=course, on=NOW.date(), minutes=minutes, source="钉钉"
    )


def attend(enrolment, cohort, presence="present", state="held"):
    lesson = make_lesson(cohort, state=state, held_at=NOW if state == "held" else None)
    Attendance.objects.create(lesson=lesson, enrolment=enrolment, presence=presence, way="qr", at=NOW)


def test_results_of_everybody_with_a_seat(cohort, trainer):
    quiz = make_quiz(make_course(cohort.county))
    make_quiz(quiz.course, questions=0)
    make_quiz(quiz.course, is_in_use=False)
    cohort.courses.add(quiz.course)
    one, two = make_enrolment(cohort), make_enrolment(cohort)
    make_enrolment(cohort, state="withdrawn")
    theory, skills = make_exam(cohort, title="理论"), make_exam(cohort, title="技能", kind="skills")
    ExamResult.objects.create(exam=theory, enrolment=one, marks=59, noted_by=trainer)
    ExamResult.objects.create(exam=skills, enrolment=one, marks=60, noted_by=trainer)
    for marks in (40, 80):
        QuizTry.objects.create(client_id=uuid.uuid4(), quiz=quiz, enrolment=one, answers={}, marks=marks, at=NOW)
    studied(one, quiz.course, 30)
    studied(one, quiz.course, 15)

    found = results_of(cohort)

    none = ExamMark(theory.pk, "理论", "theory", None, 60), ExamMark(skills.pk, "技能", "skills", None, 60)
    assert found == {
        one.pk: Results(
            (none[0]._replace(marks=59), none[1]._replace(marks=60)), None, 45, (QuizMark(quiz.pk, quiz.title, 80, 60),)
        ),
        two.pk: Results(none, None, 0, (QuizMark(quiz.pk, quiz.title, None, 60),)),
    }
    assert ([mark.has_passed for mark in found[one.pk].exams], found[one.pk].quizzes_passed) == ([False, True], 1)
    assert found[two.pk].quizzes_passed == 0


def test_hours_are_lessons_attended_and_minutes_online_over_all_classes_of_the_trade(cohort, county):
    level_five = make_course(county, trade="seller", trade_level=5)
    cohort.courses.add(level_five, make_course(county))
    one, idle = make_enrolment(cohort), make_enrolment(cohort)
    attend(one, cohort)
    attend(one, cohort, "late")
    attend(one, cohort, "absent")
    attend(one, cohort, "excused")
    attend(one, cohort, state="planned")
    studied(one, level_five, 90)
    earlier, other_level = make_cohort(county), make_cohort(county)
    earlier.courses.add(level_five)
    other_level.courses.add(make_course(county, trade="seller", trade_level=4))
    for another in (earlier, other_level):
        attend(make_enrolment(another, one.trainee), another)

    found = hours_of(cohort)

    assert (found[one.pk].lesson_hours, found[one.pk].online_minutes, found[one.pk].hours) == (4, 90, 6.0)
    (trade,) = found[one.pk].trades
    assert (trade.trade, trade.level, trade.wanted, trade.hours, trade.is_reached) == ("seller", 5, 120, 8.0, False)
    assert (found[idle.pk].hours, found[idle.pk].trades[0].hours) == (0, 0)


@pytest.mark.parametrize("people", [1, 3])
def test_questions_do_not_grow_with_the_class(cohort, county, trainer, people, django_assert_num_queries):
    quiz = make_quiz(make_course(county, trade="seller", trade_level=5))
    cohort.courses.add(quiz.course)
    for _ in range(people):
        one = make_enrolment(cohort)
        attend(one, cohort)
        studied(one, quiz.course, 30)
        ExamResult.objects.create(exam=make_exam(cohort), enrolment=one, marks=59, noted_by=trainer)

    with django_assert_num_queries(7):
        results_of(cohort)
    with django_assert_num_queries(7):
        hours_of(cohort)

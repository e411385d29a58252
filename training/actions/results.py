"""What was learnt in a cohort, read in a number of questions that does not grow with it. Nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Max, Sum

from training.models import Attendance, Course, Enrolment, Exam, ExamResult, Practical, Quiz, QuizTry, StudyEntry
from training.rules.course import Trade, TradeLevel
from training.rules.lesson import LessonState
from training.rules.results import ExamMark, QuizMark, Results
from training.rules.study import Hours, TradeLedger

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from training.models import Cohort


def results_of(cohort: Cohort) -> dict[UUID, Results]:
    """By enrolment, of everybody who has or had a seat. Seven questions, however many they are."""
    ours = {"enrolment__cohort": cohort}
    exams = list(Exam.objects.filter(cohort=cohort).order_by("on", "pk"))
    marks = {
        (exam, enrolment): found
        for exam, enrolment, found in ExamResult.objects.filter(exam__cohort=cohort).values_list("exam", "enrolment", "marks")
    }
    quizzes = list(quizzes_of(cohort))
    tries = QuizTry.objects.filter(**ours).values_list("quiz", "enrolment").annotate(best=Max("marks"))
    best = {(quiz, enrolment): found for quiz, enrolment, found in tries}
    practicals = dict(Practical.objects.filter(**ours).values_list("enrolment").annotate(best=Max("total")))
    minutes = dict(StudyEntry.objects.filter(**ours).values_list("enrolment").annotate(sum=Sum("minutes")))
    return {
        one: Results(
            tuple(ExamMark(exam.pk, exam.title, exam.kind, marks.get((exam.pk, one)), exam.pass_marks) for exam in exams),
            practicals.get(one),
            minutes.get(one, 0),
            tuple(QuizMark(quiz.pk, quiz.title, best.get((quiz.pk, one)), quiz.pass_marks) for quiz in quizzes),
        )
        for one in cohort.enrolments.seated().values_list("pk", flat=True)
    }


def quizzes_of(cohort: Cohort) -> QuerySet[Quiz]:
    """Those that its trainees can answer: in use, and with a question at least."""
    found = Quiz.objects.filter(course__cohorts=cohort, is_in_use=True, questions__isnull=False)
    return found.distinct().order_by("course__title", "pk")


def hours_of(cohort: Cohort) -> dict[UUID, Hours]:
    """By enrolment: the academic hours of held lessons that somebody attended, his minutes online, and for each trade that the
    cohort teaches what he has of its hours in all his cohorts that teach it at that level (TR-08)."""
    people = dict(cohort.enrolments.seated().values_list("pk", "trainee"))
    standards = trades_of(cohort)
    here = _hours(Enrolment.objects.filter(cohort=cohort))
    everywhere = {standard: _hours_by_trainee(*standard, set(people.values())) for standard in standards}
    return {
        enrolment: Hours(
            *here.get(enrolment, (0, 0)),
            tuple(
                TradeLedger(Trade(trade), TradeLevel(level), *everywhere[trade, level].get(trainee, (0, 0)))
                for trade, level in standards
            ),
        )
        for enrolment, trainee in people.items()
    }


def trades_of(cohort: Cohort) -> list[tuple[str, int]]:
    """The trades and levels that its courses teach."""
    found = Course.objects.filter(cohorts=cohort).exclude(trade="").order_by("trade", "-trade_level")
    return [(trade, level or 0) for trade, level in found.values_list("trade", "trade_level").distinct()]


def _hours_by_trainee(trade: str, level: int, trainees: set[int]) -> dict[int, tuple[int, int]]:
    teaching = Course.objects.filter(trade=trade, trade_level=level).values("cohorts")
    enrolments = Enrolment.objects.filter(trainee__in=trainees, cohort__in=teaching).seated()
    of = dict(enrolments.values_list("pk", "trainee"))
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for enrolment, (hours, minutes) in _hours(enrolments).items():
        before = sums[of[enrolment]]
        sums[of[enrolment]] = (before[0] + hours, before[1] + minutes)
    return sums


def _hours(enrolments: QuerySet[Enrolment]) -> dict[UUID, tuple[int, int]]:
    """Academic hours in lessons and minutes online of each of these that has any."""
    there = Attendance.objects.there().filter(enrolment__in=enrolments.values("pk"), lesson__state=LessonState.HELD)
    hours = dict(there.values_list("enrolment").annotate(sum=Sum("lesson__academic_hours")))
    online = StudyEntry.objects.filter(enrolment__in=enrolments.values("pk"))
    minutes = dict(online.values_list("enrolment").annotate(sum=Sum("minutes")))
    return {one: (hours.get(one, 0), minutes.get(one, 0)) for one in hours.keys() | minutes.keys()}

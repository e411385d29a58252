"""Every write of quizzes: their questions, and what trainees hand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Max

from livestream.actions.refusal import refusing
from livestream.rules.errors import NotAllowed
from training.models import Question, Quiz, QuizTry
from training.rules.quiz import QUESTIONS_AT_MOST, is_right, marks_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from training.models import Course, Enrolment
    from training.rules.quiz import QuestionFacts

CODES = {"quiz_once_per_course": "quiz_there"}


class QuizFacts(NamedTuple):
    title: str
    pass_marks: int
    is_in_use: bool = True


@transaction.atomic
def make_quiz(course: Course, facts: QuizFacts) -> Quiz:
    """Raises NotAllowed(`quiz_there`)."""
    with refusing(CODES):
        return Quiz.objects.create(course=course, **facts._asdict())


@transaction.atomic
def change_quiz(quiz: Quiz, facts: QuizFacts) -> Quiz:
    """Raises NotAllowed(`quiz_there`)."""
    quiz.title, quiz.pass_marks, quiz.is_in_use = facts
    with refusing(CODES):
        quiz.save(update_fields=list(facts._fields))
    return quiz


@transaction.atomic
def add_questions(quiz: Quiz, questions: Sequence[QuestionFacts]) -> list[Question]:
    """Behind those that it has. Raises NotAllowed(`quiz_full`)."""
    Quiz.objects.select_for_update(no_key=True).get(pk=quiz.pk)
    if quiz.questions.count() + len(questions) > QUESTIONS_AT_MOST:
        raise NotAllowed("quiz_full", most=QUESTIONS_AT_MOST)
    last = quiz.questions.aggregate(last=Max("position"))["last"] or 0
    return [_add(quiz, position, facts) for position, facts in enumerate(questions, start=last + 1)]


@transaction.atomic
def change_question(question: Question, facts: QuestionFacts) -> Question:
    """A new row in its place: what a phone still answers to the old one, it does not answer to this."""
    quiz, position = question.quiz, question.position
    question.delete()
    return _add(quiz, position, facts)


@transaction.atomic
def remove_question(question: Question) -> None:
    """Answers that are still under way to it are not counted, for or against."""
    question.delete()


def _add(quiz: Quiz, position: int, facts: QuestionFacts) -> Question:
    return Question.objects.create(
        quiz=quiz, position=position, text=facts.text, choices=list(facts.choices), answers=list(facts.answers)
    )


class HandIn(NamedTuple):
    """What a phone hands in: the questions that it showed, and the choices that were made, by question."""

    client_id: UUID
    shown: Sequence[int]
    answers: Mapping[int, Sequence[int]]


@transaction.atomic
def hand_in(quiz: Quiz, enrolment: Enrolment, given: HandIn, *, at: datetime) -> QuizTry:
    """The same hand-in twice is one try. Marked over the questions that were shown and still stand.

    Raises NotAllowed(`quiz_unanswered`, `quiz_changed`, `page_is_old`)."""
    if already := _try_of(given.client_id, quiz, enrolment):
        return already
    standing = {one.pk: one for one in quiz.questions.all() if one.pk in set(given.shown)}
    if not standing:
        raise NotAllowed("quiz_changed")
    answers = {pk: _known(one, given.answers.get(pk, ())) for pk, one in standing.items()}
    if not any(answers.values()):
        raise NotAllowed("quiz_unanswered")
    marks = marks_of({pk: one.answers for pk, one in standing.items()}, answers)
    kept = {str(pk): chosen for pk, chosen in answers.items()}
    one = QuizTry(client_id=given.client_id, quiz=quiz, enrolment=enrolment, answers=kept, marks=marks, at=at)
    QuizTry.objects.bulk_create([one], ignore_conflicts=True)
    if stored := _try_of(given.client_id, quiz, enrolment):
        return stored
    raise NotAllowed("page_is_old")


def _try_of(client_id: UUID, quiz: Quiz, enrolment: Enrolment) -> QuizTry | None:
    return QuizTry.objects.filter(client_id=client_id, quiz=quiz, enrolment=enrolment).first()


def _known(question: Question, chosen: Sequence[int]) -> list[int]:
    return sorted({number for number in chosen if 0 <= number < len(question.choices)})


class Looked(NamedTuple):
    """A question of a try, as its page tells it afterwards."""

    question: Question
    chosen: list[int]

    @property
    def is_right(self) -> bool:
        return is_right(self.question.answers, self.chosen)

    @property
    def lines(self) -> list[tuple[str, bool, bool]]:
        """Each choice: its text, whether it is right, whether it was chosen."""
        choices = enumerate(self.question.choices)
        return [(text, number in self.question.answers, number in self.chosen) for number, text in choices]


def looked_at(one: QuizTry) -> list[Looked]:
    """The questions of a try that still stand, with what was chosen."""
    questions = {str(question.pk): question for question in one.quiz.questions.all()}
    return [Looked(question, one.answers[key]) for key, question in questions.items() if key in one.answers]

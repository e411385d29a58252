from __future__ import annotations

import uuid

import pytest

from livestream.rules.errors import NotAllowed
from tests.study import NOW, make_learner, make_quiz
from training.actions.quiz import (
    HandIn,
    QuizFacts,
    add_questions,
    change_question,
    change_quiz,
    hand_in,
    looked_at,
)
from training.actions.quiz import (
    make_quiz as begin,
)
from training.actions.results import results_of
from training.models import QuizTry
from training.rules.quiz import QuestionFacts

FACTS = QuestionFacts("新题", ("一", "二"), (1,))


@pytest.fixture
def quiz(county):
    return make_quiz(questions=2)


@pytest.fixture
def learner(county, quiz):
    return make_learner(county, course=quiz.course)


def ids(quiz):
    return list(quiz.questions.values_list("pk", flat=True))


def handed(quiz, *choices, shown=None, client_id=None):
    shown = shown or ids(quiz)
    return HandIn(client_id or uuid.uuid4(), shown, {pk: [choice] for pk, choice in zip(shown, choices, strict=False)})


def test_handed_in_twice_is_one_try_two_tries_are_two_and_the_best_counts(quiz, learner):
    first, second = handed(quiz, 0, 0), handed(quiz, 0, 1)

    one = hand_in(quiz, learner, first, at=NOW)
    again = hand_in(quiz, learner, first, at=NOW)
    other = hand_in(quiz, learner, second, at=NOW)

    assert (one.pk, one.marks, other.marks) == (again.pk, 100, 50)
    assert QuizTry.objects.count() == 2
    (mark,) = results_of(learner.cohort)[learner.pk].quizzes
    assert (mark.marks, mark.has_passed) == (100, True)
    assert [(look.is_right, look.chosen) for look in looked_at(other)] == [(True, [0]), (False, [1])]


def test_questions_that_were_taken_away_meanwhile_count_neither_way(quiz, learner):
    given = handed(quiz, 0, 1)
    quiz.questions.last().delete()

    assert hand_in(quiz, learner, given, at=NOW).marks == 100


def test_changed_question_is_another_one(quiz, learner):
    given = handed(quiz, 0, 1)
    changed = change_question(quiz.questions.first(), FACTS)

    one = hand_in(quiz, learner, given, at=NOW)

    assert (changed.position, one.marks, len(one.answers)) == (1, 0, 1)
    assert str(changed.pk) not in one.answers


def test_question_that_was_not_shown_is_not_asked(quiz, learner):
    given = handed(quiz, 0, 0)
    add_questions(quiz, [FACTS])

    assert hand_in(quiz, learner, given, at=NOW).marks == 100


@pytest.mark.parametrize(
    ("shown", "answers", "code"),
    [
        ([], {}, "quiz_changed"),
        ([999_999], {999_999: [0]}, "quiz_changed"),
        (None, {}, "quiz_unanswered"),
        (None, {"first": [7, -1]}, "quiz_unanswered"),
    ],
)
def test_nothing_that_can_be_marked_is_no_try(quiz, learner, shown, answers, code):
    shown = ids(quiz) if shown is None else shown
    answers = {shown[0] if key == "first" else key: chosen for key, chosen in answers.items()}

    with pytest.raises(NotAllowed) as refused:
        hand_in(quiz, learner, HandIn(uuid.uuid4(), shown, answers), at=NOW)

    assert (refused.value.code, QuizTry.objects.count()) == (code, 0)


def test_id_of_somebody_elses_hand_in_is_refused(quiz, learner):
    given = handed(quiz, 0, 0)
    hand_in(quiz, learner, given, at=NOW)

    with pytest.raises(NotAllowed) as refused:
        hand_in(quiz, make_learner(cohort=learner.cohort), given, at=NOW)
    assert refused.value.code == "page_is_old"


def test_a_name_once_per_course_and_fifty_questions_at_most(quiz):
    with pytest.raises(NotAllowed) as refused:
        begin(quiz.course, QuizFacts(quiz.title, 60))
    assert refused.value.code == "quiz_there"
    change_quiz(quiz, QuizFacts(quiz.title, 80, is_in_use=False))
    assert begin(quiz.course, QuizFacts(quiz.title, 60)).pk != quiz.pk

    with pytest.raises(NotAllowed) as refused:
        add_questions(quiz, [FACTS] * 49)
    assert (refused.value.code, quiz.questions.count()) == ("quiz_full", 2)
    assert [one.position for one in add_questions(quiz, [FACTS] * 2)] == [3, 4]

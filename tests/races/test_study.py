"""One person with two phones open in two classes: a minute of the clock is one, whichever phone tells it first."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.races.runners import race
from tests.school import make_cohort, make_course, make_enrolment
from tests.study import make_learner, make_material, make_quiz
from training.actions import study
from training.actions.quiz import HandIn, hand_in
from training.actions.study import Minute, count_minute
from training.models import QuizTry, StudyEntry

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROUNDS = 10


@pytest.fixture
def phones(county):
    """What each of the two phones does with a minute."""
    course = make_course(county)
    one = make_learner(county, course=course)
    other = make_enrolment(make_cohort(county), one.trainee)
    material = make_material(course)
    return [lambda at, seat=seat: count_minute(seat, material, Minute(uuid.uuid4(), at)) for seat in (one, other)]


def told_at_once(phones, rounds):
    for n in range(rounds):
        at = AT + timedelta(minutes=n)
        assert race(*[lambda tell=tell, at=at: tell(at) for tell in phones]) == []


def test_minute_of_two_phones_is_one(phones):
    told_at_once(phones, ROUNDS)

    assert StudyEntry.objects.count() == ROUNDS


def test_control_without_its_lock_the_minute_is_counted_twice(phones, monkeypatch):
    monkeypatch.setattr(study, "lock_people", lambda trainees: None)
    slow = study.minutes_in
    monkeypatch.setattr(study, "minutes_in", lambda entries: (time.sleep(0.2), slow(entries))[1])

    told_at_once(phones, 1)

    assert StudyEntry.objects.count() == 2


def test_hand_in_that_comes_twice_at_once_is_one_try(county):
    quiz = make_quiz()
    seat = make_learner(county, course=quiz.course)
    given = HandIn(uuid.uuid4(), [quiz.questions.get().pk], {quiz.questions.get().pk: [0]})

    assert race(*[lambda: hand_in(quiz, seat, given, at=AT)] * 4) == []
    assert QuizTry.objects.count() == 1

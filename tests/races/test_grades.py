"""Two people decide about the same host at the same moment: one of them does."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from tests.factories import make_user
from tests.grades import AT, junior
from tests.races.runners import race
from training.actions import grade as verbs
from training.actions.grade import Said, decide, propose
from training.models import GradeDecision, GradeProposal
from training.rules.grade import Answer

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "grade_decided_once"


@pytest.fixture
def works(county):
    """Five trainers with the same proposal before them; some accept it, some do not."""
    junior(make_user("host", county))
    propose(county.pk, at=AT)
    proposal = GradeProposal.objects.get()
    people = [make_user("trainer", county, is_checked=False) for _ in range(5)]
    answers = [Said(Answer.ACCEPT, "junior"), Said(Answer.REFUSE, "junior", "再看看")] * 3
    return [lambda pair=pair: decide(proposal, pair[1], by=pair[0], at=AT) for pair in zip(people, answers, strict=False)]


def test_whoever_is_first_decides_and_the_others_are_told(works):
    errors = race(*works)

    assert [error.code for error in errors] == ["grade_decided"] * 4
    assert GradeDecision.objects.count() == 1
    assert GradeProposal.objects.get().closed_at == AT


def test_proposing_at_the_same_moment_proposes_once(county):
    junior(make_user("host", county))

    assert race(*[lambda: propose(county.pk, at=AT) for _ in range(4)]) == []

    assert GradeProposal.objects.count() == 1


@pytest.fixture
def unguarded():
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {NAME}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE training_gradedecision CASCADE")
        cursor.execute(f"CREATE UNIQUE INDEX {NAME} ON training_gradedecision (proposal_id) WHERE answer IN ('accept', 'refuse')")


def test_control_without_the_constraint_and_the_look_at_the_row_all_of_them_decide(works, unguarded, monkeypatch):
    gate = threading.Barrier(len(works))
    monkeypatch.setattr(verbs, "close", lambda proposal, **words: gate.wait(10))

    assert race(*works) == []

    assert GradeDecision.objects.count() == len(works)

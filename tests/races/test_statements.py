"""Two workers come to a mark at the same moment: one statement, and both find it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError

from livestream.models import Statement
from orders.actions import statement as verbs
from orders.actions.statement import state_session
from tests.orders.actions.reviewed import BEGAN, ENDED, Evening, make_reviewed
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 3


@pytest.fixture
def sold(county, shop, monkeypatch):
    """Every worker has its figures before the first of them writes."""
    session = make_reviewed(county)
    Evening(shop).tell("A", BEGAN, "late", where="here")
    reckon, gate = verbs.reckon, threading.Barrier(WORKERS)

    def together(*args, **kwargs):
        found = reckon(*args, **kwargs)
        gate.wait(10)
        return found

    monkeypatch.setattr(verbs, "reckon", together)
    return session


def test_workers_at_once_make_one_statement(sold):
    made = []
    works = [lambda: made.extend(state_session(sold, at=ENDED + timedelta(minutes=2)))] * WORKERS

    assert race(*works) == []

    assert {statement.pk for statement in made} == set(Statement.objects.values_list("pk", flat=True))
    assert (len(made), Statement.objects.count()) == (WORKERS, 1)


def test_without_looking_away_from_the_conflict_the_slower_ones_fail(sold, monkeypatch):
    """The control: the same race, with a verb that only writes."""

    def write_only(session, mark, figures, causes, *, due_at, at):
        return Statement.objects.create(session=session, mark=mark, due_at=due_at, made_at=at, figures={}, causes=[])

    monkeypatch.setattr(verbs, "state_figures", write_only)
    works = [lambda: state_session(sold, at=ENDED + timedelta(minutes=2))] * WORKERS

    failed = race(*works)

    assert [type(error) for error in failed] == [IntegrityError] * (WORKERS - 1)

"""One key, sent on several lines at once: the work is done once. Each race has a control without its guard."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.db import connection

from livestream.actions import kept_answer
from livestream.actions.kept_answer import Answer, Asked, answer_once
from livestream.models import Incident, KeptAnswer
from livestream.rules.errors import NotAllowed
from tests.races.runners import race
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 6


@pytest.fixture
def work(session, staff, now):
    """Something that is seen when it is done twice, and slow enough for others to come in."""

    def done():
        Incident.objects.create(session=session, kind="other", happened_at=now, noted_by=staff)
        time.sleep(0.1)
        return Answer(201, json.dumps({"n": 1}))

    return done


@pytest.fixture
def no_turns(monkeypatch):
    """Control: nobody takes turns."""
    monkeypatch.setattr(kept_answer, "_take_turn", lambda asked: True)


@pytest.fixture
def no_constraint(transactional_db):
    """Control: the database keeps two answers under one key."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE livestream_keptanswer DROP CONSTRAINT answered_once_per_key")
    yield
    KeptAnswer.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE livestream_keptanswer ADD CONSTRAINT answered_once_per_key UNIQUE (caller, key)")


def ask(work, now, answers):
    def once():
        answers.append(answer_once(Asked("user:1", "K", b"f" * 32), work, at=now))

    return once


def test_one_does_it_and_the_others_are_told_that_it_is_under_way(work, now):
    answers = []
    errors = race(*[ask(work, now, answers)] * LINES)

    assert Incident.objects.count() == 1
    assert [type(error) for error in errors] == [NotAllowed] * (LINES - 1)
    assert {error.code for error in errors} == {"in_flight"}
    assert [answer.is_repeated for answer in answers] == [False]
    assert answer_once(Asked("user:1", "K", b"f" * 32), work, at=now) == Answer(201, '{"n": 1}', is_repeated=True)
    assert Incident.objects.count() == 1


def test_control_without_turns_the_constraint_undoes_the_second(work, now, no_turns):
    errors = race(*[ask(work, now, [])] * LINES)

    assert len(errors) == LINES - 1
    assert all("answered_once_per_key" in str(error) for error in errors)
    assert Incident.objects.count() == 1


def test_control_without_turns_and_constraint_it_is_done_several_times(work, now, no_turns, no_constraint):
    errors = race(*[ask(work, now, [])] * LINES)

    assert errors == []
    assert Incident.objects.count() == LINES


def test_what_breaks_in_the_middle_leaves_nothing_and_may_be_asked_again(work, now):
    def broken():
        work()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answer_once(Asked("user:1", "K", b"f" * 32), broken, at=now)

    assert (Incident.objects.count(), KeptAnswer.objects.count()) == (0, 0)
    assert answer_once(Asked("user:1", "K", b"f" * 32), work, at=now).is_repeated is False


def test_by_the_door_it_happens_once_too(session, staff, now):
    """Whoever comes while it is under way gets 409 with when to come again; nobody gets anything else."""
    path, body = f"/api/v1/sessions/{session.pk}/incidents/", {"kind": "other", "at": (now - timedelta(minutes=1)).isoformat()}
    clients, answers = [signed_in(staff) for _ in range(LINES)], []

    def post(client):
        answers.append(client.post(path, body, content_type="application/json", headers={"Idempotency-Key": "K"}))

    assert race(*[lambda client=client: post(client) for client in clients]) == []
    assert Incident.objects.count() == 1
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 409}
    assert {answer.headers.get("Retry-After") for answer in answers if answer.status_code == 409} <= {"1"}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1

"""The check before going on air: one answer to one question, the newest by the phone's time, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.actions.preflight import Look, answers_of, progress_of, tick
from livestream.models import PreflightTick
from livestream.rules.errors import NotAllowed
from livestream.rules.preflight import QUESTIONS, Progress, Step
from tests.factories import make_session


@pytest.fixture
def session(county, host):
    return make_session(county, host)


def said(session):
    return {answer.question.step: (answer.is_fine, answer.tick.note) for answer in answers_of(session) if answer.tick}


def test_the_newest_answer_by_the_phones_time_counts_whatever_came_first(session, host, now):
    for minutes, is_fine, note in ((5, True, ""), (9, False, "网慢"), (7, True, "")):
        tick(session, Look(Step.NETWORK, is_fine, note), by=host, at=now + timedelta(minutes=minutes), tap=f"a{minutes}")

    assert said(session) == {Step.NETWORK: (False, "网慢")}
    assert progress_of(answers_of(session)) == Progress(asked=len(QUESTIONS), fine=0, not_fine=1)
    assert len(QUESTIONS) == len(Step)


def test_the_same_tap_again_changes_nothing(session, host, staff, now):
    first = tick(session, Look(Step.BATTERY, True), by=host, at=now, tap="a1")

    assert tick(session, Look(Step.BATTERY, False, "没电"), by=staff, at=now, tap="a1") == first
    assert PreflightTick.objects.count() == 1


@pytest.mark.parametrize(
    ("note", "state", "code"),
    [("", "approved", "preflight_word"), ("网" * 121, "approved", "too_long"), ("网慢", "cancelled", "preflight_cancelled")],
)
def test_refusals_say_what_to_do(session, host, now, note, state, code):
    type(session).objects.filter(pk=session.pk).update(state=state)

    with pytest.raises(NotAllowed) as refused:
        tick(session, Look(Step.TEST, False, note), by=host, at=now)

    assert (refused.value.code, PreflightTick.objects.count()) == (code, 0)

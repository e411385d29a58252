"""Every write to the check before going on air: one answer to one question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.board import touch_session
from livestream.actions.pitch import lock_session
from livestream.models import PreflightTick
from livestream.rules.errors import NotAllowed
from livestream.rules.preflight import NOTE_AT_MOST, QUESTIONS, Progress, progress
from livestream.rules.session import SessionState
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import LiveSession, User
    from livestream.rules.preflight import Question, Step


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what was said last; None where nobody has looked yet."""

    question: Question
    tick: PreflightTick | None

    @property
    def is_fine(self) -> bool | None:
        return self.tick.is_fine if self.tick else None


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody saw: fine, or what is wrong in a word."""

    step: Step
    is_fine: bool
    note: str = ""


@transaction.atomic
def tick(session: LiveSession, look: Look, *, by: User, at: datetime, tap: str = "") -> PreflightTick:
    """Somebody has looked. The newest answer by the phone's own time counts; the same `tap` again finds what it wrote. What a
    phone kept may arrive when the session is on air already. Raises NotAllowed(`preflight_cancelled`, `preflight_word`,
    `too_long`)."""
    stored = lock_session(session)
    if tap and (done := PreflightTick.objects.filter(session=stored, tap=tap).first()):
        return done
    if stored.state == SessionState.CANCELLED:
        raise NotAllowed("preflight_cancelled")
    note = one_line(look.note)
    if len(note) > NOTE_AT_MOST:
        raise NotAllowed("too_long", field=PreflightTick._meta.get_field("note").verbose_name, limit=NOTE_AT_MOST)
    if not look.is_fine and not note:
        raise NotAllowed("preflight_word")
    made = PreflightTick.objects.create(
        session=stored, step=look.step, is_fine=look.is_fine, note=note, ticked_at=at, by=by, tap=tap
    )
    touch_session(stored.pk, stored.county_id)
    return made


def answers_of(session: LiveSession) -> list[Answer]:
    """Every question in order, with its newest answer and who gave it."""
    newest = {one.step: one for one in PreflightTick.objects.filter(session=session).select_related("by")}  # in order of time
    return [Answer(question, newest.get(question.step)) for question in QUESTIONS]


def progress_of(answers: Sequence[Answer]) -> Progress:
    return progress([answer.is_fine for answer in answers])

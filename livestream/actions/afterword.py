"""The one write of what a host says of his session right after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.board import touch_session
from livestream.actions.pitch import lock_session
from livestream.models import ReviewNote
from livestream.rules.afterword import ANSWER_AT_MOST, PART, Afterword, words_of
from livestream.rules.errors import NotAllowed
from livestream.rules.session import AIRED, SessionState
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession, User


@transaction.atomic
def say_afterwards(session: LiveSession, said: Afterword, *, by: User, at: datetime) -> ReviewNote:
    """It stands in the review as its part `host`; said again, the newer words stand. Raises NotAllowed(`not_ended`,
    `after_too_long`)."""
    stored = lock_session(session)
    if stored.state not in AIRED - {SessionState.LIVE}:
        raise NotAllowed("say_after_the_end")
    plain = Afterword(said.feeling, one_line(said.stock), one_line(said.promises))
    if max(len(plain.stock), len(plain.promises)) > ANSWER_AT_MOST:
        raise NotAllowed("after_too_long", limit=ANSWER_AT_MOST)
    facts = {"words": words_of(plain), "at": at}
    found = ReviewNote.objects.filter(session=stored, part=PART, by=by)
    if (there := found.first()) is None:
        there = ReviewNote.objects.create(session=stored, part=PART, by=by, **facts)
    elif at >= there.at:
        there.words, there.at = words_of(plain), at
        there.save(update_fields=["words", "at"])
    touch_session(stored.pk, stored.county_id)
    return there


def afterword_of(session: LiveSession) -> ReviewNote | None:
    """What the host said, the newest."""
    return ReviewNote.objects.filter(session=session, part=PART, by=session.host_id).last()

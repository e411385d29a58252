"""Ending a session at the control desk: the host's phone is gone, and staff end it with a word why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from django.db import transaction
from django.utils import timezone

from livestream.actions.control_log import said
from livestream.actions.pitch import lock_session
from livestream.actions.session import change_state
from livestream.models import ControlEvent
from livestream.rules.control import ControlKind
from livestream.rules.errors import NotAllowed
from livestream.rules.session import AIRED, SessionEvent, SessionState

if TYPE_CHECKING:
    from livestream.actions.control_log import Press
    from livestream.models import LiveSession


@transaction.atomic
def end_at_desk(session: LiveSession, **press: Unpack[Press]) -> ControlEvent:
    """The session is off air from `at`, and the log says who ended it, when and why (`words`). Whoever is second, at another
    desk or with the host's own phone, finds the event that ended it and changes nothing.

    Raises NotAllowed(`control_reason_missing`, `control_words_long`, and what `change_state` raises)."""
    words, stored = said(press.get("words", "")), lock_session(session)
    if stored.state in AIRED - {SessionState.LIVE}:
        done = ControlEvent.objects.filter(session=stored, kind=ControlKind.ENDED).in_order().last()
        if done is not None:
            return done
    if not words:
        raise NotAllowed("control_reason_missing")
    at, began = press["at"], stored.went_live_at
    if began is not None and at <= began:
        at = timezone.now()  # the clock of that desk is behind ours
    change_state(stored, SessionEvent.END, at=at, by=press["by"], words=words)
    return ControlEvent.objects.get(session=stored, kind=ControlKind.ENDED, happened_at=at)

"""What tests of notices need: a sender of text messages that remembers, and sessions that were released."""

from __future__ import annotations

import threading

from livestream.models import LiveSession

TEXTS: list[tuple[str, str]] = []
LOCK = threading.Lock()
TROUBLE: list[Exception] = []  # raised by the next messages, one each


def remember(phone: str, text: str) -> None:
    """A sender as an operator writes one: SMS_SENDER = "tests.livestream.outbox.remember"."""
    with LOCK:
        if TROUBLE:
            raise TROUBLE.pop(0)
        TEXTS.append((phone, text))


def released(session, version=1, **changes):
    """The session as it is now is what people were told of."""
    LiveSession.objects.filter(pk=session.pk).update(plan_version=version, released_version=version, **changes)
    session.refresh_from_db()
    return session

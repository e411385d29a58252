"""Every write to the pointer to a session's recording. What it was before stays in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.pitch import lock_session
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.replay_pointer import check_pointer

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import LiveSession


@transaction.atomic
def keep_replay(session: LiveSession, *, url: str, sha256: str = "", until_on: date | None = None) -> LiveSession:
    """Where the recording lies. Raises NotAllowed(`replay_not_yet`, `replay_link`, `replay_digest`, `replay_three_years`)."""
    stored = lock_session(session)
    if stored.ended_at is None:
        raise NotAllowed("replay_not_yet")
    pointer = check_pointer(url, sha256, until_on, ended_on=shanghai_day(stored.ended_at))
    stored.replay_url, stored.replay_sha256, stored.replay_until_on = pointer
    stored.save(update_fields=["replay_url", "replay_sha256", "replay_until_on"])
    return stored

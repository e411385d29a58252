"""Every write to the pointer to a session's recording, and who is shown it. What it was before stays in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from livestream.actions.pitch import lock_session
from livestream.models import Consent
from livestream.rules.consent import ConsentKind
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.replay_pointer import check_pointer
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import LiveSession, User

# Who keeps the recording because the law wants it kept, or looks into what was said on air, needs nobody's leave; whoever teaches
# with it does.
KEPT_BY = (Action.RUN_SESSION, Action.SEE_ALERTS, Action.APPROVE_PLAN)


class Recording(NamedTuple):
    """What its host agreed to, and whether the address is shown to who asks."""

    is_shown: bool
    in_class: bool
    is_public: bool


def recording_of(session: LiveSession, user: User) -> Recording | None:
    """None: no recording is known."""
    if not session.replay_url:
        return None
    in_class = Consent.objects.allows(session.host, ConsentKind.RECORDING)
    is_public = Consent.objects.allows(session.host, ConsentKind.PORTRAIT)
    keeps = any(session.lies_in(user.reach(action)) for action in KEPT_BY)
    return Recording(in_class or keeps or session.host_id == user.pk, in_class, is_public)


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

"""Every write to an incident: what went wrong or was corrected on air."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.board import touch_session
from livestream.actions.pitch import lock_session
from livestream.models import Incident
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import LONGEST_NOTE, is_within

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession, User
    from livestream.rules.incident import IncidentKind


@transaction.atomic
def record_incident(session: LiveSession, *, kind: IncidentKind, at: datetime, note: str, by: User) -> Incident:
    """It stands beside the curve at `at`, also when somebody only writes it down after the session.

    Raises NotAllowed(`off_air`, `too_long`).
    """
    stored = lock_session(session)
    if len(note) > LONGEST_NOTE:
        raise NotAllowed("too_long", field=Incident._meta.get_field("note").verbose_name, limit=LONGEST_NOTE)
    if not is_within(at, began=stored.went_live_at, ended=stored.ended_at):
        raise NotAllowed("off_air")
    incident = Incident.objects.create(session=stored, kind=kind, happened_at=at, note=note, noted_by=by)
    touch_session(stored.pk, stored.county_id)
    return incident

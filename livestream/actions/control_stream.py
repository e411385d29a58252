"""A stream that breaks off and begins anew, with another room id: the session goes on, and its orders stay its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from django.db import transaction

from livestream.actions.control_log import record_on_curve, standing_of
from livestream.actions.pitch import lock_session
from livestream.actions.session import add_room
from livestream.models import ControlEvent
from livestream.rules.control import ControlKind
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import IncidentKind

if TYPE_CHECKING:
    from livestream.actions.control_log import Press
    from livestream.models import LiveSession


@transaction.atomic
def lose_stream(session: LiveSession, **press: Unpack[Press]) -> ControlEvent:
    """The stream of `platform` (or of all) broke off; `words` say why. It stands beside the curve. Raises NotAllowed."""
    return record_on_curve(session, ControlKind.STREAM_LOST, IncidentKind.STREAM_LOST, **press)


@transaction.atomic
def reopen_stream(session: LiveSession, *, room_id: str, account: str = "", **press: Unpack[Press]) -> ControlEvent:
    """It goes on, in this room of `platform`: the orders of the new room are this session's too. It answers the last loss that is
    still open on this platform. Raises NotAllowed(`room_missing`, `off_air`, and what `record` raises)."""
    stored = lock_session(session)
    platform = press.get("platform", "")
    if not room_id.strip() or not platform:
        raise NotAllowed("room_missing")
    add_room(stored, platform=platform, room_id=room_id.strip(), account=account.strip())
    loss = _open_loss(stored, platform)
    return record_on_curve(stored, ControlKind.STREAM_REOPENED, IncidentKind.STREAM_REOPENED, about=loss, **press)


def _open_loss(session: LiveSession, platform: str) -> ControlEvent | None:
    waiting = standing_of(session).open[ControlKind.STREAM_LOST]
    lost = ControlEvent.objects.filter(pk__in=waiting, platform__in=("", platform))
    return lost.in_order().last()

"""Which session an order belongs to: a question of evidence, never of guessing. Pure: no query, no clock.

The ladder, strongest first: the live room the order names, then the host account. With neither an order stays
unattributed: shown, never hidden. What a host wrote down by hand names its session itself, as a room that only this session
has: it belongs there, whatever is corrected about the session's hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Sequence


GRACE = timedelta(minutes=30)  # a cart filled on air is paid a little later


class Evidence(TextChoices):
    NONE = "", _("无")
    ROOM = "room", _("直播间")
    ACCOUNT = "account", _("直播账号")
    HAND = "hand", _("主播手记")


OWN = "session:"  # before the id of a session: the room that stands for itself


def own_room(session_id: object) -> str:
    """What an order that was written down in this session names as its room."""
    return f"{OWN}{session_id}"


def session_named(live_room: str | None) -> str | None:
    """The id of the session whose own room this is; None for every room of a platform."""
    try:
        return str(UUID(live_room.removeprefix(OWN))) if live_room and live_room.startswith(OWN) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Window:
    """A session holds a room and an account from `start` until `end` (None: still on air). Half-open: [start, end)."""

    session_id: str
    room_id: str
    account: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Attribution:
    """`is_contested`: two sessions were on air in the same room at that moment; a person should look."""

    session_id: str | None
    evidence: Evidence
    is_contested: bool = False


UNATTRIBUTED = Attribution(None, Evidence.NONE)


def attribute(
    paid_at: datetime | None, live_room: str | None, host_account: str | None, windows: Sequence[Window]
) -> Attribution:
    """The session that holds the room, else the account, at the moment of payment."""
    if paid_at is None:
        return UNATTRIBUTED
    if live_room and (found := _holder(paid_at, [w for w in windows if w.room_id == live_room])):
        return Attribution(found[0], Evidence.HAND if session_named(live_room) else Evidence.ROOM, found[1])
    if host_account and (found := _holder(paid_at, [w for w in windows if w.account == host_account])):
        return Attribution(found[0], Evidence.ACCOUNT, found[1])
    return UNATTRIBUTED


def _holder(paid_at: datetime, windows: list[Window]) -> tuple[str, bool] | None:
    """On air beats grace; among several the one that began last, and the order is marked contested."""
    on_air = [w for w in windows if w.start <= paid_at and (w.end is None or paid_at < w.end)]
    if on_air:
        last = max(on_air, key=lambda w: (w.start, w.session_id))
        return last.session_id, len({w.session_id for w in on_air}) > 1
    in_grace = [(w.end, w.start, w.session_id) for w in windows if w.end and w.end <= paid_at < w.end + GRACE]
    return (max(in_grace)[2], False) if in_grace else None

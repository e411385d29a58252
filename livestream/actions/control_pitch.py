"""What is presented, as phones and desks press it: the moment is brought within the session, and an end stands in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from django.db import transaction

from livestream.actions.control_log import moment_in, record
from livestream.actions.pitch import end_pitch, lock_session, start_pitch
from livestream.models import Pitch
from livestream.rules.control import ControlKind, Device

if TYPE_CHECKING:
    from livestream.actions.control_log import Press
    from livestream.models import LiveSession, Product


@transaction.atomic
def begin_pitch(session: LiveSession, product: Product, **press: Unpack[Press]) -> Pitch:
    """As `start_pitch`, whatever clock the press came from. Raises NotAllowed(`not_on_air`, `not_in_line_up`)."""
    stored = lock_session(session)
    tap = press.get("tap", "")
    if tap and (done := Pitch.objects.filter(session=stored, tap=tap).first()):
        return done
    at = moment_in(stored, press["at"], is_kept=press.get("device") == Device.PHONE)
    return start_pitch(stored, product, at=at, tap=tap, by=press["by"])


@transaction.atomic
def stop_pitch(session: LiveSession, **press: Unpack[Press]) -> Pitch | None:
    """Nothing is presented from then on, until the next pitch: also of a pitch that a phone without network began before and
    tells later. Returns what was presented, if anything was. Raises NotAllowed(`not_on_air`)."""
    event = record(session, ControlKind.PITCH_ENDED, **press)
    return end_pitch(session, at=event.happened_at)

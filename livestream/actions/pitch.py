"""Every write to a pitch: what a host presents, from when to when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.board import touch_session
from livestream.models import ControlEvent, LiveSession, Pitch
from livestream.rules.control import ControlKind
from livestream.rules.errors import NotAllowed
from livestream.rules.pitch import Stretch, closed, placed, was_on_air

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import Product, User

    Key = tuple[datetime, str, int]  # `Stretch.key`: no two pitches of a session share it


def lock_session(session: LiveSession) -> LiveSession:
    """The session as it is now, locked: two phones, or a tap and the end, take turns."""
    return LiveSession.objects.select_for_update(no_key=True).get(pk=session.pk)


@transaction.atomic
def start_pitch(session: LiveSession, product: Product, *, at: datetime, tap: str = "", by: User | None = None) -> Pitch:
    """The host presents this product from `at` until the next pitch, or until somebody said after `at` that it was over; the one
    that lasted over `at` ends then.

    The same `tap` again, or the same product at the same moment, finds the pitch it began and changes nothing. A tap that
    was kept on a phone is placed at its own moment, also after the session. Raises NotAllowed(`off_air`, `not_in_line_up`).
    """
    stored = lock_session(session)
    if tap and (done := Pitch.objects.filter(session=stored, tap=tap).first()):
        return done
    if not was_on_air(at, began=stored.went_live_at, ended=stored.ended_at):
        raise NotAllowed("off_air")
    if not stored.line_up.filter(product=product).exists():
        raise NotAllowed("not_in_line_up", title=product.title)
    rows, start = _by_key(stored), Stretch(at, tap, product.pk)
    if start.key in rows:
        return rows[start.key]
    cut, new = placed([pitch.stretch for pitch in rows.values()], start, stored.ended_at)
    if cut is not None:
        _write_end(rows[cut.key], cut)
    ended_at = _earliest(new.ended_at, _said_over(stored, at))
    pitch = Pitch.objects.create(session=stored, product=product, tap=tap, started_at=at, ended_at=ended_at, by=by)
    touch_session(stored.pk, stored.county_id)
    return pitch


@transaction.atomic
def end_pitch(session: LiveSession, *, at: datetime) -> Pitch | None:
    """Nothing is presented from `at` on, until the next pitch; None when nothing was presented then."""
    stored = lock_session(session)
    lasting = next((pitch for pitch in _by_key(stored).values() if pitch.stretch.lasts_over(at)), None)
    if lasting is not None:
        _write_end(lasting, replace(lasting.stretch, ended_at=at))
        touch_session(stored.pk, stored.county_id)
    return lasting


def close_pitches(session: LiveSession, *, at: datetime) -> None:
    """The session ends at `at`, and so does its open pitch. In the caller's transaction, which holds the session's row."""
    rows = _by_key(session)
    short, never_on_air = closed([pitch.stretch for pitch in rows.values()], at)
    Pitch.objects.filter(pk__in=[rows[pitch.key].pk for pitch in never_on_air]).delete()
    for pitch in short:
        _write_end(rows[pitch.key], pitch)


def _said_over(session: LiveSession, after: datetime) -> datetime | None:
    """When somebody first said after that moment that it was over; it may have been stored before the start was."""
    ends = ControlEvent.objects.filter(session=session, kind=ControlKind.PITCH_ENDED, happened_at__gt=after)
    return ends.order_by("happened_at").values_list("happened_at", flat=True).first()


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _by_key(session: LiveSession) -> dict[Key, Pitch]:
    return {pitch.stretch.key: pitch for pitch in Pitch.objects.filter(session=session)}


def _write_end(pitch: Pitch, stretch: Stretch) -> None:
    pitch.ended_at = stretch.ended_at
    pitch.save(update_fields=["ended_at"])

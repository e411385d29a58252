"""The code on the screen of a classroom that changes by itself, and whether a scan of it was made while it was good. Pure.

A county says how long a code is good (`qr_seconds`, 30 s by default). The screen shows a new one every half of that, and each is
good from the moment it is first shown for exactly `qr_seconds`: in its own slot and in the one after it. So a slow thumb has half
of it at least, and a photograph that is sent on is worth nothing half a minute later.

Online, the server's clock at the moment the page was opened decides; the phone's clock is not asked. A scan without network
carries the phone's own time. When it is sent, the phone says what time it is now, which shows how wrong its clock goes; the time
of the scan is corrected by that, and must lie where the code was good, give or take `TOLERANCE`: the way of the message and what
the clock drifted meanwhile. A phone whose owner set the clock between scan and sending is refused: the roll call helps.

A code is base64url of lesson (16 bytes), slot (4), HMAC-SHA256 of both under the lesson's secret (its first 8): 38 characters,
so that the squares on the screen stay large.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

TOLERANCE = timedelta(seconds=30)
LINE_SLACK = timedelta(seconds=20)  # less than what a scan may be wrong by
OLDEST = timedelta(days=60)  # no tap waits longer on a phone; what claims to is a broken clock
LESSON_BYTES, SLOT_BYTES, MAC_BYTES = 16, 4, 8
CODE_BYTES = LESSON_BYTES + SLOT_BYTES + MAC_BYTES
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
LARGEST_SKEW = 2**31 - 1


class Code(NamedTuple):
    """What a code says, not yet believed."""

    lesson: UUID
    slot: int
    mac: bytes


class Span(NamedTuple):
    """From its first moment to the first one after it."""

    from_at: datetime
    until_at: datetime

    def holds(self, at: datetime, slack: timedelta = timedelta()) -> bool:
        return self.from_at - slack <= at < self.until_at + slack


def slot_of(at: datetime, qr_seconds: int) -> int:
    """The number of the half span in which `at` lies."""
    return (at - EPOCH) // timedelta(seconds=qr_seconds / 2)


def shown_during(slot: int, qr_seconds: int) -> Span:
    half = timedelta(seconds=qr_seconds / 2)
    return Span(EPOCH + slot * half, EPOCH + (slot + 1) * half)


def good_during(slot: int, qr_seconds: int) -> Span:
    """For exactly `qr_seconds`, from the moment at which the code of this slot is first shown."""
    first = shown_during(slot, qr_seconds).from_at
    return Span(first, first + timedelta(seconds=qr_seconds))


def made_code(lesson: UUID, slot: int, secret: str) -> str:
    """What stands in the address behind the picture."""
    said = lesson.bytes + slot.to_bytes(SLOT_BYTES, "big")
    return base64.urlsafe_b64encode(said + _mac(said, secret)).decode().rstrip("=")


def read_code(text: str) -> Code | None:
    """None for what is no code at all; whether it is a true one, `is_true` says."""
    try:
        said = base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(said) != CODE_BYTES:
        return None
    lesson, slot, mac = said[:LESSON_BYTES], said[LESSON_BYTES:-MAC_BYTES], said[-MAC_BYTES:]
    return Code(UUID(bytes=lesson), int.from_bytes(slot, "big"), mac)


def is_true(code: Code, secret: str) -> bool:
    """Whether this lesson's own secret made it; a lesson without a secret has shown no code."""
    said = code.lesson.bytes + code.slot.to_bytes(SLOT_BYTES, "big")
    return bool(secret) and hmac.compare_digest(code.mac, _mac(said, secret))


def _mac(said: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), said, hashlib.sha256)[:MAC_BYTES]


class Moment(NamedTuple):
    """When something happened by the server's clock, and how many seconds the phone's clock was ahead of it."""

    at: datetime
    skew_seconds: int


def corrected(claimed_at: datetime, *, sent_at: datetime, received_at: datetime) -> Moment:
    """The phone's time of a tap, by what its clock said when it was sent. Never later than `received_at`, and that itself where
    the phone says nothing that can be. A difference that a slow line explains moves nothing: of two taps of one phone the first
    stays the first, however long its request took."""
    seconds = round((sent_at - received_at).total_seconds())
    by_us = claimed_at if abs(sent_at - received_at) <= LINE_SLACK else received_at - (sent_at - claimed_at)
    at = by_us if received_at - OLDEST <= by_us <= received_at and sent_at >= claimed_at else received_at
    return Moment(at, max(-LARGEST_SKEW, min(LARGEST_SKEW, seconds)))

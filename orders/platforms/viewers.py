"""What a platform's API says of the viewers of a room: a small contract, and the practice platform.

No platform lets us ask yet: 抖店 and 快手 offer no public API for viewers of a room (UNVERIFIED); 视频号 has a live dashboard for
partners whom it has admitted. Its shape is the contract here, so that an adapter is one function more.
Until then viewers come by tap and by file; nothing is made up for a real room."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class RoomNow:
    """What a platform says of a room at a moment; None: it does not say."""

    read_at: datetime
    online_now: int | None = None
    exposure_uv: int | None = None
    view_pv: int | None = None
    view_uv: int | None = None
    watch_seconds: int | None = None
    new_followers: int | None = None


class ViewerSource(Protocol):
    """Asks a platform. Raises livestream.platforms.asking.Unreachable, Refused."""

    def __call__(self, room_id: str, *, began: datetime, at: datetime) -> RoomNow: ...


USUAL, MOST = 120, 400  # people online in a practice room
RISE_S, WAVE_S, STAY_S = 600, 1500, 75


def practice(room_id: str, *, began: datetime, at: datetime) -> RoomNow:
    """A room of the fake platform: people come within ten minutes, then more and fewer in waves. The same room at the same second
    always says the same; its sums never fall."""
    seconds = max(0, int((at - began).total_seconds()))
    crowd = USUAL + int.from_bytes(hashlib.sha256(room_id.encode()).digest()[:2], "big") % (MOST - USUAL)
    online = _online(crowd, seconds)
    watched = sum(_online(crowd, second) * 60 for second in range(0, seconds, 60))
    visits = watched // STAY_S
    return RoomNow(at, online, visits * 5, visits, visits * 4 // 5, watched, visits // 40)


def _online(crowd: int, seconds: int) -> int:
    risen = min(1.0, seconds / RISE_S)
    return round(crowd * risen * (1 + 0.3 * math.sin(2 * math.pi * seconds / WAVE_S)))


PRACTICE: ViewerSource = practice

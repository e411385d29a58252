"""What a board is sent, and by whom it is watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

FRAME, DETAIL = "frame", "detail"


class Feed(NamedTuple):
    """One kind of message about a scope: its frames, or its slower details; for some screens without money."""

    scope: str
    part: str = FRAME
    hides_money: bool = False


class Watcher(NamedTuple):
    """Who watches what, by which right: `viewer` is `user:<id>`, signed in by `session_key`, or `kiosk:<id>`."""

    scope: str
    viewer: str
    session_key: str = ""
    hides_money: bool = False

    def feeds(self, *, wants_detail: bool = False) -> tuple[Feed, ...]:
        """What a socket of this watcher is sent."""
        parts = (FRAME, DETAIL) if wants_detail else (FRAME,)
        return tuple(Feed(self.scope, part, self.hides_money) for part in parts)


@dataclass(slots=True)
class Picture:
    """A message as it goes over the wire, made once for all sockets of a feed: as text, and as the bytes of a websocket frame.

    Without text there is nothing to be said. `is_moving`: its rate will fall by itself, without another order.
    """

    text: str = ""
    wire: bytes = b""
    epoch: str = ""
    version: int = -1
    is_moving: bool = False
    made_at: float = 0.0


def text_frame(payload: bytes) -> bytes:
    """One unfragmented text message of a server (RFC 6455, 5.2). A server masks nothing, so the same bytes serve every socket."""
    length = len(payload)
    if length < 126:
        head = bytes((0x81, length))
    elif length < 1 << 16:
        head = bytes((0x81, 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((0x81, 127)) + length.to_bytes(8, "big")
    return head + payload

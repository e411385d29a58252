"""A proxy in front of boards that loses, doubles and reorders the messages of websockets."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faults.proxy import Proxy

if TYPE_CHECKING:
    from faults.proxy import Address

HEAD_END = b"\r\n\r\n"
TEXT = 1


@dataclass(frozen=True, slots=True)
class Meddling:
    """How likely each message is lost, sent twice, or held until `late_s` after the next one has passed."""

    lose: float = 0.0
    double: float = 0.0
    hold: float = 0.0
    late_s: float = 0.1  # long enough for a browser to paint the newer one


class FrameProxy(Proxy):
    """Meddles with what a server says on websockets, message by message. The browser sees a healthy connection.

    Reads frames as RFC 6455 writes them from a server: not masked, and not compressed (our servers do not). `done` counts
    what was done, so that a run in which nothing happened proves nothing.
    """

    def __init__(self, upstream: Address, port: int = 0, seed: int = 61) -> None:
        super().__init__(upstream, port)
        self.meddling = Meddling()
        self.done: Counter[str] = Counter()
        self.chance = random.Random(seed)

    async def _take(self, direction: str, reader: asyncio.StreamReader, line: asyncio.Queue[tuple[float, bytes]]) -> None:
        if direction == "down":
            try:
                head = await reader.readuntil(HEAD_END)
            except (OSError, asyncio.IncompleteReadError) as error:
                head = getattr(error, "partial", b"")
            await line.put((0.0, head))
            if head.startswith(b"HTTP/1.1 101"):
                await self._take_frames(reader, line)
                return
        await super()._take(direction, reader, line)

    async def _take_frames(self, reader: asyncio.StreamReader, line: asyncio.Queue[tuple[float, bytes]]) -> None:
        held = b""
        while True:
            try:
                code, frame = await read_frame(reader)
            except (OSError, asyncio.IncompleteReadError):
                await line.put((0.0, b""))
                return
            sent = [frame] if code != TEXT else self._meddle(frame)
            if code == TEXT and not held and sent and self._happens("hold", self.meddling.hold):
                held = frame
                continue
            for piece in sent:
                await line.put((0.0, piece))
            if held:
                await line.put((time.monotonic() + self.meddling.late_s, held))
            held = b""

    def _meddle(self, frame: bytes) -> list[bytes]:
        if self._happens("lose", self.meddling.lose):
            return []
        return [frame] * (2 if self._happens("double", self.meddling.double) else 1)

    def _happens(self, what: str, likelihood: float) -> bool:
        happens = self.chance.random() < likelihood
        self.done[what] += happens
        return happens


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Opcode and the whole frame as it came. Raises asyncio.IncompleteReadError at the end."""
    head = await reader.readexactly(2)
    length = head[1] & 0x7F
    more = b""
    if length >= 126:
        more = await reader.readexactly(2 if length == 126 else 8)
        length = int.from_bytes(more, "big")
    return head[0] & 0x0F, head + more + await reader.readexactly(length)

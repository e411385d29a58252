"""One open board and its way out: what it is handed goes at once, or waits until the way is free, the newest of each only."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from orders.board.feed import DETAIL, FRAME, Feed, Picture, Watcher

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Send = Callable[[dict[str, Any]], Awaitable[None]]

WIRE = "cunbo.wire"  # the ASGI extension of our own server protocol: a `Line` straight to the connection
NO_CODE = 0  # ends without a word: the other end has gone


class Line(Protocol):
    """The way out of a socket. It calls `when_free` each time it can take a picture again."""

    is_free: bool
    when_free: Callable[[], None] | None

    def say(self, picture: Picture) -> None:
        """Takes one picture; only while `is_free`."""

    def end(self, code: int) -> bool:
        """The closing handshake, after what is being sent; False: it was ending already."""

    def cut(self) -> None:
        """Ends the connection without a word: its peer does not read."""


class AsgiLine:
    """Through the `send` of any ASGI server: a task for each picture, since a send may wait."""

    def __init__(self, send: Send, cut: Callable[[], object]) -> None:
        self._send = send
        self._cut = cut
        self.is_free = True
        self.when_free: Callable[[], None] | None = None
        self.task: asyncio.Task[None] | None = None
        self.close_code: int | None = None

    def say(self, picture: Picture) -> None:
        self._begin({"type": "websocket.send", "text": picture.text})

    def end(self, code: int) -> bool:
        self.close_code = code
        if self.is_free:
            self._begin({"type": "websocket.close", "code": code})
        return True

    def cut(self) -> None:
        self.stop()
        self._cut()

    def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()

    def _begin(self, message: dict[str, Any]) -> None:
        self.is_free = False
        self.task = asyncio.get_running_loop().create_task(self._carry(message))

    async def _carry(self, message: dict[str, Any]) -> None:
        with suppress(OSError):  # the other end is gone; whoever listens to it hears so
            await self._send(message)
            if self.close_code is None:
                self.is_free = True
                if self.when_free is not None:
                    self.when_free()
            elif message["type"] != "websocket.close":
                await self._send({"type": "websocket.close", "code": self.close_code})


@dataclass(slots=True, eq=False)
class Socket:
    """One open board. Before `begin` and while its line is busy, what it is offered waits."""

    watcher: Watcher
    address: str
    feeds: tuple[Feed, ...]
    line: Line | None = None
    pending: dict[str, Picture] = field(default_factory=dict)
    blocked_since: float | None = None
    close_code: int | None = None
    is_cut: bool = False

    def begin(self, line: Line) -> None:
        """The handshake is over: from now on pictures go out."""
        self.line = line
        line.when_free = self.go_on
        if self.close_code is not None:
            line.end(self.close_code)
        else:
            self.go_on()

    def offer(self, part: str, picture: Picture, now: float) -> None:
        line = self.line
        if line is not None and line.is_free:
            line.say(picture)
            return
        self.pending[part] = picture
        if self.blocked_since is None and line is not None:
            self.blocked_since = now

    def go_on(self) -> None:
        """The line is free: what waits goes out, the frame first."""
        self.blocked_since = None
        for part in (FRAME, DETAIL):
            if self.line is not None and self.line.is_free and part in self.pending:
                self.line.say(self.pending.pop(part))

    def close(self, code: int) -> bool:
        """Ends it, with a reason that the page understands; False: it was ending already."""
        if self.close_code is not None:
            return False
        self.close_code = code
        return self.line is None or self.line.end(code)

    def cut(self) -> None:
        if self.line is not None and not self.is_cut:
            self.is_cut = True
            self.line.cut()

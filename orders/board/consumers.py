"""A board's socket: the right first, then whole frames, newest only, until one of the two ends leaves."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import structlog

from orders.board.entry import AWAY, TooBusy, admitted
from orders.board.hub import running_hub
from orders.board.socket import NO_CODE, WIRE, AsgiLine, Line, Socket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

log = structlog.get_logger(__name__)
WORD_LIMIT = 4096  # bytes of one message from a browser; boards have nothing to say
FLOOD = (10, 10.0)  # more messages than this in so many seconds
BINARY, POLICY, TOO_BIG = 1003, 1008, 1009
FULL_STATUS = {"server": 503, "address": 429, "viewer": 429}
RETRY_S = 5


class Refused(Exception):
    """Why a handshake ends, as an HTTP status and a word for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


class BoardConsumer:
    """The ASGI application of one socket. It needs no channel layer: the hub asks the database."""

    @classmethod
    def as_asgi(cls) -> Any:  # what `path` of django.urls takes, though it only knows of HTTP
        return cls()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        try:
            socket = await open_socket(scope)
        except Refused as why:
            await refuse(scope, send, why.status, why.reason)
            return
        line = line_of(scope, send)
        try:
            with suppress(OSError):  # the other end is gone
                await send({"type": "websocket.accept"})
                socket.begin(line)
                await listen(socket, receive)
        except asyncio.CancelledError:
            if not socket.is_cut:
                raise
        finally:
            running_hub().leave(socket)
            socket.line = None
            if isinstance(line, AsgiLine):
                line.stop()


async def open_socket(scope: dict[str, Any]) -> Socket:
    """A socket for somebody who may watch and for whom there is room. Raises Refused."""
    hub, address = running_hub(), (scope.get("client") or [""])[0]
    if full := hub.full(address):
        raise Refused(FULL_STATUS[full], full)
    try:
        watcher, checked_at = await admitted(scope)
    except (*AWAY, TooBusy) as error:  # nobody can be let in while the database is away; the page tries again
        raise Refused(503, type(error).__name__) from error
    except Exception as error:  # logged there
        raise Refused(500, type(error).__name__) from error
    if watcher is None:
        raise Refused(403, "right")
    wants_detail = b"1" in parse_qs(scope["query_string"]).get(b"detail", [])
    socket = Socket(watcher, address, watcher.feeds(wants_detail=wants_detail))
    if full := hub.join(socket, checked_at):
        raise Refused(FULL_STATUS[full], full)
    return socket


async def refuse(scope: dict[str, Any], send: Send, status: int, reason: str) -> None:
    """Ends the handshake, with an HTTP status where the server can say one."""
    log.info("board_refused", status=status, reason=reason, address=(scope.get("client") or [""])[0], path=scope["path"][:100])
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    if status in {429, 503}:
        headers.append((b"retry-after", str(RETRY_S).encode()))
    with suppress(OSError):
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b""})


def line_of(scope: dict[str, Any], send: Send) -> Line:
    """The shortest way out that this server offers."""
    wire: Line | None = scope.get("extensions", {}).get(WIRE)
    if wire is not None:
        return wire
    task = asyncio.current_task()
    assert task is not None
    return AsgiLine(send, task.cancel)


async def listen(socket: Socket, receive: Receive) -> None:
    """Until the browser leaves. Ignores what it says, unless it says too much or something that no page of ours says."""
    heard: deque[float] = deque(maxlen=FLOOD[0])
    while (message := await receive())["type"] != "websocket.disconnect":
        code = judge(message, heard)
        if code != NO_CODE and socket.close(code):
            log.info("board_closed", code=code, address=socket.address, viewer=socket.watcher.viewer)


def judge(message: dict[str, Any], heard: deque[float]) -> int:
    """The code with which to close after this message; NO_CODE: go on. `heard` are the times of the last few messages."""
    text = message.get("text")
    if text is None:
        return BINARY
    if len(text) > WORD_LIMIT or len(text.encode()) > WORD_LIMIT:
        return TOO_BIG
    now = time.monotonic()
    is_flood = len(heard) == FLOOD[0] and now - heard[0] < FLOOD[1]
    heard.append(now)
    return POLICY if is_flood else NO_CODE

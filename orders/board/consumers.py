"""A board's socket: the right first, then whole frames, newest only, until one of the two ends leaves."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from channels.db import database_sync_to_async

from orders.board.admission import admit
from orders.board.hub import Socket, running_hub

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

WORD_LIMIT = 4096  # bytes of one message from a browser; boards have nothing to say
FLOOD = (10, 10.0)  # more messages than this in so many seconds
POLICY, TOO_BIG = 1008, 1009


class BoardConsumer:
    """The ASGI application of one socket. It needs no channel layer: the hub asks the database."""

    @classmethod
    def as_asgi(cls) -> Any:  # what `path` of django.urls takes, though it only knows of HTTP
        return cls()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        socket = await open_socket(scope)
        if socket is None or not running_hub().join(socket):
            await send({"type": "websocket.close"})  # before accept: the handshake is refused
            return
        listening = asyncio.create_task(listen(socket, receive))
        try:
            with suppress(OSError):  # the other end is gone
                await send({"type": "websocket.accept"})
                await talk(socket, send)
        finally:
            running_hub().leave(socket)
            listening.cancel()


async def open_socket(scope: dict[str, Any]) -> Socket | None:
    """A socket for somebody who may watch, else None."""
    watcher = await database_sync_to_async(admit)(scope)
    if watcher is None:
        return None
    task = asyncio.current_task()
    assert task is not None
    return Socket(watcher, (scope.get("client") or [""])[0], task.cancel)


async def talk(socket: Socket, send: Send) -> None:
    """Sends the newest frame whenever there is one; a frame that waits is replaced, never queued."""
    loop = asyncio.get_running_loop()
    try:
        while True:
            text = await socket.newest()
            if text is None:
                break
            socket.sending_since = loop.time()
            await send({"type": "websocket.send", "text": text})
            socket.sending_since = None
        if socket.close_code:
            await send({"type": "websocket.close", "code": socket.close_code})
    except asyncio.CancelledError:
        if not socket.is_cut:
            raise


async def listen(socket: Socket, receive: Receive) -> None:
    """Notices that the browser left; ignores what it says, unless it says too much."""
    heard: deque[float] = deque(maxlen=FLOOD[0])
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return socket.close(0)
        word = message.get("text") or message.get("bytes") or ""
        if len(word) > WORD_LIMIT or (isinstance(word, str) and len(word.encode()) > WORD_LIMIT):
            return socket.close(TOO_BIG)
        now = time.monotonic()
        if len(heard) == FLOOD[0] and now - heard[0] < FLOOD[1]:
            return socket.close(POLICY)
        heard.append(now)

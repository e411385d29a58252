"""How large a request may be, counted while it arrives: Django writes a body to the disk before anybody looks at it, whatever its
sender says of its length. A proxy in front says the same earlier (deploy/); this holds without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Message = Mapping[str, Any]
    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

log = structlog.get_logger(__name__)
MEGA = 1_000_000
LARGEST = 20 * MEGA
# An export of 200,000 rows as CSV is up to 150 MB. A phone's photo of a paper may be 40 MB: it is refused in a sentence beside
# what was typed, not by a closed connection.
LARGER = {"/files/upload/": 155 * MEGA, "/goods/papers/new/": 60 * MEGA}
TOO_LARGE = "发来的内容太大了，没有收下。请分几次发。\nToo large, not taken. Please send it in parts.\n".encode()
GONE: Message = {"type": "http.disconnect"}


def bounded(application: Application) -> Application:
    """The same application, to whom a body that grows too large looks like one whose sender left; the sender hears 413."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        limit = LARGER.get(scope["path"], LARGEST)
        taken, has_begun = 0, False
        if said_length(scope) > limit:
            await refuse(scope, send)
            return

        async def counted() -> Message:
            nonlocal taken
            if taken > limit:
                return GONE
            message = await receive()
            taken += len(message.get("body", b""))
            return GONE if taken > limit else message

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        await application(scope, counted, noted)
        if taken > limit and not has_begun:
            await refuse(scope, send)

    return serve


def said_length(scope: Scope) -> int:
    """Of the header; 0 where it says nothing that is a number (the server refuses those that lie)."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said) if said.isdigit() and len(said) < 20 else 0


async def refuse(scope: Scope, send: Send) -> None:
    log.warning("body_too_large", path=scope["path"][:100], client=(scope.get("client") or ("",))[0])
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(TOO_LARGE)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE})

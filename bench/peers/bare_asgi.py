"""The limit: an ASGI application that checks the signature of a push, stores nothing and answers 200."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook

from bench.goods import SECRET

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

webhook = Webhook(SECRET)
ANSWER = b'{"code":0,"msg":"success","applied":1,"duplicate":0,"stale":0,"rejected":[]}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    webhook.verify(body, {name.decode(): value.decode() for name, value in scope["headers"]}, json_parse=False)
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})

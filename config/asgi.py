"""HTTP and websocket in one tree; pushes leave before Django."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()  # loads the apps, so it comes before everything that imports a model

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.http.request import validate_host  # noqa: E402
from django.urls import re_path  # noqa: E402

from orders.board.hub import AWAY  # noqa: E402
from orders.push import PushApp  # noqa: E402
from orders.urls import websocket_urlpatterns  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

push = PushApp()


async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
    """No board at this address, or not for a page of this origin: the handshake ends in 403."""
    await send({"type": "websocket.close"})


nowhere: Any = refuse
boards = URLRouter([*websocket_urlpatterns, re_path("", nowhere)])


async def sockets(scope: Scope, receive: Receive, send: Send) -> None:
    """Boards read the login and never change it: Channels' own `send`, which looks for a changed session at every frame, is
    left out (a sixth of what a frame costs)."""

    async def signed_in(scope: Scope, receive: Receive, _send: Send) -> None:
        await boards(scope, receive, send)

    await AuthMiddlewareStack(signed_in)(scope, receive, send)


async def http(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"].startswith("/push/"):
        await push(scope, receive, send)
    else:
        await django_application(scope, receive, send)


async def websocket(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await (sockets if is_own_origin(scope) else refuse)(scope, receive, send)
    except AWAY:  # nobody can be let in while the database is away; the page tries again
        await refuse(scope, receive, send)


def is_own_origin(scope: Scope) -> bool:
    """Only pages that this very address served may open a socket; a cookie alone proves nothing, every site can use it."""
    headers = {name: value.decode("latin-1").lower() for name, value in scope["headers"]}
    host = headers.get(b"host", "")
    bare = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    scheme = "https" if settings.HTTPS or scope.get("scheme") == "wss" else "http"
    return validate_host(bare, settings.ALLOWED_HOSTS) and headers.get(b"origin") == f"{scheme}://{host}"


application = ProtocolTypeRouter({"http": http, "websocket": websocket})

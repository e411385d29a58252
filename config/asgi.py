"""HTTP and websocket in one tree; pushes leave before Django."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()  # loads the apps, so it comes before everything that imports a model

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.http.request import split_domain_port, validate_host  # noqa: E402
from django.urls import re_path  # noqa: E402

from config.bodies import bounded  # noqa: E402
from orders.board.consumers import refuse  # noqa: E402
from orders.push import PushApp  # noqa: E402
from orders.urls import websocket_urlpatterns  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

push = PushApp()
pages = bounded(django_application)


async def nowhere(scope: Scope, _receive: Receive, send: Send) -> None:
    """No board at this address."""
    await refuse(scope, send, 404, "address")


anything_else: Any = nowhere
boards = URLRouter([*websocket_urlpatterns, re_path("", anything_else)])


async def http(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"].startswith("/push/"):
        await push(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def websocket(scope: Scope, receive: Receive, send: Send) -> None:
    if is_own_origin(scope):
        await boards(scope, receive, send)
    else:
        await refuse(scope, send, 403, "origin")


def is_own_origin(scope: Scope) -> bool:
    """Only pages that this very address served may open a socket; a cookie alone proves nothing, every site can use it."""
    headers = {name: value.decode("latin-1").lower() for name, value in scope["headers"]}
    host = headers.get(b"host", "")
    bare, _port = split_domain_port(host)
    scheme = "https" if settings.HTTPS or scope.get("scheme") == "wss" else "http"
    return bool(bare) and validate_host(bare, settings.ALLOWED_HOSTS) and headers.get(b"origin") == f"{scheme}://{host}"


application = ProtocolTypeRouter({"http": http, "websocket": websocket})

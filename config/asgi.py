"""HTTP and websocket in one tree; pushes leave before Django."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()  # loads the apps, so it comes before everything that imports a model

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from orders.push import PushApp  # noqa: E402
from orders.urls import websocket_urlpatterns  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

push = PushApp()


async def http(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    if scope["path"].startswith("/push/"):
        await push(scope, receive, send)
    else:
        await django_application(scope, receive, send)


application = ProtocolTypeRouter(
    {"http": http, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))}
)

"""The same frames the usual way: a Channels consumer in a group, `group_send` every quarter of a second through Redis."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bench",
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": os.environ["BENCH_LAYER"],
            "CONFIG": {
                "hosts": [os.environ["BENCH_REDIS"]],
                **({"capacity": 10_000} if "core" in os.environ["BENCH_LAYER"] else {}),
            },
        }
    },
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402

FRAME = Path(os.environ["BENCH_FRAME"]).read_text()
GROUP = "board"
BOARDS = int(os.environ["BENCH_BOARDS"])


opened: list[str] = []
all_open = asyncio.Event()


class Board(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        opened.append(self.channel_name)
        if len(opened) == BOARDS:
            all_open.set()

    async def frame(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)


async def tell_forever() -> None:
    layer = get_channel_layer()
    await all_open.wait()
    while True:
        await layer.group_send(GROUP, {"type": "frame", "text": FRAME})
        await asyncio.sleep(0.25)


async def lifespan(_scope: dict[str, Any], receive: Any, send: Any) -> None:
    await receive()
    teller = asyncio.create_task(tell_forever())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    teller.cancel()
    await send({"type": "lifespan.shutdown.complete"})


application = ProtocolTypeRouter({"websocket": Board.as_asgi(), "lifespan": lifespan})

"""uvicorn as a part of a larger process: it stops when told, and leaves the signals to the whole."""

from __future__ import annotations

import signal
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from config.machine.limits import raise_file_limit
from config.machine.wire import LARGEST, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

GRACE_SECONDS = 3


class Web(uvicorn.Server):
    """Serves on a socket that is already open; tells when it is ready and when it begins to stop."""

    def __init__(self, when_ready: Callable[[], None], when_stopping: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                "config.asgi:application",
                ws=Wire,
                ws_max_size=LARGEST,
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self.when_ready = when_ready
        self.when_stopping = when_stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        raise_file_limit()
        await super().startup(sockets=sockets)
        self.when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.when_stopping()
        await super().shutdown(sockets=sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The first signal ends the serving, later ones are ignored: what follows is bounded, and must not be cut in half."""

        def leave(_number: int, _frame: FrameType | None) -> None:
            self.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, leave)
        yield

"""Many boards at once: each as a page is, it shows only what is newer and comes back by itself, at a random moment."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Origin

from faults.case import ROOT
from faults.proxy import Proxy
from faults.world import COUNTY, SESSION_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faults.bed import Scene
    from faults.proxy import Address

PATHS = (f"/ws/board/session/{SESSION_ID}/", f"/ws/board/county/{COUNTY}/")
PER_VIEWER = 10  # as many as one person may have open
FIRST_S, LONGEST_S = 1.0, 30.0
MOVING_S = 5.0  # a server that says 1012 is restarted: all its boards move, each within this time
RESTARTED = 1012

LOG_IN = """
import sys
import django; django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from livestream.models import User
county, count = sys.argv[1:]
for n in range(int(count)):
    phone = f"1009{n:07d}"
    user, _ = User.objects.get_or_create(phone=phone, defaults=dict(name="县里的人", role="staff", place_id=county))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)
"""


def log_in_many(scene: Scene, count: int) -> list[str]:
    """The cookies of so many of the county's staff."""
    command = [sys.executable, "-c", LOG_IN, COUNTY, str(count)]
    done = subprocess.run(command, cwd=ROOT, env=scene.environment(), capture_output=True, text=True, check=True)
    return [f"cunbo={key}" for key in done.stdout.split()]


@dataclass(slots=True, eq=False)
class Screen:
    """One board. `frame` is what it shows; `came` when its frames came, of which version, and how old each was."""

    port: int
    path: str
    cookie: str
    frame: dict[str, Any] | None = None
    is_live: bool = False
    came: list[tuple[float, int, float]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    older: int = 0  # frames that were not newer than what it showed
    line: ClientConnection | None = None
    failures: int = 0

    async def watch(self) -> None:
        while True:
            code = 0
            try:
                code = await self.listen()
            except (OSError, WebSocketException, TimeoutError) as error:
                self.codes.append(error.response.status_code if isinstance(error, InvalidStatus) else 0)
            self.is_live = False
            most = MOVING_S if code == RESTARTED else min(LONGEST_S, FIRST_S * 2**self.failures)
            self.failures += 1
            await asyncio.sleep(random.uniform(0, most))

    async def listen(self) -> int:
        """Until the connection ends; its code."""
        url = f"ws://127.0.0.1:{self.port}{self.path}"
        origin = Origin(f"http://127.0.0.1:{self.port}")
        headers = {"cookie": self.cookie}
        async with connect(
            url, origin=origin, additional_headers=headers, open_timeout=20, proxy=None, compression=None
        ) as self.line:
            with suppress(ConnectionClosed):
                while True:
                    self.show(json.loads(await self.line.recv()))
        code = self.line.close_code or 0
        self.codes.append(code)
        return code

    def show(self, frame: dict[str, Any]) -> None:
        lag_s = time.time() - datetime.fromisoformat(frame["as_of"]).timestamp()
        self.came.append((time.monotonic(), frame["version"], lag_s))
        self.is_live = True
        self.failures = 0
        if is_newer(frame, self.frame):
            self.frame = frame
        else:
            self.older += 1


def is_newer(frame: dict[str, Any], shown: dict[str, Any] | None) -> bool:
    """The rule of the page (socket.js)."""
    if shown is None or frame["epoch"] != shown["epoch"]:
        return True
    return (frame["version"], frame["as_of"]) > (shown["version"], shown["as_of"])


class Crowd:
    """`with Crowd(port, cookies, 500) as crowd:` all its boards live in a thread."""

    def __init__(self, port: int, cookies: Sequence[str], count: int) -> None:
        self.screens = [Screen(port, PATHS[n % 2], cookies[n // PER_VIEWER]) for n in range(count)]
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, name="crowd", daemon=True)
        self.ended = asyncio.Event()

    def __enter__(self) -> Crowd:
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(20)

    def run(self) -> None:
        self.loop.run_until_complete(self.watch_all())

    async def watch_all(self) -> None:
        tasks = [asyncio.create_task(screen.watch()) for screen in self.screens]
        await self.ended.wait()
        for task in tasks:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(15):
                await asyncio.gather(*tasks, return_exceptions=True)

    def drop_all(self) -> None:
        """All lines break at once."""

        def drop() -> None:
            for screen in self.screens:
                screen.is_live = False
                if screen.line is not None:
                    screen.line.transport.abort()

        self.loop.call_soon_threadsafe(drop)

    def until_live(self, seconds: float, since: float = 0.0) -> float:
        """Seconds until every board is live with a frame that came after `since`; infinite when one is not in time."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if all(screen.is_live and screen.came[-1][0] > since for screen in self.screens):
                return time.monotonic() - began
            time.sleep(0.02)
        return float("inf")

    def disagreement(self) -> int:
        """How many boards of a scope show another version than the newest one shown."""
        shown: dict[str, list[int]] = {}
        for screen in self.screens:
            version = screen.frame["version"] if screen.frame else -1
            shown.setdefault(screen.path, []).append(version)
        return sum(len(versions) - versions.count(max(versions)) for versions in shown.values())

    def until_agreed(self, seconds: float) -> float:
        """Seconds until all boards of a scope show the same version; infinite when they do not in time."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if not self.disagreement():
                return time.monotonic() - began
            time.sleep(0.01)
        return float("inf")

    def codes(self) -> Counter[int]:
        return Counter(code for screen in self.screens for code in screen.codes)

    def lags(self, since: float, until: float = float("inf")) -> list[float]:
        """How old frames were when they came, sorted."""
        return sorted(lag for screen in self.screens for at, _, lag in screen.came if since <= at < until)


class Balancer(Proxy):
    """Hands connections to its servers by turns, and passes over one that refuses, as nginx does."""

    def __init__(self, ports: Sequence[int]) -> None:
        super().__init__(("127.0.0.1", ports[0]))
        self.servers: list[Address] = [("127.0.0.1", port) for port in ports]
        self.turn = 0

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for _ in self.servers:
            self.turn += 1
            self.upstream = self.servers[self.turn % len(self.servers)]
            with suppress(ConnectionRefusedError):
                return await super()._reach()
        raise ConnectionRefusedError


@dataclass(slots=True)
class DeafBoard:
    """A board that is never read. `port` is its own."""

    socket: socket.socket

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])


def open_raw(port: int, path: str, cookie: str, *, source: str = "127.0.0.1", timeout: float = 20.0) -> tuple[socket.socket, int]:
    """A handshake from that address: the connection and the status of the answer (0: none)."""
    line = socket.create_connection(("127.0.0.1", port), timeout=timeout, source_address=(source, 0))
    hello = [
        f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Origin: http://127.0.0.1:{port}", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", f"Cookie: {cookie}",
    ]  # fmt: skip
    line.sendall(("\r\n".join(hello) + "\r\n\r\n").encode())
    try:
        answer = line.recv(64).split()
    except OSError:
        answer = []
    return line, int(answer[1]) if len(answer) > 1 else 0

"""Eyes on a web process during a fault: a page asked again and again, and a board that stays open."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from faults.case import ROOT
from faults.world import COUNTY

if TYPE_CHECKING:
    from faults.bed import Scene
    from faults.processes import Web

LOG_IN = f"""
import django; django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from livestream.models import User
user, _ = User.objects.get_or_create(phone="10000000009", defaults=dict(name="县里的人", role="staff", place_id="{COUNTY}"))
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""


def log_in(scene: Scene) -> str:
    """The cookie of somebody of the county's staff."""
    done = subprocess.run(
        [sys.executable, "-c", LOG_IN], cwd=ROOT, env=scene.environment(), capture_output=True, text=True, check=True
    )
    return f"cunbo={done.stdout.split()[-1]}"


@dataclass(slots=True)
class Asked:
    """One page that was asked for: when (time.monotonic), how long it took, the status (0: no answer)."""

    at: float
    seconds: float
    status: int


@dataclass(slots=True)
class Pages:
    """Asks for a page five times a second, each time in a thread of its own so that a slow answer holds up nobody."""

    web: Web
    path: str
    cookie: str = ""
    asked: list[Asked] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> Pages:
        self.threads.append(threading.Thread(target=self.keep_asking, daemon=True))
        self.threads[0].start()
        return self

    def keep_asking(self) -> None:
        while not self.stopped.wait(0.2):
            thread = threading.Thread(target=self.ask, daemon=True)
            thread.start()
            self.threads.append(thread)

    def ask(self) -> None:
        began = time.monotonic()
        request = urllib.request.Request(self.web.url + self.path, headers={"cookie": self.cookie})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status = int(answer.status)
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError:
            status = 0
        self.asked.append(Asked(began, time.monotonic() - began, status))

    def stop(self) -> None:
        """Waits for every answer that is still due."""
        self.stopped.set()
        for thread in list(self.threads):
            thread.join(60)

    def slowest(self) -> float:
        return max((asked.seconds for asked in self.asked), default=0.0)


@dataclass(slots=True)
class Frame:
    """A frame of the board: when it came (time.monotonic), and what it said."""

    at: float
    said: dict[str, Any]

    @property
    def orders(self) -> int:
        return int(self.said["totals"]["orders"])


@dataclass(slots=True)
class Board:
    """The county's board in a browser that connects again when it is cut off, and keeps every frame."""

    web: Web
    cookie: str
    frames: list[Frame] = field(default_factory=list)
    drops: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> Board:
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def watch(self) -> None:
        while not self.stopped.is_set():
            try:
                self.listen()
            except (OSError, WebSocketException):
                self.drops += 1
                self.stopped.wait(0.3)

    def listen(self) -> None:
        address = f"ws://127.0.0.1:{self.web.port}/ws/board/county/{COUNTY}/"
        origin, headers = Origin(self.web.url), {"cookie": self.cookie}
        with connect(address, origin=origin, additional_headers=headers, open_timeout=10, proxy=None) as socket:
            while not self.stopped.is_set():
                try:
                    text = socket.recv(timeout=0.5)
                except TimeoutError:
                    continue
                self.frames.append(Frame(time.monotonic(), json.loads(text)))

    def stop(self) -> None:
        self.stopped.set()
        if self.thread is not None:
            self.thread.join(10)

    def longest_silence(self, since: float, until: float) -> float:
        """Seconds between two frames at most, between these moments."""
        moments = [since, *(frame.at for frame in self.frames if since < frame.at < until), until]
        return max(b - a for a, b in zip(moments, moments[1:], strict=False))

    def lags(self, since: float, until: float) -> float:
        """Seconds for which the board stood still at most, while orders kept coming: from one new total to the next."""
        moments, last = [since], -1
        for frame in self.frames:
            if since < frame.at < until and frame.orders != last:
                moments.append(frame.at)
                last = frame.orders
        return max(b - a for a, b in zip(moments, [*moments[1:], until], strict=True))

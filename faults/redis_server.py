"""A Redis of one's own, which keeps nothing: to be flushed, killed and put behind a proxy."""

from __future__ import annotations

import shutil
import socket
import time
from typing import TYPE_CHECKING

from faults.bed import free_port
from faults.case import NotHere
from faults.processes import Process
from faults.proxy import Proxy

if TYPE_CHECKING:
    from faults.bed import Scene


class Redis(Process):
    """`port` is its own, `url` leads through `proxy`."""

    def __init__(self, scene: Scene) -> None:
        if not shutil.which("redis-server"):
            raise NotHere("apt-get install redis-server")
        self.port = free_port()
        self.proxy = scene.stack.enter_context(Proxy(("127.0.0.1", self.port)))
        self.url = f"redis://127.0.0.1:{self.proxy.port}/0"
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        super().__init__([*command, "--dir", str(scene.folder)], {}, scene.folder / "redis.log")

    def start(self) -> None:
        self.launch()
        until = time.monotonic() + 20
        while self.say("PING") != "+PONG":
            if not self.is_alive() or time.monotonic() > until:
                raise RuntimeError(f"redis did not start: {self.last_words()}")
            time.sleep(0.02)

    def say(self, words: str) -> str:
        """One command, past the proxy; the first line of the answer, "" without one."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(words.encode() + b"\r\n")
                return line.recv(65536).decode().split("\r\n")[0]
        except OSError:
            return ""

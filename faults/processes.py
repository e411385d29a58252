"""The processes under test: web, Celery worker, Celery beat. Each can be killed and started again on the same port."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import psutil

from faults.case import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATIENCE_S = 60.0
UVICORN = (
    "--http", "httptools", "--loop", "uvloop", "--ws", "config.machine.wire:Wire", "--timeout-graceful-shutdown", "5",
    "--lifespan", "off", "--no-access-log", "--log-level", "error",
)  # fmt: skip


class Process:
    """A command that can be killed and started again. What it says goes to a file."""

    def __init__(self, command: list[str], environment: Mapping[str, str], said: Path) -> None:
        self.command = command
        self.environment = dict(environment)
        self.said = said
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Starts it; it is not ready yet when this returns."""
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )

    def start(self) -> None:
        self.launch()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """SIGTERM, as an operator stops it; kill -9 when it does not listen for ten seconds."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def memory_kb(self) -> int:
        assert self.process is not None
        return int(psutil.Process(self.process.pid).memory_info().rss) // 1024

    def last_words(self) -> str:
        return self.said.read_text(errors="replace")[-2000:] if self.said.exists() else ""


class Web(Process):
    """uvicorn with config.asgi:application. `sabotage` names a protection that is switched off (faults/sabotage.py)."""

    def __init__(self, port: int, environment: Mapping[str, str], said: Path, sabotage: str | None = None) -> None:
        module = ["faults.sabotage", sabotage] if sabotage else ["uvicorn"]
        command = [sys.executable, "-m", *module, "config.asgi:application", "--host", "127.0.0.1", "--port", str(port), *UVICORN]
        super().__init__(command, environment, said)
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def start(self, *, may_die: bool = False) -> None:
        """Starts it and waits until it answers /healthz; or, where it is made to die early, until it is dead again."""
        self.launch()
        until = time.monotonic() + PATIENCE_S
        while self.get("/healthz") != 200:
            is_alive = self.is_alive()
            if may_die and not is_alive:
                return
            if not is_alive or time.monotonic() > until:
                raise RuntimeError(f"the web process did not start: {self.last_words()}")
            time.sleep(0.02)

    def get(self, path: str, timeout: float = 2.0) -> int:
        """The status of an answer; 0 without one."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


def celery_worker(environment: Mapping[str, str], said: Path, *more: str) -> Process:
    """`celery worker`, one child. Needs REDIS_URL or CELERY_BROKER_URL in the environment."""
    return celery(environment, said, "worker", "--concurrency", "1", "--loglevel", "WARNING", *more)


def celery_beat(environment: Mapping[str, str], said: Path, schedule: Path) -> Process:
    return celery(environment, said, "beat", "--loglevel", "WARNING", "--schedule", str(schedule))


def celery(environment: Mapping[str, str], said: Path, *words: Any) -> Process:
    return Process([sys.executable, "-m", "celery", "-A", "config", *words], environment, said)


def run_command(environment: Mapping[str, str], *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """A management command, finished."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip

"""Telling the worker that rows of work wait. Only a wake-up: a sweep finds what no wake-up announced."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
PAUSE = 0.2  # a burst wakes the worker five times a second, not thousands of times
EXPIRES = 30  # a busy worker need not be told again and again


@dataclass(slots=True)
class Waker:
    """One per process and task. Its thread sends the task, so that whoever wakes never waits for a broker."""

    task: str
    wanted: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None

    def wake(self) -> None:
        self.wanted.set()
        if self.thread is None or not self.thread.is_alive():  # not yet, or this process was forked
            with self.lock:
                if self.thread is None or not self.thread.is_alive():
                    self.thread = threading.Thread(target=self.send_forever, name="waker", daemon=True)
                    self.thread.start()

    def send_forever(self) -> None:
        while True:
            self.wanted.wait()
            self.wanted.clear()
            try:
                current_app.send_task(self.task, retry=False, ignore_result=True, expires=EXPIRES)
            except OperationalError as error:
                log.warning("worker_not_woken", error=str(error)[:200])
            time.sleep(PAUSE)

"""A worker that hears nothing looks for work by itself.

Beat only says "look now". When beat is dead, or the broker with everything that was queued, the rows of work still lie in
PostgreSQL: each worker process runs the short-paced tasks of the timetable by itself when it has heard of none for a while.
Two that look at once take different rows, so a beat more or less changes nothing.
"""

from __future__ import annotations

import os
import random
import threading
import time
from typing import TYPE_CHECKING, Any

import structlog
from celery import bootsteps, signals
from django.db import InterfaceError, OperationalError, connection

if TYPE_CHECKING:
    from celery import Celery

log = structlog.get_logger(__name__)
LONGEST_PACE_S = 60.0  # what beat sends more seldom can wait for beat
MISSED = 2  # so many turns without a word: nobody is sending
CHANCE = random.Random()  # of its own: the shared one is not for threads that run beside everything


class Idle:
    """The watch of one worker process, in a thread of its own with a connection of its own."""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self.heard: dict[str, float] = {}  # task → when this process last ran it, by whatever occasion
        self.stopped = threading.Event()
        self.thread: threading.Thread | None = None

    def hear(self, task: str) -> None:
        self.heard[task] = time.monotonic()

    def start(self) -> None:
        """Everything counts as heard of just now. In a forked child this makes a new thread: threads are not inherited."""
        self.stop()
        self.heard = dict.fromkeys(self.paces(), time.monotonic())
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.watch, args=(self.stopped,), name="idle-sweep", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.stopped.set()

    def paces(self) -> dict[str, float]:
        """Task → seconds between two turns, for those that come often."""
        entries = self.app.conf.beat_schedule.values()
        paces = {entry["task"]: entry["schedule"] for entry in entries if isinstance(entry["schedule"], int | float)}
        return {task: pace for task, pace in paces.items() if pace <= LONGEST_PACE_S}

    def watch(self, stopped: threading.Event) -> None:
        failed: set[str] = set()
        while not stopped.wait(CHANCE.uniform(0.8, 1.2)):
            for task, pace in self.paces().items():
                if stopped.is_set() or time.monotonic() - self.heard.get(task, 0.0) < pace * MISSED:
                    continue
                if self.run(task, tell=task not in failed):
                    failed.discard(task)
                else:
                    failed.add(task)  # said once, not at every turn

    def run(self, task: str, *, tell: bool) -> bool:
        """False when it failed; it is tried again at its next turn."""
        self.hear(task)
        try:
            self.app.tasks[task]()
        except Exception as error:
            if tell:
                known = isinstance(error, OperationalError | InterfaceError)
                log.warning("idle_sweep_failed", task=task, error=type(error).__name__, exc_info=not known)
            return False
        finally:
            connection.close()
        return True


class IdleStep(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """In a worker whose tasks run in threads, the watch runs beside them; forked children each start their own."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        if not type(worker.pool).__module__.endswith(".prefork"):
            watch_of(worker.app).start()

    def stop(self, worker: Any) -> None:
        watch_of(worker.app).stop()

    def terminate(self, worker: Any) -> None:
        self.stop(worker)


watches: dict[int, Idle] = {}


def watch_of(app: Celery) -> Idle:
    return watches.setdefault(id(app), Idle(app))


def watch_idle(app: Celery) -> None:
    """Every worker of this app looks by itself from now on."""
    watch, born_in = watch_of(app), os.getpid()

    def heard(sender: Any = None, **_words: Any) -> None:
        watch.hear(sender.name)

    def forked(**_words: Any) -> None:
        if os.getpid() != born_in:  # pools without processes send this too, for whatever app
            watch.start()

    app.steps["worker"].add(IdleStep)
    signals.task_prerun.connect(heard, weak=False)
    signals.worker_process_init.connect(forked, weak=False)

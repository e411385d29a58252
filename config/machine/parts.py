"""What runs beside the pages: Celery's worker and beat as threads, the simulator as a child, and the eye on both."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from celery import beat
from celery.worker import WorkController
from celery.worker import state as worker_state

from config import embedded
from config.celery import app
from config.tether import TETHERED

if TYPE_CHECKING:
    from pathlib import Path

log = structlog.get_logger(__name__)
WORKERS = 4
STOP_SECONDS = 5
RESTART_SECONDS = 30


@dataclass(slots=True)
class Tasks:
    """Celery in this process. A task only wakes work that is a row in PostgreSQL, so nothing is lost with the threads."""

    threads: list[threading.Thread] = field(default_factory=list)
    timetable: beat.Service | None = None

    def start(self) -> None:
        app.conf.worker_enable_remote_control = False  # there is nobody to control it
        os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # Django's checks are for the developer, not for every start
        worker = WorkController(
            app=app,
            pool="threads",
            concurrency=WORKERS,
            loglevel="INFO",
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        # A timetable without a file: what is due is seen from the rows, not from the time of the last run.
        self.timetable = beat.Service(app, max_interval=1, scheduler_cls=beat.Scheduler, remote_control=False)
        self.threads = [
            threading.Thread(target=worker.start, name="celery-worker", daemon=True),
            threading.Thread(target=self.timetable.start, name="celery-beat", daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Asks; the worker looks up every two seconds."""
        if self.timetable is not None:
            self.timetable.stop()
        worker_state.should_stop = 0

    def stop(self) -> None:
        self.end()
        for thread in self.threads:
            thread.join(STOP_SECONDS)


@dataclass(slots=True)
class Simulator:
    """The child that sends pushes: tied to this process, so that it ends even when this one is killed."""

    arguments: list[str]
    log: Path
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        with self.log.open("ab") as file:
            self.child = subprocess.Popen(
                [sys.executable, str(embedded.ROOT / "manage.py"), "simulate", *self.arguments],
                cwd=embedded.ROOT,
                env={**os.environ, TETHERED: "1", "DATABASE_POOL": "2"},
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
                start_new_session=True,  # Ctrl-C is for the parent, which stops its child itself
            )

    def may_start_again(self) -> bool:
        """It has ended, and not because it cannot live at all."""
        ended = self.child is not None and self.child.poll() is not None
        return ended and time.monotonic() - self.started_at > RESTART_SECONDS

    def end(self) -> None:
        if self.child is not None:
            self.child.terminate()

    def stop(self) -> None:
        if self.child is None:
            return
        self.end()
        try:
            self.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        if self.child.stdin:
            self.child.stdin.close()


@dataclass(slots=True)
class Keeper:
    """Looks after the parts that can die alone, and starts them again."""

    data: Path
    simulator: Simulator | None
    ended: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> None:
        self.thread = threading.Thread(target=self.keep, name="keeper", daemon=True)
        self.thread.start()

    def keep(self) -> None:
        while not self.ended.wait(3):
            if embedded.is_embedded() and not embedded.is_alive(self.data / "postgres"):
                log.error("database_ended", action="start")
                try:
                    embedded.start(self.data)
                except embedded.CannotStart as error:
                    log.error("database_not_started", reason=str(error))
            if self.simulator is not None and self.simulator.may_start_again():
                log.warning("simulator_ended", action="start", log=str(self.simulator.log))
                self.simulator.start()

    def stop(self) -> None:
        self.ended.set()
        if self.thread is not None:
            self.thread.join(STOP_SECONDS)

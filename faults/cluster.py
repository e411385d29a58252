"""A PostgreSQL server of one's own, to be killed: a copy of a data folder, on a port, stopped in every rude way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import psycopg

from config import embedded

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 60.0
STOPS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT, "kill": signal.SIGKILL}


class Cluster:
    """`stop("fast" | "immediate" | "kill")`: what `pg_ctl stop -m …` does, or kill -9 of the postmaster."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "cunbo", port: int | None = None) -> str:
        """The address; `port` is that of a proxy in between."""
        return f"postgres://postgres@127.0.0.1:{port or self.port}/{database}"

    def start(self, *settings: str) -> float:
        """Starts it and waits until it answers; returns that moment (time.monotonic). `settings` as "name=value"."""
        until = time.monotonic() + PATIENCE_S
        launched_at = 0.0
        while not self.answers():
            if time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {embedded.last_words(self.folder / 'log')}")
            # Again and again: after a kill -9 the orphans of the old server hold its memory for a moment.
            if (self.process is None or self.process.poll() is not None) and time.monotonic() - launched_at > 0.3:
                self.process = self._launch(settings)
                launched_at = time.monotonic()
            time.sleep(0.01)
        return time.monotonic()

    def _launch(self, settings: tuple[str, ...]) -> subprocess.Popen[bytes]:
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        more = [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [embedded.PROGRAMS / "postgres", "-D", str(self.folder), "-k", str(self.folder), "-p", str(self.port),
                 "-c", "listen_addresses=127.0.0.1", *more],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env={**os.environ, "LC_ALL": "C"},
                start_new_session=True, **embedded.identity(self.folder),
            )  # fmt: skip

    def answers(self) -> bool:
        try:
            self.execute("SELECT 1", database="postgres")
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, mode: str = "fast") -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(STOPS[mode])
            self.process.wait(PATIENCE_S)

    def restart(self, mode: str, *settings: str) -> float:
        """Returns the moment from which it answers again."""
        self.stop(mode)
        return self.start(*settings)

    def execute(self, statement: str, parameters: Any = None, *, database: str = "cunbo") -> list[tuple[Any, ...]]:
        """One statement on a connection of its own, committed; the rows it gives."""
        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []


def copy_cluster(stopped: Cluster, folder: Path, port: int) -> Cluster:
    """A second server with the same content."""
    shutil.copytree(stopped.folder, folder, ignore=shutil.ignore_patterns(".s.PGSQL*", "postmaster.pid", "log"))
    ids = embedded.server_ids(stopped.folder)
    for place in [folder, *folder.rglob("*")]:
        os.chown(place, *ids)
    folder.chmod(0o700)
    return Cluster(folder, port)

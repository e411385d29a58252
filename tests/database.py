"""A pytest plugin, loaded before the settings are read: the tests' own PostgreSQL, a database of its own for each run."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import psycopg

from config import embedded


def drop_left_behind(url: str) -> None:
    """Databases of runs that were killed: their name holds the pid of a process that is gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_run%'").fetchall():
            if not psutil.pid_exists(int(name.split("_")[1].removeprefix("run"))):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


if "CUNBO_TEST_RUN" not in os.environ:  # an xdist worker inherits the run of its controller
    os.environ["CUNBO_TEST_RUN"] = f"test_run{os.getpid()}"
    if "DATABASE_URL" not in os.environ:
        os.environ["CUNBO_DATA"] = str(Path(__file__).resolve().parent.parent / "var" / "test")
        drop_left_behind(embedded.start())
os.environ.setdefault("DATABASE_POOL", "0")

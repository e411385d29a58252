"""A pytest plugin, loaded before the settings are read: the tests' own PostgreSQL, a database of its own for each run."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from config import embedded

if TYPE_CHECKING:
    from collections.abc import Callable


def drop_left_behind(url: str) -> None:
    """Databases of runs that were killed: their name holds the pid of a process that is gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_run%'").fetchall():
            if not psutil.pid_exists(int(name.split("_")[1].removeprefix("run"))):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def hurry(url: str) -> None:
    """The tests' own server does not wait for the disk at a commit: what only a power cut could lose is made anew by each run."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")


ROOT = Path(__file__).resolve().parent.parent
MIGRATED = "migrated_"  # and what the migrations are like: a database that runs are copied from
ONE_AT_A_TIME = 2_026_000_001  # a PostgreSQL advisory lock: the first of several runs makes it


def migrations() -> str:
    """What the migrations are like, ours and those of what we install."""
    told = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()[:16]


def migrated(connection: Any, migrate: Callable[[], object]) -> str:
    """The name of a database in which every migration has run, made by the first who asks; those of other migrations are
    dropped. `connection`: Django's, to a server; it is left as it was."""
    name, own = MIGRATED + migrations(), connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [MIGRATED + "%"])
        there = [row[0] for row in cursor.fetchall()]
        if name in there:
            return name
        for old in there:
            cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}_half"')
        connection.close()
        connection.settings_dict["NAME"] = f"{name}_half"
        try:
            migrate()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own
        cursor.execute(f'ALTER DATABASE "{name}_half" RENAME TO "{name}"')
    return name


if "CUNBO_TEST_RUN" not in os.environ:  # an xdist worker inherits the run of its controller
    os.environ["CUNBO_TEST_RUN"] = f"test_run{os.getpid()}"
    if "DATABASE_URL" not in os.environ:
        os.environ["CUNBO_DATA"] = str(ROOT / "var" / "test")
        server = embedded.start()
        hurry(server)
        drop_left_behind(server)
os.environ.setdefault("DATABASE_POOL", "0")

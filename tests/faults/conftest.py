"""Real server processes on a database of their own, to be killed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from tests.database import MIGRATED, migrations

ROOT = Path(__file__).resolve().parent.parent.parent


class ServerProcess:
    """`uvicorn config.asgi:application` as a process; `kill()` is kill -9."""

    def __init__(self, database_url, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "DATABASE_POOL": "8",
            "LOG_FILE": str(log),
            "PYTHONWARNINGS": "default",
        }
        self.process = None

    def start(self):
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "config.asgi:application",
            "--port",
            str(self.port),
            "--lifespan",
            "off",
            "--log-level",
            "error",
        ]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return
            except OSError:
                assert self.process.poll() is None, "the server did not start"
                time.sleep(0.05)
        raise AssertionError("the server did not answer in 30 s")

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def own_database(django_db_setup):
    """An empty, migrated database of its own on the tests' server, copied as those of the workers are; gives its DATABASE_URL."""
    name = f"{os.environ['CUNBO_TEST_RUN']}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_faults"
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{MIGRATED}{migrations()}"')
    own = url.replace("/cunbo?", f"/{name}?") if "/cunbo?" in url else url.rsplit("/", 1)[0] + "/" + name
    yield own
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run_command(database_url, *arguments, stdin=None):
    """A management command as a process; returns it finished."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url, "PYTHONWARNINGS": "default"},
        capture_output=True, text=True, timeout=120, input=stdin, check=False,
    )  # fmt: skip


@pytest.fixture
def server(own_database, tmp_path):
    server = ServerProcess(own_database, tmp_path / "server.log")
    server.start()
    yield server
    server.kill()

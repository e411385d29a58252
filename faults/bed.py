"""The test bed: a migrated PostgreSQL with a county, a shop and a session on air, copied afresh for every scene."""

from __future__ import annotations

import itertools
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from config import embedded
from faults.case import ROOT
from faults.check import Check, check_log
from faults.cluster import Cluster, copy_cluster
from faults.processes import Process, Web, run_command
from faults.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Below the ports that the kernel hands out, or a sender that tries a dead server again may end up connected to itself.
PORTS = os.environ.get("FAULTS_PORTS", "21000-21999")


def free_port() -> int:
    first, last = map(int, PORTS.split("-"))
    for port in random.sample(range(first, last + 1), last + 1 - first):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port in {PORTS}")


@dataclass(slots=True)
class Bed:
    """The folder of this run, and the stopped server that every scene begins with."""

    folder: Path
    environment: dict[str, str]
    golden: Cluster
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def new_folder(self, word: str = "scene") -> Path:
        folder = self.folder / f"{word}{next(self.numbers)}"
        folder.mkdir()
        folder.chmod(0o711)
        return folder

    def copy(self, folder: Path) -> Cluster:
        """A fresh server, stopped; its data in a folder that does not exist yet."""
        return copy_cluster(self.golden, folder, free_port())


@dataclass(slots=True)
class Scene:
    """A database server of its own with the processes that use it. Everything is ended with the scene."""

    bed: Bed
    folder: Path
    cluster: Cluster
    stack: ExitStack
    webs: list[Web] = field(default_factory=list)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {**self.bed.environment, "DATABASE_URL": self.cluster.url(), "DATABASE_POOL": "8", **(more or {})}

    def web(self, sabotage: str | None = None, environment: Mapping[str, str] | None = None, port: int = 0) -> Web:
        """One more web process, started. `environment` may lead it through a proxy: DATABASE_URL=cluster.url(port=…)."""
        web = Web(port or free_port(), self.environment(environment), self.folder / f"web{len(self.webs)}.log", sabotage)
        self.webs.append(web)
        self.stack.callback(web.kill)
        web.start()
        return web

    def add(self, process: Process) -> Process:
        """A Celery worker or beat, started, that ends with the scene."""
        self.stack.callback(process.kill)
        process.start()
        return process

    def sender(self, connections: int = 32) -> Sender:
        """Sends to all web processes of the scene; its log is checked by `check`."""
        sender = Sender(sorted({web.port for web in self.webs}), self.folder / "sent.log", connections=connections)
        self.stack.callback(sender.stop)
        return sender

    def check(self) -> Check:
        """`manage.py check_run` on the log of the senders."""
        return check_log(self.environment(), self.folder / "sent.log")

    def command(self, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return run_command(self.environment(), *words, timeout=timeout)


@contextmanager
def open_scene(
    bed: Bed, *, webs: int = 1, sabotage: str | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Scene]:
    """A scene with a running database and this many web processes."""
    folder = bed.new_folder()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        cluster = bed.copy(folder / "postgres")
        stack.callback(cluster.stop, "immediate")
        cluster.start()
        scene = Scene(bed, folder, cluster, stack)
        for _ in range(webs):
            scene.web(sabotage, environment)
        yield scene


@contextmanager
def open_bed() -> Iterator[Bed]:
    """Makes the golden server: migrated, with one county, one shop and one session on air. Removed at the end."""
    with tempfile.TemporaryDirectory(prefix="cunbo-faults-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server's own user passes through
        environment = {
            "CUNBO_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(48), "FIELD_KEYS": new_field_key(), "REDIS_URL": "", "CUNBO_EMBEDDED": "",
        }  # fmt: skip
        embedded.make_cluster(folder / "golden")
        golden = Cluster(folder / "golden", free_port())
        try:
            golden.start()
            golden.execute("CREATE DATABASE cunbo", database="postgres")
            environment["DATABASE_URL"] = golden.url()
            migrate(golden, {**os.environ, **environment})
            subprocess.run([sys.executable, "-m", "faults.world"], cwd=ROOT, env={**os.environ, **environment}, check=True)
        finally:
            golden.stop()
        yield Bed(folder, environment, golden)


def migrate(golden: Cluster, environment: Mapping[str, str]) -> None:
    """By the migrations, or as a copy of the database at CUNBO_MIGRATED, which has them."""
    if url := os.environ.get("CUNBO_MIGRATED"):
        dumped = subprocess.run(
            [embedded.PROGRAMS / "pg_dump", "-Fc", url.replace("postgres://", "postgresql://")], capture_output=True, check=True
        ).stdout
        subprocess.run([embedded.PROGRAMS / "pg_restore", "--no-owner", "-d", golden.url()], input=dumped, check=True)
    else:
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)


def new_field_key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()

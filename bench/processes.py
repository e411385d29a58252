"""The measured servers and the load generators: each a process of its own, started and stopped here."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil

from bench.report import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PORTS = range(*map(int, os.environ.get("BENCH_PORTS", "8220-8240").split("-")))
PATIENCE_S = 60
UVICORN = ("--http", "httptools", "--loop", "uvloop", "--no-access-log", "--log-level", "warning", "--timeout-keep-alive", "60")


@dataclass(frozen=True, slots=True)
class Server:
    """A server under measurement."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu_s(self) -> float:
        """Seconds of CPU that it has used so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def memory_kb(self) -> float:
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1024


def free_port() -> int:
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"No free port between {PORTS[0]} and {PORTS[-1]}.")


@contextmanager
def serving(command: list[str], port: int, env: Mapping[str, str]) -> Iterator[Server]:
    """A server that answers on `port`; stopped at the end. What it says is shown only when something goes wrong."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stdout=said, stderr=said)
        try:
            wait_until_open(port, process)
            yield Server(process, port)
        except BaseException:
            said.seek(0)
            sys.stderr.write(said.read().decode(errors="replace")[-4000:])
            raise
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def uvicorn(app: str, *flags: str, **env: str) -> Iterator[Server]:
    """An ASGI application under uvicorn, one process, the same flags for everybody, and its own."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", str(port), *UVICORN, *flags]
    with serving(command, port, env) as server:
        yield server


def wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode} before it listened.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"{process.args!r} does not listen on {port}.")


def start_module(module: str, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
    """`python -m module arguments…`, its output to be read."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def answer_of(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The JSON that a finished process of ours wrote last. Stops the run when it failed."""
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{process.args!r} ended with {process.returncode}.")
    answer: dict[str, Any] = json.loads(output.splitlines()[-1])
    return answer


def run_module(module: str, *arguments: str, **env: str) -> dict[str, Any]:
    return answer_of(start_module(module, *arguments, **env))

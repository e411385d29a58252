"""CPU of the server for a frame on one socket: our hub, a bare `websockets` broadcast, Channels groups on Redis."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bench.goods import COOKIE, SESSION_ID, SHOP_KEY
from bench.processes import Server, free_port, run_module, serving, start_module, uvicorn
from bench.report import Figure, Outcome, median, times
from config.machine.limits import raise_file_limit

if TYPE_CHECKING:
    from bench.scene import Scene

NAME = "fanout"
WHAT = "server CPU for one frame on one socket, whole frames of a session four times a second"
PATH = f"/ws/board/session/{SESSION_ID}/"
ORDERS = 512
CLIENTS = 2
WIRE = ("--ws", "config.machine.wire:Wire")  # as config/machine/web.py and deploy/ run it
NO_CAPS = {"BOARD_SOCKETS": "0", "BOARD_SOCKETS_PER_USER": "0", "BOARD_SOCKETS_PER_ADDRESS": "0"}
BUMP = "UPDATE livestream_boardversion SET version = version + 1 WHERE scope = %s"


@dataclass(slots=True)
class Side:
    who: str
    open: Callable[[int], AbstractContextManager[Server]]  # for so many boards
    path: str = "/"
    cookie: str = ""
    us: dict[int, list[float]] = field(default_factory=dict)
    more: dict[str, float] = field(default_factory=dict)


def bench(scene: Scene, *, quick: bool) -> Outcome:
    sizes, seconds, rounds = ((50,), 1.0, 1) if quick else ((200, 1000, 2000, 5000), 8.0, 3)
    raise_file_limit()
    with scene.scratch("fanout") as url, tempfile.TemporaryDirectory() as folder:
        frame = Path(folder) / "frame.json"
        frame.write_text(first_frame(url))
        sides = [
            Side("Cunbo", lambda _size: ours(url), PATH, COOKIE),
            Side("bare websockets broadcast", lambda _size: bare(frame)),
        ]
        skipped = []
        if redis := shutil.which("redis-server"):
            sides += [channels_side(redis, layer, frame) for layer in ("pubsub.RedisPubSub", "core.Redis")]
        else:
            skipped.append("Channels groups on Redis; apt-get install redis-server")
        for size in sizes:
            for _ in range(rounds):
                for side in sides:
                    measure(side, size, seconds * 2.5 if size < 500 else seconds)  # the clock of the CPU ticks every 10 ms
        frame_bytes = len(frame.read_bytes())
    return Outcome(NAME, f"{WHAT}, {frame_bytes:,} bytes", figures(sides, sizes), skipped)


def figures(sides: list[Side], sizes: tuple[int, ...]) -> list[Figure]:
    found = []
    for size in sizes:
        ours_us = median(sides[0].us[size])
        for side in sides:
            us = median(side.us[size])
            ratio = None if side is sides[0] else times(us, ours_us)
            found.append(Figure(f"{side.who}, {size:,} sockets", us, "µs CPU/frame", ratio, side.us[size], more_of(side, size)))
    return found


def more_of(side: Side, size: int) -> dict[str, float]:
    return {name.partition("@")[0]: value for name, value in side.more.items() if name.endswith(f"@{size}")}


def first_frame(url: str) -> str:
    """A frame as our server sends it after some hundred orders: the peers send the same bytes."""
    with uvicorn("config.asgi:application", *WIRE, DATABASE_URL=url, **NO_CAPS) as server:
        run_module("bench.load", str(server.port), f"/push/standard/{SHOP_KEY}/", "--run", "F", "--count", str(ORDERS))
        with watching(server, 1, 1.5, PATH, "--cookie", COOKIE) as (begin, answers):
            begin()
            return str(answers()[0]["newest"])


def measure(side: Side, size: int, seconds: float) -> None:
    with side.open(size) as server:
        idle_kb = server.memory_kb()
        with watching(server, size, seconds, side.path, "--cookie", side.cookie) as (begin, answers):
            time.sleep(1.0)
            before = server.cpu_s()
            begin()
            found = answers()
            cpu_s = server.cpu_s() - before
            side.more[f"KB/socket@{size}"] = (server.memory_kb() - idle_kb) / size
    frames = sum(answer["frames"] for answer in found)
    if dropped := sum(answer["dropped"] for answer in found):
        side.more[f"dropped@{size}"] = dropped
    side.more[f"client's CPU, %@{size}"] = max(answer["busy_s"] for answer in found) / seconds * 100
    side.us.setdefault(size, []).append(cpu_s / frames * 1e6)
    side.more[f"frames/s/socket@{size}"] = frames / size / seconds


@contextmanager
def watching(server: Server, size: int, seconds: float, path: str, *flags: str) -> Iterator[tuple[Any, Any]]:
    """Open boards in processes of their own; gives a function that begins the count and one that waits for the answers.
    `flags` are those of bench/sockets.py, for each of the processes."""
    command = ("bench.sockets", str(server.port), path, "--seconds", str(seconds), *flags)
    processes = [start_module(*command, "--count", str(share)) for share in shares(size)]
    try:
        for process in processes:
            line_of(process)  # ready
        yield lambda: tell(processes), lambda: [json.loads(line_of(process)) for process in processes]
    finally:
        for process in processes:
            process.communicate()


def shares(size: int) -> list[int]:
    clients = min(CLIENTS, size)
    return [size // clients + (n < size % clients) for n in range(clients)]


def tell(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()


def line_of(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit("A process of watchers ended before its time.")
    return line


@contextmanager
def ours(url: str) -> Iterator[Server]:
    """Our server, with a board that changes all the time."""
    with uvicorn("config.asgi:application", *WIRE, DATABASE_URL=url, **NO_CAPS) as server, changing(url):
        yield server


@contextmanager
def changing(url: str) -> Iterator[None]:
    """The session's version rises twenty times a second, so that every look of the hub finds a newer one."""
    over = threading.Event()

    def bump() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.wait(0.05):
                connection.execute(BUMP, [f"session:{SESSION_ID}"])

    thread = threading.Thread(target=bump)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def bare(frame: Path) -> AbstractContextManager[Server]:
    port = free_port()
    return serving([sys.executable, "-m", "bench.peers.bare_websockets", str(port), str(frame)], port, {})


def channels_side(redis: str, layer: str, frame: Path) -> Side:
    name = "Channels groups, Redis pub/sub" if layer.startswith("pubsub") else "Channels groups, Redis core"
    return Side(name, lambda size: channels_groups(redis, layer, frame, size))


@contextmanager
def channels_groups(redis: str, layer: str, frame: Path, size: int) -> Iterator[Server]:
    port = free_port()
    env = {
        "BENCH_LAYER": f"channels_redis.{layer}ChannelLayer",
        "BENCH_REDIS": f"redis://127.0.0.1:{port}",
        "BENCH_FRAME": str(frame),
        "BENCH_BOARDS": str(size),  # it says nothing before they are all open: it would not come round to letting them in
    }
    command = [redis, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"]
    with serving(command, port, {}), uvicorn("bench.peers.channels_groups:application", **env) as server:
        yield server

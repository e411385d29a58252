"""From COMMIT to the frame on an open board, while pushes come and many boards are open."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

import psycopg

from bench.fanout import NO_CAPS, PATH, WIRE, watching
from bench.goods import COOKIE, SHOP_KEY
from bench.processes import answer_of, run_module, start_module, uvicorn
from bench.report import Figure, Outcome, median, percentile
from config.machine.limits import raise_file_limit

if TYPE_CHECKING:
    from bench.scene import Scene

NAME = "latency"
WHAT = "from the answer to a push (it comes after COMMIT) to the frame that counts it, on open boards"
WATCHED = 40  # boards in each process of watchers that note every frame
DEAF = 10  # boards in each process that are never read, beside FEW that are
FEW = 200


def bench(scene: Scene, *, quick: bool) -> Outcome:
    sockets, few, rate, seconds, rounds = (50, 20, 50.0, 3.0, 1) if quick else (1000, FEW, 300.0, 15.0, 3)
    found: dict[str, list[list[float]]] = {"": [], f", {few} boards": [], f", {few} boards and {2 * DEAF} that never read": []}
    raise_file_limit()
    with scene.scratch("latency") as url:
        for n in range(rounds):
            for name, (size, deaf) in zip(found, ((sockets, 0), (few, 0), (few, DEAF)), strict=True):
                found[name].append(measure(url, f"L{n}{size}{deaf}", size, rate, seconds, deaf=deaf))
    what = f"{WHAT}; {sockets:,} sockets, {rate:.0f} pushes/s"
    figures = [figure(f"p{percent}{name}", found[name], percent / 100) for name in found for percent in (50, 99)]
    return Outcome(NAME, what, figures)


def figure(who: str, found: list[list[float]], share: float) -> Figure:
    ms = [percentile(waits, share) * 1000 for waits in found]
    return Figure(who, median(ms), "ms", None, ms, {"seen": float(sum(map(len, found)))})


def measure(url: str, run: str, sockets: int, rate: float, seconds: float, *, deaf: int = 0) -> list[float]:
    """All waits, sorted: of every push, on every board that notes its frames."""
    with uvicorn("config.asgi:application", *WIRE, DATABASE_URL=url, **NO_CAPS) as server:
        push = ("bench.load", str(server.port), f"/push/standard/{SHOP_KEY}/", "--connections", "32")
        run_module(*push, "--run", f"{run}W", "--count", "64")
        flags = ("--cookie", COOKIE, "--watch", str(WATCHED), "--deaf", str(deaf))
        with watching(server, sockets, seconds, PATH, *flags) as (begin, answers):
            known = orders_in(url)
            begin()
            count = int(rate * (seconds - 2))
            pushing = start_module(*push, "--run", run, "--count", str(count), "--rate", str(rate), "--times")
            boards = [seen for answer in answers() for seen in answer["seen"]]
            acked = sorted(answer_of(pushing)["answered_at"])
    return sorted(wait for seen in boards for wait in waits(acked, known, seen))


def orders_in(url: str) -> int:
    with psycopg.connect(url) as connection:
        found: Any = connection.execute("SELECT count(*) FROM orders_order").fetchone()
    return int(found[0])


def waits(acked: list[float], known: int, seen: list[tuple[float, int]]) -> list[float]:
    """For each push how long after its answer this board had a frame that counts at least as many orders."""
    counts = [orders for _, orders in seen]
    found = []
    for n, at in enumerate(acked, start=known + 1):
        place = bisect_left(counts, n)
        if place < len(seen):
            found.append(max(0.0, seen[place][0] - at))
    return found

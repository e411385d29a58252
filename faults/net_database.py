"""Faults of the line to the database: silent, refused, slow; and what may hold it up from inside."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import psutil

from faults.bed import open_scene
from faults.case import Case, Result
from faults.evening import evening
from faults.proxy import Proxy
from faults.watching import Pages

if TYPE_CHECKING:
    from faults.bed import Bed, Scene
    from faults.processes import Web
    from faults.sender import Sender

LONGEST_S = 8.0  # a request: connect 3 s, lock 3 s, statement 5 s, and a second to notice
HEALED_S = 5.0
GROWN_KB = 40_000


def behind(scene: Scene, environment: dict[str, str]) -> tuple[Proxy, Web]:
    """A web process that reaches the database through a proxy."""
    proxy = scene.stack.enter_context(Proxy(("127.0.0.1", scene.cluster.port)))
    return proxy, scene.web(environment={"DATABASE_URL": scene.cluster.url(port=proxy.port), **environment})


def patient(scene: Scene, connections: int) -> Sender:
    """A sender that waits for every answer, so that its length is seen."""
    sender = scene.sender(connections)
    sender.timeout = 120.0
    return sender


def threads_of(web: Web) -> int:
    assert web.process is not None
    return int(psutil.Process(web.process.pid).num_threads())


def partition(bed: Bed, smoke: bool, how: str = "silent", more: dict[str, str] | None = None) -> Result:
    seconds, rate = (9, 60) if smoke else (25, 150)
    result = Result()
    with open_scene(bed, webs=0) as scene:
        proxy, web = behind(scene, more or {})
        sender = patient(scene, 256)
        pages = Pages(web, "/login/").start()
        scene.stack.callback(pages.stop)
        sender.start(evening(rate * (seconds + 12)), rate)
        time.sleep(3)
        memory, threads = web.memory_kb(), threads_of(web)
        if how == "silent":
            proxy.set(timeout_s=0)
        else:
            proxy.down()
        grown, most = 0, threads
        for _ in range(seconds * 2):
            time.sleep(0.5)
            grown, most = max(grown, web.memory_kb() - memory), max(most, threads_of(web))
        proxy.heal()
        proxy.up()
        healed = time.monotonic()
        result.recovery_s = sender.resumed(healed)
        if not sender.wait(60 if smoke else 120):
            result.problems.append("not everything was acked")
        pages.stop()
        slowest = max((t.ended - t.began for t in sender.tries), default=0.0)
        judge_waits(result, slowest, pages, grown)
        result.figures |= {"threads_before": threads, "threads_most": most, "statuses": str(dict(sender.statuses()))}
        return scene.check().into(result)


def judge_waits(result: Result, slowest: float, pages: Pages, grown: int) -> None:
    result.figures |= {"slowest_push_s": round(slowest, 2), "slowest_page_s": round(pages.slowest(), 2), "grown_kb": grown}
    if slowest > LONGEST_S:
        result.problems.append(f"a push waited {slowest:.1f} s")
    if pages.slowest() > LONGEST_S:
        result.problems.append(f"a page waited {pages.slowest():.1f} s")
    if result.recovery_s is not None and result.recovery_s > HEALED_S:
        result.problems.append(f"healed after {result.recovery_s:.1f} s")
    if grown > GROWN_KB:
        result.problems.append(f"memory grew by {grown} KB")


CASES = [
    Case(
        "F27",
        "line to the database silent",
        partition,
        {"no limits": partial(partition, more={"DATABASE_POOL": "0"})},
    ),
    Case("F27b", "line to the database refused", partial(partition, how="refused")),
]

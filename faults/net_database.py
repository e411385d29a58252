"""Faults of the line to the database: silent, refused, slow; and what may hold it up from inside."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from config.database import LOCK_S
from faults.bed import open_scene
from faults.case import ROOT, Case, Result
from faults.evening import evening
from faults.proxy import Proxy
from faults.watching import Pages, log_in
from faults.world import COUNTY

if TYPE_CHECKING:
    from faults.bed import Bed, Scene
    from faults.processes import Web
    from faults.sender import Sender

LONGEST_S = 8.0  # a request: connect 3 s, lock 3 s, statement 5 s, and a second to notice
HEALED_S = 5.0
GROWN_KB = 40_000


def behind(scene: Scene, environment: dict[str, str], sabotage: str | None = None) -> tuple[Proxy, Web]:
    """A web process that reaches the database through a proxy."""
    scene.command("collectstatic", "--no-input", "--verbosity", "0")  # error pages have a picture too
    proxy = scene.stack.enter_context(Proxy(("127.0.0.1", scene.cluster.port)))
    return proxy, scene.web(sabotage, {"DATABASE_URL": scene.cluster.url(port=proxy.port), **environment})


def patient(scene: Scene, connections: int) -> Sender:
    """A sender that waits for every answer, so that its length is seen."""
    sender = scene.sender(connections)
    sender.timeout = 120.0
    return sender


def threads_of(web: Web) -> int:
    assert web.process is not None
    return int(psutil.Process(web.process.pid).num_threads())


def partition(bed: Bed, smoke: bool, how: str = "silent", *, limits: bool = True) -> Result:
    seconds, rate = (12, 60) if smoke else (25, 150)
    result = Result()
    with open_scene(bed, webs=0) as scene:
        proxy, web = behind(scene, {}) if limits else behind(scene, {"DATABASE_STATEMENT_SECONDS": "0"}, "no_patience")
        sender = patient(scene, 256)
        pages = Pages(web, f"/api/v1/board/county/{COUNTY}/", log_in(scene)).start()
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
        result.figures["pages"] = str(dict(Counter(asked.status for asked in pages.asked)))
        if wrong := sum(asked.status not in {200, 503} for asked in pages.asked):
            result.problems.append(f"{wrong} pages were neither shown nor refused with a 503")
        result.problems += sender.unclean(silence=False)
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


def slow(bed: Bed, smoke: bool) -> Result:
    """300 ms there and back, then 64 KB a second: what cannot be taken is refused, what is acked is there."""
    seconds, rate = (8, 100) if smoke else (25, 200)
    result = Result()
    with open_scene(bed, webs=0) as scene:
        proxy, web = behind(scene, {"PUSH_QUEUE_LIMIT": "100"})
        sender = patient(scene, 256)
        pages = Pages(web, "/healthz").start()
        scene.stack.callback(pages.stop)
        sender.start(evening(rate * (2 * seconds + 4)), rate)
        time.sleep(2)
        memory = web.memory_kb()
        toxics: dict[str, dict[str, Any]] = {"latency": {"latency_s": 0.15}, "bandwidth": {"bandwidth": 64_000}}
        for name, toxic in toxics.items():
            before = sender.acked
            proxy.set(**toxic)
            time.sleep(seconds)
            proxy.heal()
            result.figures[f"acked_per_s_{name}"] = round((sender.acked - before) / seconds, 1)
        result.recovery_s = sender.resumed(time.monotonic())
        if not sender.wait(120):
            result.problems.append("not everything was acked")
        pages.stop()
        judge_waits(result, max(t.ended - t.began for t in sender.tries), pages, web.memory_kb() - memory)
        result.figures["statuses"] = str(dict(sender.statuses()))
        return scene.check().into(result)


def migrations(bed: Bed, smoke: bool, lock_s: int = 3) -> Result:
    """Columns, a constraint and an index come to a busy table while somebody reads it in a long transaction, and go again."""
    rate, reading_s = (100, 14) if smoke else (200, 20)
    result = Result()
    with open_scene(bed) as scene:
        sender = patient(scene, 64)
        sender.start(evening(rate * (40 if smoke else 90)), rate)
        sender.wait_for(rate)
        reader = threading.Thread(target=read_long, args=(scene, reading_s))
        reader.start()
        time.sleep(0.5)
        done = migrate_under_load(scene, lock_s)
        reader.join()
        if done.returncode:
            result.problems.append(f"the migrations failed: {done.stderr.splitlines()[-1:]}")
        else:
            result.figures |= json.loads(done.stdout.splitlines()[-1])
        if not sender.is_sending():
            result.problems.append("the load ended before the migrations")
        sender.waiting.clear()
        if not sender.wait(60):
            result.problems.append("not everything was acked")
        refused = sum(count for status, count in sender.statuses().items() if status != 200)
        slowest = max(sender.waits())
        result.figures |= {"tried_again": done.stderr.count("trying again"), "slowest_push_s": round(slowest, 2)}
        if refused:
            result.problems.append(f"{refused} pushes were refused")
        return scene.check().into(result)


def read_long(scene: Scene, seconds: float) -> None:
    """A report that takes its time: it holds the weakest lock there is, and whoever wants the table alone waits for it."""
    with psycopg.connect(scene.cluster.url()) as line:
        line.execute("SELECT count(*) FROM orders_order")
        line.execute("SELECT pg_sleep(%s)", [seconds])


def migrate_under_load(scene: Scene, lock_s: int) -> subprocess.CompletedProcess[str]:
    environment = scene.environment({"DATABASE_STATEMENT_SECONDS": "0"})
    if lock_s != LOCK_S:
        environment["DATABASE_URL"] += f"?options=-c%20lock_timeout={lock_s}s"
    return subprocess.run(
        [sys.executable, "-m", "faults.migrating"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip


def forgotten(bed: Bed, smoke: bool, limit: str = "5s") -> Result:
    """Somebody left a transaction open: the server ends it, and claiming hints stays as quick as it was."""
    seconds = 5 if smoke else 40
    result = Result()
    with open_scene(bed) as scene:
        scene.cluster.execute(f"ALTER DATABASE cunbo SET idle_in_transaction_session_timeout = '{limit}'")
        sender = scene.sender(16)
        sender.start(evening(100 * (2 * seconds + 10)), 100)
        before = claims(scene, seconds)
        forgotten = psycopg.connect(scene.cluster.url())
        forgotten.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        forgotten.execute("SELECT count(*) FROM orders_hint")
        opened = time.monotonic()
        after = claims(scene, max(seconds, 7))
        try:
            forgotten.execute("SELECT 1")
            result.problems.append(f"the transaction was still open after {time.monotonic() - opened:.0f} s")
        except psycopg.errors.IdleInTransactionSessionTimeout:
            pass
        forgotten.close()
        result.figures |= {"claim_p95_ms_before": before, "claim_p95_ms_after": after}
        if after > max(2 * before, before + 10):
            result.problems.append(f"claiming took {after} ms, before {before} ms")
        if not sender.wait(60):
            result.problems.append("not everything was acked")
        return scene.check().into(result)


def claims(scene: Scene, seconds: float) -> float:
    """Milliseconds of a claim at the 95th percentile, from a worker that does nothing else for so long."""
    done = subprocess.run(
        [sys.executable, "-m", "faults.claiming", str(seconds)], cwd=ROOT, env=scene.environment(), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return round(float(done.stdout.split()[-1]), 1)


CASES = [
    Case(
        "F27",
        "line to the database silent",
        partition,
        {"no limits": partial(partition, limits=False)},
    ),
    Case("F27b", "line to the database refused", partial(partition, how="refused")),
    Case("F28", "slow line to the database", slow),
    Case("F31", "transaction left open", forgotten, {"no limit": partial(forgotten, limit="0")}),
    Case("F32", "migrations of busy tables", migrations, {"patient migration": partial(migrations, lock_s=600)}),
]

"""Faults of what only wakes: Redis flushed, killed, out of reach; tasks lost; no beat, or two."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from faults.bed import open_scene
from faults.case import Case, Result
from faults.evening import evening
from faults.hinting import open_practice
from faults.net_database import LONGEST_S
from faults.processes import Process, celery_beat, celery_worker
from faults.redis_server import Redis
from faults.watching import Board, Pages, log_in
from faults.world import COUNTY

if TYPE_CHECKING:
    from faults.bed import Bed, Scene
    from faults.sender import Sender

STALE_S = 5.0
SWEEPS_S = 20.0  # two turns of the idle watch, and a worker that is still starting
NOISE_S = 0.03  # what a shared machine adds to a p99 by itself
TRIES = 3


def open_redis(scene: Scene) -> Redis:
    redis = Redis(scene)
    scene.stack.callback(redis.kill)
    redis.start()
    return redis


def p99(sender: Sender, since: float, until: float) -> float:
    waits = sorted(t.ended - t.began for t in list(sender.tries) if since <= t.began < until)
    return waits[len(waits) * 99 // 100] if waits else float("inf")


def redis_gone(bed: Bed, smoke: bool, sabotage: str | None = None) -> Result:
    """FLUSHALL, kill -9 with everything in it, a closed port, a silent one: pushes and boards do not notice."""
    rate, seconds = (100, 3) if smoke else (200, 8)
    result = Result()
    with open_scene(bed, webs=0) as scene:
        redis = open_redis(scene)
        web = scene.web(sabotage, {"REDIS_URL": redis.url})
        board = Board(web, log_in(scene)).start()
        scene.stack.callback(board.stop)
        pages = Pages(web, f"/api/v1/board/county/{COUNTY}/", board.cookie).start()
        scene.stack.callback(pages.stop)
        sender = scene.sender(32)
        sender.timeout = 60.0
        sender.start(evening(rate * (2 * TRIES * 4 * seconds + 30)), rate)
        sender.wait_for(2 * rate)
        quiet = time.monotonic()
        for name in ("flushed", "killed", "refused", "silent"):
            compare(result, name, redis, sender, seconds)
        stood_still = board.lags(quiet, time.monotonic())
        pages.stop()
        judge_boards(result, board, pages, stood_still)
        if not sender.drain(60):
            result.problems.append("not everything was acked")
        result.problems += sender.unclean(silence=False)
        return scene.check().into(result)


def compare(result: Result, name: str, redis: Redis, sender: Sender, seconds: float) -> None:
    """The p99 with the fault against the one just before. Others use this machine too, so that a bad window gets another."""
    for _ in range(TRIES):
        began = time.monotonic()
        time.sleep(seconds)
        harmed = time.monotonic()
        harm(redis, name)
        time.sleep(seconds)
        calm, took = p99(sender, began, harmed), p99(sender, harmed, time.monotonic())
        heal(redis)
        if took <= max(calm * 1.2, calm + NOISE_S):
            break
    else:
        result.problems.append(f"{name}: p99 {took * 1000:.0f} ms, before {calm * 1000:.0f} ms")
    result.figures[f"{name}_p99_ms"] = f"{took * 1000:.0f} after {calm * 1000:.0f}"


def harm(redis: Redis, how: str) -> None:
    if how == "flushed":
        redis.say("FLUSHALL")
    elif how == "killed":
        redis.kill()
    elif how == "refused":
        redis.proxy.down()
    else:
        redis.proxy.set(timeout_s=0)


def heal(redis: Redis) -> None:
    redis.proxy.heal()
    redis.proxy.up()
    if not redis.is_alive():
        redis.start()


def judge_boards(result: Result, board: Board, pages: Pages, stood_still: float) -> None:
    wrong = sum(asked.status != 200 for asked in pages.asked)
    result.figures |= {"board_stood_still_s": round(stood_still, 2), "board_drops": board.drops}
    result.figures |= {"slowest_page_s": round(pages.slowest(), 2), "pages_refused": wrong}
    if stood_still > STALE_S:
        result.problems.append(f"the board stood still for {stood_still:.1f} s")
    if wrong or pages.slowest() > LONGEST_S:
        result.problems.append(f"{wrong} pages failed, the slowest took {pages.slowest():.1f} s")


def tasks_lost(bed: Bed, smoke: bool, *, beats: int = 1, deaf: bool = False) -> Result:
    """The queue is emptied while hints wait and no worker runs. Then a worker comes, with so many beats."""
    count = 60 if smoke else 1000
    result = Result()
    with open_scene(bed, webs=0) as scene:
        redis = open_redis(scene)
        practice = open_practice(scene)
        environment = {"REDIS_URL": redis.url, **practice.environment}
        web = scene.web(environment=environment)
        practice.sell(web, count)
        time.sleep(0.5)  # the last wake-up is sent
        result.figures |= {"hints": practice.waiting(), "tasks_before": redis.say("LLEN celery")}
        redis.say("FLUSHALL")
        began = time.monotonic()
        worker = (
            deaf_worker(scene, environment) if deaf else celery_worker(scene.environment(environment), scene.folder / "w.log")
        )
        scene.add(worker)
        for n in range(beats):
            scene.add(celery_beat(scene.environment(environment), scene.folder / f"beat{n}.log", scene.folder / f"schedule{n}"))
        patience = SWEEPS_S + 10 + count / 20
        took = practice.wait_until_answered(patience)
        if took == float("inf"):
            result.problems.append(f"{practice.waiting()} hints still wait after {patience:.0f} s")
        else:
            result.recovery_s = round(time.monotonic() - began, 2)
        return practice.judge(result)


def deaf_worker(scene: Scene, environment: dict[str, str]) -> Process:
    command = [
        sys.executable,
        "-m",
        "faults.deaf_worker",
        "-A",
        "config",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "WARNING",
    ]
    return Process(command, scene.environment(environment), scene.folder / "deaf.log")


def two_beats(bed: Bed, smoke: bool) -> Result:
    """Two beats and two workers while hints come: each order is counted once."""
    count = 40 if smoke else 400
    result = Result()
    with open_scene(bed, webs=0) as scene:
        redis = open_redis(scene)
        practice = open_practice(scene)
        environment = {"REDIS_URL": redis.url, **practice.environment}
        web = scene.web(environment=environment)
        for n in range(2):
            scene.add(celery_worker(scene.environment(environment), scene.folder / f"worker{n}.log", "--hostname", f"w{n}@%h"))
            scene.add(celery_beat(scene.environment(environment), scene.folder / f"beat{n}.log", scene.folder / f"schedule{n}"))
        for _ in range(5):
            practice.sell(web, count // 5)
            time.sleep(0.5)
        told = time.monotonic()
        if practice.wait_until_answered(SWEEPS_S + 30) == float("inf"):
            result.problems.append(f"{practice.waiting()} hints still wait")
        result.recovery_s = round(time.monotonic() - told, 2)
        return practice.judge(result)


CASES = [
    Case(
        "F23",
        "Redis flushed, killed, refused, silent",
        redis_gone,
        {"intake asks Redis": partial(redis_gone, sabotage="ask_redis")},
    ),
    Case("F24", "broker loses every queued task", tasks_lost),
    Case(
        "F25",
        "beat dead: workers look by themselves",
        partial(tasks_lost, beats=0),
        {"deaf workers": partial(tasks_lost, beats=0, deaf=True)},
    ),
    Case("F25b", "two beats", two_beats),
]

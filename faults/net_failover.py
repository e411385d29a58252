"""Faults of the database machine: it dies and its standby takes over; the standby dies and the primary waits."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from faults.bed import free_port, open_scene
from faults.case import Case, Result
from faults.evening import evening
from faults.net_database import LONGEST_S, behind
from faults.processes import celery_worker
from faults.proxy import Proxy
from faults.sender import Line, Push
from faults.standby import NAME, Standby, copy_running, make_synchronous, wait_until_streaming
from faults.watching import Board, log_in

if TYPE_CHECKING:
    from faults.bed import Bed, Scene
    from faults.processes import Web

OUTAGE_S = 30.0
BOARD_S = 15.0
SECOND_TIMELINE = "00000002"


@dataclass(slots=True)
class Pair:
    """A primary and its standby, the line between them, and a web process behind the address that moves."""

    scene: Scene
    standby: Standby
    line: Proxy
    address: Proxy
    web: Web


def open_pair(scene: Scene, names: str = NAME) -> Pair:
    line = scene.stack.enter_context(Proxy(("127.0.0.1", scene.cluster.port)))
    standby = copy_running(scene.cluster, scene.folder / "standby", free_port(), line.port)
    scene.stack.callback(standby.stop, "immediate")
    standby.start()
    make_synchronous(scene.cluster, names)
    wait_until_streaming(scene.cluster, "sync" if names else "async")
    address, web = behind(scene, {})
    return Pair(scene, standby, line, address, web)


def failover(bed: Bed, smoke: bool, names: str = NAME) -> Result:
    """Under load the line to the standby stalls, half a second later the primary is killed; the standby takes its address."""
    rate, seconds = (200, 3) if smoke else (400, 15)
    result = Result()
    with open_scene(bed, webs=0) as scene:
        pair = open_pair(scene, names)
        idle_worker(scene, pair.address)
        board = Board(pair.web, log_in(scene)).start()
        scene.stack.callback(board.stop)
        sender = scene.sender(64)
        sender.start(evening(rate * (seconds + 12)), rate)
        time.sleep(seconds)
        pair.line.set(timeout_s=0)
        time.sleep(0.5)
        killed = time.monotonic()
        dead, scene.cluster = scene.cluster, pair.standby  # what follows asks the new one
        dead.stop("kill")
        pair.line.down()
        promoted = pair.standby.promote()
        pair.address.lead_to(("127.0.0.1", pair.standby.port))
        make_synchronous(pair.standby, "")
        result.recovery_s = sender.resumed(killed)
        if not sender.wait(120):
            result.problems.append("not everything was acked")
        judge_epoch(result, board, killed)
        board.stop()
        result.figures |= {"promoted_after_s": round(promoted - killed, 2), "statuses": str(dict(sender.statuses()))}
        if result.recovery_s > OUTAGE_S:
            result.problems.append(f"writes stood still for {result.recovery_s:.1f} s")
        return scene.check().into(result)


def judge_epoch(result: Result, board: Board, killed: float) -> None:
    """A new epoch, without anybody's doing, and a board that takes it."""
    until = time.monotonic() + BOARD_S
    new = None
    while new is None and time.monotonic() < until:
        after = [frame for frame in list(board.frames) if frame.at > killed]
        new = next((frame for frame in after if frame.said["epoch"].startswith(SECOND_TIMELINE)), None)
        time.sleep(0.1)
    result.figures |= {"board_drops": board.drops}
    if new is None:
        result.problems.append("the board saw no new epoch")
    else:
        result.figures["new_epoch_after_s"] = round(new.at - killed, 2)


def idle_worker(scene: Scene, address: Proxy) -> None:
    """A worker whose broker never says anything: it looks by itself, also for a database of another timeline."""
    environment = scene.environment({"DATABASE_URL": scene.cluster.url(port=address.port), "CELERY_BROKER_URL": "memory://"})
    quiet = ("--pool", "threads", "--without-mingle", "--without-gossip")
    scene.add(celery_worker(environment, scene.folder / "worker.log", *quiet))


def standby_down(bed: Bed, smoke: bool) -> Result:
    """The written choice: a COMMIT waits for the standby, so nothing is acked without it, until it is back or the
    administrator says that one machine must do."""
    rate, seconds = (100, 6) if smoke else (200, 20)
    result = Result()
    with open_scene(bed, webs=0) as scene:
        pair = open_pair(scene)
        sender = scene.sender(64)
        sender.timeout = 60.0
        sender.start(evening(rate * (2 * seconds + 15)), rate)
        time.sleep(2)
        pair.standby.stop("fast")
        time.sleep(0.5)  # what was on its way
        alone, acked = time.monotonic(), sender.acked
        time.sleep(seconds)
        result.figures["acked_without_standby"] = sender.acked - acked
        if sender.acked > acked:
            result.problems.append(f"{sender.acked - acked} pushes were acked while the standby was down")
        switched = time.monotonic()
        make_synchronous(scene.cluster, "")
        result.figures["resumed_by_switch_s"] = round(sender.resumed(switched), 2)
        pair.standby.start()
        wait_until_streaming(scene.cluster, "async")
        make_synchronous(scene.cluster)
        wait_until_streaming(scene.cluster)
        pair.standby.stop("fast")
        time.sleep(seconds / 2)
        pair.standby.start()
        back = wait_until_streaming(scene.cluster)
        result.recovery_s = sender.resumed(back)
        if not sender.wait(120):
            result.problems.append("not everything was acked")
        slowest = max(t.ended - t.began for t in sender.tries if t.ended > alone)
        result.figures |= {"slowest_answer_s": round(slowest, 2), "statuses": str(dict(sender.statuses()))}
        if slowest > LONGEST_S:
            result.problems.append(f"a push waited {slowest:.1f} s")
        return scene.check().into(result)


def repeat_without_standby(bed: Bed, _smoke: bool) -> Result:
    """A COMMIT that was never confirmed is there after a restart of the primary, and only there. Whoever sends it again may
    not be told "I have it" before the standby has it too."""
    result = Result()
    with open_scene(bed, webs=0) as scene:
        pair = open_pair(scene)
        warm, push = evening(2, repeats=0)
        result.figures["before"] = post(pair.web, warm)
        pair.standby.stop("fast")
        result.figures["first_try"] = post(pair.web, push)
        scene.cluster.restart("immediate")
        kept = scene.cluster.execute("SELECT count(*) FROM orders_delivery WHERE message_id = %s", [push.message_id])
        result.figures["kept_on_the_primary_alone"] = kept[0][0]
        again = [post(pair.web, push) for _ in range(3)]
        result.figures["again"] = str(again)
        if 200 in again:
            result.lost += 1
            result.problems.append("a repeat was acked that only the primary has")
        pair.standby.start()
        back = wait_until_streaming(scene.cluster)
        while (status := post(pair.web, push)) != 200 and time.monotonic() - back < OUTAGE_S:
            time.sleep(0.1)
        result.recovery_s = time.monotonic() - back
        if status != 200:
            result.problems.append(f"still {status} with the standby back")
        return result


def post(web: Web, push: Push) -> int:
    """One try; the status."""

    async def send() -> int:
        line = Line([web.port], 0)
        answer = await line.post(push.request(), 30)
        line.close()
        return answer.status

    return asyncio.run(send())


CASES = [
    Case(
        "F20",
        "primary kill -9, its synchronous standby takes over",
        failover,
        {"asynchronous standby": partial(failover, names="")},
    ),
    Case("F21", "standby down", standby_down),
    Case("F21b", "repeat of an unconfirmed push while the standby is down", repeat_without_standby),
]

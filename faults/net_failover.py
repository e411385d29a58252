"""Faults of the database machine: it dies and its standby takes over; the standby dies and the primary waits."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from faults.bed import free_port, open_scene
from faults.case import Case, Result
from faults.evening import evening
from faults.net_database import behind
from faults.processes import celery_worker
from faults.standby import NAME, Standby, copy_running, make_synchronous, wait_until_streaming
from faults.watching import Board, log_in

if TYPE_CHECKING:
    from faults.bed import Bed, Scene
    from faults.processes import Web
    from faults.proxy import Proxy

OUTAGE_S = 30.0
BOARD_S = 15.0


def with_standby(scene: Scene, names: str = NAME) -> tuple[Proxy, Web, Standby]:
    """A streaming standby, and a web process that reaches the primary through a proxy: the address that moves."""
    standby = copy_running(scene.cluster, scene.folder / "standby", free_port())
    scene.stack.callback(standby.stop, "immediate")
    standby.start()
    make_synchronous(scene.cluster, names)
    wait_until_streaming(scene.cluster, "sync" if names else "async")
    proxy, web = behind(scene, {})
    return proxy, web, standby


def failover(bed: Bed, smoke: bool, names: str = NAME) -> Result:
    """kill -9 of the primary under load, the standby is promoted and takes its address."""
    rate, seconds = (200, 3) if smoke else (400, 15)
    result = Result()
    with open_scene(bed, webs=0) as scene:
        proxy, web, standby = with_standby(scene, names)
        idle_worker(scene, proxy)
        board = Board(web, log_in(scene)).start()
        scene.stack.callback(board.stop)
        sender = scene.sender(64)
        sender.start(evening(rate * (seconds + 12)), rate)
        time.sleep(seconds)
        lag_behind(standby, names)
        killed = time.monotonic()
        scene.cluster.stop("kill")
        promoted = standby.promote()
        proxy.lead_to(("127.0.0.1", standby.port))
        dead, scene.cluster = scene.cluster, standby  # what follows asks the new one
        result.recovery_s = sender.resumed(killed)
        if not sender.wait(120):
            result.problems.append("not everything was acked")
        judge_epoch(result, board, killed)
        board.stop()
        result.figures |= {"promoted_after_s": round(promoted - killed, 2), "statuses": str(dict(sender.statuses()))}
        if result.recovery_s > OUTAGE_S:
            result.problems.append(f"writes stood still for {result.recovery_s:.1f} s")
        found = scene.check().into(result)
        dead.stop("immediate")
        return found


def lag_behind(standby: Standby, names: str) -> None:
    """For the control: a standby that nobody waits for is a little behind, as any is over a real network."""
    if not names:
        standby.execute("SELECT pg_wal_replay_pause()", database="postgres")
        receivers = standby.execute("SELECT pid FROM pg_stat_wal_receiver", database="postgres")
        for (pid,) in receivers:
            stop_for_a_while(int(pid))
        time.sleep(0.5)
        standby.execute("SELECT pg_wal_replay_resume()", database="postgres")


def stop_for_a_while(pid: int) -> None:
    import os
    import signal

    os.kill(pid, signal.SIGSTOP)


def judge_epoch(result: Result, board: Board, killed: float) -> None:
    """A new epoch, without anybody's doing, and a board that goes on."""
    epochs = list(dict.fromkeys(frame.said["epoch"] for frame in board.frames))
    last = {frame.said["epoch"] for frame in board.frames if frame.at > killed}
    first_new = next((frame.at for frame in board.frames if frame.at > killed and frame.said["epoch"] == epochs[-1]), None)
    result.figures |= {"board_drops": board.drops, "epochs": len(epochs)}
    if first_new is None or len(last) < 1 or len(epochs) < 2:
        result.problems.append("the board saw no new epoch")
    else:
        result.figures["new_epoch_after_s"] = round(first_new - killed, 2)


def idle_worker(scene: Scene, proxy: Proxy) -> None:
    """A worker whose broker never says anything: it looks by itself, also for a database of another timeline."""
    environment = scene.environment({"DATABASE_URL": scene.cluster.url(port=proxy.port), "CELERY_BROKER_URL": "memory://"})
    scene.add(
        celery_worker(environment, scene.folder / "worker.log", "--pool", "threads", "--without-mingle", "--without-gossip")
    )


CASES = [
    Case(
        "F20",
        "primary kill -9, its synchronous standby takes over",
        failover,
        {"asynchronous standby": partial(failover, names="")},
    ),
]

"""Faults of the database server: restarted, shut down without a word, killed, away for a while."""

from __future__ import annotations

import time
from itertools import cycle, islice
from typing import TYPE_CHECKING

from faults.bed import open_scene
from faults.case import Case, Result, small
from faults.evening import evening

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.bed import Bed, Scene

RATE = 400.0
PROMISED_S = 5.0  # to the first 2xx, once the database accepts
AWAY_S = 20.0


def restart_database(bed: Bed, smoke: bool, prepare: Callable[[Scene], None] = lambda _scene: None) -> Result:
    """F19: ten restarts under load, then one long absence. The web process is never restarted."""
    modes = list(islice(cycle(["immediate", "kill", "fast"]), 2 if smoke else 10))
    result = Result()
    with open_scene(bed) as scene:
        prepare(scene)
        sender = scene.sender()
        sender.start(evening(60_000), rate=RATE)
        sender.wait_for(200)
        recoveries = []
        for mode in modes:
            time.sleep(0.4 if smoke else 2)
            recoveries.append(sender.resumed(scene.cluster.restart(mode)))
        if not smoke:
            scene.cluster.stop("fast")
            time.sleep(AWAY_S)
            recoveries.append(sender.resumed(scene.cluster.start()))
        if not sender.drain(60):
            result.problems.append("not everything was acked")
        result.problems += sender.unclean(silence=False)
        result.recovery_s = max(recoveries)
        if result.recovery_s > PROMISED_S:
            result.problems.append(f"the first 2xx came {result.recovery_s:.1f} s after the database accepted")
        result.figures |= {
            "restarts": len(recoveries),
            "answers 503": sender.statuses()[503],
            "longest answer s": round(sender.waits()[-1], 2),
        }
        return scene.check().into(result)


def commit_without_waiting(scene: Scene) -> None:
    """The protection is that a commit is on the disk before it is acked."""
    scene.cluster.execute("ALTER DATABASE cunbo SET synchronous_commit = off")
    scene.cluster.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
    scene.cluster.execute("SELECT pg_reload_conf()")
    scene.webs[0].kill()
    scene.webs[0].start()


def restart_forgetful_database(bed: Bed, smoke: bool) -> Result:
    return restart_database(bed, smoke, commit_without_waiting)


CASES = [
    Case(
        "F19",
        "database restarted fast, immediate and by kill -9",
        restart_database,
        {"synchronous_commit=off": small(restart_forgetful_database)},
    ),
]

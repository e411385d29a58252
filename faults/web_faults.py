"""Faults of the web process: killed in mid-batch, killed between commit and answer, one of two killed."""

from __future__ import annotations

import random
import time
from functools import partial
from typing import TYPE_CHECKING

from faults.bed import open_scene
from faults.case import Case, Result
from faults.evening import evening

if TYPE_CHECKING:
    from faults.bed import Bed


def kill_in_mid_batch(bed: Bed, smoke: bool, sabotage: str | None = None) -> Result:
    pushes, kills = (1500, 2) if smoke else (20_000, 30)
    chance = random.Random(17)
    result = Result()
    with open_scene(bed, sabotage=sabotage) as scene:
        (web,) = scene.webs
        sender = scene.sender()
        sender.start(evening(pushes))
        recoveries = []
        for n in range(kills):
            sender.wait_for((n + 1) * pushes // (kills + 2))
            time.sleep(chance.uniform(0.010, 0.200))
            web.kill()
            web.start()
            recoveries.append(sender.resumed(time.monotonic()))
        if not sender.wait(300):
            result.problems.append("not everything was acked")
        result.recovery_s = max(recoveries)
        result.figures |= {"kills": kills}
        return scene.check().into(result)


CASES = [
    Case(
        "F17",
        "web process kill -9 in mid-batch",
        kill_in_mid_batch,
        {name: partial(kill_in_mid_batch, sabotage=name) for name in ("ack_before_commit", "no_transaction")},
    ),
]

"""A burst: ten times the pushes that the process can take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bench.report import percentile
from faults.bed import open_scene
from faults.case import Case, Result
from faults.evening import big_pushes

if TYPE_CHECKING:
    from faults.bed import Bed

TIMES = 10
P99_S = 1.0
BACKLOG_S = 120.0
GROWTH_MB = 200


def burst(bed: Bed, smoke: bool) -> Result:
    """F29. Each push carries a hundred orders, so that a sender of one process can send ten times what is taken."""
    warm_up, seconds = (40, 3.0) if smoke else (200, 60.0)
    result = Result()
    with open_scene(bed) as scene:
        (web,) = scene.webs
        calm = scene.sender(connections=8)
        began = time.monotonic()
        calm.start(big_pushes(warm_up, prefix="W"))
        calm.wait(60)
        rate = warm_up / (time.monotonic() - began)
        before = web.memory_kb()
        sender = scene.sender(connections=round(rate * TIMES))  # those refused come again about a second later
        sender.is_patient = True
        sender.start(big_pushes(round(rate * TIMES * seconds)), rate=rate * TIMES)
        memory = before
        until = time.monotonic() + seconds
        while time.monotonic() < until and sender.is_sending():
            memory = max(memory, web.memory_kb())
            time.sleep(0.1)
        ended = time.monotonic()
        if not sender.drain(BACKLOG_S):
            result.problems.append("the backlog was not clear in 2 min")
        result.recovery_s = time.monotonic() - ended
        p99 = percentile(sender.waits(), 0.99)
        if p99 > P99_S:
            result.problems.append(f"p99 of the answers {p99:.2f} s")
        result.problems += sender.unclean(silence=False)
        if memory - before > GROWTH_MB * 1024:
            result.problems.append(f"memory grew by {(memory - before) // 1024} MB")
        result.figures |= {
            "pushes/s taken": round(rate),
            "tries/s": round(sum(t.began < until for t in sender.tries) / seconds),
            "p99 s": round(p99, 3),
            "answers 503": sender.statuses()[503],
            "memory MB before": before // 1024,
            "memory MB at most": memory // 1024,
        }
        return scene.check().into(result)


CASES = [Case("F29", "burst, ten times what it can take", burst)]

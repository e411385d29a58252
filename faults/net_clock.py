"""The clock of one web process jumps, ten minutes ahead and ten minutes back; the other one's stays."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from faults.bed import open_scene
from faults.case import Case, NotHere, Result
from faults.evening import evening

if TYPE_CHECKING:
    from faults.bed import Bed

PLACES = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
)
FUTURE = (
    "SELECT count(*) FROM orders_ledgerentry WHERE counted_at > now() + interval '1 min' OR counted_at < now() - interval '5 min'"
)


def library() -> str:
    found = [str(path) for place in PLACES for path in Path("/").glob(place.lstrip("/"))]
    if not found:
        raise NotHere("apt-get install libfaketime")
    return found[0]


def clock_jumps(bed: Bed, smoke: bool, sabotage: str | None = None) -> Result:
    rate, seconds = (100, 4) if smoke else (200, 20)
    result = Result()
    with open_scene(bed, webs=0) as scene:
        clock = scene.folder / "clock"
        clock.write_text("+0\n")
        faked = {
            "LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip
        scene.web(sabotage, faked)
        scene.web(sabotage)
        sender = scene.sender(32)
        sender.start(evening(rate * (3 * seconds + 10)), rate)
        sender.wait_for(rate)
        for jump in ("+10m", "-10m", "+0"):
            at = time.monotonic()
            clock.write_text(f"{jump}\n")
            result.recovery_s = max(result.recovery_s or 0.0, sender.resumed(at))
            time.sleep(seconds)
        if not sender.drain(60):
            result.problems.append("not everything was acked")
        result.figures |= {"statuses": str(dict(sender.statuses()))}
        result.problems += sender.unclean(silence=False)
        if wrong := scene.cluster.execute(FUTURE)[0][0]:
            result.problems.append(f"{wrong} ledger rows of a time that was not")
        return scene.check().into(result)


CASES = [Case("F14", "our clock jumps by ten minutes", clock_jumps, {"own clock": partial(clock_jumps, sabotage="own_clock")})]

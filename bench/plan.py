"""The page of a month's plan, asked for through Django as a browser does, beside the obvious way to write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.processes import run_module
from bench.report import Figure, Outcome, median

if TYPE_CHECKING:
    from bench.scene import Scene

NAME = "plan"
WHAT = "milliseconds for a page of the plan, from request to the last byte"


def bench(scene: Scene, *, quick: bool) -> Outcome:
    sessions, repeats = (150, 3) if quick else (1_500, 40)
    with scene.scratch("plan") as url:
        found = run_module("bench.plan_work", str(sessions), str(repeats), DATABASE_URL=url)
    month, peer = median(found["month"]), median(found["peer"])
    more = {"queries": found["queries"], "bytes": found["bytes"], "worst ms": max(found["month"])}
    return Outcome(
        NAME,
        f"{WHAT}; a county with {sessions:,} sessions in the month",
        [
            Figure("Cunbo, month", month, "ms", None, found["month"], more),
            Figure("Cunbo, week by host", median(found["week"]), "ms", None, found["week"]),
            Figure("Cunbo, day by studio", median(found["day"]), "ms", None, found["day"]),
            Figure("model instances, one include a session", peer, "ms", peer / month, found["peer"]),
        ],
    )

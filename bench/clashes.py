"""The sweep that finds every clash of a county's month, beside one self-join of the same bookings in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.processes import run_module
from bench.report import Figure, Outcome, median

if TYPE_CHECKING:
    from bench.scene import Scene

NAME = "clashes"
WHAT = "milliseconds to find every clash of a month, all kinds, query and sweep"


def bench(scene: Scene, *, quick: bool) -> Outcome:
    sessions, clashes, repeats = (480, 45, 2) if quick else (10_000, 500, 7)
    with scene.scratch("clashes") as url:
        found = run_module("bench.work", "clashes", str(sessions), str(clashes), str(repeats), DATABASE_URL=url)
    ours, sweep, join = (median(found[name]) for name in ("whole_ms", "sweep_ms", "join_ms"))
    more = {"claims": found["claims"], "planted": found["planted"], "found": found["found"], "missed or wrong": found["wrong"]}
    return Outcome(
        NAME,
        f"{WHAT}; {sessions:,} sessions, {clashes} clashes planted",
        [
            Figure("Cunbo, query and sweep", ours, "ms", None, found["whole_ms"], more),
            Figure("Cunbo, sweep alone", sweep, "ms", None, found["sweep_ms"]),
            Figure("SQL self-join, same hours only", join, "ms", join / ours, found["join_ms"]),
        ],
    )

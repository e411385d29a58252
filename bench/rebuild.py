"""Rebuild and audit of all tallies over a seeded ledger, beside one scan of the same ledger that only sums it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.processes import run_module
from bench.report import Figure, Outcome, median

if TYPE_CHECKING:
    from bench.scene import Scene

NAME = "rebuild"
WHAT = "seconds to make all tallies anew from the ledger, and to compare them with it"


def bench(scene: Scene, *, quick: bool) -> Outcome:
    rows, rounds = (20_000, 1) if quick else (1_000_000, 3)
    with scene.scratch("rebuild") as url:
        found = run_module("bench.work", "rebuild", str(rows), str(rounds), DATABASE_URL=url)
    scan = median(found["scan"])
    figures = [Figure("one scan that sums", scan, "s", None, found["scan"])]
    for who, name in (("rebuild", "rebuild, all missing"), ("audit", "audit"), ("audit_busy", "audit while pushes arrive")):
        seconds = found[who]
        more = {"pushes/s": median(found["pushes_per_s"])} if who == "audit_busy" else {"rows made": found["made"]}
        figures.append(Figure(f"Cunbo {name}", median(seconds), "s", scan / median(seconds), seconds, more))
    return Outcome(NAME, f"{WHAT}; {rows:,} ledger rows", figures)

"""The frame and the detail of one big session, beside the same totals by ORM aggregates over the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.processes import run_module
from bench.report import Figure, Outcome, median

if TYPE_CHECKING:
    from bench.scene import Scene

NAME = "snapshot"
WHAT = "milliseconds for the whole frame and detail of one session, encoded"


def bench(scene: Scene, *, quick: bool) -> Outcome:
    rows, repeats = (20_000, 20) if quick else (2_000_000, 200)
    with scene.scratch("snapshot") as url:
        found = run_module("bench.work", "snapshot", str(rows), str(repeats), DATABASE_URL=url)
    ours, orm = median(found["both_ms"]), median(found["orm_ms"])
    more = {"p99 ms": found["both_p99_ms"], "frame bytes": found["bytes"], "detail bytes": found["detail_bytes"]}
    return Outcome(
        NAME,
        f"{WHAT}; {found['orders']:,} orders",
        [
            Figure("Cunbo, frame and detail", ours, "ms", None, [], more),
            Figure("Cunbo, frame alone", median(found["frame_ms"]), "ms", None, []),
            Figure("Cunbo, detail alone", median(found["detail_ms"]), "ms", None, []),
            Figure("ORM, totals and items from the ledger", orm, "ms", orm / ours, found["orm_ms"]),
        ],
    )

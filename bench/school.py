"""The page of a month of a county's school with three years behind it, asked for through Django, beside the obvious way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.processes import run_module
from bench.report import Figure, Outcome, median

if TYPE_CHECKING:
    from bench.scene import Scene

NAME = "school"
WHAT = "milliseconds for the page of a month of the school, from request to the last byte"


def bench(scene: Scene, *, quick: bool) -> Outcome:
    months, people, repeats = (4, 40, 2) if quick else (36, 278, 20)
    with scene.scratch("school") as url:
        found = run_module("bench.school_work", str(months), str(people), str(repeats), DATABASE_URL=url)
    ours, peer = median(found["month"]), median(found["peer"])
    more = {name: found[name] for name in ("queries", "people", "attendances", "bytes")} | {"worst ms": max(found["month"])}
    return Outcome(
        NAME,
        f"{WHAT}; {months} months of {people} new people",
        [
            Figure("Cunbo, month page", ours, "ms", None, found["month"], more),
            Figure("Cunbo, desk with the counter", median(found["desk"]), "ms", None, found["desk"]),
            Figure("Cunbo, figures alone", median(found["figures"]), "ms", None, found["figures"]),
            Figure("ORM, person by person", peer, "ms", peer / median(found["figures"]), found["peer"]),
        ],
    )

"""Figures, side by side: a table on the screen and a JSON file."""

from __future__ import annotations

import json
import os
import platform
import statistics
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing. `ratio` is ours to the peer's, said so that above 1 means better; ours itself has none."""

    who: str
    value: float
    unit: str
    ratio: float | None = None
    rounds: list[float] = field(default_factory=list)
    more: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bench found; `skipped` says why it found nothing."""

    bench: str
    what: str
    figures: list[Figure] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else float("nan")


def times(one: float, other: float) -> float | None:
    """How many times the other; None when a quick run was too short to measure it."""
    return one / other if other else None


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of values already sorted."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def machine() -> dict[str, str | int]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count() or 0,
        "cpu": processor_name(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def processor_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(outcomes: Iterable[Outcome]) -> str:
    lines: list[str] = []
    for outcome in outcomes:
        lines += ["", f"{outcome.bench}: {outcome.what}"]
        width = max((len(figure.who) for figure in outcome.figures), default=0)
        for figure in outcome.figures:
            ratio = "" if figure.ratio is None else f"ours is {figure.ratio:.3g} x"
            more = "  ".join(f"{name} {number(v) if isinstance(v, float | int) else v}" for name, v in figure.more.items())
            lines.append(f"  {figure.who:<{width}}  {number(figure.value):>10} {figure.unit:<14} {ratio:<16} {more}".rstrip())
        lines += [f"  skipped: {reason}" for reason in outcome.skipped]
    return "\n".join(lines)


def write_json(path: Path, outcomes: Iterable[Outcome], *, quick: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    benches = {outcome.bench: asdict(outcome) for outcome in outcomes}
    document = {"machine": machine(), "quick": quick, "benches": benches}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")

"""A fault as a case: what it does, what it found, and the control that must go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from faults.bed import Bed

ROOT = Path(__file__).resolve().parent.parent


class NotHere(Exception):
    """This machine cannot stage the fault; the words say why. Such a case is never green."""


@dataclass(slots=True)
class Result:
    """What a run of a case left behind. `problems` are broken promises that are neither a loss nor a double count."""

    lost: int = 0
    double: int = 0
    recovery_s: float | None = None
    problems: list[str] = field(default_factory=list)
    figures: dict[str, float | int | str] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.double or self.problems)

    def said(self) -> str:
        """What went wrong, in a few words."""
        words = [f"{self.lost} lost"] * bool(self.lost) + [f"{self.double} double"] * bool(self.double)
        return ", ".join([*words, *self.problems]) or "nothing wrong"


Run = Callable[["Bed", bool], Result]  # the second says whether it is a smoke run: a few seconds, small numbers


def small(run: Run) -> Run:
    """A control is always a small run: once it went wrong it has shown what it must."""
    return lambda bed, _smoke: run(bed, True)


@dataclass(frozen=True, slots=True)
class Case:
    """`run` must end clean. Each of `controls` is the same run with one protection switched off, and must not."""

    number: str
    title: str
    run: Run
    controls: Mapping[str, Run] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """A case that was run, or why it was not."""

    number: str
    title: str
    result: Result | None = None
    controls: dict[str, Result] = field(default_factory=dict)
    not_here: str = ""
    crashed: str = ""
    seconds: float = 0.0

    def faults(self) -> list[str]:
        """Why the whole run fails because of this case."""
        if self.crashed:
            return [f"{self.number}: crashed: {self.crashed}"]
        found = [f"{self.number}: {self.result.said()}"] if self.result and not self.result.is_clean else []
        return found + [
            f"{self.number}: the control “{name}” stayed green, so the case proves nothing"
            for name, result in self.controls.items()
            if result.is_clean
        ]


HEADINGS = ("fault", "what", "lost", "double", "seconds to recover", "control")


def row(outcome: Outcome) -> tuple[str, ...]:
    """One line of the table."""
    if outcome.not_here or outcome.crashed or outcome.result is None:
        why = f"not run here: {outcome.not_here}" if outcome.not_here else f"crashed: {outcome.crashed}"
        return (outcome.number, f"{outcome.title} — {why}", "-", "-", "-", "-")
    result = outcome.result
    recovery = "-" if result.recovery_s is None else f"{result.recovery_s:.2f}"
    controls = [f"{name}: {'GREEN' if found.is_clean else 'red, ' + found.said()}" for name, found in outcome.controls.items()]
    title = outcome.title + "".join(f"; BROKEN: {problem}" for problem in result.problems)
    return (outcome.number, title, f"{result.lost}", f"{result.double}", recovery, "; ".join(controls) or "none")


def table(outcomes: Iterable[Outcome]) -> str:
    lines: list[Sequence[str]] = [HEADINGS, *(row(outcome) for outcome in outcomes)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    return "\n".join(" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def write_json(path: Path, outcomes: Iterable[Outcome], machine: Mapping[str, object], *, smoke: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": machine, "smoke": smoke, "cases": {outcome.number: asdict(outcome) for outcome in outcomes}}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")

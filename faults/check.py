"""The checker after a fault: `manage.py check_run` on the sender's log, as an operator runs it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faults.processes import run_command

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from faults.case import Result


@dataclass(frozen=True, slots=True)
class Check:
    """How many were sent and acked, and what differs: acked and not kept; kept and never sent; orders and tallies whose sums
    are not those of the messages kept."""

    sent: int
    acked: int
    lost: int
    unexpected: int
    wrong: int
    tallies: int
    report: dict[str, Any]

    def into(self, result: Result) -> Result:
        """Adds what was found."""
        result.lost += self.lost
        result.double += self.unexpected + self.wrong + self.tallies
        result.figures |= {"sent": self.sent, "acked": self.acked}
        return result


def check_log(environment: Mapping[str, str], log: Path) -> Check:
    done = run_command(environment, "check_run", str(log), "--json")
    if done.returncode not in {0, 1} or not done.stdout.startswith("{"):
        raise RuntimeError(f"check_run failed: {done.stdout[-500:]}{done.stderr[-2000:]}")
    report = json.loads(done.stdout)
    counts = {name: len(report[name]) for name in ("lost", "unexpected", "wrong", "tallies")}
    return Check(report["sent"], report["acked"], **counts, report=report)

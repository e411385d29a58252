"""`python -m faults [F17 F19 …] [--smoke]`: stages each fault, prints a table, writes var/faults.json."""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path

from bench.report import machine
from faults.bed import Bed, open_bed
from faults.case import ROOT, Case, NotHere, Outcome, table, write_json

# Each of these modules has a list CASES. One that is not there yet is passed over by nobody: it is an error.
MODULES = (
    "faults.web_faults",
    "faults.web_boards",
    "faults.database_faults",
    "faults.disk_faults",
    "faults.burst",
    "faults.net_database",
    "faults.net_failover",
    "faults.net_broker",
    "faults.net_clock",
    "faults.login_faults",
    "faults.browser_faults",
    "faults.browser_soak",
)


def all_cases() -> dict[str, Case]:
    return {case.number: case for name in MODULES for case in import_module(name).CASES}


def stage(case: Case, bed: Bed, *, smoke: bool) -> Outcome:
    """Runs a case and its controls. A case that crashes is a failed one; the others still run."""
    outcome = Outcome(case.number, case.title)
    began = time.monotonic()
    try:
        outcome.result = case.run(bed, smoke)
        for name, control in case.controls.items():
            outcome.controls[name] = control(bed, smoke)
    except NotHere as why:
        outcome.not_here = str(why)
    except Exception as error:
        traceback.print_exc()
        outcome.crashed = f"{type(error).__name__}: {error}"
    outcome.seconds = round(time.monotonic() - began, 1)
    return outcome


def main(arguments: list[str]) -> int:
    cases = all_cases()
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument(
        "numbers", nargs="*", metavar="F17", help=f"which: {', '.join(cases)} (default: all but W, which are `make soak`)"
    )
    parser.add_argument("--smoke", action="store_true", help="small and short: shows that each works, proves little")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "faults.json", help="where the results go")
    options = parser.parse_args(arguments)
    if unknown := set(options.numbers) - set(cases):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the servers of the bed are stopped on the way out
    outcomes: list[Outcome] = []
    with open_bed() as bed:
        for number in options.numbers or [number for number in cases if not number.startswith("W")]:
            outcome = stage(cases[number], bed, smoke=options.smoke)
            outcomes.append(outcome)
            figures = outcome.result.figures if outcome.result else {}
            told = ", ".join(f"{name}: {value}" for name, value in figures.items())
            print(f"{number} {outcome.title}: {outcome.seconds} s. {told}", flush=True)
            write_json(options.json, outcomes, machine(), smoke=options.smoke)  # an interrupted run leaves what it found
    failures = [fault for outcome in outcomes for fault in outcome.faults()]
    print("", table(outcomes), "", *failures, f"Written to {options.json}", sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

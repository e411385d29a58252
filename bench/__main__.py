"""`python -m bench [names…] [--quick]`: runs the benches, prints a table, writes var/bench.json."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from bench import clashes, fanout, files, latency, plan, pushes, rebuild, school, snapshot
from bench.report import ROOT, machine, table, write_json
from bench.scene import open_scene

BENCHES = {module.NAME: module for module in (pushes, files, fanout, latency, rebuild, snapshot, clashes, plan, school)}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which benches: {', '.join(BENCHES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="small and short: shows that it works, measures nothing")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench.json", help="where the figures go")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(BENCHES):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    scene = open_scene()
    print(", ".join(f"{name}: {value}" for name, value in machine().items()))
    outcomes = []
    for name in options.names or BENCHES:
        began = time.monotonic()
        outcomes.append(BENCHES[name].bench(scene, quick=options.quick))
        print(table(outcomes[-1:]), f"  ({time.monotonic() - began:.0f} s)", sep="\n", flush=True)
    write_json(options.json, outcomes, quick=options.quick)
    print(f"\nWritten to {options.json}")


if __name__ == "__main__":
    main(sys.argv[1:])

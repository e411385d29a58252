"""The benchmarks run and say what they should; how fast anything was is nobody's business here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import own_database

__all__ = ["own_database"]
ROOT = Path(__file__).resolve().parent.parent
OURS = {
    "pushes": "Cunbo",
    "files": "Cunbo",
    "fanout": "Cunbo, 50 sockets",
    "latency": "p50",
    "rebuild": "Cunbo rebuild, all missing",
    "snapshot": "Cunbo, frame and detail",
    "clashes": "Cunbo, query and sweep",
    "plan": "Cunbo, month",
    "school": "Cunbo, month page",
}
PEERS = {
    "pushes": {"DRF and ORM", "bare ASGI, signature only"},
    "files": {"bare COPY, rows ready in memory", "ORM, update_or_create per row"},
    "fanout": {"bare websockets broadcast, 50 sockets"},
    "latency": {"p99", "p99, 20 boards", "p99, 20 boards and 20 that never read"},
    "rebuild": {"one scan that sums", "Cunbo audit", "Cunbo audit while pushes arrive"},
    "snapshot": {"Cunbo, frame alone", "Cunbo, detail alone", "ORM, totals and items from the ledger"},
    "clashes": {"Cunbo, sweep alone", "SQL self-join, same hours only"},
    "school": {"Cunbo, desk with the counter", "Cunbo, figures alone", "ORM, person by person"},
    "plan": {"Cunbo, week by host", "Cunbo, day by studio", "model instances, one include a session"},
}


@pytest.mark.slow
@pytest.mark.timeout(320)
def test_quick_benchmarks_name_their_figures_and_peers(tmp_path, own_database):
    path = tmp_path / "bench.json"

    run = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--json", str(path)],
        cwd=ROOT,
        env=os.environ | {"CUNBO_MIGRATED": own_database},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    document = json.loads(path.read_text())
    benches = document["benches"]
    assert document["quick"] is True
    assert list(benches) == list(OURS)
    for name, bench in benches.items():
        figures = {figure["who"]: figure for figure in bench["figures"]}
        assert {OURS[name]} | PEERS[name] <= set(figures)
        assert figures[OURS[name]]["value"] >= 0
        assert bench["what"] in run.stdout

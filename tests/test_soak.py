"""The soak of a board in a browser works, and its control leaks. `make soak` is the whole of it; the other faults of boards in a
browser have walks of their own (tests/walks/test_board_faults.py)."""

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


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_short_soak_is_flat_and_its_control_is_not(tmp_path, own_database):
    path = tmp_path / "soak.json"

    run = subprocess.run(
        [sys.executable, "-m", "faults", "--smoke", "--json", str(path), "W9"],
        cwd=ROOT, env=os.environ | {"CUNBO_MIGRATED": own_database}, capture_output=True, text=True, timeout=280,
    )  # fmt: skip

    case = json.loads(path.read_text())["cases"]["W9"]
    if case["not_here"]:
        pytest.skip(case["not_here"])
    assert run.returncode == 0, run.stdout + run.stderr
    assert case["result"]["figures"]["frames"] > 100
    assert case["controls"]["leak"]["problems"] != []

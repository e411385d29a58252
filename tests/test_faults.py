"""The full fault run works: a few cases of it, small, with their controls. `make faults` is the whole of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from faults.case import Case, Outcome, Result, table
from tests.faults.conftest import own_database

__all__ = ["own_database"]
ROOT = Path(__file__).resolve().parent.parent
CONTROLS = {"F17": {"ack_before_commit", "no_transaction"}, "F19": {"synchronous_commit=off"}}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_small_fault_run_loses_nothing_and_its_controls_do(tmp_path, own_database):
    path = tmp_path / "faults.json"

    run = subprocess.run(
        [sys.executable, "-m", "faults", "--smoke", "--json", str(path), *CONTROLS],
        cwd=ROOT, env=os.environ | {"CUNBO_MIGRATED": own_database}, capture_output=True, text=True, timeout=280,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout + run.stderr
    document = json.loads(path.read_text())
    assert document["smoke"] is True
    assert set(document["cases"]) == set(CONTROLS)
    for number, case in document["cases"].items():
        assert (case["result"]["lost"], case["result"]["double"], case["result"]["problems"]) == (0, 0, [])
        assert case["result"]["figures"]["acked"] == case["result"]["figures"]["sent"] > 0
        assert set(case["controls"]) == CONTROLS[number]
    assert "fault | what" in run.stdout


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_boards_behind_two_processes_move_over_and_idle_ones_stay(tmp_path, own_database):
    path = tmp_path / "faults.json"

    run = subprocess.run(
        [sys.executable, "-m", "faults", "--smoke", "--json", str(path), "F59", "F67"],
        cwd=ROOT, env=os.environ | {"CUNBO_MIGRATED": own_database}, capture_output=True, text=True, timeout=280,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout + run.stderr
    cases = json.loads(path.read_text())["cases"]
    assert set(cases) == {"F59", "F67"}
    assert cases["F67"]["result"]["figures"]["told_1012"] > 0


def test_an_unknown_fault_is_refused():
    run = subprocess.run([sys.executable, "-m", "faults", "F99"], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert run.returncode == 2
    assert "no such fault: F99" in run.stderr


def test_a_run_fails_for_a_loss_a_broken_promise_a_green_control_and_a_crash():
    clean = Result()
    assert Outcome("F1", "x", clean, {"guard": Result(lost=3)}).faults() == []
    assert Outcome("F1", "x", Result(lost=1, double=2, problems=["slow"])).faults() == ["F1: 1 lost, 2 double, slow"]
    assert Outcome("F1", "x", clean, {"guard": clean}).faults() == [
        "F1: the control “guard” stayed green, so the case proves nothing"
    ]
    assert Outcome("F1", "x", crashed="OSError: no").faults() == ["F1: crashed: OSError: no"]


def test_the_table_never_shows_a_case_that_was_not_run_as_passed():
    lines = table([Outcome("F1", "disk full", not_here="mount was refused"), Outcome("F2", "burst", Result(recovery_s=0.5))])

    assert [[cell.strip() for cell in line.split(" | ")] for line in lines.splitlines()] == [
        ["fault", "what", "lost", "double", "seconds to recover", "control"],
        ["F1", "disk full — not run here: mount was refused", "-", "-", "-", "-"],
        ["F2", "burst", "0", "0", "0.50", "none"],
    ]


def test_every_fault_has_one_case():
    from faults.__main__ import MODULES, all_cases

    assert all(isinstance(case, Case) for case in all_cases().values())
    assert len(MODULES) == len(set(MODULES))

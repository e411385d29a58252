"""docs/security.md is true: every number has its row, and every path and test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
NUMBERS = [*range(1, 9), *range(10, 19), *range(20, 27), *range(30, 43), *range(50, 57), *range(60, 74)]
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if re.match(r"\| S\d\d \|", line)]


def named(cell):
    return re.findall(r"`([\w./-]+(?:::\w+)?)`", cell)


def is_there(name):
    path, _, test = name.partition("::")
    file = ROOT / path
    return file.exists() and (not test or re.search(rf"^(?:async )?def {test}\(", file.read_text(), re.MULTILINE) is not None)


def test_every_requirement_has_one_row():
    assert [row[0] for row in ROWS] == [f"S{number:02d}" for number in NUMBERS]
    assert {len(row) for row in ROWS} == {5}


def test_every_row_names_what_holds_it_and_what_shows_it():
    assert [row[0] for row in ROWS if not named(row[2]) or not any("tests/" in name for name in named(row[3]))] == []


def test_everything_that_is_named_is_there():
    names = [name for row in ROWS for cell in row[2:4] for name in named(cell)]

    assert len(names) > 150
    assert [name for name in names if not is_there(name)] == []


def test_control_what_is_gone_is_noticed():
    assert not is_there("tests/security/test_gone.py")
    assert not is_there("tests/security/test_document.py::test_gone")
    assert is_there("tests/security/test_document.py::test_control_what_is_gone_is_noticed")

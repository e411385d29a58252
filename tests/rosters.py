"""Rosters as schools keep them, for tests."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl

from tests.factories import make_place
from training.actions.roster import look_at, without_numbers
from training.sheets.roster_file import read

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
HEAD = ["姓名", "手机号", "村"]
IDENTITY = "140425198503050023"  # 5 March 1985, a woman
VILLAGES = (
    ("140425100", "青羊镇"), ("140425101", "东寺头乡"), ("140425100201", "西沟村委会"), ("140425101201", "东寺头村委会"),
    ("140425101202", "西沟村委会"), ("140425101203", "安咀村村委会"),
)  # fmt: skip


def make_villages():
    """Two townships, each with a village of the same name."""
    for code, name in VILLAGES:
        make_place(code, name)


def book(*sheets, merged=()):
    """Sheets of rows, by name."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def grid(rows, name="名册.xlsx", **kwargs):
    data = rows if isinstance(rows, bytes) else book(("名册", rows), **kwargs)
    return read(io.BytesIO(data), name)


def looked(rows, cohort, **kwargs):
    return look_at(without_numbers(grid(rows, **kwargs).rows, at=AT), cohort, at=AT)


def verdicts(look):
    return [one.verdict.value for one in look.rows]

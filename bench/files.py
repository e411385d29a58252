"""Lines a second of an export file, from parse to tally: ours, a bare COPY of the same rows, and a loop of update_or_create."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bench.export import write_export
from bench.processes import run_module
from bench.report import Figure, Outcome, median

if TYPE_CHECKING:
    from bench.scene import Scene

NAME = "files"
WHAT = "order lines a second of a 74-column export, from parse to tally"
TABLES = ("orders_order", "orders_orderline", "orders_ledgerentry")


def bench(scene: Scene, *, quick: bool) -> Outcome:
    lines, orm_lines, rounds = (5_000, 100, 1) if quick else (200_000, 2_000, 3)
    ours: list[dict[str, Any]] = []
    bare: list[float] = []
    orm: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        write_export(path, lines)
        size_mb = path.stat().st_size / 1e6
        for _ in range(rounds):
            with scene.scratch("files_ours") as url:
                ours.append(run_module("bench.work", "import_ours", str(path), "0", DATABASE_URL=url))
                check(url, lines)
                rows = {table: rows_of(url, table) for table in TABLES}
            with scene.scratch("files_copy") as url:
                bare.append(lines / copy_seconds(url, rows))
            with scene.scratch("files_orm") as url:
                answer = run_module("bench.work", "import_orm", str(path), str(orm_lines), DATABASE_URL=url)
                check(url, orm_lines)
                orm.append(answer["lines"] / answer["seconds"])
    return outcome(lines, size_mb, ours, bare, orm)


def outcome(lines: int, size_mb: float, ours: list[dict[str, Any]], bare: list[float], orm: list[float]) -> Outcome:
    rates = [run["lines"] / run["seconds"] for run in ours]
    rate = median(rates)
    memory = {"peak MB": median([r["peak_mb"] for r in ours]), "MB before": median([r["before_mb"] for r in ours])}
    return Outcome(
        NAME,
        f"{WHAT}; {lines:,} lines, {size_mb:.0f} MB",
        [
            Figure("Cunbo", rate, "lines/s", None, rates, memory),
            Figure("bare COPY, rows ready in memory", median(bare), "lines/s", rate / median(bare), bare),
            Figure("ORM, update_or_create per row", median(orm), "lines/s", rate / median(orm), orm),
        ],
    )


def check(url: str, lines: int) -> None:
    """Every line was counted, in the tables and in the tallies."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM orders_orderline),"
            " (SELECT sum(units) FROM orders_daytally WHERE scope LIKE 'session:%')"
        ).fetchone()
    if found != (lines, lines):
        raise SystemExit(f"{lines} lines were imported, the database says {found}")


def rows_of(url: str, table: str) -> list[bytes]:
    with psycopg.connect(url) as connection, connection.cursor().copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as copy:
        return [bytes(row) for row in copy]


def copy_seconds(url: str, rows: dict[str, list[bytes]]) -> float:
    """COPY and COMMIT of all rows; laying them out is not counted."""
    ready = {
        table: [b"".join(lines[start : start + 500]) for start in range(0, len(lines), 500)] for table, lines in rows.items()
    }
    with psycopg.connect(url) as connection:
        began = time.perf_counter()
        for table, pieces in ready.items():
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                for piece in pieces:
                    copy.write(piece)
        connection.commit()
        return time.perf_counter() - began

"""How rows travel to PostgreSQL in batches: as one JSON parameter to be joined with, or by COPY into a table.

psycopg writes values one by one in Python; here msgspec writes whole batches as JSON (0.4 µs a row). A row as a JSON array
is nearly a line of CSV, with a backslash for the quote: so COPY takes it too (0.2 µs a row in Python, and the cheapest way
in for PostgreSQL).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
from psycopg.types.string import TextLoader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

ENCODER = msgspec.json.Encoder()
CONTROL = re.compile(rb'\\[^"]')  # JSON's way to write a control character, once pairs of backslashes are out of the way
# Every statement here finds rows by their key, so an index and a nested loop are right at any size. Left to itself the
# planner keeps the plan it made while the tables were small: a scan that grows with them.
BY_KEY = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)
"""


def raw_cursor(connection: BaseDatabaseWrapper) -> psycopg.Cursor:
    """A cursor on Django's own connection that binds on the server, prepares every statement (planning one costs more than
    running it) and finds rows by their keys until the transaction ends. UUIDs come as text."""
    connection.ensure_connection()
    connection.connection.prepare_threshold = 0  # Django's own cursors never prepare
    cursor: psycopg.Cursor = psycopg.Cursor(connection.connection)
    cursor.adapters.register_loader("uuid", TextLoader)
    cursor.execute(BY_KEY)
    return cursor


class Rows:
    """Rows of these columns that travel to PostgreSQL as one JSON parameter: `FROM {rows}` and `rows.of(tuples)`."""

    def __init__(self, **columns: str) -> None:
        self.names = ", ".join(columns)
        self.source = f"json_to_recordset(%s::json) AS t({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
        self.row = msgspec.defstruct("Row", [(name, Any) for name in columns])

    def __str__(self) -> str:
        return self.source

    def of(self, rows: Iterable[Sequence[Any]]) -> str:
        """The parameter."""
        return ENCODER.encode([self.row(*row) for row in rows]).decode()


class Copy:
    """Rows of these columns that are appended to a table. The table's own constraints refuse what may not be there."""

    def __init__(self, table: str, *columns: str) -> None:
        into = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        self.as_csv = into + r""" (FORMAT csv, QUOTE '"', ESCAPE '\', NULL 'null')"""
        self.as_text = into

    def append(self, cursor: psycopg.Cursor, rows: Sequence[Sequence[Any]]) -> None:
        """Raises psycopg.errors.IntegrityError of a constraint."""
        data = ENCODER.encode_lines(rows)[1:-2].replace(b"]\n[", b"\n")  # no bare newline ever stands inside of JSON
        if b"\\" in data and CONTROL.search(data.replace(b"\\\\", b"")):
            with cursor.copy(self.as_text) as copy:
                for row in rows:
                    copy.write_row(row)
            return
        with cursor.copy(self.as_csv) as copy:
            copy.write(data)

"""Reading what an export holds: all of it as of one moment, piece by piece, on a connection of its own."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from livestream.models.leisure import LONGEST_S
from livestream.rules.day import SHANGHAI
from orders.actions.export_statements import BOARDS, COUNTS, STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from django.db.backends.base.base import BaseDatabaseWrapper

    from orders.rules.export import ExportKind

PIECE = 2000
LAST = timedelta(microseconds=1)


class Asked(NamedTuple):
    """What of which place, on which Shanghai days, both included."""

    kind: ExportKind
    place: str
    from_on: date
    until_on: date

    @property
    def values(self) -> dict[str, Any]:
        first = datetime.combine(self.from_on, time(), SHANGHAI)
        end = datetime.combine(self.until_on + timedelta(days=1), time(), SHANGHAI)
        days = {"from_on": self.from_on, "until_on": self.until_on, "from_at": first, "until_at": end - LAST}
        return {"below": f"{self.place}%", **days}


def count_rows(asked: Asked) -> int:
    """How many rows it would be now."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS[asked.kind], asked.values)
        return int(cursor.fetchone()[0])


class Snapshot:
    """The database as it was at one moment, however long it takes to read it."""

    def __init__(self, line: BaseDatabaseWrapper) -> None:
        self.line = line

    def rows(self, asked: Asked) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Pieces of rows, by a cursor that the server keeps: memory stays flat."""
        with self.line.chunked_cursor() as cursor:
            cursor.execute(STATEMENTS[asked.kind], asked.values)
            while piece := cursor.fetchmany(PIECE):
                yield piece

    def boards(self, asked: Asked) -> tuple[int, ...]:
        """Orders, units, paid and refunded fen that the counties' boards show for these days."""
        with self.line.cursor() as cursor:
            cursor.execute(BOARDS, asked.values)
            return tuple(cursor.fetchone())


# Sorting a million rows may take longer than a maker may be silent, so who holds this lock is alive. It goes with the connection.
HOLD = "SELECT pg_advisory_xact_lock(%s)"
# A cursor is planned for its first tenth unless told that all of it will be read.
AT_LEISURE = """
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL cursor_tuple_fraction = 1;
SET LOCAL work_mem = '64MB'
"""


def key_of(export_id: UUID) -> int:
    """The lock of an export: 64 of its random bits."""
    return int.from_bytes(export_id.bytes[-8:], "big", signed=True)


@contextmanager
def one_moment(lock: int) -> Iterator[Snapshot]:
    """A snapshot, and the lock as long as it is open. The thread's own connection stays free to say how far the work has come."""
    line = connection.copy()
    line.ensure_connection()
    bare: Any = line.connection
    patience = getattr(bare, "patience", None)
    if patience is not None:
        bare.patience = LONGEST_S
    try:
        line.set_autocommit(False)
        with line.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(AT_LEISURE)
            cursor.execute(HOLD, [lock])
        yield Snapshot(line)
    finally:
        if line.connection is bare and not bare.closed:
            line.rollback()
            line.set_autocommit(True)
            if patience is not None:
                bare.patience = patience
        line.close()

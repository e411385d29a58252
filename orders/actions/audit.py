"""Comparing the tallies with the ledger, and mending them from it, while pushes come in: the same sums, said in SQL.

Whoever writes moves ledger and tallies in one transaction, by adding. So the difference between the two, seen in one
snapshot, stays exactly right whatever is committed meanwhile: it is added like everything else, and nothing has to wait.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from orders.models import BoardEpoch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from django.db.backends.utils import CursorWrapper

ONE_REBUILD = 7_200_003  # the advisory lock of a correction
AT_ONCE = 50_000  # tally rows mended in one transaction: half a second in which a writer of the same rows may wait


@dataclass(frozen=True, slots=True)
class Tally:
    """A tally table: its key columns and sums as expressions over the ledger."""

    table: str
    keys: dict[str, str]
    sums: dict[str, str]
    where: str = "TRUE"

    def computed(self, rows: str = "TRUE", widths: str = "(FALSE), (TRUE)") -> str:
        """SELECT of what the table must hold: of these ledger rows, for the wide scope, the narrow one, or both."""
        keys = ", ".join(f"{expression} AS {name}" for name, expression in self.keys.items())
        sums = ", ".join(f"SUM(l.{expression}) AS {name}" for name, expression in self.sums.items())
        group = ", ".join(str(n) for n in range(1, len(self.keys) + 3))
        narrow = "COALESCE('session:' || g.session_id, 'unattributed:' || g.county_id)"
        return (
            f"SELECT g.county_id, CASE WHEN w.narrow THEN {narrow} ELSE 'county:' || g.county_id END AS scope, "
            f"{', '.join(self.keys)}, {', '.join(f'SUM(g.{name})::bigint AS {name}' for name in self.sums)} "
            f"FROM (SELECT l.county_id, l.session_id, {keys}, {sums} FROM orders_ledgerentry l "
            f"WHERE {self.where} AND {rows} GROUP BY {group}) AS g "
            f"CROSS JOIN (VALUES {widths}) AS w(narrow) GROUP BY {group} "
            f"HAVING {' OR '.join(f'SUM(g.{name}) <> 0' for name in self.sums)}"
        )

    def stored(self, rows: str = "TRUE") -> str:
        """SELECT of what the table holds. A row of zeros says what no row says."""
        nonzero = " OR ".join(f"{name} <> 0" for name in self.sums)
        return f"SELECT {', '.join(self.columns())} FROM {self.table} WHERE ({nonzero}) AND {rows}"

    def columns(self) -> list[str]:
        return ["county_id", "scope", *self.keys, *self.sums]

    def differs(self) -> str:
        """Where a stored row `s` and a computed row `c` say different things, or one of them is not there."""
        return " OR ".join(f"s.{name} IS DISTINCT FROM c.{name}" for name in self.sums)

    def correction(self) -> str:
        """Adds what is missing and takes away what is too much, keys in the order in which writers lock them."""
        keys = ", ".join(["scope", *self.keys])
        missing = ", ".join(f"COALESCE(c.{name}, 0) - COALESCE(s.{name}, 0)" for name in self.sums)
        return (
            f"INSERT INTO {self.table} AS o ({', '.join(self.columns())}) "
            f"SELECT COALESCE(c.county_id, s.county_id), {keys}, {missing} "
            f"FROM ({self.computed()}) AS c FULL JOIN ({self.stored()}) AS s USING ({keys}) "
            f"WHERE {self.differs()} OR s.county_id <> c.county_id ORDER BY {keys} LIMIT {AT_ONCE} "
            f"ON CONFLICT ({keys}) DO UPDATE SET county_id = excluded.county_id, "
            f"{', '.join(f'{name} = o.{name} + excluded.{name}' for name in self.sums)}"
        )


FOUR = {"units": "units", "paid_fen": "paid_fen", "refunded_fen": "refunded_fen"}
TALLIES = (
    Tally("orders_daytally", {"day": "l.business_day"}, {"orders": "orders", **FOUR}),
    Tally(
        "orders_itemtally",
        {"day": "l.business_day", "item_id": "l.item_id"},
        {"orders": "item_orders", **FOUR},
        "l.item_id IS NOT NULL",
    ),
    Tally("orders_shoptally", {"day": "l.business_day", "shop_id": "l.shop_id"}, {"orders": "orders", **FOUR}),
    Tally("orders_minutetally", {"minute": "date_trunc('minute', l.occurred_at)"}, {"orders": "orders", "paid_fen": "paid_fen"}),
    Tally("orders_secondtally", {"second": "date_trunc('second', l.counted_at)"}, {"orders": "orders"}),
    Tally("orders_refundtally", {"day": "l.refunded_on"}, {"refunded_fen": "refunded_fen"}, "l.refunded_on IS NOT NULL"),
)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A tally row that is not the sum of its ledger rows: what is stored and what the ledger says (None: no row)."""

    table: str
    key: str
    stored: list[int] | None
    ledger: list[int] | None


@contextmanager
def one_snapshot() -> Iterator[CursorWrapper]:
    """All that is read inside is of one moment; inside another transaction, of that one's moments."""
    is_first = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_first:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield cursor


def audit_tallies(limit: int = 100) -> list[Mismatch]:
    """Compares every tally with the ledger, all in one snapshot; gives at most `limit` differences a table."""
    with one_snapshot() as cursor:
        return [found for tally in TALLIES for found in _compare(cursor, tally, tally.computed(), tally.stored(), {}, limit)]


def audit_session(session_id: UUID | str, limit: int = 100) -> list[Mismatch]:
    """The same for one session: costs what its ledger rows cost."""
    values = {"session": str(session_id), "scope": f"session:{session_id}"}
    found: list[Mismatch] = []
    with one_snapshot() as cursor:
        for tally in TALLIES:
            computed = tally.computed("l.session_id = %(session)s", "(TRUE)")
            found += _compare(cursor, tally, computed, tally.stored("scope = %(scope)s"), values, limit)
    return found


def audit_scopes() -> dict[tuple[str, str], int]:
    """Every scope (with its county) whose tallies differ from the ledger, and in how many rows."""
    found: dict[tuple[str, str], int] = {}
    with one_snapshot() as cursor:
        for tally in TALLIES:
            cursor.execute(
                f"SELECT scope, county_id, count(*) {_differences(tally, tally.computed(), tally.stored())} GROUP BY 1, 2"
            )
            for scope, county, rows in cursor.fetchall():
                found[scope, county] = found.get((scope, county), 0) + rows
    return found


def audit_county(county: str) -> int:
    """In how many rows the tallies of a county are not the sum of its sessions' and of what no session sold: no ledger read."""
    values = {"county": county, "scope": f"county:{county}"}
    found = 0
    with one_snapshot() as cursor:
        for tally in TALLIES[:3]:  # by day, by item and by shop: few rows
            keys = ", ".join(tally.keys)
            sums = ", ".join(f"SUM({name})::bigint AS {name}" for name in tally.sums)
            parts = (
                f"SELECT county_id, %(scope)s AS scope, {keys}, {sums} FROM {tally.table} "
                f"WHERE county_id = %(county)s AND scope <> %(scope)s GROUP BY county_id, {keys} "
                f"HAVING {' OR '.join(f'SUM({name}) <> 0' for name in tally.sums)}"
            )
            cursor.execute(f"SELECT count(*) {_differences(tally, parts, tally.stored('scope = %(scope)s'))}", values)
            found += cursor.fetchone()[0]
    return found


def _differences(tally: Tally, computed: str, stored: str) -> str:
    keys = ", ".join(["county_id", "scope", *tally.keys])
    return f"FROM ({stored}) AS s FULL JOIN ({computed}) AS c USING ({keys}) WHERE {tally.differs()}"


def _compare(
    cursor: CursorWrapper, tally: Tally, computed: str, stored: str, values: dict[str, str], limit: int
) -> list[Mismatch]:
    keys = ", ".join(["county_id", "scope", *tally.keys])
    both = ", ".join(f"s.{name}, c.{name}" for name in tally.sums)
    differences = _differences(tally, computed, stored)
    cursor.execute(f"SELECT concat_ws(' ', {keys}), {both} {differences} ORDER BY 1 LIMIT {limit:d}", values or None)
    return [Mismatch(tally.table, row[0], _half(row[1::2]), _half(row[2::2])) for row in cursor.fetchall()]


def _half(values: Sequence[Any]) -> list[int] | None:
    return None if all(value is None for value in values) else [int(value or 0) for value in values]


def rebuild_tallies() -> dict[str, int]:
    """Makes every tally the sum of its ledger again, while pushes come in. Returns how many rows were mended, by table.

    Each table by itself, so that its rows are locked only while they are mended. Rows that come to nothing stay, as those
    do that a refund emptied. A new epoch begins, so that boards take the mended figures whatever their version.
    """
    mended = {tally.table: _mend(tally) for tally in TALLIES}
    BoardEpoch.objects.update_or_create(id=1, defaults={"epoch": uuid.uuid4()})
    return mended


def _mend(tally: Tally) -> int:
    """READ COMMITTED: the differences are seen in the statement's one snapshot, what is added is added to the newest row.

    The lock comes before the snapshot: two rebuilds that saw the same difference would both add it.
    """
    mended = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_REBUILD])
            cursor.execute(tally.correction())
            rows: int = cursor.rowcount
        mended += rows
        if rows < AT_ONCE:
            return mended

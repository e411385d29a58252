"""Every write to the tallies. They are sums of the ledger: moved with it, compared with it, made again from it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from operator import add
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from orders.actions.intake_rows import SHANGHAI, LedgerRow, Rows
from orders.models import BoardEpoch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import psycopg

DAY = Rows(county_id="text", scope="text", day="date", orders="int", units="int", paid_fen="bigint", refunded_fen="bigint")
ADD_DAY = f"""
INSERT INTO orders_daytally AS o ({DAY.names}) SELECT * FROM {DAY} ORDER BY scope, day
ON CONFLICT (scope, day) DO UPDATE SET orders = o.orders + excluded.orders, units = o.units + excluded.units,
  paid_fen = o.paid_fen + excluded.paid_fen, refunded_fen = o.refunded_fen + excluded.refunded_fen
"""
ITEM = Rows(
    county_id="text",
    scope="text",
    day="date",
    item_id="bigint",
    orders="int",
    units="int",
    paid_fen="bigint",
    refunded_fen="bigint",
)
ADD_ITEM = f"""
INSERT INTO orders_itemtally AS o ({ITEM.names}) SELECT * FROM {ITEM} ORDER BY scope, day, item_id
ON CONFLICT (scope, day, item_id) DO UPDATE SET orders = o.orders + excluded.orders, units = o.units + excluded.units,
  paid_fen = o.paid_fen + excluded.paid_fen, refunded_fen = o.refunded_fen + excluded.refunded_fen
"""
MINUTE = Rows(county_id="text", scope="text", minute="timestamptz", orders="int", paid_fen="bigint")
ADD_MINUTE = f"""
INSERT INTO orders_minutetally AS o ({MINUTE.names}) SELECT * FROM {MINUTE} ORDER BY scope, minute
ON CONFLICT (scope, minute) DO UPDATE SET orders = o.orders + excluded.orders, paid_fen = o.paid_fen + excluded.paid_fen
"""
SECOND = Rows(county_id="text", scope="text", second="timestamptz", orders="int")
ADD_SECOND = f"""
INSERT INTO orders_secondtally AS o ({SECOND.names}) SELECT * FROM {SECOND} ORDER BY scope, second
ON CONFLICT (scope, second) DO UPDATE SET orders = o.orders + excluded.orders
"""

Sums = defaultdict[tuple[Any, ...], list[int]]


def scopes_of(county: str, session_id: UUID | None) -> tuple[str, str]:
    """A ledger row counts for its county, and for its session or, without one, for the county's unattributed orders."""
    return f"county:{county}", f"session:{session_id}" if session_id else f"unattributed:{county}"


def move(cursor: psycopg.Cursor, ledger: Sequence[LedgerRow]) -> set[tuple[str, str]]:
    """Adds fresh ledger rows to the tallies, each key once, keys sorted; returns the boards (scope, county) that changed."""
    days: Sums = defaultdict(lambda: [0, 0, 0, 0])
    items: Sums = defaultdict(lambda: [0, 0, 0, 0])
    minutes: Sums = defaultdict(lambda: [0, 0])
    seconds: Sums = defaultdict(lambda: [0])
    boards: set[tuple[str, str]] = set()
    for (county, session_id, item_id, minute, second), amounts in gather(ledger).items():
        day = minute.astimezone(SHANGHAI).date()
        orders, item_orders, units, paid, refunded = amounts
        for scope in scopes_of(county, session_id):
            _add(days[county, scope, day], orders, units, paid, refunded)
            if item_id is not None:
                _add(items[county, scope, day, item_id], item_orders, units, paid, refunded)
            _add(minutes[county, scope, minute], orders, paid)
            _add(seconds[county, scope, second], orders)
            if not scope.startswith("unattributed:"):
                boards.add((scope, county))
    for statement, rows, sums in (
        (ADD_DAY, DAY, days),
        (ADD_ITEM, ITEM, items),
        (ADD_MINUTE, MINUTE, minutes),
        (ADD_SECOND, SECOND, seconds),
    ):
        moved = [(*key, *sums[key]) for key in sorted(sums) if any(sums[key])]
        if moved:
            cursor.execute(statement, [rows.of(moved)])
    return boards


def gather(ledger: Sequence[LedgerRow]) -> Sums:
    """The rows of a batch summed by what all tallies tell apart: few keys, where there may be thousands of rows."""
    sums: Sums = defaultdict(lambda: [0, 0, 0, 0, 0])
    for row in ledger:
        key = row.key
        minute = key.occurred_at.replace(second=0, microsecond=0)
        second = key.counted_at.replace(microsecond=0)
        _add(sums[row.county, key.session_id, key.item_id, minute, second], *row.amounts)
    return sums


def _add(sums: list[int], *amounts: int) -> None:
    sums[:] = map(add, sums, amounts)


# --- audit and rebuild: the same sums, said in SQL ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """A tally table: its key columns and sums as expressions over the ledger."""

    table: str
    keys: dict[str, str]
    sums: dict[str, str]
    where: str = "TRUE"

    def computed(self) -> str:
        """SELECT of what the table must hold, for every scope."""
        narrow = "COALESCE('session:' || l.session_id, 'unattributed:' || l.county_id)"
        scope = f"CASE WHEN s.narrow THEN {narrow} ELSE 'county:' || l.county_id END"
        keys = ", ".join(f"{expression} AS {name}" for name, expression in self.keys.items())
        sums = ", ".join(f"SUM(l.{expression}) AS {name}" for name, expression in self.sums.items())
        group = ", ".join(str(n) for n in range(1, len(self.keys) + 3))
        nonzero = " OR ".join(f"SUM(l.{expression}) <> 0" for expression in self.sums.values())
        return (
            f"SELECT l.county_id, {scope} AS scope, {keys}, {sums} "
            "FROM orders_ledgerentry l CROSS JOIN (VALUES (FALSE), (TRUE)) AS s(narrow) "
            f"WHERE {self.where} GROUP BY {group} HAVING {nonzero}"
        )

    def stored(self) -> str:
        nonzero = " OR ".join(f"{name} <> 0" for name in self.sums)
        return f"SELECT {', '.join(self.columns())} FROM {self.table} WHERE {nonzero}"

    def columns(self) -> list[str]:
        return ["county_id", "scope", *self.keys, *self.sums]


FOUR = {"units": "units", "paid_fen": "paid_fen", "refunded_fen": "refunded_fen"}
TALLIES = (
    Tally("orders_daytally", {"day": "l.business_day"}, {"orders": "orders", **FOUR}),
    Tally(
        "orders_itemtally",
        {"day": "l.business_day", "item_id": "l.item_id"},
        {"orders": "item_orders", **FOUR},
        "l.item_id IS NOT NULL",
    ),
    Tally("orders_minutetally", {"minute": "date_trunc('minute', l.occurred_at)"}, {"orders": "orders", "paid_fen": "paid_fen"}),
    Tally("orders_secondtally", {"second": "date_trunc('second', l.counted_at)"}, {"orders": "orders"}),
)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A tally row that is not the sum of its ledger rows: what is stored and what the ledger says (None: no row)."""

    table: str
    key: str
    stored: list[int] | None
    ledger: list[int] | None


def audit_tallies(limit: int = 100) -> list[Mismatch]:
    """Compares each tally with the ledger, each table in one snapshot; gives at most `limit` differences a table."""
    found: list[Mismatch] = []
    with connection.cursor() as cursor:
        for tally in TALLIES:
            keys = ["county_id", "scope", *tally.keys]
            both = ", ".join(f"s.{name}, c.{name}" for name in tally.sums)
            differs = " OR ".join(f"s.{name} IS DISTINCT FROM c.{name}" for name in tally.sums)
            cursor.execute(
                f"WITH c AS ({tally.computed()}), s AS ({tally.stored()}) "
                f"SELECT concat_ws(' ', {', '.join(keys)}), {both} FROM s FULL JOIN c USING ({', '.join(keys)}) "
                f"WHERE {differs} ORDER BY 1 LIMIT {limit:d}"
            )
            found += [Mismatch(tally.table, row[0], _half(row[1::2]), _half(row[2::2])) for row in cursor.fetchall()]
    return found


def _half(values: Sequence[Any]) -> list[int] | None:
    return None if all(value is None for value in values) else [int(value or 0) for value in values]


@transaction.atomic
def rebuild_tallies() -> dict[str, int]:
    """Throws every tally away and sums the ledger again; pushes wait meanwhile. Returns rows per table.

    A new epoch begins, so that boards take the rebuilt figures even where their version is lower.
    """
    made: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE orders_ledgerentry IN SHARE ROW EXCLUSIVE MODE")
        for tally in TALLIES:
            cursor.execute(f"DELETE FROM {tally.table}")
            cursor.execute(f"INSERT INTO {tally.table} ({', '.join(tally.columns())}) {tally.computed()}")
            made[tally.table] = cursor.rowcount
    BoardEpoch.objects.update_or_create(id=1, defaults={"epoch": uuid.uuid4()})
    return made

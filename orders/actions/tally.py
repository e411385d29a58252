"""Every write to the tallies. They are sums of the ledger: moved with it, compared with it, made again from it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from operator import add
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from livestream.rules.day import shanghai_day
from orders.actions.rows import Rows
from orders.models import BoardEpoch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from orders.actions.intake_rows import LedgerRow


class Sum:
    """A table of sums: rows of it are added to what is there."""

    def __init__(self, table: str, keys: dict[str, str], sums: dict[str, str]) -> None:
        self.rows = Rows(county_id="text", scope="text", **keys, **sums)
        unique = ", ".join(["scope", *keys])
        added = ", ".join(f"{name} = o.{name} + excluded.{name}" for name in sums)
        self.add = (
            f"INSERT INTO {table} AS o ({self.rows.names}) SELECT * FROM {self.rows} ORDER BY {unique} "
            f"ON CONFLICT ({unique}) DO UPDATE SET {added}"
        )


ORDERS = {"orders": "int"}
PAID = {"orders": "int", "paid_fen": "bigint"}
FULL = {"orders": "int", "units": "int", "paid_fen": "bigint", "refunded_fen": "bigint"}
DAYS = Sum("orders_daytally", {"day": "date"}, FULL)
ITEMS = Sum("orders_itemtally", {"day": "date", "item_id": "bigint"}, FULL)
MINUTES = Sum("orders_minutetally", {"minute": "timestamptz"}, PAID)
SECONDS = Sum("orders_secondtally", {"second": "timestamptz"}, ORDERS)
REFUND_DAYS = Sum("orders_refundtally", {"day": "date"}, {"refunded_fen": "bigint"})
# One statement for the tables that move with every sale: a round trip costs more than the rows.
ADD_SALES = f"WITH d AS ({DAYS.add}), i AS ({ITEMS.add}), m AS ({MINUTES.add}) {SECONDS.add}"

Sums = defaultdict[tuple[Any, ...], list[int]]


def scopes_of(county: str, session_id: str | None) -> tuple[str, str]:
    """A ledger row counts for its county, and for its session or, without one, for the county's unattributed orders."""
    return f"county:{county}", f"session:{session_id}" if session_id else f"unattributed:{county}"


def move(cursor: psycopg.Cursor, ledger: Sequence[LedgerRow]) -> set[tuple[str, str]]:
    """Adds fresh ledger rows to the tallies, each key once, keys sorted; returns the boards (scope, county) that changed."""
    days: Sums = defaultdict(lambda: [0, 0, 0, 0])
    items: Sums = defaultdict(lambda: [0, 0, 0, 0])
    minutes: Sums = defaultdict(lambda: [0, 0])
    seconds: Sums = defaultdict(lambda: [0])
    refunds: Sums = defaultdict(lambda: [0])
    boards: set[tuple[str, str]] = set()
    for (county, session_id, item_id, minute, second, refunded_on), amounts in gather(ledger).items():
        day = shanghai_day(minute)
        orders, item_orders, units, paid, refunded = amounts
        for scope in scopes_of(county, session_id):
            _add(days[county, scope, day], orders, units, paid, refunded)
            if item_id is not None:
                _add(items[county, scope, day, item_id], item_orders, units, paid, refunded)
            _add(minutes[county, scope, minute], orders, paid)
            _add(seconds[county, scope, second], orders)
            if refunded_on is not None:
                _add(refunds[county, scope, refunded_on], refunded)
            if not scope.startswith("unattributed:"):
                boards.add((scope, county))
    tables = ((DAYS, days), (ITEMS, items), (MINUTES, minutes), (SECONDS, seconds))
    if boards:
        cursor.execute(ADD_SALES, [table.rows.of(_moved(sums)) for table, sums in tables])
    if refunds:
        cursor.execute(REFUND_DAYS.add, [REFUND_DAYS.rows.of(_moved(refunds))])
    return boards


def _moved(sums: Sums) -> list[tuple[Any, ...]]:
    return [(*key, *sums[key]) for key in sorted(sums) if any(sums[key])]


def gather(ledger: Sequence[LedgerRow]) -> Sums:
    """The rows of a batch summed by what all tallies tell apart: few keys, where there may be thousands of rows."""
    sums: Sums = defaultdict(lambda: [0, 0, 0, 0, 0])
    occurred_at = counted_at = minute = second = None
    for county, _shop, _order, key, amounts in ledger:
        if key.occurred_at is not occurred_at:
            occurred_at = key.occurred_at
            minute = occurred_at.replace(second=0, microsecond=0)
        if key.counted_at is not counted_at:
            counted_at = key.counted_at
            second = counted_at.replace(microsecond=0)
        _add(sums[county, key.session_id, key.item_id, minute, second, key.refunded_on], *amounts)
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
    Tally("orders_refundtally", {"day": "l.refunded_on"}, {"refunded_fen": "refunded_fen"}, "l.refunded_on IS NOT NULL"),
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

"""Comparing the tallies with the ledger, and making them again from it: the same sums, said in SQL."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from orders.models import BoardEpoch

if TYPE_CHECKING:
    from collections.abc import Sequence


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

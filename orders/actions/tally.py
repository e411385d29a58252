"""The tallies are sums of the ledger and move with it: the same rows, in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from operator import add
from typing import TYPE_CHECKING, Any

from livestream.rules.day import shanghai_day
from orders.actions.rows import Rows

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
SHOPS = Sum("orders_shoptally", {"day": "date", "shop_id": "bigint"}, FULL)
SECONDS = Sum("orders_secondtally", {"second": "timestamptz"}, ORDERS)
REFUND_DAYS = Sum("orders_refundtally", {"day": "date"}, {"refunded_fen": "bigint"})
# One statement for the tables that move with every sale: a round trip costs more than the rows.
ADD_SALES = f"WITH d AS ({DAYS.add}), i AS ({ITEMS.add}), h AS ({SHOPS.add}), m AS ({MINUTES.add}) {SECONDS.add}"

Sums = defaultdict[tuple[Any, ...], list[int]]


def scopes_of(county: str, session_id: str | None) -> tuple[str, str]:
    """A ledger row counts for its county, and for its session or, without one, for the county's unattributed orders."""
    return f"county:{county}", f"session:{session_id}" if session_id else f"unattributed:{county}"


def move(cursor: psycopg.Cursor, ledger: Sequence[LedgerRow]) -> set[tuple[str, str]]:
    """Adds fresh ledger rows to the tallies, each key once, keys sorted; returns the boards (scope, county) that changed."""
    days: Sums = defaultdict(lambda: [0, 0, 0, 0])
    items: Sums = defaultdict(lambda: [0, 0, 0, 0])
    shops: Sums = defaultdict(lambda: [0, 0, 0, 0])
    minutes: Sums = defaultdict(lambda: [0, 0])
    seconds: Sums = defaultdict(lambda: [0])
    refunds: Sums = defaultdict(lambda: [0])
    boards: set[tuple[str, str]] = set()
    for (county, shop_id, session_id, item_id, minute, second, refunded_on), amounts in gather(ledger).items():
        day = shanghai_day(minute)
        orders, item_orders, units, paid, refunded = amounts
        for scope in scopes_of(county, session_id):
            _add(days[county, scope, day], orders, units, paid, refunded)
            if item_id is not None:
                _add(items[county, scope, day, item_id], item_orders, units, paid, refunded)
            _add(shops[county, scope, day, shop_id], orders, units, paid, refunded)
            _add(minutes[county, scope, minute], orders, paid)
            _add(seconds[county, scope, second], orders)
            if refunded_on is not None:
                _add(refunds[county, scope, refunded_on], refunded)
            if not scope.startswith("unattributed:"):
                boards.add((scope, county))
    tables = ((DAYS, days), (ITEMS, items), (SHOPS, shops), (MINUTES, minutes), (SECONDS, seconds))
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
    for county, shop_id, _order, key, amounts in ledger:
        if key.occurred_at is not occurred_at:
            occurred_at = key.occurred_at
            minute = occurred_at.replace(second=0, microsecond=0)
        if key.counted_at is not counted_at:
            counted_at = key.counted_at
            second = counted_at.replace(microsecond=0)
        _add(sums[county, shop_id, key.session_id, key.item_id, minute, second, key.refunded_on], *amounts)
    return sums


def _add(sums: list[int], *amounts: int) -> None:
    sums[:] = map(add, sums, amounts)

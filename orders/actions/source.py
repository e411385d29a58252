"""Every write to a source: when a shop was last heard of on one road, and how long it is usually silent there.

A mark may be a second late, so it never makes a writer wait: at most one a second is written for a shop and road, and a row
that another writer holds is left to him. It is the last statement of a transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction

from orders.actions.rows import Rows, raw_cursor
from orders.rules.source import HALF_LIFE_MS, LONGEST_MS, MOST_HALVES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

    from orders.actions.arrival import ShopRef
    from orders.models.ledger import Cause

AT_MOST_EVERY = timedelta(seconds=1)
SHOPS = Rows(shop_id="bigint", county_id="text", cause="text", heard_at="timestamptz")
WAITED = "(extract(epoch FROM d.said_at - s.heard_at) * 1000)::bigint"
# rules/source.py: pause_after
PAUSE_AFTER = f"""
GREATEST(
  floor(s.pause_ms * power(0.5::float8, LEAST({WAITED}::float8 / {HALF_LIFE_MS}, {MOST_HALVES})))::bigint,
  CASE WHEN {WAITED} <= {LONGEST_MS} THEN {WAITED} ELSE 0 END
)
"""
HEAR = f"""
WITH said AS (SELECT * FROM {SHOPS}),
due AS (
  SELECT s.id, t.heard_at AS said_at FROM said t JOIN orders_source s ON s.shop_id = t.shop_id AND s.cause = t.cause
  WHERE s.heard_at < t.heard_at - interval '{AT_MOST_EVERY.total_seconds()} s' ORDER BY s.shop_id, s.cause
  FOR UPDATE OF s SKIP LOCKED
),
moved AS (
  UPDATE orders_source s SET heard_at = d.said_at, pause_ms = {PAUSE_AFTER}
  FROM due d WHERE s.id = d.id
)
INSERT INTO orders_source (shop_id, county_id, cause, heard_at, pause_ms)
SELECT t.shop_id, t.county_id, t.cause, t.heard_at, 0 FROM said t
WHERE NOT EXISTS (SELECT 1 FROM orders_source s WHERE s.shop_id = t.shop_id AND s.cause = t.cause)
ORDER BY t.shop_id, t.cause ON CONFLICT (shop_id, cause) DO NOTHING
"""
# What this process has committed: it need not ask the database whether a second has passed.
_committed: dict[tuple[int, Cause], datetime] = {}


def hear(shop: ShopRef, *, cause: Cause, at: datetime) -> None:
    """Something was said on this road, though nothing that could be counted: a list that was read and is empty."""
    with transaction.atomic():
        mark_heard(raw_cursor(connection), [shop], cause, at)


def mark_heard(cursor: psycopg.Cursor, shops: Iterable[ShopRef], cause: Cause, at: datetime) -> None:
    """The same inside the caller's transaction, for all the shops that a batch came from."""
    due = sorted({(shop.id, shop.county) for shop in shops if _is_due(shop.id, cause, at)})
    if due:
        cursor.execute(HEAR, [SHOPS.of((shop_id, county, cause.value, at) for shop_id, county in due)])
        transaction.on_commit(lambda: _committed.update({(shop_id, cause): at for shop_id, _ in due}))


def _is_due(shop_id: int, cause: Cause, at: datetime) -> bool:
    last = _committed.get((shop_id, cause))
    return last is None or at - last > AT_MOST_EVERY

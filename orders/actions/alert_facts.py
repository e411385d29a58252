"""What is so right now, of all counties at once: a handful of statements over tallies and small indexes, never over orders.

Alone a good that could sell out soon has the newest orders of its session read, at most SAMPLE of them, by their index.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from livestream.rules.day import shanghai_day
from orders.models import AlertThresholds
from orders.rules.alert import (
    PACE_WINDOW,
    REFUNDS_FOR,
    Air,
    Doubt,
    Heard,
    Limits,
    Sample,
    Stock,
    broken,
    could_sell_out,
    no_orders,
    once_each,
    oversold,
    pace,
    refund_spike,
    selling_out,
    silent_feeds,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date, datetime

    from orders.rules.alert import Condition, Key, Opened

SAMPLE = 200
OVERSOLD_FOR = timedelta(days=7)  # so long an oversold good of an ended session waits for somebody to take note
FIELDS = tuple(field.name for field in AlertThresholds._meta.fields if field.name != "county")

# Sessions on air, those whose refunds are watched, and those with an oversold good that nobody has taken note of. Practice
# sells nothing. `recent_orders` by the minute of payment, from the tally.
AIRS = """
SELECT w.scope, w.county_id, w.title, w.is_live, w.went_live_at, COALESCE(d.orders, 0), q.second, COALESCE(m.orders, 0),
  COALESCE(f.fen, 0) > 0
FROM (
  SELECT 'session:' || s.id AS scope, s.county_id, s.title, s.state = 'live' AS is_live, s.went_live_at
  FROM livestream_livesession s
  WHERE s.kind <> 'practice' AND (
    s.state = 'live' OR (s.state IN ('ended', 'reviewed', 'archived') AND s.ended_at > %(refunds_from)s)
    OR (s.id = ANY(%(kept)s::uuid[]) AND s.ended_at > %(oversold_from)s))
) AS w
LEFT JOIN LATERAL (SELECT SUM(t.orders)::bigint AS orders FROM orders_daytally t WHERE t.scope = w.scope) AS d ON TRUE
LEFT JOIN LATERAL (
  SELECT t.second FROM orders_secondtally t WHERE w.is_live AND t.scope = w.scope AND t.orders > 0 ORDER BY t.second DESC LIMIT 1
) AS q ON TRUE
LEFT JOIN LATERAL (
  SELECT SUM(t.orders)::bigint AS orders FROM orders_minutetally t
  WHERE w.is_live AND t.scope = w.scope AND t.minute >= %(recent_from)s
) AS m ON TRUE
LEFT JOIN LATERAL (
  SELECT t.refunded_fen AS fen FROM orders_refundtally t WHERE t.scope = w.scope AND t.day = %(day)s
) AS f ON TRUE
"""

STOCKS = """
SELECT t.scope, g.sku, g.title, u.committed_stock, t.units, t.orders
FROM (
  SELECT scope, item_id, SUM(units)::bigint AS units, SUM(orders)::bigint AS orders
  FROM orders_itemtally WHERE scope = ANY(%(scopes)s) GROUP BY scope, item_id HAVING SUM(units) > 0
) AS t
JOIN orders_solditem i ON i.id = t.item_id
JOIN livestream_product g ON g.county_id = i.county_id AND g.sku = i.sku
JOIN livestream_lineupitem u ON u.session_id = substr(t.scope, 9)::uuid AND u.product_id = g.id
WHERE u.committed_stock IS NOT NULL
"""

# One session after the other, or the planner would rather read all lines there are.
SAMPLES = """
SELECT 'session:' || c.session_id, i.sku, s.orders, s.units, s.item_orders
FROM unnest(%(sessions)s::uuid[]) AS c(session_id)
CROSS JOIN LATERAL (
  SELECT l.item_id, MIN(n.orders) AS orders, SUM(l.quantity)::bigint AS units, COUNT(DISTINCT l.order_id) AS item_orders
  FROM (
    SELECT r.id, COUNT(*) OVER () AS orders FROM (
      SELECT id FROM orders_order
      WHERE session_id = c.session_id AND counted_at >= %(recent_from)s
        AND status IN ('paid', 'shipped', 'received', 'completed', 'closed')
      ORDER BY counted_at DESC LIMIT %(sample)s
    ) AS r
  ) AS n
  JOIN orders_orderline l ON l.order_id = n.id GROUP BY l.item_id
) AS s
JOIN orders_solditem i ON i.id = s.item_id
"""

# A refund of this day is booked on this day or later.
REFUNDED = """
SELECT 'session:' || o.session_id, COUNT(*) FROM (
  SELECT session_id, order_id FROM orders_ledgerentry
  WHERE session_id = ANY(%(sessions)s::uuid[]) AND refunded_on = %(day)s AND recorded_at >= %(booked_from)s
  GROUP BY session_id, order_id HAVING SUM(refunded_fen) > 0
) AS o GROUP BY o.session_id
"""

HEARD = """
SELECT a.county_id, s.id, s.name, s.platform, h.cause, h.heard_at, h.pause_ms, a.since
FROM (
  SELECT l.county_id, r.platform, MIN(l.went_live_at) AS since
  FROM livestream_livesession l JOIN livestream_room r ON r.session_id = l.id
  WHERE l.state = 'live' AND l.kind <> 'practice' GROUP BY l.county_id, r.platform
) AS a
JOIN orders_shop s ON s.county_id = a.county_id AND s.platform = a.platform AND s.is_active
CROSS JOIN LATERAL (
  SELECT cause, heard_at, pause_ms FROM orders_source WHERE shop_id = s.id AND cause IN ('push', 'api')
  ORDER BY heard_at DESC LIMIT 1
) AS h
"""

DOUBTS = """
SELECT c.scope, c.county_id, COALESCE(l.title, p.name, ''), c.since, c.number
FROM (
  SELECT scope, county_id, MIN(since) AS since, COUNT(*) AS number FROM orders_boardcheck WHERE cleared_at IS NULL
  GROUP BY scope, county_id
) AS c
LEFT JOIN livestream_livesession l ON l.id = CASE WHEN c.scope LIKE 'session:%%' THEN substr(c.scope, 9)::uuid END
LEFT JOIN livestream_place p ON p.code = c.county_id
"""


def what_is_so(at: datetime, opened: Opened, kept: Collection[str]) -> dict[Key, Condition]:
    """Every condition of this moment by its key, in their order. `kept`: ended sessions to look at all the same."""
    airs = _airs(at, kept)
    heard = [Heard(*row) for row in _ask(HEARD)]
    limits = limits_of({air.county for air in airs} | {shop.county for shop in heard})
    found = [broken(Doubt(*row)) for row in _ask(DOUBTS)]
    found += silent_feeds(heard, at, limits, opened)
    found += _of_stock(airs, at, limits, opened)
    of_session = ((no_orders(air, at, limits[air.county], opened), refund_spike(air, limits[air.county], opened)) for air in airs)
    found += [condition for pair in of_session for condition in pair if condition]
    return once_each(found)


def limits_of(counties: Iterable[str]) -> dict[str, Limits]:
    """Each county's own, or the defaults."""
    wanted = dict.fromkeys(counties, Limits())
    rows = AlertThresholds.objects.filter(county__in=wanted).values("county_id", *FIELDS)
    return wanted | {row.pop("county_id"): Limits(**row) for row in rows}


def _airs(at: datetime, kept: Collection[str]) -> list[Air]:
    day, recent_from = shanghai_day(at), at.replace(second=0, microsecond=0) - PACE_WINDOW
    rows = _ask(
        AIRS, kept=list(kept), day=day, recent_from=recent_from, refunds_from=at - REFUNDS_FOR, oversold_from=at - OVERSOLD_FOR
    )
    refunded = _refunded([scope for scope, *_rest, has_refunds in rows if has_refunds], day, at)
    return [
        Air(scope, county, title, is_live, began, orders, last, recent, recent_from, day, refunded.get(scope, 0))
        for scope, county, title, is_live, began, orders, last, recent, _has_refunds in rows
    ]


def _refunded(scopes: list[str], day: date, at: datetime) -> dict[str, int]:
    """Distinct orders of a session that have money back, and got it on this day."""
    if not scopes:
        return {}
    return dict(_ask(REFUNDED, sessions=_ids(scopes), day=day, booked_from=at - timedelta(days=2)))


def _of_stock(airs: list[Air], at: datetime, limits: dict[str, Limits], opened: Opened) -> Iterator[Condition]:
    stocks = _stocks(airs)
    soon = [stock for stock in stocks if could_sell_out(stock, at, limits[stock.air.county])]
    samples = _samples({stock.air.scope for stock in soon}, at)
    for stock in stocks:
        if condition := oversold(stock):
            yield condition
        a_minute = pace(stock.air, samples.get((stock.air.scope, stock.sku)), at)
        if condition := selling_out(stock, a_minute, limits[stock.air.county], opened):
            yield condition


def _stocks(airs: list[Air]) -> list[Stock]:
    if not airs:
        return []
    known = {air.scope: air for air in airs}
    return [Stock(known[scope], *row) for scope, *row in _ask(STOCKS, scopes=list(known))]


def _samples(scopes: Collection[str], at: datetime) -> dict[tuple[str, str], Sample]:
    if not scopes:
        return {}
    rows = _ask(SAMPLES, sessions=_ids(scopes), recent_from=at.replace(second=0, microsecond=0) - PACE_WINDOW, sample=SAMPLE)
    return {(scope, sku): Sample(orders, units, item_orders) for scope, sku, orders, units, item_orders in rows}


def _ids(scopes: Iterable[str]) -> list[str]:
    return [scope.partition(":")[2] for scope in scopes]


def _ask(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows

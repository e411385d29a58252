"""The statements behind the frames. Each reads the tallies of one scope by their keys, so a session of a million orders
costs what a small one does. Lists come as JSON text, in the order of the frame's lists."""

from __future__ import annotations

HEAD = """
  (SELECT epoch::text FROM orders_boardepoch WHERE id = 1) AS epoch,
  COALESCE((SELECT version FROM livestream_boardversion WHERE scope = %(scope)s), 0) AS version,
  (SELECT MIN(since) FROM orders_boardcheck WHERE scope = %(scope)s AND cleared_at IS NULL) AS checking_since
"""
# The counties inside a city or a province: its children, and theirs.
COUNTIES = """
SELECT code, name FROM livestream_place
WHERE level = 'county'
  AND parent_id = ANY(ARRAY(SELECT code FROM livestream_place WHERE parent_id = %(code)s) || %(code)s::varchar)
ORDER BY code
"""
# A city and a province have no version of their own: it would be a row that all their counties lock. Theirs is the sum.
NEWEST = f"""
SELECT (SELECT epoch::text FROM orders_boardepoch WHERE id = 1) AS epoch, COALESCE(SUM(version), 0)::bigint AS version
FROM livestream_boardversion WHERE scope = %(scope)s OR scope = ANY(ARRAY(SELECT 'county:' || code FROM ({COUNTIES}) AS inside))
"""
SUMS = """
  COALESCE(SUM(orders), 0)::bigint AS orders, COALESCE(SUM(units), 0)::bigint AS units,
  COALESCE(SUM(paid_fen), 0)::bigint AS paid_fen, COALESCE(SUM(refunded_fen), 0)::bigint AS refunded_fen
"""
LAST_MINUTE = """
  SELECT COALESCE(SUM(orders) FILTER (WHERE second >= %(second)s::timestamptz - interval '1 s'), 0)::bigint AS s1,
    COALESCE(SUM(orders) FILTER (WHERE second >= %(second)s::timestamptz - interval '10 s'), 0)::bigint AS s10,
    COALESCE(SUM(orders), 0)::bigint AS s60
  FROM orders_secondtally
  WHERE scope = %(scope)s AND second >= %(second)s::timestamptz - interval '60 s' AND second < %(second)s
"""
MINUTES = """
  SELECT COALESCE(json_agg(json_build_array(extract(epoch FROM minute)::bigint, orders, paid_fen)), '[]')::text AS minutes
  FROM orders_minutetally WHERE scope = %(scope)s AND minute BETWEEN %(first_minute)s AND %(last_minute)s
"""

SESSION = f"""
SELECT {HEAD}, d.*, r.*, p.*, m.*, i.*,
  (SELECT MAX(second) FROM orders_secondtally WHERE scope = %(scope)s AND orders > 0) AS last_second
FROM (SELECT {SUMS} FROM orders_daytally WHERE scope = %(scope)s) AS d
CROSS JOIN ({LAST_MINUTE}) AS r
LEFT JOIN (
  SELECT orders AS peak, second AS peak_at FROM orders_secondtally WHERE scope = %(scope)s ORDER BY orders DESC LIMIT 1
) AS p ON TRUE
CROSS JOIN ({MINUTES}) AS m
CROSS JOIN (
  SELECT COALESCE(json_agg(
    json_build_array(COALESCE(l.sku, t.sku), COALESCE(l.title, t.title), COALESCE(t.orders, 0), COALESCE(t.units, 0),
      COALESCE(t.paid_fen, 0), COALESCE(t.refunded_fen, 0), l.committed_stock, NULLIF(l.state, 'listed'))
    ORDER BY l.position, t.paid_fen DESC, t.sku
  ), '[]')::text AS items
  FROM (
    SELECT u.position, u.committed_stock, u.state, g.sku, g.title
    FROM livestream_lineupitem u JOIN livestream_product g ON g.id = u.product_id WHERE u.session_id = %(session)s
  ) AS l
  FULL JOIN (
    SELECT s.sku, COALESCE(g.title, s.title) AS title, n.orders, n.units, n.paid_fen, n.refunded_fen
    FROM (SELECT item_id, {SUMS} FROM orders_itemtally WHERE scope = %(scope)s GROUP BY item_id) AS n
    JOIN orders_solditem s ON s.id = n.item_id
    LEFT JOIN livestream_product g ON g.county_id = %(county)s AND g.sku = s.sku
    WHERE n.orders <> 0 OR n.units <> 0 OR n.paid_fen <> 0 OR n.refunded_fen <> 0
  ) AS t ON t.sku = l.sku
) AS i
"""

# `today` is materialized: looking for the peak along second_by_orders would walk through every busier day of the past.
COUNTY = f"""
WITH today AS MATERIALIZED (
  SELECT second, orders FROM orders_secondtally WHERE scope = %(scope)s AND second >= %(day_start)s AND orders > 0
)
SELECT {HEAD}, d.*, r.*, p.*, m.*, i.*, u.*, s.*, (SELECT MAX(second) FROM today) AS last_second
FROM (SELECT {SUMS} FROM orders_daytally WHERE scope = %(scope)s AND day = %(day)s) AS d
CROSS JOIN ({LAST_MINUTE}) AS r
LEFT JOIN (SELECT orders AS peak, second AS peak_at FROM today ORDER BY orders DESC, second LIMIT 1) AS p ON TRUE
CROSS JOIN ({MINUTES}) AS m
CROSS JOIN (
  SELECT COALESCE(json_agg(json_build_array(sku, title, orders, units, paid_fen, refunded_fen, NULL)), '[]')::text AS items
  FROM (
    SELECT s.sku, COALESCE(g.title, s.title) AS title, n.orders, n.units, n.paid_fen, n.refunded_fen
    FROM orders_itemtally n JOIN orders_solditem s ON s.id = n.item_id
    LEFT JOIN livestream_product g ON g.county_id = %(county)s AND g.sku = s.sku
    WHERE n.scope = %(scope)s AND n.day = %(day)s AND n.units > 0 ORDER BY n.units DESC, s.sku LIMIT 5
  ) AS top
) AS i
CROSS JOIN (
  SELECT json_build_array(orders, units, paid_fen, refunded_fen)::text AS unattributed
  FROM (SELECT {SUMS} FROM orders_daytally WHERE scope = %(unattributed)s AND day = %(day)s) AS n
) AS u
CROSS JOIN (
  SELECT COALESCE(json_agg(json_build_array(scope, orders, units, paid_fen, refunded_fen)), '[]')::text AS sessions
  FROM (SELECT scope, {SUMS} FROM orders_daytally WHERE scope = ANY(%(sessions)s) GROUP BY scope) AS n
) AS s
"""

"""The statements behind the boards of cities and provinces: sums over the tallies of their counties, never over orders.

The counties are given as lists of scopes and of codes, so that every table is read by its keys, however much lies in it.
"""

from __future__ import annotations

from orders.board.detail_statements import AIRED_TODAY, ALERT_COUNT, ALERTS, GUESTS, PROMISES
from orders.board.statements import SUMS

ROLLUP_HEAD = """
  (SELECT epoch::text FROM orders_boardepoch WHERE id = 1) AS epoch,
  (SELECT COALESCE(SUM(version), 0)::bigint FROM livestream_boardversion WHERE scope = ANY(%(scopes)s)) AS version,
  (SELECT MIN(since) FROM orders_boardcheck WHERE scope = ANY(%(scopes)s) AND cleared_at IS NULL) AS checking_since
"""
TOTALS = f"""
SELECT COALESCE(json_agg(json_build_array(county_id, orders, units, paid_fen, refunded_fen)), '[]')::text
FROM (SELECT county_id, {SUMS} FROM orders_daytally WHERE scope = ANY(%(scopes)s) AND day = %(day)s GROUP BY 1) AS n
"""
UNATTRIBUTED = f"""
SELECT json_build_array(orders, units, paid_fen, refunded_fen)::text
FROM (SELECT {SUMS} FROM orders_daytally WHERE scope = ANY(%(unattributed)s) AND day = %(day)s) AS n
"""
# The day's seconds of a province are too many to be added up four times a second: its peak is that of the last minute.
LAST_MINUTE = """
SELECT COALESCE(SUM(orders) FILTER (WHERE second >= %(second)s::timestamptz - interval '1 s'), 0)::bigint AS s1,
  COALESCE(SUM(orders) FILTER (WHERE second >= %(second)s::timestamptz - interval '10 s'), 0)::bigint AS s10,
  COALESCE(SUM(orders), 0)::bigint AS s60,
  (array_agg(orders ORDER BY orders DESC, second))[1] AS peak, (array_agg(second ORDER BY orders DESC, second))[1] AS peak_at
FROM (
  SELECT second, SUM(orders)::bigint AS orders FROM orders_secondtally
  WHERE scope = ANY(%(scopes)s) AND second >= %(second)s::timestamptz - interval '60 s' AND second < %(second)s GROUP BY 1
) AS n
"""
LAST_SECOND = """
SELECT MAX(l.second) FROM unnest(%(scopes)s::text[]) AS c(scope) CROSS JOIN LATERAL (
  SELECT second FROM orders_secondtally WHERE scope = c.scope AND second >= %(day_start)s AND orders > 0
  ORDER BY second DESC LIMIT 1
) AS l
"""
MINUTES = """
SELECT COALESCE(json_agg(json_build_array(extract(epoch FROM minute)::bigint, orders, paid_fen)), '[]')::text
FROM (
  SELECT minute, SUM(orders)::bigint AS orders, SUM(paid_fen)::bigint AS paid_fen FROM orders_minutetally
  WHERE scope = ANY(%(scopes)s) AND minute BETWEEN %(first_minute)s AND %(last_minute)s GROUP BY 1
) AS n
"""
ITEMS = """
SELECT COALESCE(json_agg(json_build_array(n.county_id || '/' || s.sku, COALESCE(g.title, s.title), n.orders, n.units, n.paid_fen,
  n.refunded_fen, NULL) ORDER BY n.units DESC, n.item_id), '[]')::text
FROM (
  SELECT * FROM orders_itemtally WHERE scope = ANY(%(scopes)s) AND day = %(day)s AND units > 0
  ORDER BY units DESC, item_id LIMIT 5
) AS n
JOIN orders_solditem s ON s.id = n.item_id LEFT JOIN livestream_product g ON g.county_id = n.county_id AND g.sku = s.sku
"""
# Of each county: on air, planned for today, over, without practice. As LiveSession.of_day says, by two indexes.
COUNTS = """
SELECT COALESCE(json_agg(json_build_array(county_id, live, planned, ended)), '[]')::text
FROM (
  SELECT county_id, count(*) FILTER (WHERE state = 'live') AS live, count(*) FILTER (WHERE state <> ALL(%(aired)s)) AS planned,
    count(*) FILTER (WHERE state = ANY(%(aired)s) AND state <> 'live') AS ended
  FROM (
    SELECT county_id, state FROM livestream_livesession
    WHERE county_id = ANY(%(codes)s) AND went_live_at >= %(day_start)s::timestamptz - interval '7 days'
      AND went_live_at < %(day_end)s AND (went_live_at >= %(day_start)s OR state = 'live')
      AND state <> 'cancelled' AND kind <> 'practice'
    UNION ALL
    SELECT county_id, state FROM livestream_livesession
    WHERE county_id = ANY(%(codes)s) AND planned_start_at >= %(day_start)s AND planned_start_at < %(day_end)s
      AND went_live_at IS NULL AND state <> 'cancelled' AND kind <> 'practice'
  ) AS session GROUP BY 1
) AS n
"""
ROLLUP = f"""
SELECT {ROLLUP_HEAD}, r.*, ({TOTALS}) AS totals, ({UNATTRIBUTED}) AS unattributed, ({LAST_SECOND}) AS last_second,
  ({MINUTES}) AS minutes, ({ITEMS}) AS items, ({COUNTS}) AS counts
FROM ({LAST_MINUTE}) AS r
"""

# --- the slower part ----------------------------------------------------------------------------------------------------------

BY_WEIGHT = """
SELECT COALESCE(json_agg(json_build_array(title, grams, units) ORDER BY grams DESC, county_id, sku), '[]')::text
FROM (
  SELECT county_id, sku, title, units * net_weight_grams::bigint AS grams, units FROM sold ORDER BY grams DESC, 1, 2 LIMIT 5
) AS good
"""
VILLAGE_COUNT = """
SELECT count(*) FROM livestream_place
WHERE level = 'village' AND code IN (SELECT p.place_id FROM livestream_supplier p WHERE p.id IN (SELECT supplier_id FROM sold))
"""
ROLLUP_DETAIL = f"""
WITH sold AS MATERIALIZED (
  SELECT n.county_id, s.sku, g.title, g.net_weight_grams, n.units, g.supplier_id
  FROM orders_itemtally n
  JOIN orders_solditem s ON s.id = n.item_id
  JOIN livestream_product g ON g.county_id = n.county_id AND g.sku = s.sku
  WHERE n.scope = ANY(%(scopes)s) AND n.day = %(day)s AND n.units > 0
)
SELECT {ROLLUP_HEAD}, ({BY_WEIGHT}) AS by_weight, ({VILLAGE_COUNT}) AS village_count, ({AIRED_TODAY}) AS aired_today,
  ({ALERTS}) AS alerts, ({ALERT_COUNT}) AS alert_count, ({GUESTS}) AS guests, ({PROMISES}) AS promises
"""

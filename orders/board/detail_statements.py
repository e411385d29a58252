"""The statements behind the details: one for each, so one snapshot. They read tallies, plans and marks by their keys; of orders
a session's newest few, along an index. Lists come as JSON text, in the order in which a detail has them."""

from __future__ import annotations

from orders.board.around_statements import AROUND, INCOME, WATCHED_COUNTY, WATCHED_SESSION, around
from orders.board.statements import HEAD, SUMS

# A session on air for longer than this was forgotten; and looking further back would read every session there ever was.
LIVE = "v.state = 'live' AND v.went_live_at > %(at)s::timestamptz - interval '7 days'"

# Of each active shop the freshest road; since when a session that holds a room on its platform is on air; what it sold today.
SOURCES = f"""
SELECT COALESCE(json_agg(json_build_array(name, platform, cause, heard_at, pause_ms, on_air_since, paid_fen)), '[]')::text
FROM (
  SELECT h.name, h.platform, s.cause, s.heard_at, s.pause_ms, a.on_air_since, COALESCE(t.paid_fen, 0) AS paid_fen
  FROM orders_shop h
  JOIN LATERAL (
    SELECT cause, heard_at, pause_ms FROM orders_source WHERE shop_id = h.id ORDER BY heard_at DESC, cause LIMIT 1
  ) AS s ON TRUE
  LEFT JOIN (
    SELECT r.platform, MIN(v.went_live_at) AS on_air_since
    FROM livestream_livesession v JOIN livestream_room r ON r.session_id = v.id
    WHERE v.county_id = %(county)s AND {LIVE} GROUP BY 1
  ) AS a ON a.platform = h.platform
  LEFT JOIN orders_shoptally t ON t.scope = %(county_scope)s AND t.day = %(day)s AND t.shop_id = h.id
  WHERE h.county_id = %(county)s AND h.is_active
    AND (%(session)s::uuid IS NULL OR h.platform IN (SELECT platform FROM livestream_room WHERE session_id = %(session)s)
      OR h.id IN (SELECT shop_id FROM orders_shoptally WHERE scope = %(scope)s))
) AS source
"""
ALERTS = """
SELECT COALESCE(json_agg(json_build_array(id, kind, detail, raised_at, scope, acknowledged_at IS NOT NULL)), '[]')::text
FROM (
  SELECT * FROM orders_alert
  WHERE cleared_at IS NULL AND county_id = ANY(%(codes)s) AND (%(session)s::uuid IS NULL OR scope = %(scope)s)
  ORDER BY acknowledged_at IS NOT NULL, array_position(%(worst)s::text[], kind::text), raised_at DESC, id LIMIT 4
) AS alert
"""
ALERT_COUNT = """
SELECT count(*) FROM orders_alert
WHERE cleared_at IS NULL AND county_id = ANY(%(codes)s) AND (%(session)s::uuid IS NULL OR scope = %(scope)s)
"""
SILENT_MINUTES = "SELECT silent_minutes FROM orders_alertthresholds WHERE county_id = %(county)s"
COMMON = f"""
{HEAD}, ({SOURCES}) AS sources, ({ALERTS}) AS alerts, ({ALERT_COUNT}) AS alert_count, ({SILENT_MINUTES}) AS silent_minutes
"""

# --- a session --------------------------------------------------------------------------------------------------------------

PLATFORMS = f"""
SELECT COALESCE(json_agg(json_build_object(
  'platform', platform, 'orders', orders, 'paid_fen', paid_fen, 'refunded_fen', refunded_fen
) ORDER BY paid_fen DESC, platform), '[]')::text
FROM (
  SELECT h.platform, {SUMS} FROM orders_shoptally t JOIN orders_shop h ON h.id = t.shop_id WHERE t.scope = %(scope)s GROUP BY 1
) AS sold WHERE orders <> 0 OR paid_fen <> 0 OR refunded_fen <> 0
"""
# The last forty counted, so that some that were cancelled since leave no gap, along the index order_by_session.
LATEST = """
SELECT COALESCE(json_agg(json_build_array(
  floor(extract(epoch FROM o.counted_at))::bigint, COALESCE(l.title, ''), COALESCE(l.units, 0), COALESCE(l.paid_fen, 0),
  o.province
) ORDER BY o.counted_at DESC, o.id DESC), '[]')::text
FROM (
  SELECT * FROM (
    SELECT id, status, counted_at, NULLIF(province, '') AS province FROM orders_order
    WHERE session_id = %(session)s AND counted_at IS NOT NULL ORDER BY counted_at DESC, id DESC LIMIT 40
  ) AS newest WHERE status = ANY(%(worth)s) ORDER BY counted_at DESC, id DESC LIMIT 8
) AS o
LEFT JOIN LATERAL (
  SELECT (array_agg(COALESCE(g.title, n.title) ORDER BY n.line_no))[1] AS title, SUM(n.quantity)::bigint AS units,
    SUM(n.paid_fen)::bigint AS paid_fen
  FROM orders_orderline n LEFT JOIN livestream_product g ON g.county_id = %(county)s AND g.sku = n.sku
  WHERE n.order_id = o.id
) AS l ON TRUE
"""
PITCHES = """
SELECT COALESCE(json_agg(json_build_array(
  floor(extract(epoch FROM started_at))::bigint, floor(extract(epoch FROM ended_at))::bigint, title
) ORDER BY started_at, id), '[]')::text
FROM (
  SELECT p.id, p.started_at, p.ended_at, g.title
  FROM livestream_pitch p JOIN livestream_product g ON g.id = p.product_id
  WHERE p.session_id = %(session)s AND p.started_at <= %(last)s AND (p.ended_at IS NULL OR p.ended_at >= %(first_minute)s)
  ORDER BY p.started_at DESC, p.id DESC LIMIT 20
) AS pitch
"""
# The line-up, each good with whether it was presented and whether it is being presented now; then what is beside the line-up.
LINE_UP = """
SELECT COALESCE(json_agg(json_build_array(
  g.id, g.title, u.id IS NOT NULL, p.product_id IS NOT NULL
) ORDER BY u.position), '[]')::text
FROM (SELECT id, product_id, position FROM livestream_lineupitem WHERE session_id = %(session)s) AS u
FULL JOIN (
  SELECT product_id FROM livestream_pitch WHERE session_id = %(session)s AND ended_at IS NULL
) AS p ON p.product_id = u.product_id
JOIN livestream_product g ON g.id = COALESCE(u.product_id, p.product_id)
"""
INCIDENTS = """
SELECT COALESCE(json_agg(
  json_build_array(floor(extract(epoch FROM happened_at))::bigint, kind, note) ORDER BY happened_at, id
), '[]')::text
FROM (SELECT * FROM livestream_incident WHERE session_id = %(session)s ORDER BY happened_at DESC, id DESC LIMIT 10) AS incident
"""
PACE = """
SELECT json_build_array(v.title, v.went_live_at, m.orders, m.paid_fen)::text
FROM (
  SELECT id, title, went_live_at FROM livestream_livesession
  WHERE host_id = %(host)s AND id <> %(session)s AND state = ANY(%(aired)s) AND kind <> 'practice' AND went_live_at < %(began)s
  ORDER BY went_live_at DESC, id LIMIT 1
) AS v
CROSS JOIN LATERAL (
  SELECT COALESCE(SUM(orders), 0)::bigint AS orders, COALESCE(SUM(paid_fen), 0)::bigint AS paid_fen
  FROM orders_minutetally WHERE scope = 'session:' || v.id AND minute < v.went_live_at + %(elapsed)s
) AS m
"""
SESSION_DETAIL = f"""
WITH {around(WATCHED_SESSION)}
SELECT {COMMON}, {AROUND}, ({PLATFORMS}) AS platforms, ({LATEST}) AS latest, ({PITCHES}) AS pitches, ({LINE_UP}) AS line_up,
  ({INCIDENTS}) AS incidents, ({PACE}) AS pace
"""

# --- a county ---------------------------------------------------------------------------------------------------------------

LANES = f"""
SELECT COALESCE(json_agg(json_build_array(id, pitch, top) ORDER BY is_beside, paid_fen DESC, id), '[]')::text
FROM (
  SELECT v.id, v.kind <> 'county_head' AS is_beside, d.paid_fen, p.title AS pitch, t.title AS top
  FROM livestream_livesession v
  CROSS JOIN LATERAL (
    SELECT COALESCE(SUM(paid_fen), 0)::bigint AS paid_fen FROM orders_daytally WHERE scope = 'session:' || v.id
  ) AS d
  LEFT JOIN LATERAL (
    SELECT g.title FROM livestream_pitch p JOIN livestream_product g ON g.id = p.product_id
    WHERE p.session_id = v.id AND p.ended_at IS NULL
  ) AS p ON TRUE
  LEFT JOIN LATERAL (
    SELECT COALESCE(g.title, s.title) AS title
    FROM (SELECT item_id, SUM(units) AS units FROM orders_itemtally WHERE scope = 'session:' || v.id GROUP BY 1) AS n
    JOIN orders_solditem s ON s.id = n.item_id
    LEFT JOIN livestream_product g ON g.county_id = %(county)s AND g.sku = s.sku
    WHERE n.units > 0 ORDER BY n.units DESC, s.sku LIMIT 1
  ) AS t ON TRUE
  WHERE v.county_id = %(county)s AND v.kind <> 'practice' AND {LIVE}
  ORDER BY 2, 3 DESC, 1 LIMIT 12
) AS lane
"""
BY_WEIGHT = """
SELECT COALESCE(json_agg(json_build_array(title, grams, units) ORDER BY grams DESC, sku), '[]')::text
FROM (
  SELECT sku, title, units * net_weight_grams::bigint AS grams, units FROM sold ORDER BY 3 DESC, 1 LIMIT 5
) AS good
"""
VILLAGES = """
SELECT COALESCE(json_agg(json_build_array(name, units, paid_fen) ORDER BY paid_fen DESC, code), '[]')::text
FROM (
  SELECT code, name, SUM(units)::bigint AS units, SUM(paid_fen)::bigint AS paid_fen FROM sold WHERE level = 'village'
  GROUP BY 1, 2 ORDER BY 4 DESC, 1 LIMIT 6
) AS village
"""
# What sessions did since the day began: the newest five are all that can be shown.
AIRED_TODAY = """
SELECT COALESCE(json_agg(json_build_array(floor(extract(epoch FROM moment))::bigint, kind, title, orders)), '[]')::text
FROM (
  SELECT e.*, CASE kind WHEN 'ended' THEN (
    SELECT COALESCE(SUM(orders), 0)::bigint FROM orders_daytally WHERE scope = 'session:' || e.id
  ) END AS orders
  FROM (
    SELECT id, went_live_at AS moment, 'went_live' AS kind, title FROM livestream_livesession
    WHERE county_id = ANY(%(codes)s) AND went_live_at >= %(day_start)s AND went_live_at <= %(at)s AND kind <> 'practice'
    UNION ALL
    SELECT id, ended_at, 'ended', title FROM livestream_livesession
    WHERE county_id = ANY(%(codes)s) AND went_live_at > %(day_start)s::timestamptz - interval '7 days' AND went_live_at <= %(at)s
      AND ended_at >= %(day_start)s AND ended_at <= %(at)s AND kind <> 'practice'
  ) AS e ORDER BY moment DESC, kind, title LIMIT 5
) AS event
"""
PEAK = """
SELECT json_build_array(extract(epoch FROM second)::bigint, orders)::text FROM orders_secondtally
WHERE scope = %(scope)s AND second >= %(day_start)s AND second <= %(at)s AND orders > 0 ORDER BY orders DESC, second LIMIT 1
"""
DAY_MINUTES = """
SELECT COALESCE(json_agg(json_build_array(extract(epoch FROM minute)::bigint, orders) ORDER BY minute), '[]')::text
FROM orders_minutetally WHERE scope = %(scope)s AND minute >= %(day_start)s AND minute <= %(at)s
"""
GUESTS = """
SELECT COALESCE(json_agg(json_build_array(v.county_id, v.went_live_at, u.name, u.rank, u.leader_id)), '[]')::text
FROM livestream_guest u JOIN livestream_livesession v ON v.id = u.session_id LEFT JOIN livestream_segment r ON r.id = u.segment_id
WHERE u.rank <> 'other' AND v.county_id = ANY(%(codes)s) AND v.kind <> 'practice' AND v.went_live_at >= %(leaders_since)s
  AND v.went_live_at <= %(at)s AND v.state = ANY(%(aired)s) AND (r.id IS NULL OR r.starts_at < COALESCE(v.ended_at, %(at)s))
"""
PROMISES = """
SELECT COALESCE(json_agg(json_build_array(q.county_id, q.wanted_leaders, q.first_month, q.counted_ranks)), '[]')::text
FROM livestream_planrules q WHERE q.county_id = ANY(%(codes)s)
"""
COUNTY_DETAIL = f"""
WITH {around(WATCHED_COUNTY)}, sold AS MATERIALIZED (
  SELECT s.sku, g.title, g.net_weight_grams, n.units, n.paid_fen, p.id AS supplier, p.kind, c.code, c.name, c.level
  FROM orders_itemtally n
  JOIN orders_solditem s ON s.id = n.item_id
  JOIN livestream_product g ON g.county_id = %(county)s AND g.sku = s.sku
  JOIN livestream_supplier p ON p.id = g.supplier_id
  JOIN livestream_place c ON c.code = p.place_id
  WHERE n.scope = %(scope)s AND n.day = %(day)s AND n.units > 0
)
SELECT {COMMON}, {AROUND}, ({INCOME}) AS income, ({LANES}) AS lanes, ({BY_WEIGHT}) AS by_weight, ({VILLAGES}) AS villages,
  (SELECT count(DISTINCT code) FROM sold WHERE level = 'village') AS village_count,
  (SELECT count(DISTINCT supplier) FROM sold WHERE kind = 'household') AS households,
  ({AIRED_TODAY}) AS aired_today, ({PEAK}) AS peak, ({DAY_MINUTES}) AS day_minutes, ({GUESTS}) AS guests,
  ({PROMISES}) AS promises
"""

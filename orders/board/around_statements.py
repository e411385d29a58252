"""The parts of the details' statements that say what goes on around the sales: who watches, what the control desk does, what
suppliers get. All read `watched`, the sessions that the board is about; lists come as JSON text."""

from __future__ import annotations

from livestream.rules.control import ControlKind
from livestream.rules.incident import IncidentKind

# `since`: from when on what happened is told. `is_today`: it began in the day or is on air; another one may still sell in it.
WATCHED_SESSION = """
  SELECT id, NULL::text AS title, state = 'live' AS is_live, TRUE AS is_today, '-infinity'::timestamptz AS since
  FROM livestream_livesession WHERE id = %(session)s
"""
WATCHED_COUNTY = """
  SELECT id, title, state = 'live' AS is_live, state = 'live' OR went_live_at >= %(day_start)s AS is_today,
    %(day_start)s::timestamptz AS since
  FROM livestream_livesession
  WHERE county_id = %(county)s AND kind <> 'practice' AND went_live_at > %(day_start)s::timestamptz - interval '7 days'
    AND went_live_at <= %(at)s AND (ended_at IS NULL OR ended_at >= %(day_start)s::timestamptz - interval '30 minutes')
"""
# Each platform of each session: the newest number of people online, the most, the newest count of visits.
VIEWERS = """
SELECT COALESCE(json_agg(json_build_array(
  f.session, f.title, f.platform, f.is_live, n.online_now, n.read_at, COALESCE(n.source, ''), p.online_now, p.read_at, v.view_pv
) ORDER BY f.session, f.platform), '[]')::text
FROM (
  SELECT w.id AS session, w.title, w.is_live, r.platform,
    (array_agg(r.id ORDER BY r.read_at DESC, r.id DESC) FILTER (WHERE r.online_now IS NOT NULL))[1] AS newest,
    (array_agg(r.id ORDER BY r.online_now DESC, r.read_at, r.id) FILTER (WHERE r.online_now IS NOT NULL))[1] AS peak,
    (array_agg(r.id ORDER BY r.read_at DESC, r.id DESC) FILTER (WHERE r.view_pv IS NOT NULL))[1] AS visits
  FROM watched w JOIN livestream_viewerreading r ON r.session_id = w.id AND r.read_at <= %(at)s
  WHERE w.is_today GROUP BY 1, 2, 3, 4
) AS f
LEFT JOIN livestream_viewerreading n ON n.id = f.newest
LEFT JOIN livestream_viewerreading p ON p.id = f.peak
LEFT JOIN livestream_viewerreading v ON v.id = f.visits
"""
TOLD = (
    ControlKind.HELP_ASKED,
    ControlKind.HELP_ANSWERED,
    ControlKind.STREAM_LOST,
    ControlKind.STREAM_REOPENED,
    ControlKind.ITEM_PULLED,
    ControlKind.ITEM_RELEASED,
)
# What calls for help has no answer yet, and since when; how many streams are lost now; the newest events. Nobody's words and no
# name: of an item its title, on a county's board else the session's. What is pulled in many rooms at once is told once.
DESK = f"""
SELECT json_build_array(
  (SELECT count(*) FROM open_help), (SELECT MIN(happened_at) FROM open_help),
  (SELECT count(*) FROM watched w WHERE w.is_live AND (
    SELECT kind FROM livestream_controlevent
    WHERE session_id = w.id AND kind IN ('{ControlKind.STREAM_LOST}', '{ControlKind.STREAM_REOPENED}') AND happened_at <= %(at)s
    ORDER BY happened_at DESC, tap DESC, id DESC LIMIT 1
  ) = '{ControlKind.STREAM_LOST}'),
  (SELECT COALESCE(json_agg(json_build_array(second, kind, title) ORDER BY second DESC, kind, title), '[]') FROM (
    SELECT floor(extract(epoch FROM e.happened_at))::bigint AS second, e.kind, COALESCE(g.title, e.title) AS title
    FROM (
      SELECT c.happened_at, c.kind, c.product_id, w.title
      FROM watched w JOIN livestream_controlevent c ON c.session_id = w.id
      WHERE w.is_today AND c.kind IN ({", ".join(f"'{kind}'" for kind in TOLD)}) AND c.happened_at >= w.since
        AND c.happened_at <= %(at)s
      UNION ALL
      SELECT i.happened_at, i.kind, i.product_id, w.title
      FROM watched w JOIN livestream_incident i ON i.session_id = w.id
      WHERE w.is_today AND i.kind = '{IncidentKind.CORRECTION_MADE}' AND i.happened_at >= w.since AND i.happened_at <= %(at)s
    ) AS e LEFT JOIN livestream_product g ON g.id = e.product_id
    GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3 LIMIT 3
  ) AS newest)
)::text
FROM (SELECT 1) AS one
"""
OPEN_HELP = f"""
  SELECT c.happened_at FROM watched w JOIN livestream_controlevent c ON c.session_id = w.id
  WHERE w.is_live AND c.kind = '{ControlKind.HELP_ASKED}' AND c.happened_at <= %(at)s
    AND NOT EXISTS (SELECT 1 FROM livestream_controlevent a WHERE a.about_id = c.id AND a.kind = '{ControlKind.HELP_ANSWERED}')
"""
# As a review says it, of the day's sales in sessions: settlement price × units of the goods that have one (returned pieces are
# not taken off), how many suppliers have a part in it, all units, what they came to.
INCOME = """
SELECT json_build_array(COALESCE(SUM(i.units * i.price), 0)::bigint, COALESCE(SUM(i.units), 0)::bigint,
  count(DISTINCT i.supplier_id) FILTER (WHERE i.units > 0), (SELECT json_build_array(
    COALESCE(SUM(d.units), 0)::bigint, COALESCE(SUM(d.paid_fen - d.refunded_fen), 0)::bigint
  ) FROM watched w JOIN orders_daytally d ON d.scope = 'session:' || w.id AND d.day = %(day)s))::text
FROM (
  SELECT n.units, u.settlement_price_fen::bigint AS price, g.supplier_id
  FROM watched w
  JOIN orders_itemtally n ON n.scope = 'session:' || w.id AND n.day = %(day)s
  JOIN orders_solditem s ON s.id = n.item_id
  JOIN livestream_product g ON g.county_id = %(county)s AND g.sku = s.sku
  JOIN livestream_lineupitem u ON u.session_id = w.id AND u.product_id = g.id
  WHERE u.settlement_price_fen IS NOT NULL
) AS i
"""


def around(watched: str) -> str:
    """The head of a statement, for the parts below."""
    return f"watched AS MATERIALIZED ({watched}), open_help AS MATERIALIZED ({OPEN_HELP})"


AROUND = f"({VIEWERS}) AS viewers, ({DESK}) AS desk"

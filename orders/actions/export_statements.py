"""The statements behind exports: one for each kind, its columns in the order of orders/sheets/dictionary.py.

All sales come from the ledger, summed, so that every file adds up to what boards show. Names, phones and what audit entries say
of people are masked here: what is hidden never leaves the database."""

from __future__ import annotations

from orders.rules.export import ExportKind

# Official codes nest by prefix, so `below` ("1404%") is a place with all that lies in it.
SOLD = "l.county_id LIKE %(below)s AND l.business_day BETWEEN %(from_on)s AND %(until_on)s"
AMOUNTS = ("orders", "item_orders", "units", "paid_fen", "refunded_fen")
SUMS = ", ".join(f"SUM(l.{name})::bigint AS {name}" for name in AMOUNTS)
NOT_NOTHING = " OR ".join(f"SUM(l.{name}) <> 0" for name in AMOUNTS)
MONEY = "l.paid_fen, l.refunded_fen, l.paid_fen - l.refunded_fen"
SHOWN = "COALESCE(NULLIF(h.live_name, ''), left(h.name, 1) || '*')"
WHERE_SOLD = f"s.title, l.session_id::text, {SHOWN}, p.platform, p.name"
NAMED = """
JOIN livestream_place c ON c.code = l.county_id JOIN orders_shop p ON p.id = l.shop_id
LEFT JOIN livestream_livesession s ON s.id = l.session_id LEFT JOIN livestream_user h ON h.id = s.host_id
"""
ITEM = "i.sku, COALESCE(g.title, i.title)"
ITEMS = """
LEFT JOIN orders_solditem i ON i.id = l.item_id
LEFT JOIN livestream_product g ON g.county_id = l.county_id AND g.sku = i.sku
"""


def summed(*keys: str) -> str:
    """The ledger of the period by these columns, without what has cancelled out."""
    names = ", ".join(f"l.{key}" for key in keys)
    return f"(SELECT {names}, {SUMS} FROM orders_ledgerentry l WHERE {SOLD} GROUP BY {names} HAVING {NOT_NOTHING}) l"


LEDGER_KEYS = ("county_id", "business_day", "session_id", "shop_id", "item_id")
ORDER_KEYS = ("county_id", "business_day", "session_id", "shop_id", "order_id")
LINE_KEYS = (*ORDER_KEYS, "line_no", "item_id")
ORDER = "o.order_no"
ORDER_FACTS = "o.status, o.paid_at, o.province"
OF_ORDER = "JOIN orders_order o ON o.id = l.order_id"
SESSION_DAY = "(COALESCE(s.went_live_at, s.planned_start_at) AT TIME ZONE 'Asia/Shanghai')::date"
SESSIONS = f"livestream_livesession s WHERE s.county_id LIKE %(below)s AND {SESSION_DAY} BETWEEN %(from_on)s AND %(until_on)s"
MASKED = "{0}.id || ' ' || left({0}.name, 1) || '*'"
CHANGED = """
CASE WHEN jsonb_typeof(COALESCE(a.after, a.before)) = 'object'
  THEN (SELECT string_agg(k, ' ' ORDER BY k) FROM jsonb_object_keys(COALESCE(a.after, a.before)) k) END
"""
WHEN = "BETWEEN %(from_at)s AND %(until_at)s"

STATEMENTS: dict[ExportKind, str] = {
    ExportKind.LEDGER: f"""
SELECT c.name, l.business_day, {WHERE_SOLD}, {ITEM}, l.orders, l.item_orders, l.units, {MONEY}
FROM {summed(*LEDGER_KEYS)} {NAMED} {ITEMS}
ORDER BY l.county_id, l.business_day, s.went_live_at NULLS LAST, l.session_id, l.shop_id, l.item_id
""",
    ExportKind.SESSIONS: f"""
SELECT c.name, s.id::text, s.title, s.kind, s.state, {SHOWN}, w.name, s.planned_start_at, s.went_live_at, s.ended_at,
  floor(extract(epoch FROM s.ended_at - s.went_live_at) / 60)::int, s.goal_fen,
  COALESCE(l.orders, 0), COALESCE(l.units, 0), COALESCE(l.paid_fen, 0), COALESCE(l.refunded_fen, 0),
  COALESCE(l.paid_fen - l.refunded_fen, 0)
FROM (SELECT * FROM {SESSIONS}) s JOIN livestream_place c ON c.code = s.county_id
JOIN livestream_place w ON w.code = s.place_id JOIN livestream_user h ON h.id = s.host_id
LEFT JOIN LATERAL (
  SELECT SUM(orders)::bigint AS orders, SUM(units)::bigint AS units, SUM(paid_fen)::bigint AS paid_fen,
    SUM(refunded_fen)::bigint AS refunded_fen FROM orders_daytally WHERE scope = 'session:' || s.id
) l ON TRUE
ORDER BY s.county_id, COALESCE(s.went_live_at, s.planned_start_at), s.id
""",
    ExportKind.ORDERS: f"""
SELECT c.name, l.business_day, {WHERE_SOLD}, {ORDER}, {ORDER_FACTS}, o.evidence, o.is_contested, l.orders, l.units, {MONEY}
FROM {summed(*ORDER_KEYS)} {OF_ORDER} {NAMED}
ORDER BY l.county_id, l.business_day, l.order_id
""",
    ExportKind.LINES: f"""
SELECT c.name, l.business_day, {WHERE_SOLD}, {ORDER}, l.line_no, {ORDER_FACTS}, {ITEM}, l.orders, l.units, {MONEY}
FROM {summed(*LINE_KEYS)} {OF_ORDER} {NAMED} {ITEMS}
ORDER BY l.county_id, l.business_day, l.order_id, l.line_no
""",
    ExportKind.AFTER_SALES: f"""
SELECT c.name, p.platform, p.name, o.order_no, l.after_sale_no, l.line_no, l.status, l.happened_at, l.quantity, l.refund_fen,
  l.is_guess
FROM orders_aftersale l JOIN orders_order o ON o.id = l.order_id JOIN livestream_place c ON c.code = l.county_id
JOIN orders_shop p ON p.id = l.shop_id
WHERE l.county_id LIKE %(below)s AND l.happened_at {WHEN} ORDER BY l.county_id, l.happened_at, l.order_id, l.after_sale_no
""",
    ExportKind.ENTRIES: f"""
SELECT c.name, l.business_day, l.id, l.recorded_at, l.cause, l.session_id::text, p.name, o.order_no, l.line_no, i.sku,
  l.refunded_on, l.orders, l.item_orders, l.units, l.paid_fen, l.refunded_fen
FROM orders_ledgerentry l JOIN orders_order o ON o.id = l.order_id JOIN livestream_place c ON c.code = l.county_id
JOIN orders_shop p ON p.id = l.shop_id LEFT JOIN orders_solditem i ON i.id = l.item_id
WHERE {SOLD} ORDER BY l.county_id, l.recorded_at, l.id
""",
    ExportKind.PEOPLE: """
SELECT c.name, w.name, u.role, left(u.name, 1) || '*', u.live_name, left(u.phone, 3) || '****' || right(u.phone, 4), u.is_active,
  (u.joined_at AT TIME ZONE 'Asia/Shanghai')::date
FROM livestream_user u JOIN livestream_place w ON w.code = u.place_id LEFT JOIN livestream_place c ON c.code = left(u.place_id, 6)
WHERE u.place_id LIKE %(below)s ORDER BY u.place_id, u.id
""",
    ExportKind.AUDIT: f"""
SELECT a.id, a.at, a.deed, {MASKED.format("b")}, {MASKED.format("f")}, a.place, a.kind, a.object_id, {CHANGED}, host(a.address),
  a.request_id, a.position, a.digest
FROM livestream_auditentry a LEFT JOIN livestream_user b ON b.id = a.actor_id LEFT JOIN livestream_user f ON f.id = a.acted_for_id
WHERE a.place LIKE %(below)s AND a.at {WHEN} ORDER BY a.id
""",
}

# How many rows there would be. Of orders and lines it may be a few more than there are: what has cancelled out is not looked at.
ENTRIES_SOLD = f"SELECT count(*) FROM orders_ledgerentry l WHERE {SOLD}"
DISTINCT = f"SELECT count(*) FROM (SELECT DISTINCT {{}} FROM orders_ledgerentry l WHERE {SOLD}) n"
COUNTS: dict[ExportKind, str] = {
    ExportKind.LEDGER: DISTINCT.format(", ".join(LEDGER_KEYS)),
    ExportKind.SESSIONS: f"SELECT count(*) FROM {SESSIONS}",
    ExportKind.ORDERS: DISTINCT.format(", ".join(ORDER_KEYS)),
    ExportKind.LINES: DISTINCT.format(", ".join(LINE_KEYS)),
    ExportKind.AFTER_SALES: f"SELECT count(*) FROM orders_aftersale WHERE county_id LIKE %(below)s AND happened_at {WHEN}",
    ExportKind.ENTRIES: ENTRIES_SOLD,
    ExportKind.PEOPLE: "SELECT count(*) FROM livestream_user WHERE place_id LIKE %(below)s",
    ExportKind.AUDIT: f"SELECT count(*) FROM livestream_auditentry a WHERE a.place LIKE %(below)s AND a.at {WHEN}",
}
# What the boards of the counties show for these days, beside which the sums of a file of sales are put.
BOARDS = """
SELECT COALESCE(SUM(orders), 0)::bigint, COALESCE(SUM(units), 0)::bigint, COALESCE(SUM(paid_fen), 0)::bigint,
  COALESCE(SUM(refunded_fen), 0)::bigint
FROM orders_daytally WHERE scope LIKE 'county:' || %(below)s AND day BETWEEN %(from_on)s AND %(until_on)s
"""
SALES = frozenset({ExportKind.LEDGER, ExportKind.ORDERS, ExportKind.LINES, ExportKind.ENTRIES})

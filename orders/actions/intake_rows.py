"""The SQL of `intake.receive`: whole batches go in and out at once, one statement a table, keys sorted.

Plain psycopg, because the ORM costs more than the work here (docs/performance.md). Each function runs inside the caller's
transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import psycopg

from orders.actions.arrival import Arrival, Receipt
from orders.rules.order import LineFact, LineState, OrderState, RefundFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.db.backends.base.base import BaseDatabaseWrapper

    from orders.models.ledger import Cause
    from orders.rules.worth import Amounts, EntryKey

SHANGHAI = ZoneInfo("Asia/Shanghai")
OrderKey = tuple[str, int, str]


class Raced(Exception):
    """Another writer stored one of our new orders first; the batch must start again and will see it."""


class LedgerRow(NamedTuple):
    county: str
    shop_id: int
    order_id: int
    key: EntryKey
    amounts: Amounts


def raw_cursor(connection: BaseDatabaseWrapper) -> psycopg.Cursor:
    """A server-side-binding cursor on Django's own connection: statements get prepared."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


ENCODER = msgspec.json.Encoder()
REJECTED = msgspec.json.Decoder(list[tuple[int, str]])


class Rows:
    """Rows of these columns that travel to PostgreSQL as one JSON parameter: `FROM {rows}` and `rows.of(tuples)`.

    As arrays for unnest the same rows cost fifteen times the work here and four times the time (docs/performance.md).
    """

    def __init__(self, **columns: str) -> None:
        self.names = ", ".join(columns)
        self.source = f"json_to_recordset(%s::json) AS t({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
        self.row = msgspec.defstruct("Row", [(name, Any) for name in columns])

    def __str__(self) -> str:
        return self.source

    def of(self, rows: Iterable[Sequence[Any]]) -> str:
        """The parameter."""
        return ENCODER.encode([self.row(*row) for row in rows]).decode()


# --- deliveries ---------------------------------------------------------------------------------------------------------

MESSAGE = Rows(county_id="text", shop_id="bigint", message_id="text", digest="text")
ANSWERED = f"""
SELECT d.shop_id, d.message_id, d.digest, d.applied, d.duplicate, d.stale, d.hinted, d.rejected::text
FROM orders_delivery d JOIN {MESSAGE}
  ON (d.county_id, d.shop_id, d.message_id, d.digest) = (t.county_id, t.shop_id, t.message_id, decode(t.digest, 'base64'))
"""
DELIVERY = Rows(
    county_id="text", shop_id="bigint", message_id="text", digest="text", received_at="timestamptz", outcome="text",
    applied="int", duplicate="int", stale="int", hinted="int", rejected="jsonb",
)  # fmt: skip
KEEP_DELIVERIES = f"""
INSERT INTO orders_delivery ({DELIVERY.names})
SELECT county_id, shop_id, message_id, decode(digest, 'base64'), received_at, outcome, applied, duplicate, stale, hinted, rejected
FROM {DELIVERY} ORDER BY county_id, shop_id, message_id, digest
ON CONFLICT (county_id, shop_id, message_id, digest) DO NOTHING
"""


def answered_before(cursor: psycopg.Cursor, arrivals: Sequence[Arrival]) -> dict[tuple[int, str, bytes], Receipt]:
    """The answers that messages of this batch got when they came the first time."""
    keys = [(a.shop.county, a.shop.id, a.message_id, a.digest) for a in arrivals if a.message_id]
    if not keys:
        return {}
    cursor.execute(ANSWERED, [MESSAGE.of(keys)])
    return {
        (shop, message, bytes(digest)): Receipt(applied, duplicate, stale, hinted, REJECTED.decode(rejected))
        for shop, message, digest, applied, duplicate, stale, hinted, rejected in cursor
    }


def keep_deliveries(cursor: psycopg.Cursor, fresh: list[tuple[Arrival, Receipt]], at: datetime) -> None:
    """Remembers each message with its answer. Raises Raced when another process counted the same message meanwhile."""
    kept = [
        (a.shop.county, a.shop.id, a.message_id, a.digest, at, "taken", r.applied, r.duplicate, r.stale, r.hinted, r.rejected)
        for a, r in fresh
        if a.message_id
    ]
    if kept:
        cursor.execute(KEEP_DELIVERIES, [DELIVERY.of(kept)])
        if cursor.rowcount != len(kept):
            raise Raced("delivery")


HINT = Rows(county_id="text", shop_id="bigint", kind="text", number="text", asked="int")
KEEP_HINTS = f"""
INSERT INTO orders_hint AS h (county_id, shop_id, kind, number, asked, answered, attempts, due_at, first_asked_at, last_error)
SELECT county_id, shop_id, kind, number, asked, 0, 0, %s, %s, '' FROM {HINT} ORDER BY county_id, shop_id, kind, number
ON CONFLICT (county_id, shop_id, kind, number) DO UPDATE SET asked = h.asked + excluded.asked, given_up_at = NULL, attempts = 0,
  due_at = CASE WHEN h.asked > h.answered AND h.given_up_at IS NULL THEN h.due_at ELSE excluded.due_at END
"""


def keep_hints(cursor: psycopg.Cursor, arrivals: Sequence[Arrival], at: datetime) -> None:
    """Stores the rows of work for orders that a push only named."""
    asked: dict[tuple[str, int, str, str], int] = {}
    for arrival in arrivals:
        for hint in arrival.hints:
            key = (arrival.shop.county, arrival.shop.id, hint.kind, hint.number)
            asked[key] = asked.get(key, 0) + 1
    if asked:
        cursor.execute(KEEP_HINTS, [at, at, HINT.of((*key, n) for key, n in sorted(asked.items()))])


# --- orders -------------------------------------------------------------------------------------------------------------

KEY = Rows(county_id="text", shop_id="bigint", order_no="text")
LOCK = f"""
SELECT o.id, o.county_id, o.shop_id, o.order_no, o.status, o.status_rank, o.status_at, o.paid_at, o.paid_rank, o.live_room,
  o.room_rank, o.host_account, o.account_rank, o.province, o.province_rank, o.lines_rank, o.session_id, o.evidence,
  o.is_contested, o.counted_at
FROM orders_order o JOIN {KEY} ON (o.county_id, o.shop_id, o.order_no) = (t.county_id, t.shop_id, t.order_no)
ORDER BY o.county_id, o.shop_id, o.order_no FOR UPDATE OF o
"""
LINES = "SELECT order_id, line_no, sku, title, quantity, paid_fen, rank, item_id FROM orders_orderline WHERE order_id = ANY(%s)"
REFUNDS = """
SELECT order_id, after_sale_no, line_no, status, refund_fen, quantity, rank, happened_at, is_guess
FROM orders_aftersale WHERE order_id = ANY(%s)
"""


def lock_orders(cursor: psycopg.Cursor, keys: list[OrderKey]) -> dict[OrderKey, OrderState]:
    """What is known of these orders, locked until the transaction ends. Unknown ones are missing."""
    cursor.execute(LOCK, [KEY.of(keys)])
    states: dict[OrderKey, OrderState] = {}
    for row in cursor:
        id_, county, shop, no, status, rank, status_at, paid_at, paid_rank, *rest = row
        room, room_rank, account, account_rank, province, province_rank, lines_rank, session, evidence, contested, counted = rest
        states[county, shop, no] = OrderState(
            no, id_, status, rank, status_at, paid_at, paid_rank, room, room_rank, account, account_rank, province, province_rank,
            lines_rank=lines_rank, session_id=session, evidence=evidence, is_contested=contested, counted_at=counted,
        )  # fmt: skip
    read_parts(cursor, states.values())
    return states


def read_parts(cursor: psycopg.Cursor, states: Iterable[OrderState]) -> None:
    """Fills in the lines and refunds of known orders."""
    by_id = {state.id: state for state in states}
    if not by_id:
        return
    cursor.execute(LINES, [list(by_id)])
    for order, line_no, sku, title, quantity, paid, rank, item in cursor:
        by_id[order].lines[line_no] = LineState(LineFact(line_no, sku, title, quantity, paid), rank, item)
    cursor.execute(REFUNDS, [list(by_id)])
    for order, no, line_no, status, fen, quantity, rank, at, guess in cursor:
        by_id[order].refunds[no] = RefundFact(no, line_no, status, fen, quantity, rank, at, guess)


ITEM = Rows(county_id="text", sku="text", title="text")
ITEMS = f"SELECT i.county_id, i.sku, i.id FROM orders_solditem i JOIN {ITEM} ON (i.county_id, i.sku) = (t.county_id, t.sku)"
NEW_ITEMS = f"""
INSERT INTO orders_solditem ({ITEM.names}) SELECT * FROM {ITEM} ORDER BY county_id, sku ON CONFLICT (county_id, sku) DO NOTHING
"""


def name_items(cursor: psycopg.Cursor, states: Mapping[OrderKey, OrderState]) -> None:
    """Gives each new line the item it sells: by its merchant code, or by its title where it has none."""
    wanted: dict[tuple[str, str], str] = {}
    unnamed: list[tuple[tuple[str, str], LineState]] = []
    for (county, _shop, _no), state in states.items():
        for line in state.lines.values():
            if line.item_id is None:
                key = (county, line.fact.sku or line.fact.title[:128])
                wanted[key] = line.fact.title
                unnamed.append((key, line))
    if not wanted:
        return
    ids = _item_ids(cursor, wanted)
    if missing := sorted((county, sku, title) for (county, sku), title in wanted.items() if (county, sku) not in ids):
        cursor.execute(NEW_ITEMS, [ITEM.of(missing)])
        ids = _item_ids(cursor, wanted)
    for key, line in unnamed:
        line.item_id = ids[key]


def _item_ids(cursor: psycopg.Cursor, wanted: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], int]:
    cursor.execute(ITEMS, [ITEM.of((*key, title) for key, title in wanted.items())])
    return {(county, sku): id_ for county, sku, id_ in cursor}


FIELDS = {
    "status": "text", "status_rank": "bigint", "status_at": "timestamptz", "paid_at": "timestamptz", "paid_rank": "bigint",
    "live_room": "text", "room_rank": "bigint", "host_account": "text", "account_rank": "bigint", "province": "text",
    "province_rank": "bigint", "lines_rank": "bigint", "session_id": "uuid", "evidence": "text", "is_contested": "bool",
    "counted_at": "timestamptz", "changed_at": "timestamptz",
}  # fmt: skip
NEW_ORDER = Rows(county_id="text", shop_id="bigint", order_no="text", **FIELDS)
NEW_ORDERS = f"""
INSERT INTO orders_order ({NEW_ORDER.names}) SELECT * FROM {NEW_ORDER} ORDER BY county_id, shop_id, order_no
ON CONFLICT (county_id, shop_id, order_no) DO NOTHING RETURNING county_id, shop_id, order_no, id
"""
CHANGED_ORDER = Rows(id="bigint", **FIELDS)
CHANGED_ORDERS = f"""
UPDATE orders_order o SET ({", ".join(FIELDS)}) = ({", ".join("t." + name for name in FIELDS)})
FROM {CHANGED_ORDER} WHERE o.id = t.id
"""


def store_orders(cursor: psycopg.Cursor, states: Mapping[OrderKey, OrderState], at: datetime) -> None:
    """Writes changed orders with their lines and refunds; gives new ones their id. Raises Raced."""
    new = {key: state for key, state in states.items() if state.id is None}
    old = [state for state in states.values() if state.id is not None]
    if new:
        cursor.execute(NEW_ORDERS, [NEW_ORDER.of((*key, *_order_row(state, at)) for key, state in new.items())])
        for county, shop, no, id_ in cursor:
            states[county, shop, no].id = id_
        if any(state.id is None for state in new.values()):
            raise Raced("order")
    if old:
        cursor.execute(CHANGED_ORDERS, [CHANGED_ORDER.of((state.id, *_order_row(state, at)) for state in old)])
    _store_lines(cursor, states, [state.id for state in old])
    _store_refunds(cursor, states)


def _order_row(s: OrderState, at: datetime) -> tuple[Any, ...]:
    return (
        s.status, s.status_rank, s.status_at, s.paid_at, s.paid_rank, s.live_room, s.room_rank, s.host_account, s.account_rank,
        s.province, s.province_rank, s.lines_rank, s.session_id, s.evidence, s.is_contested, s.counted_at, at,
    )  # fmt: skip


LINE = Rows(
    county_id="text", order_id="bigint", line_no="text", sku="text", title="text", quantity="int", paid_fen="bigint",
    rank="bigint", item_id="bigint",
)  # fmt: skip
LINE_KEY = Rows(order_id="bigint", line_no="text")
DROP_LINES = f"""
DELETE FROM orders_orderline l WHERE l.order_id = ANY(%s) AND (l.order_id, l.line_no) NOT IN (SELECT * FROM {LINE_KEY})
"""
STORE_LINES = f"""
INSERT INTO orders_orderline AS l ({LINE.names}) SELECT * FROM {LINE} ORDER BY order_id, line_no
ON CONFLICT (order_id, line_no) DO UPDATE SET sku = excluded.sku, title = excluded.title, quantity = excluded.quantity,
  paid_fen = excluded.paid_fen, rank = excluded.rank, item_id = excluded.item_id WHERE l.rank < excluded.rank
"""


def _store_lines(cursor: psycopg.Cursor, states: Mapping[OrderKey, OrderState], old: list[int | None]) -> None:
    kept = [
        (key[0], state.id, no, line.fact.sku, line.fact.title, line.fact.quantity, line.fact.paid_fen, line.rank, line.item_id)
        for key, state in states.items()
        for no, line in state.lines.items()
    ]
    if old:
        known = set(old)
        cursor.execute(DROP_LINES, [old, LINE_KEY.of((row[1], row[2]) for row in kept if row[1] in known)])
    if kept:
        cursor.execute(STORE_LINES, [LINE.of(kept)])


REFUND = Rows(
    county_id="text", shop_id="bigint", order_id="bigint", after_sale_no="text", line_no="text", status="text",
    refund_fen="bigint", quantity="int", rank="bigint", happened_at="timestamptz", is_guess="bool",
)  # fmt: skip
STORE_REFUNDS = f"""
INSERT INTO orders_aftersale AS a ({REFUND.names}) SELECT * FROM {REFUND} ORDER BY order_id, after_sale_no
ON CONFLICT (order_id, after_sale_no) DO UPDATE SET line_no = excluded.line_no, status = excluded.status,
  refund_fen = excluded.refund_fen, quantity = excluded.quantity, rank = excluded.rank, happened_at = excluded.happened_at
  WHERE a.rank < excluded.rank
"""


def _store_refunds(cursor: psycopg.Cursor, states: Mapping[OrderKey, OrderState]) -> None:
    kept = [
        (key[0], key[1], state.id, no, r.line_no, r.status, r.refund_fen, r.quantity, r.rank, r.happened_at, r.is_guess)
        for key, state in states.items()
        for no, r in state.refunds.items()
    ]
    if kept:
        cursor.execute(STORE_REFUNDS, [REFUND.of(kept)])


# --- ledger -------------------------------------------------------------------------------------------------------------

ENTRY = Rows(
    county_id="text", shop_id="bigint", order_id="bigint", line_no="text", item_id="bigint", session_id="uuid",
    business_day="date", occurred_at="timestamptz", counted_at="timestamptz", orders="int", item_orders="int", units="int",
    paid_fen="bigint", refunded_fen="bigint",
)  # fmt: skip
WRITE_LEDGER = f"INSERT INTO orders_ledgerentry ({ENTRY.names}, recorded_at, cause) SELECT t.*, %s, %s FROM {ENTRY}"


def write_ledger(cursor: psycopg.Cursor, ledger: Sequence[LedgerRow], cause: Cause, at: datetime) -> None:
    """Appends to the ledger."""
    if not ledger:
        return
    values = [
        (r.county, r.shop_id, r.order_id, r.key.line_no, r.key.item_id, r.key.session_id,
         r.key.occurred_at.astimezone(SHANGHAI).date(), r.key.occurred_at, r.key.counted_at, *r.amounts)
        for r in ledger
    ]  # fmt: skip
    cursor.execute(WRITE_LEDGER, [at, cause.value, ENTRY.of(values)])

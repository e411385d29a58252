"""The SQL of `intake.receive`: whole batches go in and out at once, one statement a table, keys sorted.

Plain psycopg, because the ORM costs more than the work here (docs/performance.md). What is new goes in by COPY, what is
known is changed by a join with JSON. Each function runs inside the caller's transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from livestream.rules.day import SHANGHAI
from orders.actions.arrival import Arrival, Receipt
from orders.actions.poison import is_unreadable
from orders.actions.rows import ENCODER, Copy, Rows
from orders.rules.order import LineFact, LineState, OrderState, RefundFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    import psycopg

    from orders.models.ledger import Cause
    from orders.rules.worth import Amounts, EntryKey

OrderKey = tuple[str, int, str]


class LedgerRow(NamedTuple):
    county: str
    shop_id: int
    order_id: int
    key: EntryKey
    amounts: Amounts


# --- deliveries ---------------------------------------------------------------------------------------------------------

REJECTED = msgspec.json.Decoder(list[tuple[int, str]])
MESSAGE = Rows(county_id="text", shop_id="bigint", message_id="text")
ANSWERED = f"""
SELECT d.shop_id, d.message_id, d.digest, d.applied, d.duplicate, d.stale, d.hinted, d.rejected::text
FROM orders_delivery d JOIN {MESSAGE} ON (d.county_id, d.shop_id, d.message_id) = (t.county_id, t.shop_id, t.message_id)
"""
DELIVERIES = Copy(
    "orders_delivery", "county_id", "shop_id", "message_id", "digest", "received_at", "outcome", "applied", "duplicate", "stale",
    "hinted", "rejected",
)  # fmt: skip


def answered_before(cursor: psycopg.Cursor, arrivals: Sequence[Arrival]) -> dict[tuple[int, str, bytes], Receipt]:
    """The answers that messages of this batch got when they came the first time."""
    keys = [(a.shop.county, a.shop.id, a.message_id) for a in arrivals if a.message_id]
    if not keys:
        return {}
    cursor.execute(ANSWERED, [MESSAGE.of(keys)])
    return {
        (shop, message, bytes(digest)): Receipt(applied, duplicate, stale, hinted, REJECTED.decode(rejected))
        for shop, message, digest, applied, duplicate, stale, hinted, rejected in cursor
    }


def keep_deliveries(cursor: psycopg.Cursor, fresh: list[tuple[Arrival, Receipt]], at: datetime) -> None:
    """Remembers each message with its answer. The key `delivery_once_per_shop` refuses one that another process counted
    meanwhile."""
    kept = sorted(
        (
            a.shop.county, a.shop.id, a.message_id, "\\x" + a.digest.hex(), at, "kept" if is_unreadable(a) else "taken",
            r.applied, r.duplicate, r.stale, r.hinted, ENCODER.encode(r.rejected).decode() if r.rejected else "[]",
        )
        for a, r in fresh
        if a.message_id
    )  # fmt: skip
    DELIVERIES.append(cursor, kept)


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
STATE = (
    "order_no", "id", "status", "status_rank", "status_at", "paid_at", "paid_rank", "live_room", "room_rank", "host_account",
    "account_rank", "province", "province_rank", "lines_rank", "session_id", "evidence", "is_contested", "is_conflicting",
    "counted_at",
)  # fmt: skip
LOCK = f"""
SELECT o.county_id, o.shop_id, o.{", o.".join(STATE)}
FROM orders_order o JOIN {KEY} ON (o.county_id, o.shop_id, o.order_no) = (t.county_id, t.shop_id, t.order_no)
ORDER BY o.county_id, o.shop_id, o.order_no FOR UPDATE OF o
"""
LINES = "SELECT order_id, line_no, sku, title, quantity, paid_fen, rank, item_id FROM orders_orderline WHERE order_id = ANY(%s)"
REFUNDS = """
SELECT order_id, after_sale_no, line_no, status, refund_fen, quantity, rank, happened_at, is_guess
FROM orders_aftersale WHERE order_id = ANY(%s)
"""


def lock_orders(cursor: psycopg.Cursor, keys: Sequence[OrderKey]) -> dict[OrderKey, OrderState]:
    """What is known of these orders, locked until the transaction ends. Unknown ones are missing."""
    cursor.execute(LOCK, [KEY.of(keys)])
    states: dict[OrderKey, OrderState] = {}
    for county, shop, *known in cursor:
        state = OrderState(*known)
        states[county, shop, state.order_no] = state
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
    "is_conflicting": "bool", "counted_at": "timestamptz", "changed_at": "timestamptz",
}  # fmt: skip
NEW_ORDERS = Copy("orders_order", "county_id", "shop_id", "order_no", "id", *FIELDS)
NEW_IDS = "SELECT nextval('orders_order_id_seq') FROM generate_series(1, %s)"
CHANGED_ORDER = Rows(id="bigint", **FIELDS)
CHANGED_ORDERS = f"""
UPDATE orders_order o SET ({", ".join(FIELDS)}) = ({", ".join("t." + name for name in FIELDS)})
FROM {CHANGED_ORDER} WHERE o.id = t.id
"""


def store_orders(cursor: psycopg.Cursor, states: Mapping[OrderKey, OrderState], at: datetime) -> None:
    """Writes changed orders (sorted by key) with their lines and refunds; gives new ones their id. The key
    `order_once_per_shop` refuses a new order that another writer stored first."""
    new = [(key, state) for key, state in states.items() if state.id is None]
    old = [state for state in states.values() if state.id is not None]
    if new:
        cursor.execute(NEW_IDS, [len(new)])
        for (_key, state), (id_,) in zip(new, cursor.fetchall(), strict=True):
            state.id = id_
        NEW_ORDERS.append(cursor, [(*key, state.id, *_order_row(state, at)) for key, state in new])
        if lines := [row for key, state in new for row in _line_rows(key, state)]:
            NEW_LINES.append(cursor, lines)
    if old:
        cursor.execute(CHANGED_ORDERS, [CHANGED_ORDER.of((state.id, *_order_row(state, at)) for state in old)])
        known = {state.id for state in old}
        _change_lines(
            cursor, [row for key, state in states.items() if state.id in known for row in _line_rows(key, state)], known
        )
    _store_refunds(cursor, states)


def _order_row(s: OrderState, at: datetime) -> tuple[Any, ...]:
    return (
        s.status, s.status_rank, s.status_at, s.paid_at, s.paid_rank, s.live_room, s.room_rank, s.host_account, s.account_rank,
        s.province, s.province_rank, s.lines_rank, s.session_id, s.evidence, s.is_contested,
        s.is_conflicting, s.counted_at, at,
    )  # fmt: skip


LINE = Rows(
    county_id="text", order_id="bigint", line_no="text", sku="text", title="text", quantity="int", paid_fen="bigint",
    rank="bigint", item_id="bigint",
)  # fmt: skip
NEW_LINES = Copy(
    "orders_orderline", "county_id", "order_id", "line_no", "sku", "title", "quantity", "paid_fen", "rank", "item_id"
)
LINE_KEY = Rows(order_id="bigint", line_no="text")
DROP_LINES = f"""
DELETE FROM orders_orderline l WHERE l.order_id = ANY(%s) AND (l.order_id, l.line_no) NOT IN (SELECT * FROM {LINE_KEY})
"""
STORE_LINES = f"""
INSERT INTO orders_orderline AS l ({LINE.names}) SELECT * FROM {LINE} ORDER BY order_id, line_no
ON CONFLICT (order_id, line_no) DO UPDATE SET sku = excluded.sku, title = excluded.title, quantity = excluded.quantity,
  paid_fen = excluded.paid_fen, rank = excluded.rank, item_id = excluded.item_id WHERE l.rank <= excluded.rank
"""


def _line_rows(key: OrderKey, state: OrderState) -> list[tuple[Any, ...]]:
    return [
        (key[0], state.id, no, line.fact.sku, line.fact.title, line.fact.quantity, line.fact.paid_fen, line.rank, line.item_id)
        for no, line in state.lines.items()
    ]


def _change_lines(cursor: psycopg.Cursor, lines: list[tuple[Any, ...]], orders: set[int | None]) -> None:
    """Of these known orders exactly these lines remain."""
    cursor.execute(DROP_LINES, [list(orders), LINE_KEY.of((row[1], row[2]) for row in lines)])
    if lines:
        cursor.execute(STORE_LINES, [LINE.of(lines)])


REFUND = Rows(
    county_id="text", shop_id="bigint", order_id="bigint", after_sale_no="text", line_no="text", status="text",
    refund_fen="bigint", quantity="int", rank="bigint", happened_at="timestamptz", is_guess="bool",
)  # fmt: skip
STORE_REFUNDS = f"""
INSERT INTO orders_aftersale AS a ({REFUND.names}) SELECT * FROM {REFUND} ORDER BY order_id, after_sale_no
ON CONFLICT (order_id, after_sale_no) DO UPDATE SET line_no = excluded.line_no, status = excluded.status,
  refund_fen = excluded.refund_fen, quantity = excluded.quantity, rank = excluded.rank, happened_at = excluded.happened_at
  WHERE a.rank <= excluded.rank
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

LEDGER = Copy(
    "orders_ledgerentry", "county_id", "shop_id", "order_id", "line_no", "item_id", "session_id", "business_day", "occurred_at",
    "counted_at", "refunded_on", "orders", "item_orders", "units", "paid_fen", "refunded_fen", "recorded_at", "cause",
)  # fmt: skip


def write_ledger(cursor: psycopg.Cursor, ledger: Sequence[LedgerRow], cause: Cause, at: datetime) -> None:
    """Appends to the ledger."""
    if not ledger:
        return
    days: dict[datetime, Any] = {}
    values = []
    for county, shop, order, key, amounts in ledger:
        line_no, item, session, occurred_at, counted_at, refunded_on = key
        day = days.get(occurred_at) or days.setdefault(occurred_at, occurred_at.astimezone(SHANGHAI).date())
        values.append(
            (county, shop, order, line_no, item, session, day, occurred_at, counted_at, refunded_on, *amounts, at, cause.value)
        )
    LEDGER.append(cursor, values)

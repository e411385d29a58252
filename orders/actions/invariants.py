"""Looking whether everything that must be true of what was counted is true (rules/invariants.py). Reads only, locks nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
from django.db import connection
from django.db.models import Count, F, Min, Q

from livestream.actions.board import county_scope, session_scope
from orders.actions import intake_rows as rows
from orders.actions.audit import audit_county, audit_scopes, audit_session, one_snapshot
from orders.models import BoardCheck, DeliveryOutcome, Hint, Order, OrderFile, OrderFileState
from orders.rules.invariants import Broken, Invariant, is_impossible, misbooked
from orders.rules.order import OrderState
from orders.rules.worth import Amounts, EntryKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.rules.invariants import Board, Worth

AT_ONCE = 1000  # orders in one snapshot


def broken_everywhere(at: datetime, since: datetime | None = None) -> Iterator[Broken]:
    """Everything that is not as it must be; of orders and pushes only those since a moment, and those in doubt already."""
    yield from broken_tallies()
    yield from broken_orders(since)
    yield from broken_deliveries(since)
    yield from broken_files()
    yield from late_hints(at)


def boards_of(scope: str, county: str) -> tuple[Board, ...]:
    """The boards that show this scope's figures: a county's board lists its sessions and what no session sold."""
    of_county = (county_scope(county), county)
    return ((scope, county), of_county) if scope.startswith("session:") else (of_county,)


# --- I1, I8: tallies ------------------------------------------------------------------------------------------------------


def broken_tallies() -> Iterator[Broken]:
    for (scope, county), count in sorted(audit_scopes().items()):
        yield Broken(Invariant.TALLY, scope, str(count), boards_of(scope, county))


def broken_board(scope: str, county: str) -> Iterator[Broken]:
    """The same for one board, at a price that can be paid often: a session by its ledger, a county by its parts."""
    is_session = scope.startswith("session:")
    count = len(audit_session(scope.partition(":")[2])) if is_session else audit_county(county)
    if count:
        yield Broken(Invariant.TALLY if is_session else Invariant.SUM, scope, str(count), boards_of(scope, county))


def source_of(scope: str) -> str:
    """What `broken_board` looks at."""
    return f"{(Invariant.TALLY if scope.startswith('session:') else Invariant.SUM).value}:{scope}"


# --- I2, I5: orders -------------------------------------------------------------------------------------------------------

BOOKED = f"""
SELECT order_id, {", ".join(EntryKey._fields)}, {", ".join(f"SUM({name})::bigint" for name in Amounts._fields)}
FROM orders_ledgerentry WHERE order_id = ANY(%s) GROUP BY order_id, {", ".join(EntryKey._fields)}
"""
WIDTH = len(EntryKey._fields) + 1


def broken_orders(since: datetime | None) -> Iterator[Broken]:
    changed = Order.objects.order_by("pk")
    if since is not None:
        changed = changed.filter(Q(changed_at__gte=since) | Q(pk__in=doubtful_orders()))
    last = 0
    while True:
        with one_snapshot():
            some = list(changed.filter(pk__gt=last)[:AT_ONCE])
            found = [broken for order, worth, booked in what_is_booked(some) for broken in _judge(order, worth, booked)]
        yield from found
        if len(some) < AT_ONCE:
            return
        last = some[-1].pk


def doubtful_orders() -> list[int]:
    """Orders that an earlier check found wrong."""
    of_orders = BoardCheck.objects.open().filter(invariant__in=[Invariant.ORDER, Invariant.REFUND])
    return [int(source.rpartition(":")[2]) for source in set(of_orders.values_list("source", flat=True))]


def what_is_booked(orders: list[Order]) -> Iterator[tuple[Order, Worth, Worth]]:
    """Each order with what it is worth now and what its ledger says it is worth."""
    cursor = psycopg.Cursor(connection.connection)
    states = {
        order.pk: OrderState(
            order.order_no,
            order.pk,
            order.status,
            status_at=order.status_at,
            paid_at=order.paid_at,
            session_id=str(order.session_id) if order.session_id else None,
            counted_at=order.counted_at,
        )
        for order in orders
    }
    rows.read_parts(cursor, states.values())
    booked: dict[int, Worth] = {pk: {} for pk in states}
    cursor.execute(BOOKED, [list(states)])
    for row in cursor:
        key = EntryKey._make(str(value) if isinstance(value, UUID) else value for value in row[1:WIDTH])
        booked[row[0]][key] = Amounts(*row[WIDTH:])
    return ((order, states[order.pk].worth(), booked[order.pk]) for order in orders)


def _judge(order: Order, worth: Worth, booked: Worth) -> Iterator[Broken]:
    boards = {(county_scope(order.county_id), order.county_id)}
    boards |= {(session_scope(key.session_id), order.county_id) for key in [*worth, *booked] if key.session_id}
    subject = f"{order.order_no}:{order.pk}"
    if wrong := misbooked(worth, booked):
        detail = "; ".join(f"{key.line_no} {' '.join(f'{n:+d}' for n in amounts)}" for key, amounts in sorted_worth(wrong)[:5])
        yield Broken(Invariant.ORDER, subject, detail, tuple(sorted(boards)))
    if is_impossible(booked):
        detail = "; ".join(f"{key.line_no} {' '.join(map(str, amounts))}" for key, amounts in sorted_worth(booked)[:5])
        yield Broken(Invariant.REFUND, subject, detail, tuple(sorted(boards)))


def sorted_worth(worth: Worth) -> list[tuple[EntryKey, Amounts]]:
    return sorted(worth.items(), key=lambda entry: (entry[0].line_no, entry[1]))


# --- I4, I7, I10: what arrived --------------------------------------------------------------------------------------------

DELIVERIES = """
SELECT d.county_id, d.shop_id, d.unknown, d.wordless, d.hinted, COALESCE(h.asked, 0)
FROM (
  SELECT county_id, shop_id, count(*) FILTER (WHERE outcome <> ALL(%(outcomes)s)) AS unknown,
    count(*) FILTER (WHERE outcome = %(kept)s AND rejected = '[]') AS wordless, SUM(hinted) AS hinted
  FROM orders_delivery WHERE received_at >= %(since)s GROUP BY 1, 2
) AS d
LEFT JOIN (SELECT county_id, shop_id, SUM(asked) AS asked FROM orders_hint GROUP BY 1, 2) AS h USING (county_id, shop_id)
WHERE d.unknown > 0 OR d.wordless > 0 OR d.hinted > COALESCE(h.asked, 0)
ORDER BY 1, 2
"""


def broken_deliveries(since: datetime | None) -> Iterator[Broken]:
    """Each has an outcome, what was kept has a reason, and what was only named waits as a hint or was fetched."""
    if BoardCheck.objects.open().filter(invariant=Invariant.DELIVERY).exists():
        since = None  # what is in doubt may be old
    values = {"outcomes": DeliveryOutcome.values, "kept": DeliveryOutcome.KEPT, "since": since or "-infinity"}
    with one_snapshot() as cursor:
        cursor.execute(DELIVERIES, values)
        found = cursor.fetchall()
    for county, shop, unknown, wordless, hinted, asked in found:
        detail = f"outcome? {unknown}, reason? {wordless}, hinted {hinted} > asked {asked}"
        yield Broken(Invariant.DELIVERY, str(shop), detail, boards_of(county_scope(county), county))


def broken_files() -> Iterator[Broken]:
    outcomes = F("rows_applied") + F("rows_duplicate") + F("rows_rejected")
    unfinished = Q(state=OrderFileState.DONE) & ~Q(rows_read=F("rows_total"))
    for file in OrderFile.objects.filter(~Q(rows_read=outcomes) | unfinished).select_related("shop").order_by("pk"):
        detail = f"{file.rows_applied} + {file.rows_duplicate} + {file.rows_rejected}, {file.rows_read}, {file.rows_total}"
        yield Broken(Invariant.FILE, str(file.pk), detail, boards_of(county_scope(file.shop.county_id), file.shop.county_id))


def late_hints(at: datetime) -> Iterator[Broken]:
    """An alarm, not a doubt: what is on the boards is right, only not all there yet. So no board is marked."""
    for row in Hint.objects.late(at).values("shop_id").annotate(number=Count("pk"), first=Min("since")).order_by("shop_id"):
        yield Broken(Invariant.WAITING, str(row["shop_id"]), f"{row['number']}, {row['first']:%Y-%m-%d %H:%M:%S}")

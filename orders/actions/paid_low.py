"""Hands down to products the lowest price at which they were really sold in the seven days before today: what a compare price may
rest on (明码标价和禁止价格欺诈规定 第十八条)."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from livestream.models import LineUpItem, PaidLow
from livestream.rules.compare_price import LOOKS_BACK
from livestream.rules.session import STILL_PLANNED, SessionState
from livestream.rules.when import Clock, moment
from orders.rules.order import OrderStatus
from orders.rules.worth import WORTH_SOMETHING

if TYPE_CHECKING:
    from datetime import date, datetime

# A piece of a line that was paid for, rounded down: the lower price is the careful one. What came to nothing was no sale.
LOWS = """
SELECT p.id, min(l.paid_fen / l.quantity), count(*)
FROM livestream_product p
JOIN orders_orderline l ON l.county_id = p.county_id AND l.sku = p.sku
JOIN orders_order o ON o.id = l.order_id
WHERE p.id = ANY(%(products)s) AND l.quantity > 0 AND l.paid_fen > 0
  AND o.county_id = p.county_id AND o.status = ANY(%(counted)s) AND o.paid_at >= %(first)s AND o.paid_at < %(until)s
GROUP BY p.id
"""


COUNTED = sorted(WORTH_SOMETHING - {OrderStatus.CLOSED.value})


def note_lows(*, at: datetime) -> int:
    """Of every product on a line-up that is still planned or on air: its low of the seven Shanghai days before today, once a
    day; how many were worked out."""
    today = timezone.localdate(at)
    coming = LineUpItem.objects.filter(session__state__in={*STILL_PLANNED, SessionState.LIVE})
    waiting = coming.exclude(product__paid_low__before_on=today).order_by().values_list("product_id", flat=True).distinct()
    return note_lows_of(sorted(waiting), today)


def note_lows_of(products: list[int], today: date) -> int:
    """Of these products alone; how many."""
    if not products:
        return 0
    midnight = moment(today, Clock(time(0)))
    span = {"first": midnight - LOOKS_BACK, "until": midnight}
    with connection.cursor() as cursor:
        cursor.execute(LOWS, {"products": products, "counted": COUNTED, **span})
        found = {product: (low, orders) for product, low, orders in cursor.fetchall()}
    rows = [
        PaidLow(product_id=pk, before_on=today, low_fen=low, orders=orders)
        for pk in products
        for low, orders in [found.get(pk, (None, 0))]
    ]
    updated = ["before_on", "low_fen", "orders"]
    PaidLow.objects.bulk_create(rows, update_conflicts=True, unique_fields=["product"], update_fields=updated)
    return len(rows)

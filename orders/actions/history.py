"""What orders hand down to the history of a session: sums by product and day, and the ledger of its subsidies. No buyer, no order
number of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum

from livestream.actions.history import part_of
from livestream.rules.history import Part
from orders.models import LedgerEntry, SubsidyEntry

if TYPE_CHECKING:
    from livestream.models import LiveSession
    from livestream.rules.history import Parts

SUMS = ("orders", "item_orders", "units", "paid_fen", "refunded_fen")


def parts_of_orders(session: LiveSession) -> Parts:
    """`sales` from the ledger, so that it adds up to what the boards show; `subsidies` row by row."""
    entries = LedgerEntry.objects.filter(county_id=session.county_id, session=session)
    keys = ("business_day", "shop__platform", "item__sku", "item__title")
    sold = entries.order_by(*keys).values(*keys).annotate(**{name: Sum(name) for name in SUMS})
    paid = SubsidyEntry.objects.filter(session=session).order_by("pk")
    rows = [row for row in sold if any(row[name] for name in SUMS)]
    return {
        "sales": Part(rows, part_of(entries.none(), *keys, *SUMS).columns),
        "subsidies": part_of(paid, "rule__name", "line_no", "units", "amount_fen", "paid_at", "recorded_at"),
    }

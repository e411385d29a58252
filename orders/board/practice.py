"""A practice room on its board: what its simulated audience bought stands where tallies of orders would. Nothing is written, and
no other board knows of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from livestream.actions.practice import sold_in_practice
from livestream.rules.control import ItemState

if TYPE_CHECKING:
    from livestream.models import LiveSession
    from livestream.rules.practice import Sale, Sold


def practised(session: LiveSession, at: datetime) -> dict[str, Any]:
    """The columns of the statement SESSION, as the practice has them at this moment."""
    sold = sold_in_practice(session, at=at)
    orders, units, paid_fen = sold.total
    by_second = Counter(sale.second for sale in sold.sales)
    peak = max(by_second.items(), key=lambda each: (each[1], -each[0]), default=(0, 0))
    last = sold.sales[-1].second if sold.sales else None
    moment = _moment_of(session)
    return {
        "orders": orders,
        "units": units,
        "paid_fen": paid_fen,
        "refunded_fen": 0,
        "checking_since": None,
        "s1": _within(by_second, sold.seconds, 1) if session.is_live else 0,
        "s10": _within(by_second, sold.seconds, 10) if session.is_live else 0,
        "s60": _within(by_second, sold.seconds, 60) if session.is_live else 0,
        "peak": peak[1],
        "peak_at": moment(peak[0]),
        "last_second": None if last is None else moment(last),
        "items": msgspec.json.encode(_items(session, sold)).decode(),
        "minutes": msgspec.json.encode(_minutes(session, sold.sales)).decode(),
    }


def _moment_of(session: LiveSession) -> Any:
    began = session.started_at.replace(microsecond=0)
    return lambda second: (began + timedelta(seconds=second)).astimezone(UTC)


def _within(by_second: Counter[int], until: int, seconds: int) -> int:
    return sum(number for second, number in by_second.items() if until - seconds <= second < until)


def _items(session: LiveSession, sold: Sold) -> list[list[Any]]:
    """As `frame.item_of` reads them, in the order of the line-up; what is listed says nothing of its state."""
    rows = []
    for item in session.line_up.select_related("product").order_by("position"):
        orders, units, paid_fen = sold.of(item.product_id)
        state = None if item.state == ItemState.LISTED else item.state
        rows.append([item.product.sku, item.product.title, orders, units, paid_fen, 0, item.committed_stock, state])
    return rows


def _minutes(session: LiveSession, sales: tuple[Sale, ...]) -> list[list[int]]:
    """Minute (seconds since 1970), orders, fen."""
    sums: dict[int, list[int]] = {}
    began = int(session.started_at.timestamp())
    for sale in sales:
        minute = (began + sale.second) // 60 * 60
        row = sums.setdefault(minute, [minute, 0, 0])
        row[1] += 1
        row[2] += sale.paid_fen
    return list(sums.values())

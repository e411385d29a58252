"""What an order is worth, line by line, and how the ledger says that it changed. Pure: no query, no clock.

Counting words as in docs/counting.md: an order counts once while it is paid, shipped, received, completed or closed after
payment; units and paid money are those of its lines; refunds are successful ones only, never above what was paid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

WORTH_SOMETHING = frozenset({"paid", "shipped", "received", "completed", "closed"})


class EntryKey(NamedTuple):
    """Where an amount is booked. `line_no` is "" for an order whose lines are not known yet; `refunded_on` is the Shanghai
    day of a refund, None for what was paid: a refund lowers the net of the session that sold, and its own day is known."""

    line_no: str
    item_id: int | None
    session_id: str | None
    occurred_at: datetime
    counted_at: datetime
    refunded_on: date | None = None


class Amounts(NamedTuple):
    """`orders` counts the order on its first line only; `item_orders` counts it once for each item in it."""

    orders: int = 0
    item_orders: int = 0
    units: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0

    def minus(self, other: Amounts) -> Amounts:
        return Amounts(
            self.orders - other.orders,
            self.item_orders - other.item_orders,
            self.units - other.units,
            self.paid_fen - other.paid_fen,
            self.refunded_fen - other.refunded_fen,
        )


NOTHING = Amounts()


class WorthLine(NamedTuple):
    line_no: str
    item_id: int | None
    quantity: int
    paid_fen: int


class WorthRefund(NamedTuple):
    """A successful refund. `is_guess`: an export said "refunded" without amount or number; a real one replaces it."""

    refunded_on: date
    line_no: str | None
    refund_fen: int
    is_guess: bool


def worth(
    lines: Sequence[WorthLine],
    refunds: Sequence[WorthRefund],
    *,
    session_id: str | None,
    occurred_at: datetime,
    counted_at: datetime,
) -> dict[EntryKey, Amounts]:
    """What a counted order is worth: a payment for each line, and a refund for each line and day of refund."""
    if not lines:
        return {EntryKey("", None, session_id, occurred_at, counted_at): Amounts(orders=1)}
    ordered = sorted(lines)
    seen: set[int | None] = set()
    entries: dict[EntryKey, Amounts] = {}
    for position, (line_no, item_id, quantity, paid_fen) in enumerate(ordered):
        key = EntryKey(line_no, item_id, session_id, occurred_at, counted_at)
        entries[key] = Amounts(int(position == 0), int(item_id not in seen), quantity, paid_fen)
        seen.add(item_id)
    if refunds:
        items = {line.line_no: line.item_id for line in ordered}
        for (line_no, day), fen in refunds_by_line(ordered, refunds).items():
            key = EntryKey(line_no, items[line_no], session_id, occurred_at, counted_at, day)
            entries[key] = Amounts(refunded_fen=fen)
    return entries


def refunds_by_line(lines: Sequence[WorthLine], refunds: Iterable[WorthRefund]) -> dict[tuple[str, date], int]:
    """Successful refunds by line and day, the earliest day first: each line takes its own up to what was paid for it; what
    is left over, or names no line (freight, a goodwill refund), fills the other lines from the first on; nothing goes above
    what was paid. A guess counts only where no real refund of its line, or of the whole order, is known."""
    room = {line.line_no: line.paid_fen for line in lines}
    ordered = sorted(_believed(refunds), key=lambda refund: refund.refunded_on)
    taken: dict[tuple[str, date], int] = {}
    spare: list[tuple[date, int]] = []

    def take(line_no: str, day: date, fen: int) -> int:
        fits = min(fen, room[line_no])
        if fits:
            room[line_no] -= fits
            taken[line_no, day] = taken.get((line_no, day), 0) + fits
        return fen - fits

    for refund in ordered:
        own = refund.line_no is not None and refund.line_no in room
        left = take(str(refund.line_no), refund.refunded_on, refund.refund_fen) if own else refund.refund_fen
        if own or not refund.is_guess:
            spare.append((refund.refunded_on, left))
    for day, left in spare:
        for line_no in room:
            left = take(line_no, day, left)
    return taken


def _believed(refunds: Iterable[WorthRefund]) -> list[WorthRefund]:
    """Without the guesses that a real refund of their line, or of the whole order, has replaced."""
    known = list(refunds)
    real = {refund.line_no for refund in known if not refund.is_guess and refund.refund_fen}
    return [refund for refund in known if not refund.is_guess or not ({refund.line_no, None} & real)]


def difference(old: Mapping[EntryKey, Amounts], new: Mapping[EntryKey, Amounts]) -> list[tuple[EntryKey, Amounts]]:
    """The ledger rows that turn what an order was worth into what it is worth now."""
    rows: Iterable[tuple[EntryKey, Amounts]] = new.items()
    if old:
        rows = ((key, new.get(key, NOTHING).minus(old.get(key, NOTHING))) for key in old.keys() | new.keys())
    return sorted((row for row in rows if row[1] != NOTHING), key=lambda row: (row[0].line_no, row[1]))

"""What an order is worth, line by line, and how the ledger says that it changed. Pure: no query, no clock.

Counting words as in docs/counting.md: an order counts once while it is paid, shipped, received, completed or closed after
payment; units and paid money are those of its lines; refunds are successful ones only, never above what was paid.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

WORTH_SOMETHING = frozenset({"paid", "shipped", "received", "completed", "closed"})


class EntryKey(NamedTuple):
    """Where an amount is booked. `line_no` is "" for an order whose lines are not known yet."""

    line_no: str
    item_id: int | None
    session_id: UUID | None
    occurred_at: datetime
    counted_at: datetime


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


@dataclass(frozen=True, slots=True)
class WorthLine:
    line_no: str
    item_id: int | None
    quantity: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class WorthRefund:
    """A successful refund. `is_guess`: an export said "refunded" without amount or number; a real one replaces it."""

    line_no: str | None
    refund_fen: int
    is_guess: bool


def worth(
    lines: Iterable[WorthLine],
    refunds: Iterable[WorthRefund],
    *,
    session_id: UUID | None,
    occurred_at: datetime,
    counted_at: datetime,
) -> dict[EntryKey, Amounts]:
    """What a counted order is worth, by line."""
    ordered = sorted(lines, key=lambda line: line.line_no)
    if not ordered:
        return {EntryKey("", None, session_id, occurred_at, counted_at): Amounts(orders=1)}
    refunded = refunded_by_line(ordered, list(refunds))
    seen: set[int | None] = set()
    entries: dict[EntryKey, Amounts] = {}
    for position, line in enumerate(ordered):
        key = EntryKey(line.line_no, line.item_id, session_id, occurred_at, counted_at)
        entries[key] = Amounts(
            orders=int(position == 0),
            item_orders=int(line.item_id not in seen),
            units=line.quantity,
            paid_fen=line.paid_fen,
            refunded_fen=refunded[line.line_no],
        )
        seen.add(line.item_id)
    return entries


def refunded_by_line(lines: list[WorthLine], refunds: list[WorthRefund]) -> dict[str, int]:
    """Successful refunds by line: each line takes its own up to what was paid for it; what is left over, or names no line
    (freight, a goodwill refund), fills the other lines from the first on; nothing goes above what was paid. A guess counts
    only where no real refund of its line, or of the whole order, is known."""
    paid = {line.line_no: line.paid_fen for line in lines}
    real = {refund.line_no for refund in refunds if not refund.is_guess}
    asked: dict[str, int] = defaultdict(int)
    spare = 0
    for refund in refunds:
        if refund.is_guess and (refund.line_no in real or None in real):
            continue
        if refund.line_no in paid:
            asked[refund.line_no] += refund.refund_fen
        elif not refund.is_guess:
            spare += refund.refund_fen
    taken = {line_no: min(asked[line_no], fen) for line_no, fen in paid.items()}
    spare += sum(asked.values()) - sum(taken.values())
    for line_no, fen in paid.items():
        more = min(spare, fen - taken[line_no])
        taken[line_no] += more
        spare -= more
    return taken


def difference(old: Mapping[EntryKey, Amounts], new: Mapping[EntryKey, Amounts]) -> list[tuple[EntryKey, Amounts]]:
    """The ledger rows that turn what an order was worth into what it is worth now."""
    rows: Iterable[tuple[EntryKey, Amounts]] = new.items()
    if old:
        rows = ((key, new.get(key, NOTHING).minus(old.get(key, NOTHING))) for key in old.keys() | new.keys())
    return sorted((row for row in rows if row[1] != NOTHING), key=lambda row: (row[0].line_no, row[1]))

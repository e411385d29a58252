"""Which order lines a subsidy pays for, in the order of their payment, until its cap. Pure: no query, no clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class LineKey(NamedTuple):
    """A line of an order, as of the session that sold it. An order that moves to another session is given back there."""

    order_id: int
    line_no: str
    session_id: str


class Sale(NamedTuple):
    """What stands of a line: pieces paid for and money, less what was refunded. `is_closed`: the order came to nothing."""

    key: LineKey
    paid_at: datetime
    units: int
    paid_fen: int
    refunded_fen: int
    is_closed: bool = False

    @property
    def standing_units(self) -> int:
        """Pieces that are still sold. A refund takes back as many whole pieces as its money pays for: five yuan of thirty for a
        bruised apple take back none, all of the money all pieces."""
        if self.is_closed or self.units <= 0:
            return 0
        if self.paid_fen <= 0:
            return 0 if self.refunded_fen else self.units
        return self.units - min(self.units, self.units * self.refunded_fen // self.paid_fen)


class Paid(NamedTuple):
    """What a rule pays for a line."""

    units: int
    amount_fen: int
    paid_at: datetime


NOTHING = Paid(0, 0, datetime.min.replace(tzinfo=UTC))


def paid_for(sales: Iterable[Sale], *, per_unit_fen: int, cap_fen: int) -> dict[LineKey, Paid]:
    """What the rule pays for each of these lines: first paid, first served; the last line gets what is left, to the fen."""
    left = cap_fen
    found: dict[LineKey, Paid] = {}
    for sale in sorted(sales, key=lambda sale: (sale.paid_at, sale.key)):
        units = sale.standing_units
        amount = min(left, units * per_unit_fen)
        if amount > 0:
            found[sale.key] = Paid(units, amount, sale.paid_at)
            left -= amount
    return found


class Entry(NamedTuple):
    """A row to write: the difference that one line makes."""

    key: LineKey
    units: int
    amount_fen: int
    paid_at: datetime


def differences(booked: Mapping[LineKey, Paid], wanted: Mapping[LineKey, Paid]) -> list[Entry]:
    """The rows that turn what is booked into what is wanted, what is given back first; none where nothing changed."""
    rows = []
    for key, known in {**booked, **wanted}.items():
        old, new = booked.get(key, NOTHING), wanted.get(key, NOTHING)
        entry = Entry(key, new.units - old.units, new.amount_fen - old.amount_fen, known.paid_at)
        if entry.units or entry.amount_fen:
            rows.append(entry)
    return sorted(rows, key=lambda row: (row.amount_fen > 0, row.paid_at, row.key))

"""How much of what was committed is left, in one word. Pure."""

from __future__ import annotations

from enum import StrEnum

SCARCE = 10  # a tenth or less of what was committed is left: time to say so on air


class StockLevel(StrEnum):
    ENOUGH = "enough"
    LOW = "low"
    OUT = "out"
    OVERSOLD = "oversold"


def stock_level(*, left: int, committed: int) -> StockLevel:
    """`left` may be negative: more was sold than was committed."""
    if left < 0:
        return StockLevel.OVERSOLD
    if left == 0:
        return StockLevel.OUT
    return StockLevel.LOW if left * SCARCE <= committed else StockLevel.ENOUGH

"""How sure a share of a sample is: the score interval of Wilson. Pure.

Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212; the figures
are those of method 3 in R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statist. Med. 17 (1998)
857-872.

With x of n, p = x / n and z = 1.959964 (95 %):

    (p + z²/2n ± z · sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n)

It stays within 0 and 100 % and is not empty at 0 of n and n of n, unlike the textbook's p ± z · sqrt(p(1 - p)/n). That the sample
was drawn without putting anybody back makes it wider than it had to be, never narrower."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from typing import NamedTuple

Z_95 = 1.959963984540054
TENTH = Decimal("0.1")


class Share(NamedTuple):
    """`part` of `whole`, in percent with one decimal, half up; low and high are the ends of its 95 % interval."""

    part: int
    whole: int
    percent: Decimal
    low: Decimal
    high: Decimal


def wilson(part: int, whole: int, z: float = Z_95) -> tuple[float, float]:
    """The ends of the interval, from 0 to 1. Raises ValueError for nothing drawn, or a part that is none."""
    if not 0 <= part <= whole or whole < 1:
        raise ValueError(part, whole)
    p, zz = part / whole, z * z
    middle, reach = p + zz / (2 * whole), z * sqrt(p * (1 - p) / whole + zz / (4 * whole * whole))
    low, high = (middle - reach) / (1 + zz / whole), (middle + reach) / (1 + zz / whole)
    return (0.0 if part == 0 else max(0.0, low)), (1.0 if part == whole else min(1.0, high))


def share_of(part: int, whole: int) -> Share | None:
    """None of nothing."""
    if whole < 1:
        return None
    low, high = wilson(part, whole)
    return Share(part, whole, _percent(part / whole), _percent(low), _percent(high))


def _percent(share: float) -> Decimal:
    return (Decimal(repr(share)) * 100).quantize(TENTH, ROUND_HALF_UP)

"""Money is integer fen (1 yuan = 100 fen). No float may touch it; rounding is half up, once, here."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

MAX_FEN = 10**12  # ten thousand million yuan: more than any county sells, less than a bigint
_YUAN = re.compile(r"-?\d{1,12}(\.\d{1,4})?")
_EMPTY = {"", "-", "--", "—", "——", "/"}


def percent(amount_fen: int, rate: Decimal) -> int:
    """`rate` percent of an amount, half up: percent(1005, Decimal("5")) == 50."""
    return int((Decimal(amount_fen) * rate / 100).quantize(Decimal(1), ROUND_HALF_UP))


def split(amount_fen: int, weights: list[int]) -> list[int]:
    """Splits an amount (≥ 0) by weights (≥ 0) without losing a fen: largest remainder, earlier part first."""
    total = sum(weights)
    if not total:
        return [amount_fen if i == 0 else 0 for i in range(len(weights))]
    parts = [amount_fen * weight // total for weight in weights]
    remainders = [amount_fen * weight % total for weight in weights]
    left = amount_fen - sum(parts)
    for i in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        parts[i] += 1
    return parts


def fen_from_yuan(text: str) -> int | None:
    """Fen from a cell like `¥1,299.90`, `0元`, `"59.8`; None for an empty cell (`-`, `--`, `—`, `/`, nothing).

    Raises ValueError for anything else, also for a fraction of a fen.
    """
    bare = (
        text.strip()
        .strip("\t\"'=")
        .replace(",", "")
        .replace("，", "")
        .removeprefix("¥")
        .removeprefix("￥")
        .removesuffix("元")
        .strip()
    )
    if bare in _EMPTY:
        return None
    if not _YUAN.fullmatch(bare):
        raise ValueError(text)
    fen = Decimal(bare) * 100
    if fen != fen.to_integral_value():
        raise ValueError(text)
    return int(fen)


def yuan(amount_fen: int, decimals: int = 2) -> str:
    """`¥ 12,345.60`, with a thin space; `decimals=0` rounds half up to whole yuan for big screens."""
    amount = (Decimal(amount_fen) / 100).quantize(Decimal(1) if decimals == 0 else Decimal("0.01"), ROUND_HALF_UP)
    sign = "-" if amount < 0 else ""
    return f"{sign}¥\u2009{abs(amount):,}"

"""Weights as people write them. Pure."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

MOST_GRAMS = 2_000_000  # two tons: nothing that is sold as a piece weighs more
GRAMS = {
    "": 1, "g": 1, "克": 1, "kg": 1000, "千克": 1000, "公斤": 1000, "斤": 500, "市斤": 500, "两": 50,
    "吨": 1_000_000, "t": 1_000_000,
}  # fmt: skip
WEIGHT = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)([a-z一-鿿]{0,2})")


def grams_of(text: str) -> int:
    """`500` (grams), `500g`, `5斤`, `2.5kg`, `２．５公斤` → grams. Raises ValueError for anything else, for nothing, for parts of
    a gram and for more than two tons."""
    typed = "".join(unicodedata.normalize("NFKC", text[:40]).split()).replace(",", "").lower()
    match = WEIGHT.fullmatch(typed)
    if not match or match[2] not in GRAMS:
        raise ValueError(text)
    grams = Decimal(match[1]) * GRAMS[match[2]]
    if grams != grams.to_integral_value() or not 0 < grams <= MOST_GRAMS:
        raise ValueError(text)
    return int(grams)


def weight_words(grams: int) -> str:
    """As `grams_of` reads it: `5斤`, `0.5斤` stays `250克`."""
    return f"{grams // 500}斤" if grams % 500 == 0 else f"{grams}克"

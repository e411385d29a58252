"""Codes of the second factor, as they are typed and told. Pure: whoever makes one brings the randomness."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CODES = 10
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that looks like another
GROUP = 5  # two of them: 49 bits


def code_from(random_below: Callable[[int], int]) -> str:
    """`abcde-23456`."""
    signs = "".join(SIGNS[random_below(len(SIGNS))] for _sign in range(2 * GROUP))
    return f"{signs[:GROUP]}-{signs[GROUP:]}"


def plain_recovery_code(text: str) -> str:
    """Typed without spaces, dashes, full width and capitals: `ABCDE 23456` → `abcde23456`; six digits stay as they are."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def in_groups(key: str, size: int = 4) -> str:
    """`JBSWY3DP` → `JBSW Y3DP`: a key that is read from one screen and typed on another."""
    return " ".join(key[i : i + size] for i in range(0, len(key), size))

"""Codes by text message: how long one counts, and how many there may be. Pure: no query, no clock."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

DIGITS = 6
VALID_FOR = timedelta(minutes=5)
TRIES_OF_A_CODE = 5
PAUSE = timedelta(minutes=1)
# In an hour. Strangers cannot use up all that a number may get: two are left for its owner's own devices.
HOUR = timedelta(hours=1)
OF_A_PHONE = 5
OF_STRANGERS = 3
OF_A_NETWORK = 30
KEPT_FOR = timedelta(days=1)


def plain_code(text: str) -> str:
    """`１２３ ４５６` → `123456`: full-width digits and spaces are meant well. Whatever else stays as it is, and is wrong."""
    return "".join(unicodedata.normalize("NFKC", text).split())

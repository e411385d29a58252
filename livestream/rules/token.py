"""Secrets that are told once: what one looks like, and what is kept of it. Pure: whoever makes one brings the randomness."""

from __future__ import annotations

import re
from hashlib import sha256

TOKEN_BYTES = 32  # 256 bits: there is nothing to guess, so nothing needs to be locked out
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes as URL-safe base64


def is_token(text: str) -> bool:
    """Whether it could be one: whatever else stands in an address is refused without asking the database."""
    return TOKEN.fullmatch(text) is not None


def digest_of(token: str) -> bytes:
    """What is stored of a token. Unsalted, because a row is looked up by it: a token is random, no dictionary holds it."""
    return sha256(token.encode()).digest()

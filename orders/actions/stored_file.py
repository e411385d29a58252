"""The stored files of orders: what is gone from the disk is refused like any other file that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.actions import stored_file
from livestream.actions.stored_file import (
    NUMBER_BYTES,
    ORDERS,
    PIECE,
    Writer,
    encrypt_anew,
    folder,
    forget,
    forget_strays,
    is_kept,
    keep,
    keep_pieces,
)
from orders.sheets.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "NUMBER_BYTES",
    "ORDERS",
    "PIECE",
    "Writer",
    "encrypt_anew",
    "folder",
    "forget",
    "forget_strays",
    "is_kept",
    "keep",
    "keep_pieces",
    "read",
]


def read(name: str, shelf: str = ORDERS) -> Iterator[bytes]:
    """The bytes as they came in. Raises Refused when the file was deleted after its time or is damaged."""
    try:
        yield from stored_file.read(name, shelf)
    except stored_file.Gone:
        raise Refused("gone") from None

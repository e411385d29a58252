"""What the process that reads a file and the one that asked it to say to each other: frames of a kind, a count of rows, bytes."""

from __future__ import annotations

import struct
from datetime import datetime
from typing import IO, Any

import msgspec

HEAD = struct.Struct(">cII")
FRAME_AT_MOST = 1 << 27
ASKED, PIECE, SAID, COLUMNS, RETURNED, REFUSED, BROKEN = (bytes([sign]) for sign in b"apscrfb")


class Asked(msgspec.Struct):
    """How to read. `now` and what an earlier reading has shown are fixed, so that every reading of a file ends alike."""

    now: datetime
    piece_rows: int
    has_lost_tails: bool = False
    scattered: dict[str, int] = {}
    only_returned: bool = False  # the sender's own cells of the rows that cannot be counted, instead of the facts


class Said(msgspec.Struct):
    """What one reading has shown; with `scattered` or `has_lost_tails` in it the file must be read once more."""

    rows: int
    survey: dict[str, Any]
    has_lost_tails: bool
    scattered: dict[str, int]


class ReturnedRow(msgspec.Struct, array_like=True, gc=False):
    number: int
    code: str
    column: str
    cells: list[str]


def write(out: IO[bytes], kind: bytes, payload: bytes, rows: int = 0) -> None:
    out.write(HEAD.pack(kind, rows, len(payload)))
    out.write(payload)


def read(source: IO[bytes]) -> tuple[bytes, int, bytes] | None:
    """The next frame; None at the end, also of a frame that was cut off."""
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, rows, size = HEAD.unpack(head)
    payload = source.read(size) if size <= FRAME_AT_MOST else b""
    return (kind, rows, payload) if len(payload) == size else None

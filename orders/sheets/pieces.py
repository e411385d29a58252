"""The facts of a file in pieces, as they are kept beside it: read once, counted later, from any row on.

A piece never cuts an order. It holds what counting needs, no cell of a buyer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from orders.sheets.grouping import RowEvent, events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orders.sheets.grouping import Unit


class BadLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row that cannot be counted: its place in the piece, its number in the file, and why."""

    place: int
    number: int
    code: str
    column: str


class Piece(msgspec.Struct, array_like=True):
    """Rows in the order in which they are counted: rows = events + problems."""

    rows: int
    events: list[RowEvent]
    problems: list[BadLine]

    def after(self, rows: int) -> Piece:
        """What is left when the first `rows` rows are counted already."""
        if not rows:
            return self
        left = [bad for bad in self.problems if bad.place >= rows]
        counted = rows - (len(self.problems) - len(left))
        moved = [BadLine(bad.place - rows, bad.number, bad.code, bad.column) for bad in left]
        return Piece(self.rows - rows, self.events[counted:], moved)


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Piece).decode


def cut(units: Iterable[Unit], size: int) -> Iterator[Piece]:
    """Whole units together until there are `size` rows."""
    piece = Piece(0, [], [])
    for unit in units:
        if unit.problem is not None:
            piece.problems.append(BadLine(piece.rows, unit.number, unit.problem.code, unit.problem.column))
        else:
            piece.events += events(unit.facts)
        piece.rows += unit.rows
        if piece.rows >= size:
            yield piece
            piece = Piece(0, [], [])
    if piece.rows:
        yield piece


def pieces_after(rows: int, kept: Iterable[bytes]) -> Iterator[Piece]:
    """The pieces that follow the first `rows` rows."""
    for payload in kept:
        piece = decode(payload)
        if rows >= piece.rows:
            rows -= piece.rows
        else:
            yield piece.after(rows)
            rows = 0

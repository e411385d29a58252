"""Delimited text as records: decoded piece by piece, split so that one broken quote costs one row and not its neighbours."""

from __future__ import annotations

import csv
import io
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from orders.sheets.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_AT_MOST = 1_000_000  # characters
CELL_AT_MOST = csv.field_size_limit()
LINES_PER_RECORD = 50  # a buyer's message may have line breaks, but not this many
SEPARATORS_OF_A_ROW = 2


class ByteStream(io.RawIOBase):
    """An iterator of bytes as a file, so that the decoders of the standard library can read it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.rest = memoryview(piece)
        taken = self.rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self.rest = self.rest[len(taken) :]
        return len(taken)


class Record(msgspec.Struct, frozen=True, gc=False):
    """A row as a spreadsheet counts them. `is_broken`: its quotes do not match; `cells` is then a plain split."""

    number: int
    cells: list[str]
    is_broken: bool = False
    is_unfinished: bool = False  # the file ends in it, without a line break


def lines(pieces: Iterator[bytes], encoding: str) -> Iterator[str]:
    """Physical lines with their ends. Raises Refused for bytes that are not of this encoding and for endless lines."""
    number = 0
    stream = io.BufferedReader(ByteStream(pieces), 1 << 16)
    try:
        with io.TextIOWrapper(stream, encoding=encoding, errors="strict", newline="") as text:
            while line := text.readline(LINE_AT_MOST):
                number += 1
                if len(line) == LINE_AT_MOST:
                    raise Refused("row_too_long", line=number)
                yield line
    except UnicodeDecodeError:
        raise Refused("encoding", line=number + 1) from None


def records(physical: Iterator[str], separator: str) -> Iterator[Record]:
    """Every record that holds something; blank ones are counted but not given.

    Lines are joined where a quoted cell runs on. A line that is a row by itself ends an open quote.
    """
    queue: deque[str] = deque()
    width = SEPARATORS_OF_A_ROW + 1
    number = 0
    while line := queue.popleft() if queue else next(physical, ""):
        number += 1
        cells = cells_of(line, separator)
        if cells is not None:
            if len(cells) > width:
                width = len(cells)
        elif line.count('"') % 2:
            line, cells = joined(line, physical, queue, (separator, width - 1))
        if cells is None:
            plain = line.rstrip("\r\n").replace('"', "").split(separator)
            yield Record(number, plain, True, is_unfinished(line))
        elif any(cells):
            yield Record(number, cells, False, is_unfinished(line))


def is_unfinished(line: str) -> bool:
    return line[-1] not in "\r\n"


def cells_of(line: str, separator: str) -> list[str] | None:
    """The cells of a line that is a row by itself; None where a quote stays open or stands where none may.

    The two shapes that platforms write, no quotes at all or quotes around every cell, need no parser.
    """
    bare = line.rstrip("\r\n")
    if len(bare) <= CELL_AT_MOST:
        if '"' not in bare:
            return bare.split(separator)
        if len(bare) > 1 and bare[0] == bare[-1] == '"':
            cells = bare[1:-1].split(f'"{separator}"')
            if bare.count('"') == 2 * len(cells):
                return cells
    return parse(line, separator)


def joined(line: str, physical: Iterator[str], queue: deque[str], shape: tuple[str, int]) -> tuple[str, list[str] | None]:
    """The line with those that its open quote runs on to, and their cells; alone and without cells where the quote never ends."""
    separator, widest = shape
    body = [line]
    while len(body) < LINES_PER_RECORD and (more := queue.popleft() if queue else next(physical, "")):
        body.append(more)
        if more.count(separator) >= widest:
            break
        if more.count('"') % 2:
            text = "".join(body)
            return text, parse(text, separator)
    queue.extendleft(reversed(body[1:]))
    return line, None


def parse(text: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader((text,), delimiter=separator, strict=True), [])
    except csv.Error:
        return None

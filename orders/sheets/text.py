"""Delimited text as records: decoded piece by piece, split so that one broken quote costs one row and not its neighbours."""

from __future__ import annotations

import csv
import io
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders.sheets.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_AT_MOST = 1_000_000  # characters
LINES_PER_RECORD = 50  # a buyer's message may have line breaks, but not this many
SEPARATORS_OF_A_ROW = 2


class ByteStream(io.RawIOBase):
    """An iterator of bytes as a file, so that the decoders of the standard library can read it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.rest = piece
        taken = self.rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self.rest = self.rest[len(taken) :]
        return len(taken)


@dataclass(frozen=True, slots=True)
class Record:
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


def split_records(physical: Iterator[str], separator: str) -> Iterator[tuple[str, bool]]:
    """(text, is whole): lines joined where a quoted cell runs on. A line that is a row by itself ends an open quote."""
    queue: deque[str] = deque()
    widest = SEPARATORS_OF_A_ROW
    while line := queue.popleft() if queue else next(physical, ""):
        if is_closed(line, separator):
            widest = max(widest, line.count(separator))
            yield line, True
            continue
        body = [line]
        is_whole = False
        while len(body) < LINES_PER_RECORD and (more := queue.popleft() if queue else next(physical, "")):
            body.append(more)
            if more.count(separator) >= widest:
                break
            if more.count('"') % 2:
                is_whole = True
                break
        if is_whole:
            yield "".join(body), True
        else:
            queue.extendleft(reversed(body[1:]))
            yield line, False


def is_closed(line: str, separator: str) -> bool:
    """Whether no quote is left open at the end of the line."""
    if line.count('"') % 2 == 0:
        return True
    try:
        next(csv.reader((line,), delimiter=separator, strict=True))
    except csv.Error:
        return False
    return True


def records(physical: Iterator[str], separator: str) -> Iterator[Record]:
    """Every record that holds something; blank ones are counted but not given."""
    for number, (text, is_whole) in enumerate(split_records(physical, separator), start=1):
        is_unfinished = not text.endswith(("\n", "\r"))
        cells = parse(text, separator) if is_whole else None
        if cells is None:
            plain = text.rstrip("\r\n").replace('"', "").split(separator)
            yield Record(number, plain, is_broken=True, is_unfinished=is_unfinished)
        elif any(cells):
            yield Record(number, cells, is_unfinished=is_unfinished)


def parse(text: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader((text,), delimiter=separator, strict=True), [])
    except csv.Error:
        return None

"""Which sheet a file is: its encoding, its separator, its header row. Columns are found by name, never by position."""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from orders.sheets import SHEETS
from orders.sheets.contract import Refused
from orders.sheets.known import other_kind
from orders.sheets.text import lines, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orders.sheets.contract import Sheet

HEAD_BYTES = 1 << 18
HEADER_WITHIN = 20  # records: captions and notes stand above the header
COLUMNS_AT_MOST = 100
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SEPARATORS = (",", "\t", ";")


@dataclass(frozen=True, slots=True)
class Header:
    """How to read the file. `places`: where each known column stands; `twins`: other places with the same column name."""

    sheet: Sheet
    encoding: str
    separator: str
    number: int
    width: int
    names: tuple[str, ...]
    cells: tuple[str, ...]
    places: dict[str, int]
    twins: tuple[tuple[str, int], ...]

    @property
    def titles(self) -> dict[str, str]:
        return {column.key: column.title for column in self.sheet.COLUMNS}


def plain_name(text: str) -> str:
    """A column name without the accidents of files: blanks, full-width brackets, case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).strip("\ufeff\"'*=").casefold()


def encodings(head: bytes) -> list[str]:
    """What the bytes may be, likeliest first. A wrong guess decodes to column names nobody knows."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return [encoding]
    if b"\0" in head[:4096]:
        return ["utf-16-le", "utf-16-be"]
    return ["utf-8", "gb18030"]


def recognize(pieces: Callable[[], Iterator[bytes]]) -> Header:
    """Raises Refused, saying what the file is instead, which columns it lacks, or that it is empty."""
    head = _head(pieces())
    if not head.strip(b"\0\r\n\t ,\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty")
    other: str | None = None
    for encoding in encodings(head):
        for separator in SEPARATORS:
            for number, cells in _first_rows(head, encoding, separator):
                names = tuple(plain_name(cell) for cell in cells)
                if sheet := _sheet_with(names):
                    return _header(sheet, encoding, separator, number, cells)
                other = other or other_kind(set(names))
    raise Refused("other", what=other) if other else Refused("unknown")


def _head(pieces: Iterator[bytes]) -> bytes:
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= HEAD_BYTES:
            break
    return head


def _first_rows(head: bytes, encoding: str, separator: str) -> list[tuple[int, list[str]]]:
    """The first records of the head; what lies behind a byte of another encoding is left out."""
    found: list[tuple[int, list[str]]] = []
    try:
        for record in islice(records(lines(iter([_whole_lines(head, encoding)]), encoding), separator), HEADER_WITHIN):
            found.append((record.number, record.cells))
    except Refused:
        return found
    return found


def _whole_lines(head: bytes, encoding: str) -> bytes:
    """The decoder reads ahead: only as much is handed to it as is good, so that a bad byte further down hides no header."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        decoder.decode(head)
    except UnicodeDecodeError as error:
        return head[: error.start]
    return head[: len(head) - len(decoder.getstate()[0])]


def _sheet_with(names: tuple[str, ...]) -> Sheet | None:
    """A sheet whose mark stands there, beside at least one more of its columns."""
    here = set(names)
    for sheet in SHEETS.values():
        known = {plain_name(title) for column in sheet.COLUMNS for title in column.titles}
        if here & {plain_name(mark) for mark in sheet.MARKS} and len(here & known) > 1 and not other_kind(here):
            return sheet
    return None


def _header(sheet: Sheet, encoding: str, separator: str, number: int, cells: list[str]) -> Header:
    names = tuple(plain_name(cell) for cell in cells)
    while names and not names[-1]:
        names = names[:-1]
    if len(names) > COLUMNS_AT_MOST:
        raise Refused("too_many_columns", limit=COLUMNS_AT_MOST)
    places: dict[str, int] = {}
    twins: list[tuple[str, int]] = []
    for column in sheet.COLUMNS:
        titles = [plain_name(title) for title in column.titles]
        where = [place for title in titles for place, name in enumerate(names) if name == title]
        if where:
            places[column.key] = where[0]
            twins += [(column.key, place) for place in where[1:] if names[place] == names[where[0]]]
    if missing := [column for column in sheet.COLUMNS if column.is_needed and column.key not in places]:
        raise sheet.missing_columns(missing)
    return Header(sheet, encoding, separator, number, len(names), names, tuple(cells[: len(names)]), places, tuple(twins))

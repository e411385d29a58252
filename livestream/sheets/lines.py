"""A small sheet that a person made, as lines of text: a workbook or a text file, opened in a process of its own."""

from __future__ import annotations

import csv
import io
import tempfile
from typing import IO, TYPE_CHECKING

from livestream.sheets.workbook import Unreadable, as_csv, check_directory, check_name, is_workbook

if TYPE_CHECKING:
    from livestream.sheets.workbook import Wanted

BYTES_AT_MOST = 2_000_000
TEXT_AT_MOST = 2_000_000  # characters: what a page can carry until the rows are applied


def lines_of(file: IO[bytes], name: str, wanted: Wanted) -> list[list[str]]:
    """What the reader gives of it (`Wanted`). Raises Unreadable, with `too_big` and `empty` besides the reader's own codes."""
    data = file.read(BYTES_AT_MOST + 1)
    if len(data) > BYTES_AT_MOST:
        raise Unreadable("too_big")
    if not data.strip(b"\0\r\n\t ,\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty")
    try:
        lines = list(csv.reader(io.StringIO(_text(data, name, wanted), newline="")))
    except csv.Error as error:  # a cell longer than 131,072 characters
        raise Unreadable("too_big") from error
    if sum(len(text) for line in lines for text in line) > TEXT_AT_MOST:
        raise Unreadable("too_big")
    return lines


def _text(data: bytes, name: str, wanted: Wanted) -> str:
    with tempfile.TemporaryFile() as book:  # it has no name; the child needs a file of the system
        book.write(data)
        is_book = is_workbook(data[:8])
        check_name(name, is_book)
        if is_book:
            check_directory(book)
        book.flush()
        return b"".join(as_csv(book, wanted)).decode()

"""Workbooks of orders: the generic reader, asked for an order sheet, with what it refuses in the words of order files."""

from __future__ import annotations

from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from livestream.sheets import workbook
from livestream.sheets.workbook import Unreadable, Wanted
from orders.sheets import SHEETS
from orders.sheets.contract import Refused
from orders.sheets.header import COLUMNS_AT_MOST, HEADER_WITHIN, plain_name
from orders.sheets.reading import ROWS_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

XLSX_AT_MOST = 20_000_000


@contextmanager
def in_words() -> Iterator[None]:
    try:
        yield
    except Unreadable as error:
        facts = error.facts | ({"limit": f"{ROWS_AT_MOST:,}"} if error.code == "too_many_rows" else {})
        raise Refused(error.code, **facts) from error


def is_workbook(head: bytes) -> bool:
    """By its first bytes, not by its name. Raises Refused for the kinds of workbook that cannot be read."""
    with in_words():
        return workbook.is_workbook(head)


def check_name(name: str, is_book: bool) -> None:
    """A name that promises another kind of file than its bytes are is refused, and one that promises macros. Raises Refused."""
    with in_words():
        workbook.check_name(name, is_book)


def check_directory(file: IO[bytes]) -> None:
    """What the zip says of itself, before anything is unpacked. Raises Refused."""
    with in_words():
        workbook.check_directory(file)


def as_csv(file: IO[bytes]) -> Iterator[bytes]:
    """The workbook's one order sheet as UTF-8 CSV. `file` needs a file descriptor. Raises Refused, perhaps after some bytes."""
    marks = sorted({plain_name(mark) for sheet in SHEETS.values() for mark in sheet.MARKS})
    with in_words():
        yield from workbook.as_csv(file, Wanted(marks, HEADER_WITHIN, ROWS_AT_MOST + HEADER_WITHIN + 2, COLUMNS_AT_MOST))

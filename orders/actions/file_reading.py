"""Reading export files: the bytes go to a child process, the facts that come back are kept beside them, encrypted, in pieces."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from orders.actions import stored_file
from orders.sheets import wire
from orders.sheets.apart import frames
from orders.sheets.contract import Refused
from orders.sheets.header import recognize
from orders.sheets.returning import returned
from orders.sheets.workbook import as_csv, check_directory, is_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orders.models import OrderFile, Shop

Pieces = Callable[[], Iterator[bytes]]
Beat = Callable[[int], None]
ROWS_PER_PIECE = 4000
BEAT_SECONDS = 1.0


@dataclass(slots=True)
class Facts:
    """What reading a file has shown, and the name under which its pieces are kept."""

    name: str
    rows: int
    survey: dict[str, Any]


def check_header(shop: Shop, pieces: Pieces) -> str:
    """The name of the sheet. Raises Refused, also for a file of another platform than the shop's."""
    sheet = recognize(pieces).sheet
    if shop.platform != sheet.NAME:
        raise Refused("other_platform", what=sheet.LABEL, shop=shop.name)
    return sheet.NAME


def as_text(stored: str, beat: Beat) -> str:
    """The name of the same file as delimited text: a workbook is opened once, in its own child process. Raises Refused."""
    if not is_workbook(next(stored_file.read(stored), b"")[:8]):
        return stored
    with tempfile.TemporaryFile() as book:  # it has no name; the child needs a file of the system
        book.writelines(stored_file.read(stored))
        check_directory(book)
        return stored_file.keep(beating(as_csv(book), beat))


def beating(pieces: Iterable[bytes], beat: Beat) -> Iterator[bytes]:
    for piece in pieces:
        beat(0)
        yield piece


def keep_facts(pieces: Pieces, now: datetime, beat: Beat) -> Facts:
    """Reads the file and keeps what it says; nothing is kept when it raises Refused.

    Once is enough, but for files whose numbers a spreadsheet has rounded and files in which rows of one order stand apart:
    what to make of their rows is known only at their end.
    """
    asked = wire.Asked(now, ROWS_PER_PIECE)
    while True:
        said: list[wire.Said] = []
        name = stored_file.keep_pieces(payloads(frames(pieces(), asked), said, beat))
        if said[0].has_lost_tails:
            asked.has_lost_tails = True
        elif said[0].scattered:
            asked.scattered = said[0].scattered
        else:
            return Facts(name, said[0].rows, said[0].survey)
        stored_file.forget(name)


def keep_and_read(pieces: Iterable[bytes], now: datetime) -> tuple[str, Facts]:
    """Stores the text and reads it meanwhile; nothing is kept when it raises Refused."""
    writer = stored_file.Writer()
    first = iter([writer.along(pieces)])
    try:
        return writer.name, keep_facts(lambda: next(first, None) or stored_file.read(writer.name), now, nobody)
    except BaseException:
        writer.drop()
        raise


def payloads(heard: Iterable[tuple[bytes, int, bytes]], said: list[wire.Said], beat: Beat) -> Iterator[bytes]:
    rows = 0
    for kind, count, payload in heard:
        if kind == wire.SAID:
            said.append(msgspec.msgpack.decode(payload, type=wire.Said))
        else:
            rows += count
            beat(rows)
            yield payload
    if not said:
        raise Refused("too_heavy")


def nobody(_rows: int) -> None:
    """Nobody waits to hear how far the reading has come."""


def seldom(beat: Beat) -> Beat:
    """The same, at most once a second."""
    last = time.monotonic()

    def beat_seldom(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= BEAT_SECONDS:
            last = time.monotonic()
            beat(rows)

    return beat_seldom


def returned_lines(file: OrderFile) -> Iterator[str]:
    """The rows that cannot be counted, as a CSV file, line by line, made from the stored one. Raises Refused at once."""
    now = datetime.fromisoformat(file.survey["read_at"])
    asked = wire.Asked(now, ROWS_PER_PIECE, has_lost_tails=file.survey["was_rounded"], only_returned=True)
    heard = frames(stored_file.read(file.stored_as), asked, seconds=None)
    _kind, _rows, columns = next(heard)
    rows = (row for _kind, _rows, payload in heard for row in msgspec.msgpack.decode(payload, type=list[wire.ReturnedRow]))
    return returned(msgspec.msgpack.decode(columns, type=list[str]), rows)

"""Writing the file of an export: one snapshot, piece by piece, encrypted on the way to the disk."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import override

from orders.actions import stored_file
from orders.actions.export import SHELF
from orders.actions.export_notes import Totals, about
from orders.actions.export_reading import key_of, one_moment
from orders.actions.export_statements import SALES
from orders.rules.export import ExportFormat
from orders.sheets.dictionary import COLUMNS, NUMBER
from orders.sheets.outgoing import CsvFile, JsonFile, Notes, Workbook, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from orders.actions.export_reading import Asked
    from orders.models import Export
    from orders.sheets.dictionary import Column
    from orders.sheets.outgoing import Outgoing


class Made(NamedTuple):
    """A file that is on the disk, encrypted; `sha256` and `bytes` are those of what people will get."""

    name: str
    rows: int
    bytes: int
    sha256: str


class Sealed:
    """A sink that encrypts what goes into it and remembers its length and its digest."""

    def __init__(self, shelf: str = SHELF) -> None:
        self.writer = stored_file.Writer(shelf)
        self.waiting, self.digest, self.bytes = bytearray(), sha256(), 0

    def write(self, data: bytes) -> int:
        self.waiting += data
        self.digest.update(data)
        self.bytes += len(data)
        if len(self.waiting) >= stored_file.PIECE:
            self.pour()
        return len(data)

    def pour(self) -> None:
        if self.waiting:
            self.writer.put(bytes(self.waiting))
            self.waiting.clear()

    def flush(self) -> None:
        """Nothing to do before the end: pieces are written when they are full."""

    def close(self, rows: int) -> Made:
        self.pour()
        return Made(self.writer.close(), rows, self.bytes, self.digest.hexdigest())


def write_file(export: Export, asked: Asked, *, scratch: str, count: Callable[[int], None], at: datetime) -> Made:
    """In the language in which it was asked for. `count` hears of every piece and may stop it all by raising."""
    columns = COLUMNS[asked.kind]
    sink = Sealed()
    try:
        with override(export.language), one_moment(key_of(export.pk)) as snapshot:
            file = outgoing(export, sink, (*columns, NUMBER), scratch, at)
            totals, reads = Totals(columns), readers(columns)
            for piece in snapshot.rows(asked):
                totals.add(piece)
                count(totals.rows)
                file.put([[*(read(said) for read, said in zip(reads, row, strict=True)), export.number] for row in piece])
            boards = snapshot.boards(asked) if asked.kind in SALES else None
            file.close(Notes(about(export, totals, boards, file.fingerprint, at), (*columns, NUMBER)))
        return sink.close(totals.rows)
    except BaseException:
        sink.writer.drop()
        raise


def outgoing(export: Export, sink: Sealed, columns: Sequence[Column], scratch: str, at: datetime) -> Outgoing:
    if export.format == ExportFormat.XLSX:
        return Workbook(sink, columns, export.number, scratch)
    packed = JsonFile if export.format == ExportFormat.JSON else CsvFile
    return packed(sink, columns, export.number, at)

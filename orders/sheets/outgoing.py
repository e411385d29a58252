"""Files that go out: rows as CSV, as a workbook or as JSON, one after the other, so that no number of them costs memory.

Every cell is made harmless here, once (livestream/rules/cell.py). The fingerprint 内容指纹 of all three is that of the CSV form,
so that the same content has the same fingerprint whatever file carries it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
import xlsxwriter
from django.utils.translation import gettext as _

from livestream.rules.cell import csv_cell, is_formula, plain, yuan_decimal
from livestream.rules.day import SHANGHAI
from orders.sheets.dictionary import Cell

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from orders.sheets.dictionary import Column

Value = str | int | Decimal | datetime | date | None
Read = Callable[[Any], Value]
BOM = "\ufeff"
ROWS_A_SHEET = 1_000_000  # a sheet holds 1,048,576
WIDE, NARROW = 60, 24


class Notes(NamedTuple):
    """The page 说明: what is said about the file, and what its columns mean."""

    about: list[tuple[str, str]]
    columns: Sequence[Column]

    def rows(self) -> list[list[str]]:
        words = [[label, value] for label, value in self.about]
        head = [_("栏目"), _("名称（JSON）"), _("格式"), _("是什么意思")]
        return [*words, [""], head, *([str(c.title), c.key, str(c.cell.value), str(c.note)] for c in self.columns)]


class Sink(Protocol):
    """Where the bytes of the file go; it cannot go back."""

    def write(self, data: bytes) -> int: ...

    def flush(self) -> None: ...


class Outgoing(Protocol):
    """A file being written: rows as often as there are some, then the notes, once."""

    @property
    def fingerprint(self) -> str: ...

    def put(self, rows: Sequence[Sequence[Value]]) -> None: ...

    def close(self, notes: Notes) -> None: ...


# --- what a cell says -------------------------------------------------------------------------------------------------


def readers(columns: Iterable[Column]) -> list[Read]:
    """For each column what makes a value of what the database says."""
    return [_reader(column) for column in columns]


def _reader(column: Column) -> Read:
    if column.labels is not None:
        labels = {value: str(label) for value, label in column.labels.choices}
        return lambda said: labels.get(said) or plain(str(said or ""))
    if column.cell == Cell.FLAG:
        words = {True: _("是"), False: _("否")}
        return lambda said: words.get(said, "")
    return READERS[column.cell]


def _text(said: Any) -> str:
    return "" if said is None else plain(str(said))


def _moment(said: datetime | None) -> datetime | None:
    return said and said.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)


READERS: dict[Cell, Read] = {
    Cell.TEXT: _text,
    Cell.NUMBER: lambda said: said,
    Cell.YUAN: lambda said: None if said is None else yuan_decimal(said),
    Cell.MOMENT: _moment,
    Cell.DAY: lambda said: said,
}


def csv_text(value: Value) -> str:
    if isinstance(value, str):
        return csv_cell(value)
    return "" if value is None else str(value)  # of a datetime without a zone: 2026-11-22 20:00:01


class Lines:
    """Rows as lines of CSV, and the fingerprint of all of them."""

    def __init__(self) -> None:
        self.digest = sha256()

    def of(self, rows: Iterable[Sequence[Value]], before: str = "") -> bytes:
        out = io.StringIO(newline="")
        out.write(before)
        csv.writer(out, lineterminator="\r\n").writerows([csv_text(value) for value in row] for row in rows)
        data = out.getvalue().encode()
        self.digest.update(data)
        return data


# --- three files ------------------------------------------------------------------------------------------------------


class _Rows:
    """What the three have in common: the lines whose fingerprint they carry."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns, self.lines = columns, Lines()
        self.head = self.lines.of([[str(column.title) for column in columns]], BOM)

    @property
    def fingerprint(self) -> str:
        return self.lines.digest.hexdigest()


class _Packed(_Rows):
    """A zip whose first entry is the data: text of a million rows packs to a tenth."""

    def __init__(self, sink: Sink, columns: Sequence[Column], name: str, at: datetime) -> None:
        super().__init__(columns)
        self.zip = ZipFile(cast("IO[bytes]", sink), "w", ZIP_DEFLATED)
        self.at = at.astimezone(SHANGHAI).timetuple()[:6]
        self.entry = self.zip.open(self.info(name), "w", force_zip64=True)

    def info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, self.at)
        info.compress_type = ZIP_DEFLATED
        return info


class CsvFile(_Packed):
    """Beside the data, whose first line is its head, lies 说明."""

    def __init__(self, sink: Sink, columns: Sequence[Column], number: str, at: datetime) -> None:
        super().__init__(sink, columns, f"{number}.csv", at)
        self.entry.write(self.head)

    def put(self, rows: Sequence[Sequence[Value]]) -> None:
        self.entry.write(self.lines.of(rows))

    def close(self, notes: Notes) -> None:
        self.entry.close()
        self.zip.writestr(self.info(_("说明") + ".csv"), Lines().of(notes.rows(), BOM))
        self.zip.close()


class Workbook(_Rows):
    """Sheets of data and one of notes. Text is written as text, numbers as numbers; nothing is a formula or a link."""

    def __init__(self, sink: Sink, columns: Sequence[Column], number: str, folder: str) -> None:
        super().__init__(columns)
        never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(sink, {"constant_memory": True, "tmpdir": folder, "use_zip64": True, **never})
        self.book.set_properties({"title": number, "comments": number})
        self.number = number
        self.bold = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.quoted = self.book.add_format({"quote_prefix": True})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.wrapped_quoted = self.book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        formats = {Cell.YUAN: "#,##0.00", Cell.MOMENT: "yyyy-mm-dd hh:mm:ss", Cell.DAY: "yyyy-mm-dd", Cell.NUMBER: "0"}
        self.formats = {cell: self.book.add_format({"num_format": shape}) for cell, shape in formats.items()}
        self.sheets, self.row = 0, 0
        self.sheet = self.add_sheet()

    def add_sheet(self) -> Worksheet:
        self.sheets += 1
        sheet = self.book.add_worksheet(_("数据") + (f" {self.sheets}" if self.sheets > 1 else ""))
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.set_footer(f"&L{self.number}&R&P / &N")
        for place, column in enumerate(self.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, str(column.title), self.bold)
        self.row = 0
        return sheet

    def put(self, rows: Sequence[Sequence[Value]]) -> None:
        self.lines.of(rows)
        formats = [self.formats.get(column.cell) for column in self.columns]
        for row in rows:
            if self.row == ROWS_A_SHEET:
                self.sheet = self.add_sheet()
            self.row += 1
            for place, value in enumerate(row):
                self.write(place, value, formats[place])

    def write(self, place: int, value: Value, shape: Format | None) -> None:
        if isinstance(value, str):
            if value:
                self.sheet.write_string(self.row, place, value, self.quoted if is_formula(value) else None)
        elif isinstance(value, date):
            self.sheet.write_datetime(self.row, place, value, shape)
        elif value is not None:
            self.sheet.write_number(self.row, place, value, shape)

    def close(self, notes: Notes) -> None:
        sheet = self.book.add_worksheet(_("说明"))
        sheet.set_column(0, 0, NARROW)
        sheet.set_column(1, 3, WIDE)
        for number, row in enumerate(notes.rows()):
            for place, words in enumerate(row):
                sheet.write_string(number, place, words, self.wrapped_quoted if is_formula(words) else self.wrapped)
        self.book.close()


class JsonFile(_Packed):
    """One document: what it is, its columns, its rows one a line. Money is a number with two decimals."""

    def __init__(self, sink: Sink, columns: Sequence[Column], number: str, at: datetime) -> None:
        super().__init__(sink, columns, f"{number}.json", at)
        self.is_first = True
        self.keys = [column.key for column in columns]
        self.encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode
        self.entry.write(b'{"export":' + self.encode(number) + b',"rows":[')

    def put(self, rows: Sequence[Sequence[Value]]) -> None:
        self.lines.of(rows)
        for row in rows:
            shown = [value.replace(tzinfo=SHANGHAI) if isinstance(value, datetime) else value for value in row]
            self.entry.write(b"\n" if self.is_first else b",\n")
            self.entry.write(self.encode(dict(zip(self.keys, shown, strict=True))))
            self.is_first = False

    def close(self, notes: Notes) -> None:
        columns = [
            {"key": c.key, "title": str(c.title), "type": c.cell.name.lower(), "meaning": str(c.note)} for c in notes.columns
        ]
        self.entry.write(b'\n],"columns":' + self.encode(columns) + b',"notes":' + self.encode(notes.about) + b"}\n")
        self.entry.close()
        self.zip.close()

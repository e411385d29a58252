"""The child process that opens a spreadsheet: reads it from standard input under limits, writes one sheet of it as CSV.

A program of its own: it imports nothing of the project, so that its limits leave room for the workbook. Whatever goes wrong
ends this process and nothing else. Standard error carries one word of `livestream.sheets.workbook.COMPLAINTS`.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import resource
import sys
import unicodedata
from datetime import date, datetime, time
from typing import Any

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 30
LOOKED_AT = 20_000  # characters of a text file, to see what parts its cells
NAMED = "\x1d"  # begins the line that names a sheet: no cell of a workbook holds it
EXACT = 10**15  # a spreadsheet keeps 15 digits of a number; a longer one is no longer the number that was exported


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text(value: Any) -> str:
    """A cell as a CSV file would carry it. A long number is written as what it is: rounded."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        if abs(value) >= EXACT:
            return f"{value:.9E}"
        return str(int(value)) if float(value).is_integer() else repr(round(value, 6))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date | time):
        return value.isoformat()
    found = str(value)
    # Long digits get a tab, as the platforms write them, so that the next spreadsheet leaves them alone.
    return "\t" + found if found.isdecimal() and len(found) > 11 else found


def plain_name(value: Any) -> str:
    return "".join(unicodedata.normalize("NFKC", str(value)).split()).strip("'*=\"").casefold()


def fits(rows: Any, wanted: dict[str, Any]) -> bool:
    """Whether one of these rows is a header that was asked for."""
    marks = set(wanted["marks"])
    return any(len({plain_name(value) for value in row if value is not None} & marks) >= wanted["marks_needed"] for row in rows)


def sheets_with_header(book: Any, wanted: dict[str, Any]) -> list[Any]:
    """The sheets with a header in their first rows; the first sheet of all if none has one."""
    size = {"max_row": wanted["header_within"], "max_col": wanted["columns"] + 1}
    found = [sheet for sheet in book.worksheets if fits(sheet.iter_rows(**size, values_only=True), wanted)]
    return found or book.worksheets[:1]


def spread(sheet: Any) -> None:
    """Every cell of a merged area gets the value that stands in its corner."""
    for area in list(sheet.merged_cells.ranges):
        value = sheet.cell(area.min_row, area.min_col).value
        sheet.unmerge_cells(str(area))
        for row in range(area.min_row, min(area.max_row, sheet.max_row) + 1):
            for column in range(area.min_col, min(area.max_col, sheet.max_column) + 1):
                sheet.cell(row, column).value = value


class TextSheet:
    """A text file as a sheet: UTF-8 or what Excel saves in China, with commas or tabs."""

    title = ""

    def __init__(self, data: bytes) -> None:
        text = decoded(data)
        first = text[:LOOKED_AT].splitlines() or [""]
        tabs = sum(line.count("\t") for line in first) > sum(line.count(",") for line in first)
        self.rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else ","))

    def iter_rows(self, **_size: Any) -> Any:
        return ([cell.strip("\t") or None for cell in row] for row in self.rows)


def decoded(data: bytes) -> str:
    """Raises UnicodeError."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def grid_of(data: bytes, wanted: dict[str, Any]) -> list[Any]:
    """The sheets that fit, the first of them ready to be read. A merged area is known only to a whole sheet, so all are read."""
    if not data.startswith(b"PK"):
        return [TextSheet(data)]
    import openpyxl  # noqa: PLC0415  (slow)

    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    sheets = sheets_with_header(book, wanted)
    for sheet in sheets if wanted["is_every"] else sheets[:1]:
        spread(sheet)
    return sheets


def exported(data: bytes, wanted: dict[str, Any]) -> list[Any]:
    import openpyxl  # noqa: PLC0415  (slow)
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: PLC0415

    # Without this it reads a whole sheet just to learn its size, which may be a lie anyway.
    ReadOnlyWorksheet._get_size = lambda _sheet: None
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    return sheets_with_header(book, wanted)


def write(sheet: Any, wanted: dict[str, Any], out: io.TextIOWrapper) -> str:
    """Returns what is wrong, "" for nothing."""
    writer = csv.writer(out)
    empty = 0
    for number, row in enumerate(sheet.iter_rows(max_col=wanted["columns"] + 1, values_only=True), start=1):
        if number > wanted["rows"]:
            return "too_many_rows"
        cells = [text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > wanted["columns"]:
            return "too_many_columns"
        if not cells:
            empty += 1  # blank rows at the end are not written; those between keep the numbers of the rows right
            continue
        out.write("\r\n" * empty)
        empty = 0
        writer.writerow(cells)
    return ""


def main() -> str:
    wanted = json.loads(sys.argv[1])
    import openpyxl  # noqa: PLC0415  (slow; before the limits)

    if not openpyxl.DEFUSEDXML:
        return "defusedxml is missing"
    for encoding in ("utf-8-sig", "utf-16", "gb18030"):
        codecs.lookup(encoding)
    limit()
    try:
        sheets = (grid_of if wanted["is_grid"] else exported)(sys.stdin.buffer.read(), wanted)
    except MemoryError:
        return "bomb"
    except UnicodeError:
        return "encoding"
    except Exception:  # a file may be broken in any way: the word is all that leaves this process
        return "broken_workbook"
    if len(sheets) > 1 and not wanted["is_grid"]:
        return "two_sheets"
    return written(sheets, wanted) if sheets else "empty"


def written(sheets: list[Any], wanted: dict[str, Any]) -> str:
    """Returns what is wrong, "" for nothing."""
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
    try:
        if wanted["is_every"]:
            complaint = every(sheets, wanted, out)
        else:
            if wanted["is_grid"]:
                csv.writer(out).writerow([sheet.title for sheet in sheets])
            complaint = write(sheets[0], wanted, out)
    except MemoryError:
        return "bomb"
    except Exception:
        return "broken_workbook"
    out.flush()
    return complaint


def every(sheets: list[Any], wanted: dict[str, Any], out: io.TextIOWrapper) -> str:
    """One sheet after the other, each behind a line that names it."""
    for sheet in sheets:
        csv.writer(out).writerow([NAMED, sheet.title])
        if complaint := write(sheet, wanted, out):
            return complaint
    return ""


if __name__ == "__main__":
    complaint = main()
    if complaint:
        sys.stderr.write(complaint)
        sys.stderr.flush()
        sys.exit(3)

"""The child process that opens a workbook: reads it from standard input under limits, writes its order sheet as CSV.

A program of its own: it imports nothing of the project, so that its limits leave room for the workbook. Whatever goes wrong
ends this process and nothing else. Standard error carries one word of `orders.sheets.words.FILE`.
"""

from __future__ import annotations

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


def order_sheets(book: Any, wanted: dict[str, Any]) -> list[Any]:
    """The sheets with a mark in their first rows; the first sheet of all if none has one."""
    found = []
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=wanted["header_within"], max_col=wanted["columns"] + 1, values_only=True):
            if {plain_name(value) for value in row if value is not None} & set(wanted["marks"]):
                found.append(sheet)
                break
    return found or book.worksheets[:1]


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
    import openpyxl  # noqa: PLC0415  (slow)
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: PLC0415

    if not openpyxl.DEFUSEDXML:
        return "defusedxml is missing"
    limit()
    # Without this it reads a whole sheet just to learn its size, which may be a lie anyway.
    ReadOnlyWorksheet._get_size = lambda _sheet: None
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(sys.stdin.buffer.read()), read_only=True, data_only=True, keep_links=False
        )  # fmt: skip
        sheets = order_sheets(book, wanted)
    except MemoryError:
        return "bomb"
    except Exception:  # a file may be broken in any way: the word is all that leaves this process
        return "broken_workbook"
    if len(sheets) > 1:
        return "two_sheets"
    if not sheets:
        return "empty"
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
    try:
        complaint = write(sheets[0], wanted, out)
    except MemoryError:
        return "bomb"
    except Exception:
        return "broken_workbook"
    out.flush()
    return complaint


if __name__ == "__main__":
    complaint = main()
    if complaint:
        sys.stderr.write(complaint)
        sys.stderr.flush()
        sys.exit(3)

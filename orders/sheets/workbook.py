"""Excel workbooks: looked at from outside, then opened in a child process with limits, which writes them as CSV.

Everything behind this reads text only, so a workbook is opened once, when it comes in.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from orders.sheets import SHEETS
from orders.sheets.contract import Refused
from orders.sheets.header import COLUMNS_AT_MOST, HEADER_WITHIN, plain_name
from orders.sheets.reading import ROWS_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

XLSX_AT_MOST = 20_000_000
ENTRIES_AT_MOST = 500
UNPACKED_AT_MOST = 300_000_000
RATIO_AT_MOST = 100
SMALL = 10_000_000  # what is small unpacked may be as tight as it likes
SECONDS = 120  # by the clock, for a busy machine; the child itself may use 30 s of processor
PIECE = 1 << 16
BOOKS, TEXTS, WITH_MACROS = {".xlsx"}, {".csv", ".txt"}, {".xlsm", ".xltm", ".xlam", ".xlsb"}
CODE = ("vbaproject.bin", "vbadata.xml")
SHEETS_OF_CODE = ("xl/macrosheets/", "xl/activex/")
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and every workbook with a password
CHILD = Path(__file__).with_name("workbook_child.py")


def is_workbook(head: bytes) -> bool:
    """By its first bytes, not by its name. Raises Refused for the kinds of workbook that cannot be read."""
    if head.startswith(OLE):
        raise Refused("old_or_locked")
    return head.startswith((ZIP, b"PK\x05\x06"))


def check_name(name: str, is_book: bool) -> None:
    """A name that promises another kind of file than its bytes are is refused, and one that promises macros. Raises Refused."""
    ending = Path(name).suffix.casefold()
    if ending in WITH_MACROS:
        raise Refused("macros")
    if ending in (TEXTS if is_book else BOOKS):
        raise Refused("misnamed", ending=ending)


def check_directory(file: IO[bytes]) -> None:
    """What the zip says of itself, before anything is unpacked. Raises Refused."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("broken_workbook") from error
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("old_or_locked")
    if any(name.casefold().endswith(CODE) or name.casefold().startswith(SHEETS_OF_CODE) for name in names):
        raise Refused("macros")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Refused("broken_workbook")
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > ENTRIES_AT_MOST or unpacked > UNPACKED_AT_MOST or (unpacked > SMALL and unpacked > RATIO_AT_MOST * packed):
        raise Refused("bomb")


def as_csv(file: IO[bytes]) -> Iterator[bytes]:
    """The workbook's one order sheet as UTF-8 CSV. `file` needs a file descriptor. Raises Refused, perhaps after some bytes."""
    marks = sorted({plain_name(mark) for sheet in SHEETS.values() for mark in sheet.MARKS})
    wanted = {
        "marks": marks,
        "header_within": HEADER_WITHIN,
        "rows": ROWS_AT_MOST + HEADER_WITHIN + 2,
        "columns": COLUMNS_AT_MOST,
    }
    file.seek(0)
    child = subprocess.Popen(
        [sys.executable, "-I", str(CHILD), json.dumps(wanted)], stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={}
    )
    alarm = threading.Timer(SECONDS, child.kill)
    alarm.start()
    try:
        assert child.stdout is not None
        while piece := child.stdout.read(PIECE):
            yield piece
        complaint = child.stderr.read(2000).decode(errors="replace").strip() if child.stderr else ""
        if child.wait() != 0:
            raise refusal(complaint)
    finally:
        alarm.cancel()
        child.kill()
        child.wait()
        for pipe in (child.stdout, child.stderr):
            if pipe:
                pipe.close()


def refusal(complaint: str) -> Refused:
    """What the child said; a child that died without a word hit one of its limits."""
    if complaint == "too_many_rows":
        return Refused("too_many_rows", limit=f"{ROWS_AT_MOST:,}")
    if complaint == "too_many_columns":
        return Refused("too_many_columns", limit=COLUMNS_AT_MOST)
    return Refused(complaint if complaint in {"two_sheets", "empty", "broken_workbook"} else "bomb")

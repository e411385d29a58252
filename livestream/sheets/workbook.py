"""Spreadsheets of any kind: looked at from outside, then opened in a child process with limits, which writes them as CSV.

Everything behind this reads text only, so a workbook is opened once, when it comes in. What is wrong with a file is a code;
whoever takes files in says it in words of his own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
NAMED = "\x1d"
CHILD = Path(__file__).with_name("workbook_child.py")
COMPLAINTS = {"two_sheets", "empty", "broken_workbook", "too_many_rows", "encoding"}


class Unreadable(Exception):
    """A file that is not opened, or not to its end: a stable code, and what a sentence about it needs."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sheet of a file is read, and how much of it. `marks`: plain column names, of which `marks_needed` stand in one of
    the first `header_within` rows. `is_grid`: as people draw sheets, not as programs export them: a merged area gives its value
    to every cell that it covers, text files are read too, the first of several fitting sheets is taken, and the first line that
    comes back names the sheet that is read and then those that fit as well. `is_every`: of such a grid, every fitting sheet is
    read, each behind a line of `NAMED` and its name."""

    marks: Sequence[str]
    header_within: int
    rows: int
    columns: int
    marks_needed: int = 1
    is_grid: bool = False
    is_every: bool = False


def is_workbook(head: bytes) -> bool:
    """By its first bytes, not by its name. Raises Unreadable for the kinds of workbook that cannot be read."""
    if head.startswith(OLE):
        raise Unreadable("old_or_locked")
    return head.startswith((ZIP, b"PK\x05\x06"))


def check_name(name: str, is_book: bool) -> None:
    """A name that promises another kind of file than its bytes are is refused, and one that promises macros; by Unreadable."""
    ending = Path(name).suffix.casefold()
    if ending in WITH_MACROS:
        raise Unreadable("macros")
    if ending in (TEXTS if is_book else BOOKS):
        raise Unreadable("misnamed", ending=ending)


def check_directory(file: IO[bytes]) -> None:
    """What the zip says of itself, before anything is unpacked. Raises Unreadable."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("broken_workbook") from error
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("old_or_locked")
    if any(name.casefold().endswith(CODE) or name.casefold().startswith(SHEETS_OF_CODE) for name in names):
        raise Unreadable("macros")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Unreadable("broken_workbook")
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > ENTRIES_AT_MOST or unpacked > UNPACKED_AT_MOST or (unpacked > SMALL and unpacked > RATIO_AT_MOST * packed):
        raise Unreadable("bomb")


def as_csv(file: IO[bytes], wanted: Wanted) -> Iterator[bytes]:
    """The sheet that is wanted as UTF-8 CSV. `file` needs a file descriptor. Raises Unreadable, perhaps after some bytes."""
    file.seek(0)
    child = subprocess.Popen(
        [sys.executable, "-I", str(CHILD), json.dumps(asdict(wanted))],
        stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={},
    )  # fmt: skip
    alarm = threading.Timer(SECONDS, child.kill)
    alarm.start()
    try:
        assert child.stdout is not None
        while piece := child.stdout.read(PIECE):
            yield piece
        complaint = child.stderr.read(2000).decode(errors="replace").strip() if child.stderr else ""
        if child.wait() != 0:
            raise refusal(complaint, wanted)
    finally:
        alarm.cancel()
        child.kill()
        child.wait()
        for pipe in (child.stdout, child.stderr):
            if pipe:
                pipe.close()


def refusal(complaint: str, wanted: Wanted) -> Unreadable:
    """What the child said; a child that died without a word hit one of its limits."""
    if complaint == "too_many_columns":
        return Unreadable("too_many_columns", limit=wanted.columns)
    return Unreadable(complaint if complaint in COMPLAINTS else "bomb")

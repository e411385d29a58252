"""The file of a paper (证件) as it is kept: a PDF as it came, a photo written anew; what is wrong with it, in a sentence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line
from livestream.sheets.photo import written_anew

if TYPE_CHECKING:
    from typing import IO

MEGA = 1_000_000
BYTES_AT_MOST = 10 * MEGA
NAME_AT_MOST = 100
PDF, JPEG, PNG = b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Scan:
    """What is stored of it. `name` as the sender called it, with the ending of what it is; `sha256` of what was sent."""

    content: bytes
    name: str
    sha256: str


def read_scan(file: IO[bytes], name: str) -> Scan:
    """Looked at from outside first: what is too large is not read at all. A photo carries nothing but its pixels afterwards.
    Raises NotAllowed(`paper_too_large`, `paper_empty`, `paper_file_kind`, `photo_broken`, `photo_too_large`)."""
    size = file.seek(0, 2)
    file.seek(0)
    if size > BYTES_AT_MOST:
        raise NotAllowed("paper_too_large", size=f"{size / MEGA:.0f}" if size >= 10.5 * MEGA else f"{size / MEGA:.2f}")
    data = file.read()
    if not data:
        raise NotAllowed("paper_empty")
    sha256 = hashlib.sha256(data).hexdigest()
    if data.startswith(PDF):
        return Scan(data, named(name, ".pdf"), sha256)
    if data.startswith((JPEG, PNG)):
        return Scan(written_anew(data).jpeg, named(name, ".jpg"), sha256)
    raise NotAllowed("paper_file_kind")


def named(name: str, ending: str) -> str:
    """Without folders and signs that nobody sees, and with the ending of what it is."""
    stem = PurePath(one_line(name).replace("\\", "/")).stem.strip(". ") or "证件"
    return stem[: NAME_AT_MOST - len(ending)] + ending


def is_pdf(content: bytes) -> bool:
    return content.startswith(PDF)

"""Which files a course may give to phones, and how a file is recognised by its first bytes, not by its name. Pure."""

from __future__ import annotations

from typing import NamedTuple

from livestream.rules.errors import NotAllowed

MEGA = 1_000_000
BYTES_AT_MOST = 20 * MEGA
MATERIALS_AT_MOST = 50  # of one course
SNIFFED = 16  # first bytes that are enough to know any of them
DIGITS_AT_MOST = 20  # of both ends of a range together
OFFICE = b"PK\x03\x04"


class FileKind(NamedTuple):
    """`is_shown`: a phone shows or plays it by itself; others are taken away."""

    content_type: str
    is_shown: bool = True


OPEN_XML = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, FileKind] = {
    "pdf": FileKind("application/pdf"),
    "jpg": FileKind("image/jpeg"),
    "png": FileKind("image/png"),
    "mp3": FileKind("audio/mpeg"),
    "mp4": FileKind("video/mp4"),
    "docx": FileKind(f"{OPEN_XML}.wordprocessingml.document", is_shown=False),
    "pptx": FileKind(f"{OPEN_XML}.presentationml.presentation", is_shown=False),
    "xlsx": FileKind(f"{OPEN_XML}.spreadsheetml.sheet", is_shown=False),
}
SAME = {"jpeg": "jpg", "m4v": "mp4"}
# The folder inside the zip that tells one office file from another.
FOLDER = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/"}


def suffix_of(name: str) -> str:
    """`课件.PDF` → `pdf`. Raises NotAllowed(`material_kind`) for what is none of `KINDS`."""
    _stem, dot, last = name.lower().rpartition(".")
    suffix = SAME.get(last, last)
    if not dot or suffix not in KINDS:
        raise NotAllowed("material_kind")
    return suffix


def looks_like(suffix: str, first: bytes) -> bool:
    """Whether a file that begins with these bytes can be what its name says; of office files, that it is a zip at all."""
    match suffix:
        case "pdf":
            return first.startswith(b"%PDF-")
        case "jpg":
            return first.startswith(b"\xff\xd8\xff")
        case "png":
            return first.startswith(b"\x89PNG\r\n\x1a\n")
        case "mp3":
            return first.startswith(b"ID3") or (len(first) > 1 and first[0] == 0xFF and first[1] & 0xE6 == 0xE2)
        case "mp4":
            return first[4:8] == b"ftyp"
        case _:
            return first.startswith(OFFICE)


def byte_range(words: str, size: int) -> tuple[int, int] | None:
    """`bytes=0-499` → (0, 500): what of so many bytes a player asks for, the end not in it. None where all of it is to be sent:
    no range, several, or one that lies outside (RFC 9110, 14.2: a server may always ignore it)."""
    unit, _equals, span = words.replace(" ", "").partition("=")
    first, dash, last = span.partition("-")
    digits = first + last
    if unit != "bytes" or not dash or not (digits.isascii() and digits.isdecimal()) or len(digits) > DIGITS_AT_MOST:
        return None
    if not first:
        return (max(size - int(last), 0), size) if int(last) > 0 else None
    begins, ends = int(first), min(int(last) + 1, size) if last else size
    return (begins, ends) if begins < ends else None

"""The child process that reads one photo from standard input and writes it anew: a line of JSON about it, then the JPEG.

A program of its own, under limits, that imports nothing of the project: whatever a picture does to its reader happens here. What
the phone wrote into the file (where, which phone, whose) does not come along; only when it was taken is told. Standard error
carries one word of `livestream.sheets.photo.COMPLAINTS`.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

from PIL import Image, ImageOps

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 20
PIXELS_AT_MOST = 64_000_000  # a picture of 8000 × 8000; larger ones come from no phone of less than 15 MB
SIDE_AT_MOST = 2048
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
EXIF_IFD, TAKEN, TAKEN_OFFSET, CHANGED = 0x8769, 0x9003, 0x9011, 0x0132
LOOK_WIDTH, LOOK_HEIGHT = 9, 8


class Complaint(Exception):
    """One word about why the picture is not taken."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def opened(data: bytes) -> Image.Image:
    """By its content, whatever it is called; what it says of its size is believed before a pixel is unpacked."""
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (OSError, SyntaxError, ValueError) as error:
        raise Complaint("no_picture") from error
    if picture.width * picture.height > PIXELS_AT_MOST:
        raise Complaint("too_many_pixels")
    return picture


def taken_at(picture: Image.Image) -> tuple[str, str]:
    """As the phone wrote it, `2026:11:02 09:00:00` and `+08:00`; "" where it wrote nothing that is text."""
    try:
        exif = picture.getexif()
        inner = exif.get_ifd(EXIF_IFD)
        said = inner.get(TAKEN) or exif.get(CHANGED) or "", inner.get(TAKEN_OFFSET) or ""
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError):
        return "", ""  # notes that cannot be read are no notes; the picture may be good all the same
    return tuple(str(word)[:40] for word in said)  # type: ignore[return-value]


def look_of(picture: Image.Image) -> str:
    """64 bits: whether each spot of a tiny grey copy is brighter than the one to its right. Alike pictures differ in few."""
    small = picture.convert("L").resize((LOOK_WIDTH, LOOK_HEIGHT), Image.Resampling.BOX).tobytes()
    rows = [small[row * LOOK_WIDTH : (row + 1) * LOOK_WIDTH] for row in range(LOOK_HEIGHT)]
    bits = "".join("1" if left > right else "0" for row in rows for left, right in zip(row, row[1:], strict=False))
    return f"{int(bits, 2):016x}"


def written_anew(data: bytes, side: int) -> tuple[dict[str, Any], bytes]:
    picture = opened(data)
    taken, offset = taken_at(picture)
    picture.draft("RGB", (side, side))  # a JPEG is unpacked no larger than needed
    try:
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((side, side), Image.Resampling.LANCZOS)
    except (OSError, SyntaxError, ValueError) as error:
        raise Complaint("broken") from error
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright.convert("RGB"), mask=upright.getchannel("A") if "A" in upright.getbands() else None)
    made = io.BytesIO()
    plain.save(made, "JPEG", quality=QUALITY, optimize=True)
    facts = {"width": plain.width, "height": plain.height, "look": look_of(plain), "taken": taken, "offset": offset}
    return facts, made.getvalue()


def main() -> int:
    limit()
    Image.MAX_IMAGE_PIXELS = None  # `opened` knows a limit of its own, and says which it was
    side = min(SIDE_AT_MOST, int(sys.argv[1]))
    try:
        facts, made = written_anew(sys.stdin.buffer.read(), side)
    except Complaint as complaint:
        sys.stderr.write(str(complaint))
        return 1
    except MemoryError:
        sys.stderr.write("too_many_pixels")
        return 1
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + made)
    return 0


if __name__ == "__main__":
    sys.exit(main())

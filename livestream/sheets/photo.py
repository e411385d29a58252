"""Photos that people send in: looked at from outside, then unpacked and written anew in a child process with limits."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PIL import Image

from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from typing import IO

BYTES_AT_MOST = 15_000_000
SIDE, SMALL_SIDE = 2048, 480
QUALITY = 75
SECONDS = 60  # by the clock, for a busy machine; the child itself may use 20 s of processor
CHILD = Path(__file__).with_name("photo_child.py")
COMPLAINTS = {"no_picture": "photo_kind", "too_many_pixels": "photo_too_large", "broken": "photo_broken"}
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as it is kept: a JPEG that carries nothing but its pixels. `look`: 16 hex digits, alike where pictures are;
    `taken_at`: what the phone said, None where it said nothing that is a time."""

    jpeg: bytes
    width: int
    height: int
    look: str
    taken_at: datetime | None


def read_photo(file: IO[bytes]) -> bytes:
    """Its bytes. Raises NotAllowed(`photo_too_large`, `photo_missing`)."""
    size = file.seek(0, 2)
    file.seek(0)
    if size > BYTES_AT_MOST:
        raise NotAllowed("photo_too_large")
    if not size:
        raise NotAllowed("photo_missing")
    return file.read()


def written_anew(data: bytes, side: int = SIDE) -> Picture:
    """No side longer than `side` pixels. Raises NotAllowed(`photo_kind`, `photo_too_large`, `photo_broken`)."""
    command = [sys.executable, "-I", str(CHILD), str(side)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, env={}, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotAllowed("photo_broken") from error
    if done.returncode != 0:
        raise NotAllowed(COMPLAINTS.get(done.stderr.decode(errors="replace").strip(), "photo_broken"))
    line, _, jpeg = done.stdout.partition(b"\n")
    facts = json.loads(line)
    return Picture(jpeg, facts["width"], facts["height"], facts["look"], moment_of(facts["taken"], facts["offset"]))


def moment_of(taken: str, offset: str) -> datetime | None:
    """`2026:11:02 09:00:00` and `+08:00`, Shanghai where no offset is told; None for what is no time."""
    try:
        at = datetime.strptime(f"{taken} {offset}", "%Y:%m:%d %H:%M:%S %z") if offset else None
        at = at or datetime.strptime(taken, "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return at if at.year > 1990 else None  # a phone that never had the time


def smaller(jpeg: bytes) -> bytes:
    """One of our own, for a list; a child process is for strangers' pictures."""
    picture = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
    picture.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
    picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()

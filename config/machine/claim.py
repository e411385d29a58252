"""One `up` per data folder: a file lock that holds the address, and that the kernel takes back from the dead."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from config.embedded import CannotStart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def claim(data: Path) -> Iterator[IO[str]]:
    """The file to write the address into. Raises CannotStart with the address of the one that is already running."""
    with (data / "run" / "up").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            there = file.read().strip() or "…"
            raise CannotStart(
                f"村播已经在运行：{there} 。要另开一个，请用 CUNBO_DATA 指定别的目录。",
                f"Cunbo is already running at {there} ; CUNBO_DATA names another folder for a second one.",
            ) from None
        file.truncate(0)
        yield file

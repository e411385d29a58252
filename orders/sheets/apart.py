"""A file read in a process of its own, with limits: its bytes go in by one pipe, frames come back by another.

Both pipes are small, so neither side runs ahead of the other and no size of file costs memory.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec
import structlog

from orders.sheets import wire
from orders.sheets.contract import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

log = structlog.get_logger(__name__)
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from orders.sheets.reading_child import main; main()"
SECONDS = 300  # by the clock, for a busy machine; the child itself may use a minute of processor


class Feeder(threading.Thread):
    """Writes the bytes of the file to the child. What goes wrong with them is kept in `error` and ends the child."""

    def __init__(self, child: subprocess.Popen[bytes], pieces: Iterable[bytes], asked: wire.Asked) -> None:
        super().__init__(daemon=True, name="file-feeder")
        self.child = child
        self.pieces = pieces
        self.asked = asked
        self.error: BaseException | None = None

    def run(self) -> None:
        pipe = self.child.stdin
        assert pipe is not None
        try:
            wire.write(pipe, wire.ASKED, msgspec.msgpack.encode(self.asked))
            for piece in self.pieces:
                pipe.write(piece)
        except BrokenPipeError:
            pass  # the child has said what there is to say, or died: the reader of its frames sees which
        except BaseException as error:
            self.error = error
            self.child.kill()
        finally:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def frames(pieces: Iterable[bytes], asked: wire.Asked, *, seconds: float | None = SECONDS) -> Iterator[tuple[bytes, int, bytes]]:
    """What the child says of the file. Raises Refused, also for what hit a limit, and whatever `pieces` raises.

    Without `seconds` it may take as long as whoever takes the frames.
    """
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", PROGRAM, str(ROOT)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={},
    )  # fmt: skip
    feeder = Feeder(child, pieces, asked)
    alarm = threading.Timer(seconds or 0, child.kill)
    if seconds:
        alarm.start()
    feeder.start()
    try:
        assert child.stdout is not None
        with child.stdout:
            yield from heard(child.stdout)
        child.wait()
        feeder.join()
        if feeder.error:
            raise feeder.error
        if child.returncode:
            raise Refused("too_heavy")
    finally:
        alarm.cancel()
        child.kill()
        child.wait()
        feeder.join()


def heard(pipe: IO[bytes]) -> Iterator[tuple[bytes, int, bytes]]:
    while frame := wire.read(pipe):
        kind, _rows, payload = frame
        if kind == wire.REFUSED:
            code, facts = msgspec.msgpack.decode(payload, type=tuple[str, dict[str, int | str]])
            raise Refused(code, **facts)
        if kind == wire.BROKEN:
            log.error("reading_broke", what=msgspec.msgpack.decode(payload, type=str))
            raise Refused("too_heavy")
        yield frame

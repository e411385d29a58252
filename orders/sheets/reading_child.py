"""The child process that reads a file: bytes on standard input, facts on standard output, under limits.

It holds no key and no setting, opens no file and no socket, and knows the file only as the bytes that are handed to it. Whatever
goes wrong ends this process and nothing else. Started by `orders.sheets.apart`.
"""

from __future__ import annotations

import codecs
import gc
import resource
import sys
from itertools import chain
from typing import IO, TYPE_CHECKING

import msgspec

from orders.sheets import wire
from orders.sheets.contract import Problem, Refused
from orders.sheets.grouping import units
from orders.sheets.header import HEAD_BYTES, recognize
from orders.sheets.pieces import cut
from orders.sheets.reading import Reading, Survey, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 60
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
RETURNED_AT_ONCE = 500_000  # characters
PIECE = 1 << 18
Frame = tuple[bytes, int, object]


def limit() -> None:
    for encoding in ENCODINGS:
        codecs.lookup(encoding)  # now: from here on nothing can be opened
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # the three that are open: no other file, no socket
    gc.freeze()
    gc.disable()  # rows hold no circles, and looking for them costs a tenth


def bytes_of(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(PIECE):
        yield piece


def reading_of(source: IO[bytes], asked: wire.Asked) -> Reading:
    head = source.read(HEAD_BYTES)
    header = recognize(lambda: iter([head]))
    return Reading(header, lambda: chain([head], bytes_of(source)), asked.now, asked.has_lost_tails)


def facts(reading: Reading, asked: wire.Asked) -> Iterator[Frame]:
    """Pieces, then what the whole file has shown. Once a second reading is certain only the latter is of use."""
    survey = Survey()
    for piece in cut(units(survey.along(reading), asked.scattered), asked.piece_rows):
        if not survey.scattered or asked.scattered:
            yield wire.PIECE, piece.rows, piece
    survey.was_rounded = asked.has_lost_tails
    said = wire.Said(
        rows=survey.rows,
        survey=summary(reading, survey),
        has_lost_tails=survey.has_lost_tails and not asked.has_lost_tails,
        scattered={} if asked.scattered else dict(survey.scattered),
    )
    yield wire.SAID, survey.rows, said


def returned(reading: Reading) -> Iterator[Frame]:
    """The columns, then the rows that cannot be counted, as they stand in the file."""
    yield wire.COLUMNS, 0, reading.header.cells
    rows: list[wire.ReturnedRow] = []
    size = 0
    for record, result in reading.rows():
        if isinstance(result, Problem):
            rows.append(wire.ReturnedRow(record.number, result.code, result.column, record.cells))
            size += sum(map(len, record.cells))
            if size > RETURNED_AT_ONCE:
                yield wire.RETURNED, len(rows), rows
                rows, size = [], 0
    yield wire.RETURNED, len(rows), rows


def answer(source: IO[bytes], asked: wire.Asked) -> Iterator[Frame]:
    try:
        reading = reading_of(source, asked)
        yield from returned(reading) if asked.only_returned else facts(reading, asked)
    except Refused as refused:
        yield wire.REFUSED, 0, (refused.code, {key: fact for key, fact in refused.facts.items() if isinstance(fact, int | str)})
    except MemoryError:
        yield wire.REFUSED, 0, ("too_heavy", {})
    except Exception as error:  # it must not take a buyer's name into a log: its kind and its place are all that leave
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        yield wire.BROKEN, 0, f"{type(error).__name__} {where}"


def main() -> None:
    source, out = sys.stdin.buffer, sys.stdout.buffer
    frame = wire.read(source)
    assert frame is not None
    asked = msgspec.msgpack.decode(frame[2], type=wire.Asked)
    limit()
    encode = msgspec.msgpack.Encoder().encode
    for kind, rows, said in answer(source, asked):
        wire.write(out, kind, encode(said), rows)
        out.flush()

from __future__ import annotations

import subprocess
import sys
import threading
import time

import msgspec
import psutil
import pytest

from orders.sheets import wire
from orders.sheets.apart import ROOT, frames
from orders.sheets.contract import Refused
from orders.sheets.grouping import units
from orders.sheets.pieces import cut, encode
from orders.sheets.reading import summary, survey
from tests.orders.sheets.exports import NOW, make_file, make_reading, make_row

ROWS = [make_row(n // 2, n % 2, 商品数量="x" if n % 7 == 0 else "2") for n in range(50)]


def asked(**wanted):
    return wire.Asked(NOW, 10, **wanted)


def children():
    return [child for child in psutil.Process().children() if "reading_child" in " ".join(child.cmdline())]


def test_the_child_says_what_the_same_code_says_here():
    data = make_file(ROWS, encoding="gb18030")
    reading = make_reading(data)
    *pieces, last = frames(iter([data[:1000], data[1000:]]), asked())

    assert [(kind, payload) for kind, _, payload in pieces] == [
        (wire.PIECE, encode(piece)) for piece in cut(units(make_reading(data).rows(), {}), 10)
    ]
    said = msgspec.msgpack.decode(last[2], type=wire.Said)
    assert (last[0], said) == (wire.SAID, wire.Said(50, summary(reading, survey(reading)), False, {}))
    assert children() == []


def test_a_refusal_crosses_the_border_with_its_facts():
    data = make_file([make_row(n) for n in range(600)])

    with pytest.raises(Refused) as refused:
        list(frames(iter([data[:-500], b"\xff\xff", data[-500:]]), asked()))

    assert refused.value.code == "encoding"
    assert str(refused.value).startswith("从第 ")


def test_what_goes_wrong_with_the_bytes_ends_the_child():
    def pieces():
        yield make_file(ROWS)
        raise Refused("gone")

    with pytest.raises(Refused) as refused:
        list(frames(pieces(), asked()))

    assert (refused.value.code, children()) == ("gone", [])


def test_whoever_stops_listening_ends_the_child():
    data = make_file([make_row(n) for n in range(3000)])
    heard = frames((data for _ in range(1000)), asked())
    next(heard)
    assert len(children()) == 1

    heard.close()

    assert children() == []
    assert [thread.name for thread in threading.enumerate() if thread.name == "file-feeder"] == []


def test_a_child_that_takes_too_long_is_ended():
    def pieces():
        yield make_file(ROWS)
        time.sleep(0.5)
        yield b"x"

    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        list(frames(pieces(), asked(), seconds=0.2))

    assert (refused.value.code, time.monotonic() - started < 5) == ("too_heavy", True)


def test_neither_side_runs_ahead_of_the_other():
    head, *rows = make_file([make_row(n) for n in range(2000)]).splitlines(keepends=True)
    taken = []

    def pieces():
        yield head
        for start in range(0, 200_000, 2000):
            taken.append(start)
            yield b"".join(rows)

    heard = frames(pieces(), asked())
    next(heard)
    time.sleep(0.3)

    assert len(taken) < 20
    heard.close()


HOSTILE = """
import sys; sys.path.insert(0, sys.argv[1])
from orders.sheets.reading_child import limit
limit()
import errno
tried = {}
def attempt(name, act):
    try:
        act()
    except (OSError, MemoryError) as error:
        tried[name] = errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
    else:
        tried[name] = "done"
import _socket, posix
attempt("read", lambda: posix.open("/etc/passwd", posix.O_RDONLY))
attempt("network", lambda: _socket.socket())
attempt("memory", lambda: bytearray(600_000_000))
print(tried, sorted(set(posix.environ) - {b"LC_CTYPE"}))
"""


def test_the_child_opens_no_file_and_no_socket_and_knows_no_secret():
    done = subprocess.run([sys.executable, "-I", "-c", HOSTILE, str(ROOT)], env={}, capture_output=True, text=True, check=True)

    assert done.stdout == "{'read': 'EMFILE', 'network': 'EMFILE', 'memory': 'MemoryError'} []\n"


def test_a_child_that_dies_without_a_word_refuses_the_file():
    data = make_file([make_row(n) for n in range(3000)])
    heard = frames((data for _ in range(60)), asked())
    next(heard)
    children()[0].kill()

    with pytest.raises(Refused) as refused:
        list(heard)

    assert (refused.value.code, children()) == ("too_heavy", [])


def test_wide_rows_come_back_in_small_frames():
    wide = [make_row(n, 商家编码="长" * 100_000) for n in range(30)]
    (_, *heard) = frames(iter([make_file(wide)]), asked(only_returned=True))

    assert sum(rows for _, rows, _ in heard) == 30
    assert max(len(payload) for _, _, payload in heard) < 4_000_000


@pytest.mark.parametrize(("rows", "rest"), [([], "no_rows"), ([make_row(1, 子订单编号="1;2")], "by_main_order")])
def test_files_nobody_can_count_are_refused(rows, rest):
    with pytest.raises(Refused) as refused:
        list(frames(iter([make_file(rows)]), asked()))

    assert refused.value.code == rest

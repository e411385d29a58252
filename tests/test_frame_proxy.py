"""The proxy in front of boards does to messages what its words say."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter

import pytest
from websockets.sync.client import connect
from websockets.sync.server import serve

from faults.frame_proxy import FrameProxy, Meddling

COUNT = 400


@pytest.fixture
def talker():
    """Says the numbers up to 400, one short and one long message in turn, then waits for the other to leave."""

    def talk(socket):
        for n in range(COUNT):
            socket.send(f"{n}" + " " * (n % 2) * 70_000)
        socket.send("end")
        with contextlib.suppress(Exception):
            socket.recv()

    with serve(talk, "127.0.0.1", 0, compression=None) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.socket.getsockname()
        server.shutdown()


def heard(proxy):
    numbers = []
    with connect(f"ws://127.0.0.1:{proxy.port}/", compression=None, proxy=None) as socket:
        while True:
            try:
                text = socket.recv(timeout=0.5)
            except TimeoutError:
                return numbers
            if text != "end":
                numbers.append(int(text))


def test_without_meddling_all_messages_pass_in_order(talker):
    with FrameProxy(talker) as proxy:
        assert heard(proxy) == list(range(COUNT))
        assert sum(proxy.done.values()) == 0


def test_messages_are_lost(talker):
    with FrameProxy(talker) as proxy:
        proxy.meddling = Meddling(lose=0.3)
        numbers = heard(proxy)

    assert numbers == sorted(set(numbers))
    assert COUNT - len(numbers) == pytest.approx(proxy.done["lose"], abs=1)
    assert proxy.done["lose"] > COUNT / 5


def test_messages_are_doubled(talker):
    with FrameProxy(talker) as proxy:
        proxy.meddling = Meddling(double=0.3)
        numbers = heard(proxy)

    assert sorted(set(numbers)) == list(range(COUNT))
    assert sum(count == 2 for count in Counter(numbers).values()) == pytest.approx(proxy.done["double"], abs=1)
    assert proxy.done["double"] > COUNT / 5


def test_messages_pass_each_other(talker):
    with FrameProxy(talker) as proxy:
        proxy.meddling = Meddling(hold=0.3, late_s=0)
        numbers = heard(proxy)

    assert sorted(numbers) == list(range(COUNT))
    assert numbers != sorted(numbers)
    assert max(abs(n - place) for place, n in enumerate(numbers)) == 1

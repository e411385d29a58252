"""The proxy of the fault runs does to a connection what its words say."""

from __future__ import annotations

import errno
import socket
import threading
import time

import pytest

from faults.proxy import Proxy


class Echo:
    """A server that sends back what it hears, and notes what it heard."""

    def __init__(self, prefix=b""):
        self.prefix = prefix
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = self.door.getsockname()
        self.heard = bytearray()
        self.ends = []  # how each connection ended: "eof" or "reset"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with connection:
            try:
                while piece := connection.recv(65536):
                    self.heard += piece
                    connection.sendall(self.prefix + piece)
                self.ends.append("eof")
            except OSError:
                self.ends.append("reset")


@pytest.fixture
def echo():
    echo = Echo()
    yield echo
    echo.door.close()


@pytest.fixture
def proxy(echo):
    with Proxy(echo.address) as proxy:
        yield proxy


def connect(proxy):
    line = socket.create_connection(("127.0.0.1", proxy.port), timeout=5)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def ask(line, text=b"hello"):
    """Seconds until all of it came back."""
    began = time.monotonic()
    line.sendall(text)
    assert receive(line, len(text)) == text
    return time.monotonic() - began


def receive(line, size):
    got = bytearray()
    while len(got) < size and (piece := line.recv(65536)):
        got += piece
    return bytes(got)


def eventually(true, seconds=3):
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()


def test_a_healthy_line_changes_nothing(proxy, echo):
    text = bytes(range(256)) * 4000
    with connect(proxy) as line:
        sender = threading.Thread(target=line.sendall, args=(text,))
        sender.start()
        assert receive(line, len(text)) == text
        sender.join()
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""
    assert eventually(lambda: not proxy.links)
    assert (bytes(echo.heard), echo.ends, proxy.accepted) == (text, ["eof"], 1)


def test_latency_delays_each_way_and_keeps_the_bandwidth(proxy):
    with connect(proxy) as line:
        proxy.set("up", latency_s=0.2)
        assert 0.2 <= ask(line) < 0.4
        proxy.set("both", latency_s=0.2)
        assert 0.4 <= ask(line) < 0.7
        assert 0.4 <= ask(line, b"x" * 1_000_000) < 1.2  # not 0.4 s for each piece
        proxy.heal()
        assert ask(line) < 0.1


def test_bandwidth_limits_bytes_a_second(proxy):
    proxy.set("down", bandwidth=100_000)
    with connect(proxy) as line:
        ask(line)
        assert 0.4 <= ask(line, b"x" * 50_000) < 1.5


def test_timeout_zero_holds_everything_and_lets_it_go_when_it_is_gone(proxy, echo):
    with connect(proxy) as line:
        ask(line)
        proxy.set(timeout_s=0)
        line.sendall(b"held")
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.recv(1)
        assert bytes(echo.heard) == b"hello"
        proxy.heal()
        line.settimeout(5)
        assert receive(line, 4) == b"held"


def test_timeout_closes_after_its_time(proxy):
    with connect(proxy) as line:
        proxy.set(timeout_s=0.2)
        began = time.monotonic()
        line.sendall(b"lost")
        with _ends():
            assert line.recv(1) == b""
        assert 0.2 <= time.monotonic() - began < 1


def test_reset_peer_ends_both_sides_with_a_reset(proxy, echo):
    with connect(proxy) as line:
        ask(line)
        proxy.set("down", reset_peer_s=0.1)
        with pytest.raises(ConnectionResetError):
            line.recv(1)
    assert eventually(lambda: echo.ends == ["reset"])


def test_slicer_sends_small_pieces(proxy):
    proxy.set("down", slicer=2, slicer_delay_s=0.03)
    with connect(proxy) as line:
        line.sendall(b"abcdef")
        assert [line.recv(65536) for _ in range(3)] == [b"ab", b"cd", b"ef"]


@pytest.mark.parametrize("limit", [0, 1, 4, 5])
def test_limit_data_lets_so_many_bytes_pass_and_closes(proxy, echo, limit):
    proxy.set("up", limit_data=limit)
    with connect(proxy) as line:
        line.sendall(b"hello")
        with _ends():
            receive(line, 6)
    assert eventually(lambda: echo.ends != [])
    assert bytes(echo.heard) == b"hello"[:limit]


def test_slow_close_keeps_the_line_open_a_little_longer(proxy, echo):
    proxy.set("up", slow_close_s=0.3)
    with connect(proxy) as line:
        ask(line)
        began = time.monotonic()
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""
        assert 0.3 <= time.monotonic() - began < 1


def test_down_refuses_and_up_takes_again_on_the_same_port(proxy):
    port = proxy.port
    with connect(proxy) as line:
        ask(line)
        proxy.down()
        with _ends():
            assert line.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
    proxy.up()
    with connect(proxy) as line:
        ask(line)
    assert proxy.port == port


def test_cut_ends_what_is_open_and_takes_what_is_new(proxy):
    with connect(proxy) as line:
        ask(line)
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            line.recv(1)
    with connect(proxy) as line:
        ask(line)


def test_a_line_to_nobody_ends(proxy, echo):
    proxy.lead_to(("127.0.0.1", 1))
    with connect(proxy) as line, _ends():
        assert line.recv(1) == b""


def test_it_can_be_led_to_another_server(proxy):
    other = Echo(prefix=b"other:")
    with connect(proxy) as line:
        ask(line)
        proxy.lead_to(other.address)
        with pytest.raises(ConnectionResetError):
            line.recv(1)
    with connect(proxy) as line:
        line.sendall(b"hi")
        assert receive(line, 8) == b"other:hi"
    other.door.close()


class _ends:
    """The other side went away: an end or a reset, as the kernel likes."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _trace):
        return kind is not None and issubclass(kind, OSError) and error.errno in {errno.ECONNRESET, errno.EPIPE}

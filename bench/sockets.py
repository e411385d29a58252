"""The watchers: many open boards in one process, read with plain non-blocking sockets.

`go` on standard input begins the count; after the given seconds one line of JSON is written, and the sockets stay open until
standard input ends, so that closing them is not measured.
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

CONNECT_AT_ONCE = 20
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


@dataclass(slots=True, eq=False)
class Watch:
    """One open board: bytes not yet cut into frames, and what was seen. `orders` is filled only when asked for."""

    socket: socket.socket
    read: bytes = b""
    frames: int = 0
    size: int = 0
    newest: bytes = b""
    is_closed: bool = False
    seen: list[tuple[float, int]] = field(default_factory=list)


def handshake(port: int, path: str, cookie: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Origin: http://127.0.0.1:{port}", "Upgrade: websocket",
        "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13",
    ]  # fmt: skip
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def connect(port: int, hello: bytes, receive_buffer: int = 0) -> Watch:
    """Raises SystemExit when the server does not let us in."""
    connection = socket.socket()
    connection.settimeout(60)
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.connect(("127.0.0.1", port))
    connection.sendall(hello)
    read = b""
    while b"\r\n\r\n" not in read:
        piece = connection.recv(4096)
        if not piece:
            raise SystemExit("The server closed a socket before it was open.")
        read += piece
    head, _, rest = read.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101"):
        raise SystemExit(f"Not let in: {head[:200]!r}")
    connection.setblocking(False)
    return Watch(connection, rest)


def cut(watch: Watch) -> list[bytes]:
    """The whole text frames that have come; a ping is answered."""
    frames = []
    while len(watch.read) >= 2:
        code, length, at = watch.read[0] & 15, watch.read[1] & 127, 2
        if length == 126:
            length, at = int.from_bytes(watch.read[2:4], "big"), 4
        elif length == 127:
            length, at = int.from_bytes(watch.read[2:10], "big"), 10
        if len(watch.read) < at + length:
            break
        payload = watch.read[at : at + length]
        watch.read = watch.read[at + length :]
        if code == 1:
            frames.append(payload)
        elif code == 9:
            watch.socket.send(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
        elif code == 8:
            watch.is_closed = True
    return frames


def note(watch: Watch, frames: list[bytes], notes_orders: bool) -> None:
    watch.frames += len(frames)
    watch.size += sum(map(len, frames))
    if frames:
        watch.newest = frames[-1]
        if notes_orders:
            at = frames[-1].index(b'"orders":') + 9
            watch.seen.append((time.perf_counter(), int(frames[-1][at : at + 12].split(b",")[0])))


def follow(selector: selectors.BaseSelector, watched: int, until: float) -> None:
    """Reads every socket until a moment; the first `watched` note when they saw how many orders."""
    while (left := until - time.perf_counter()) > 0:
        for key, _ in selector.select(left):
            if key.data is None:
                return  # a word on standard input
            number, watch = key.data
            try:
                piece = watch.socket.recv(1 << 16)
            except ConnectionError:
                piece = b""
            watch.read += piece
            note(watch, cut(watch), number < watched)
            if not piece or watch.is_closed:
                watch.is_closed = True
                selector.unregister(watch.socket)


def count(selector: selectors.BaseSelector, watches: list[Watch], options: argparse.Namespace) -> dict[str, Any]:
    """What comes in the seconds of the measurement."""
    for watch in watches:
        watch.frames = watch.size = 0
    busy_s = time.process_time()
    follow(selector, options.watch, time.perf_counter() + options.seconds)
    return {
        "busy_s": time.process_time() - busy_s,
        "frames": sum(watch.frames for watch in watches),
        "bytes": sum(watch.size for watch in watches),
        "dropped": sum(watch.is_closed for watch in watches),
        "newest": watches[0].newest.decode(),
        "seen": [watch.seen for watch in watches[: options.watch]],
    }


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--cookie", default="")
    parser.add_argument("--watch", type=int, default=0, help="how many note the orders of each frame and its time")
    parser.add_argument("--deaf", type=int, default=0, help="so many more that are never read, their lines full soon")
    options = parser.parse_args(arguments)
    hello = handshake(options.port, options.path, options.cookie)
    selector = selectors.DefaultSelector()
    watches = []
    for number in range(options.count):
        watches.append(connect(options.port, hello))
        selector.register(watches[-1].socket, selectors.EVENT_READ, (number, watches[-1]))
        if number % CONNECT_AT_ONCE == 0:
            follow(selector, 0, time.perf_counter() + 0.001)
    deaf = [connect(options.port, hello, receive_buffer=4096) for _ in range(options.deaf)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    follow(selector, 0, time.perf_counter() + 600)
    sys.stdin.readline()
    selector.unregister(sys.stdin)
    answer = count(selector, watches, options) | {"deaf": len(deaf)}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])

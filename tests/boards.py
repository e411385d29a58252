"""Boards over real sockets: a client that says any bytes it likes, and what a server answers."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def make_frame(payload=b"", *, code=TEXT, fin=True, masked=True, reserved=0, length=None) -> bytes:
    """A client's frame, right or wrong; `length` is what its head claims."""
    length = len(payload) if length is None else length
    head = bytes([fin << 7 | reserved << 4 | code])
    mask = masked << 7
    if length < 126:
        head += bytes([mask | length])
    elif length < 1 << 16:
        head += bytes([mask | 126]) + length.to_bytes(2, "big")
    else:
        head += bytes([mask | 127]) + length.to_bytes(8, "big")
    return head + bytes(4 * masked) + payload  # a mask of zeros changes nothing


@dataclass
class RawBoard:
    """One open board without a websocket library. `rest` are bytes that were read and not yet cut into frames."""

    socket: socket.socket
    head: str
    rest: bytes = b""
    frames: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    def say(self, data: bytes) -> bool:
        """False when the server has ended the connection meanwhile."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def hear(self, seconds: float = 5.0) -> tuple[int, bytes] | None:
        """The next frame, as (code, payload); None at the end of the connection."""
        self.socket.settimeout(seconds)
        while (found := self._cut()) is None:
            try:
                piece = self.socket.recv(1 << 16)
            except ConnectionError:
                return None
            if not piece:
                return None
            self.rest += piece
        return found

    def hear_close(self, seconds: float = 5.0) -> int | None:
        """The code of the close frame; None when the connection ends without one."""
        while (frame := self.hear(seconds)) is not None:
            if frame[0] == CLOSE:
                return int.from_bytes(frame[1][:2], "big")
        return None

    def is_over(self, seconds: float = 5.0) -> bool:
        """The connection itself ends in that time, whatever still comes."""
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                if self.hear(seconds) is None:
                    return True
        except TimeoutError:
            pass
        return False

    def close(self) -> None:
        self.socket.close()

    def _cut(self) -> tuple[int, bytes] | None:
        if len(self.rest) < 2:
            return None
        code, length, at = self.rest[0] & 15, self.rest[1] & 127, 2
        if length == 126:
            length, at = int.from_bytes(self.rest[2:4], "big"), 4
        if len(self.rest) < at + length:
            return None
        payload, self.rest = self.rest[at : at + length], self.rest[at + length :]
        return code, payload


def knock(port: int, path: str, cookie: str = "", *, origin: str | None = None, more=(), receive_buffer=0) -> RawBoard:
    """A handshake; look at its `status`. Origin: our own unless said otherwise."""
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", port))
    lines = [
        f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Origin: {origin or f'http://127.0.0.1:{port}'}", "Upgrade: websocket",
        "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13", f"Cookie: {cookie}", *more,
    ]  # fmt: skip
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    read = b""
    while b"\r\n\r\n" not in read:
        piece = connection.recv(4096)
        assert piece, "the server closed a handshake without an answer"
        read += piece
    head, _, rest = read.partition(b"\r\n\r\n")
    return RawBoard(connection, head.decode("latin-1"), rest)

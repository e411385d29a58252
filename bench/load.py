"""The load generator: signed pushes over keep-alive connections, from one process with plain non-blocking sockets.

Every request is signed and laid out in full before the clock starts, and an answer is looked at just enough to know that
the push was counted, so that the sender is never the slower half.
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from standardwebhooks import Webhook

from bench.goods import GOODS, ROOM, SECRET
from bench.report import percentile


@dataclass(slots=True)
class Line:
    """One connection: what it has read of the answer it waits for, and since when it waits."""

    socket: socket.socket
    since: float = 0.0
    read: bytes = b""


@dataclass(slots=True)
class Tally:
    statuses: Counter[bytes] = field(default_factory=Counter)
    applied: int = 0
    waits: list[float] = field(default_factory=list)
    answered_at: list[float] = field(default_factory=list)


def order_body(number: str, moment: str, n: int) -> bytes:
    """A paid order of two lines, as the open push format has it."""
    lines = [
        {"line_no": str(i + 1), "sku": sku, "title": title, "quantity": 1 + i, "paid_fen": fen}
        for i, (sku, title, fen) in enumerate(GOODS[(n + k) % len(GOODS)] for k in (0, 7))
    ]
    order = {
        "order_no": number, "version": 1, "updated_at": moment, "status": "paid", "paid_at": moment, "live_room": ROOM,
        "host_account": None, "province": "北京市", "lines": lines, "refunds": [],
    }  # fmt: skip
    return json.dumps(order, ensure_ascii=False).encode()


def signed_requests(path: str, run: str, count: int) -> list[bytes]:
    """`count` different orders, ready to be sent."""
    now = datetime.now(UTC)
    moment = now.isoformat()
    webhook = Webhook(SECRET)
    requests: list[bytes] = []
    for n in range(count):
        body = order_body(f"T{run}{n:08d}", moment, n)
        message = f"msg_{run}_{n}"
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"webhook-id: {message}\r\nwebhook-timestamp: {int(now.timestamp())}\r\n"
            f"webhook-signature: {webhook.sign(message, now, body.decode())}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return requests


def is_complete(answer: bytes) -> bool:
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    at = answer[:head].lower().find(b"content-length:")
    if at < 0:
        raise SystemExit(f"An answer without a length: {answer[:200]!r}")
    end = answer.find(b"\r\n", at)
    return len(answer) >= head + 4 + int(answer[at + 15 : end])


def drive(port: int, requests: list[bytes], connections: int, rate: float, tally: Tally) -> float:
    """Sends every request, one at a time on each connection, at most `rate` a second (0: as fast as they are answered);
    returns the seconds from the first request to the last answer."""
    selector = selectors.DefaultSelector()
    idle = deque(Line(socket.create_connection(("127.0.0.1", port))) for _ in range(connections))
    for line in idle:
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line.socket, selectors.EVENT_READ, line)
    began = time.perf_counter()
    sent = answered = 0
    while answered < len(requests):
        while idle and sent < len(requests) and (not rate or time.perf_counter() >= began + sent / rate):
            send(idle.popleft(), requests[sent])
            sent += 1
        waits_for_pace = rate and idle and sent < len(requests)
        for key, _ in selector.select(max(0.0, began + sent / rate - time.perf_counter()) if waits_for_pace else None):
            line = key.data
            line.read += take(line.socket)
            if is_complete(line.read):
                note(line, tally)
                answered += 1
                idle.append(line)
    seconds = time.perf_counter() - began
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    return seconds


def send(line: Line, request: bytes) -> None:
    line.read = b""
    line.since = time.perf_counter()
    line.socket.sendall(request)


def take(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise SystemExit("The server closed a connection in mid-answer.")
    return piece


def note(line: Line, tally: Tally) -> None:
    tally.answered_at.append(time.perf_counter())
    tally.waits.append(tally.answered_at[-1] - line.since)
    tally.statuses[line.read[9:12]] += 1
    tally.applied += b'"applied":1,' in line.read


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--run", required=True, help="makes the order numbers of this run different from all others")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--connections", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.0, help="pushes a second at most; 0: as fast as they are answered")
    parser.add_argument("--times", action="store_true", help="also say when each answer came, by the clock all processes share")
    options = parser.parse_args(arguments)
    requests = signed_requests(options.path, options.run, options.count)
    tally = Tally()
    seconds = drive(options.port, requests, min(options.connections, options.count), options.rate, tally)
    waits = sorted(tally.waits)
    answer = {
        "seconds": seconds,
        "per_s": options.count / seconds,
        "p50_ms": percentile(waits, 0.5) * 1000,
        "p99_ms": percentile(waits, 0.99) * 1000,
        "applied": tally.applied,
        "statuses": {status.decode(): n for status, n in tally.statuses.items()},
    }
    if options.times:
        answer["answered_at"] = tally.answered_at
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

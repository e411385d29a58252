"""The push endpoint as senders meet it: signed requests, several processes' worth of doors on real ports, evenings to send."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import uvicorn
from standardwebhooks import Webhook

from orders.models import DayTally
from orders.push import PushApp
from tests.factories import SECRET, make_order_body


def as_bytes(body) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


def signed(body: bytes, message_id="msg_1", secret=SECRET, at=None) -> dict[str, str]:
    """The headers of a `standard` push."""
    at = at or datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode()),
    }


def signed_by_douyin(body: bytes, app_key="app", secret="s3cret") -> dict[str, str]:
    sign = hashlib.md5(app_key.encode() + body + secret.encode()).hexdigest()
    return {"content-type": "application/json", "app-id": app_key, "event-sign": sign}


def totals(scope="county:140425"):
    rows = DayTally.objects.filter(scope=scope).values_list("orders", "units", "paid_fen", "refunded_fen")
    return tuple(sum(column) for column in zip(*rows, strict=True)) or (0, 0, 0, 0)


def all_totals():
    """By scope, as tests.oracle.scope_totals has them."""
    found = {scope: totals(scope) for scope in DayTally.objects.values_list("scope", flat=True).distinct()}
    return {scope: sums for scope, sums in found.items() if any(sums)}


# --- without a network: the ASGI application itself ---------------------------------------------------------------------


async def ask(app, path, body: bytes, headers) -> tuple[int, bytes]:
    """Status and body of the answer to one POST."""
    scope = {
        "type": "http", "method": "POST", "path": path,
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
    }  # fmt: skip
    said = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        said.append(message)

    await app(scope, receive, send)
    return said[0]["status"], said[1]["body"]


def ask_all(app, path, requests) -> list[tuple[int, bytes]]:
    """The answers to (body, headers), all asked at once."""

    async def run():
        return await asyncio.gather(*(ask(app, path, body, headers) for body, headers in requests))

    return asyncio.run(run())


# --- over HTTP ----------------------------------------------------------------------------------------------------------


@contextmanager
def open_doors(count=1):
    """So many push endpoints, each with a queue and a writer of its own as processes have; gives their ports."""
    ports, running = [], []
    for _ in range(count):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
        app = PushApp()
        server = uvicorn.Server(uvicorn.Config(app, port=ports[-1], lifespan="off", log_config=None))
        thread = threading.Thread(target=server.run, name=f"door-{ports[-1]}")
        thread.start()
        running.append((app, server, thread))
    until = time.monotonic() + 10
    while not all(server.started for _, server, _ in running):
        assert time.monotonic() < until, "a door did not open in 10 s"
        time.sleep(0.01)
    try:
        yield ports
    finally:
        for _, server, _ in running:
            server.should_exit = True
        for app, _, thread in running:
            thread.join(10)
            app.stop()


class Line:
    """One connection of a sender, kept open."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def post(self, path, body: bytes, headers) -> tuple[int, bytes]:
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def close(self):
        self.connection.close()


def send_all(ports, path, pushes, connections=8) -> list[tuple[int, bytes]]:
    """The answers to (message id, body), in no order, sent over so many connections; what is not taken comes again."""
    waiting = list(reversed(pushes))

    def work(n):
        line, answers = Line(ports[n % len(ports)]), []
        while waiting:
            try:
                message_id, body = waiting.pop()
            except IndexError:  # another one took the last
                break
            while (answer := line.post(path, body, signed(body, message_id)))[0] == 503:
                time.sleep(0.02)
            answers.append(answer)
        line.close()
        return answers

    with ThreadPoolExecutor(connections) as pool:
        return [answer for answers in pool.map(work, range(connections)) for answer in answers]


# --- evenings -----------------------------------------------------------------------------------------------------------


def evening(orders, seed=7):
    """Messages about so many orders: paid, shipped, cancelled, closed with refunds, completed with withdrawn ones."""
    chance = random.Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    messages = []
    for n in range(orders):
        room = chance.choices(["R1", None, "R2"], [8, 1, 1])[0]
        price = chance.randint(1, 20_000)
        skus = ["LDS-500", "HJ-250", "XM-5"]
        lines = [(i, chance.choice(skus), chance.randint(1, 3), price // (i + 1)) for i in range(chance.randint(1, 3))]
        paid = sum(line[3] for line in lines)
        story = [("paid", [])]
        if chance.random() < 0.4:
            refund = ("R1", 0, chance.randint(0, paid))
            story.append(chance.choice([("shipped", []), ("cancelled", []), ("closed", [refund])]))
        if chance.random() < 0.2:
            refund = ("R2", 0, chance.randint(0, paid // 2), chance.choice(["requested", "succeeded", "withdrawn"]))
            story.append(("completed", [refund]))
        for version, (status, refunds) in enumerate(story, start=1):
            at = now - timedelta(seconds=60 - version)
            body = make_order_body(f"T{n:05d}", status=status, version=version, at=at, room=room, lines=lines, refunds=refunds)
            body["paid_at"] = now.isoformat()
            if version > 1 and chance.random() < 0.5:
                del body["lines"]
            messages.append(body)
    return messages

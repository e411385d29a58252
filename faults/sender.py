"""A shop platform that never gives up: every push again until it is acked, and a log of what was sent and what was acked.

The log is what `manage.py check_run` reads. A push is logged as sent before its first byte leaves, as acked after the last
byte of a 2xx came.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from standardwebhooks import Webhook

from faults.world import SECRET, SHOP

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

TIMEOUT_S = 5.0  # after which a platform takes a push for lost
PAUSE_S = 0.05, 0.2  # between two tries; a platform's minutes, on a quicker clock


@dataclass(frozen=True, slots=True)
class Push:
    """`content` is the body as JSON text."""

    message_id: str
    content: str
    shop: str = SHOP
    secret: str = SECRET

    def request(self) -> bytes:
        """Signed now, because a signature is good for five minutes only."""
        now = datetime.now(UTC)
        signature = webhook_of(self.secret).sign(self.message_id, now, self.content)
        body = self.content.encode()
        head = (
            f"POST /push/standard/{self.shop}/ HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nwebhook-id: {self.message_id}\r\nwebhook-timestamp: {int(now.timestamp())}\r\n"
            f"webhook-signature: {signature}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: the connection was refused, broke or stayed silent for five seconds."""

    status: int
    body: bytes = b""
    retry_after: str = ""


WEBHOOKS: dict[str, Webhook] = {}


def webhook_of(secret: str) -> Webhook:
    return WEBHOOKS.setdefault(secret, Webhook(secret))


@dataclass(slots=True)
class Try:
    """One try: when it began and ended (time.monotonic) and what came back."""

    began: float
    ended: float
    status: int
    retry_after: str


class Line:
    """One keep-alive connection, opened when it is needed; the next try after a failure goes to the next port."""

    def __init__(self, ports: Sequence[int], at: int) -> None:
        self.ports = ports
        self.at = at
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, request: bytes, timeout: float) -> Answer:
        try:
            async with asyncio.timeout(timeout):
                if self.streams is None:
                    self.streams = await asyncio.open_connection("127.0.0.1", self.ports[self.at % len(self.ports)])
                reader, writer = self.streams
                writer.write(request)
                return await read_answer(reader)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            self.close()
            self.at += 1
            return Answer(0)

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].transport.abort()
            self.streams = None


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(first.split(" ")[1]), body, headers.get("retry-after", ""))


@dataclass(slots=True)
class Sender:
    """Runs in a thread of its own: `start(pushes)`, stage the fault meanwhile, then `wait(seconds)`.

    `rate` is pushes a second over all connections, 0 for as fast as they are answered. `tries` says what became of each try.
    """

    ports: list[int]
    log: Path
    connections: int = 32
    is_patient: bool = False
    timeout: float = TIMEOUT_S
    tries: list[Try] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)  # answers that no second try would change
    acked: int = 0
    waiting: deque[Push] = field(default_factory=deque)
    file: IO[str] | None = None
    thread: threading.Thread | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, pushes: Iterable[Push], rate: float = 0.0) -> None:
        self.waiting.extend(pushes)
        self.stopping.clear()
        self.thread = threading.Thread(target=self._run, args=(rate,), name="sender", daemon=True)
        self.thread.start()

    def wait(self, seconds: float) -> bool:
        """Waits until everything was acked, at most so long; then it stops. False when something was not acked."""
        assert self.thread is not None
        self.thread.join(seconds)
        done = not self.thread.is_alive()
        self.stop()
        return done

    def wait_for(self, acked: int, seconds: float = 60.0) -> None:
        """Waits until so many were acked."""
        until = time.monotonic() + seconds
        while self.acked < acked and self.is_sending():
            if time.monotonic() > until:
                raise RuntimeError(f"only {self.acked} of {acked} pushes were acked in {seconds:.0f} s")
            time.sleep(0.002)

    def drain(self, seconds: float) -> bool:
        """Sends nothing new, and waits until what was sent is acked."""
        self.waiting.clear()
        return self.wait(seconds)

    def is_sending(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def stop(self) -> None:
        self.stopping.set()
        if self.thread is not None:
            self.thread.join(30)

    def resumed(self, moment: float, seconds: float = 60.0) -> float:
        """Seconds from `moment` to the first ack of a try that began after it; waits for it, at most so long."""
        until = time.monotonic() + seconds
        while self.is_sending() and time.monotonic() < until:
            if acks := [t.ended for t in self.tries[-5000:] if t.status == 200 and t.began >= moment]:
                return min(acks) - moment
            time.sleep(0.005)
        acks = [t.ended for t in self.tries if t.status == 200 and t.began >= moment]
        return min(acks, default=time.monotonic()) - moment

    def statuses(self) -> Counter[int]:
        return Counter(t.status for t in self.tries)

    def waits(self) -> list[float]:
        """Seconds to the answer, of every try that got one, sorted."""
        return sorted(t.ended - t.began for t in self.tries if t.status)

    def unclean(self, *, silence: bool) -> list[str]:
        """Answers that break a promise: neither a 2xx nor a 503 with Retry-After; silence only where the web process died."""
        counts = Counter(self.refused)
        for t in self.tries:
            if t.status == 503 and not t.retry_after:
                counts["503 without Retry-After"] += 1
            elif t.status == 0 and not silence:
                counts["no answer"] += 1
            elif t.status in {429, 500, 502, 504}:
                counts[str(t.status)] += 1
        return [f"{n} × {what}" for what, n in counts.items()]

    def _run(self, rate: float) -> None:
        with self.log.open("a", encoding="utf-8") as self.file:
            asyncio.run(self._send_all(rate))

    async def _send_all(self, rate: float) -> None:
        lines = [Line(self.ports, n) for n in range(self.connections)]
        pace = Pace(rate)
        await asyncio.gather(*(self._work(line, pace) for line in lines))

    async def _work(self, line: Line, pace: Pace) -> None:
        try:
            while self.waiting and not self.stopping.is_set():
                push = self.waiting.popleft()
                await pace.next()
                await self._deliver(line, push)
        finally:
            line.close()

    async def _deliver(self, line: Line, push: Push) -> None:
        self._note("sent", push, f'"body": {push.content}')
        while not self.stopping.is_set():
            began = time.monotonic()
            answer = await line.post(push.request(), self.timeout)
            self.tries.append(Try(began, time.monotonic(), answer.status, answer.retry_after))
            if 200 <= answer.status < 300:
                self.acked += 1
                self._note("acked", push, f'"answer": {answer.body.decode()}')
                return
            if answer.status not in {0, 429, 500, 502, 503, 504}:
                self.refused[f"{answer.status} {answer.body[:200].decode(errors='replace')}"] += 1
                return
            await asyncio.sleep(self.pause(answer))

    def pause(self, answer: Answer) -> float:
        """Until the next try: a moment, or about as long as the server asks where `is_patient`."""
        asked = float(answer.retry_after) if self.is_patient and answer.retry_after.isdigit() else 0
        return random.uniform(asked / 2, asked) or random.uniform(*PAUSE_S)

    def _note(self, event: str, push: Push, more: str) -> None:
        line = {"event": event, "at": datetime.now(UTC).isoformat(), "shop": push.shop, "message_id": push.message_id}
        assert self.file is not None
        self.file.write(f"{json.dumps(line)[:-1]}, {more}}}\n")


def push_of(message_id: str, body: Any) -> Push:
    return Push(message_id, json.dumps(body, ensure_ascii=False, separators=(",", ":")))


class Pace:
    """Lets `rate` pushes a second go, evenly."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.due = time.monotonic()

    async def next(self) -> None:
        if self.rate:
            self.due += 1 / self.rate
            if (ahead := self.due - time.monotonic()) > 0:
                await asyncio.sleep(ahead)

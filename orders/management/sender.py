"""Sends signed pushes as a shop platform does: again and again until the server says that it has them."""

from __future__ import annotations

import json
import os
import queue
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

import httpx
from standardwebhooks import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE_S = 10.0  # between two tries at most
ROOM = 2000  # parcels that wait for a free connection; beyond this the evening itself waits
TRY_AGAIN = {429, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Parcel:
    """One push to a shop (its key). `post` signs it anew for each try, because a signature is only good for some minutes."""

    shop: str
    message_id: str
    body: Any
    post: Callable[[httpx.Client], httpx.Response]
    is_repeat: bool = False


def standard_parcel(url: str, secret: str, message_id: str, document: Any, *, is_repeat: bool = False) -> Parcel:
    """A push in the open format to `…/push/standard/<shop key>/`, signed by the Standard Webhooks scheme."""
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":"))

    def post(line: httpx.Client) -> httpx.Response:
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(message_id, now, content),
        }
        return line.post(url, content=content.encode(), headers=headers)

    return Parcel(shop_of(url), message_id, document, post, is_repeat)


def shop_of(url: str) -> str:
    """The key at the end of a push address."""
    return url.rstrip("/").rpartition("/")[2]


@dataclass(slots=True)
class Sender:
    """A few connections that empty one queue. `log` gets a JSON line for each parcel sent, acked or refused, of the kind
    that `manage.py check_run` reads (rules/run_log.py)."""

    connections: int = 16
    log: IO[str] | None = None
    counts: Counter[str] = field(default_factory=Counter)
    waiting: queue.Queue[Parcel] = field(default_factory=lambda: queue.Queue(ROOM))
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for number in range(self.connections):
            thread = threading.Thread(target=self._work, name=f"sender-{number}", daemon=True)
            self.threads.append(thread)
            thread.start()

    def post(self, parcel: Parcel) -> bool:
        """Hands a parcel over; False when there is no room for it now."""
        try:
            self.waiting.put(parcel, timeout=0.5)
        except queue.Full:
            return False
        return True

    def finish(self, seconds: float) -> int:
        """Waits until everything is answered, at most so long; returns how many parcels are left."""
        until = time.monotonic() + seconds
        while self.waiting.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.05)
        left = self.waiting.unfinished_tasks
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=2)
        return left

    def _work(self) -> None:
        with httpx.Client(trust_env=False, timeout=30) as line:
            while not self.stopped.is_set():
                try:
                    parcel = self.waiting.get(timeout=0.2)
                except queue.Empty:
                    continue
                self._deliver(line, parcel)
                self.waiting.task_done()

    def _deliver(self, line: httpx.Client, parcel: Parcel) -> None:
        self._note("sent", parcel)
        delay = 0.2
        while not self.stopped.is_set():
            try:
                answer = parcel.post(line)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in TRY_AGAIN:
                self._note("acked" if answer.is_success else "refused", parcel, answer)
                return
            with self.lock:
                self.counts["again"] += 1
            self.stopped.wait(_pause(answer, delay))
            delay = min(PATIENCE_S, delay * 2)

    def _note(self, event: str, parcel: Parcel, answer: httpx.Response | None = None) -> None:
        line: dict[str, Any] = {
            "event": event,
            "at": datetime.now(UTC).isoformat(),
            "shop": parcel.shop,
            "message_id": parcel.message_id,
        }
        if answer is None:
            line["body"] = parcel.body
        else:
            line |= {"status": answer.status_code, "answer": document_of(answer)}
        with self.lock:
            self.counts[event] += 1
            self.counts["repeated"] += parcel.is_repeat and event == "sent"
            if self.log is not None:
                self.log.write(json.dumps(line, ensure_ascii=False) + "\n")
                self.log.flush()


def open_log(path: Path) -> IO[str]:
    """The log, to be continued; after a line that a kill cut off, on a new one."""
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":
                file.write(b"\n")
    return path.open("a", encoding="utf-8")


def document_of(answer: httpx.Response) -> Any:
    """The answer as JSON, or what stands in its place, cut short."""
    try:
        return answer.json()
    except ValueError:
        return answer.text[:2000]


def _pause(answer: httpx.Response | None, delay: float) -> float:
    """What the server asks for, or a little longer each time; jittered, so that not everything comes back at once."""
    asked = answer.headers.get("retry-after", "") if answer is not None else ""
    return random.uniform(0.5, 1) * (min(PATIENCE_S, float(asked)) if asked.isdigit() else delay)

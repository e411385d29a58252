"""`python -m faults.sabotage NAME uvicorn-arguments…`: the web process with one protection switched off, for the controls.

The product's code has no such switch: the protection is patched away here. A patch that no longer finds what it
replaces stops the process, so that a control never stays green unnoticed.
"""

from __future__ import annotations

import os
import queue
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any


def replace(module: Any, name: str, by: Any) -> Any:
    """Puts `by` in the place of module.name; returns what was there."""
    before = getattr(module, name)
    setattr(module, name, by)
    return before


def ack_before_commit() -> None:
    """Answers first and stores a moment later."""
    from orders.actions import group_commit
    from orders.actions.arrival import Receipt

    later: queue.Queue[Any] = queue.Queue()

    def receive(arrivals: Any, **words: Any) -> list[Receipt]:
        later.put((arrivals, words))
        return [Receipt(applied=len(arrival.events)) for arrival in arrivals]

    real = replace(group_commit, "receive_halving", receive)

    def store() -> None:
        while True:
            arrivals, words = later.get()
            real(arrivals, **words)

    threading.Thread(target=store, daemon=True).start()


def no_transaction() -> None:
    """Every statement commits by itself, and there is time between them: a kill leaves half a batch."""
    from orders.actions import intake
    from orders.actions import intake_rows as rows

    replace(intake, "transaction", SimpleNamespace(atomic=nullcontext, on_commit=lambda work: work()))
    slow_down(rows, "write_ledger", 0.1)


def forget() -> None:
    """Neither delivery keys nor versions nor what was booked before are looked at: every message counts anew."""
    from orders.actions import intake
    from orders.actions import intake_rows as rows
    from orders.rules.order import UNKNOWN

    answered = replace(rows, "answered_before", lambda *_words: {})

    def keep_new(cursor: Any, fresh: Any, at: Any) -> None:
        """The key of a message that comes again is there already."""
        known = answered(cursor, [arrival for arrival, _ in fresh])
        if new := [pair for pair in fresh if (pair[0].shop.id, pair[0].message_id, pair[0].digest) not in known]:
            keep(cursor, new, at)

    keep = replace(rows, "keep_deliveries", keep_new)

    def apply_blindly(state: Any, event: Any) -> Any:
        for name in state.__slots__:
            if name.endswith("_rank"):
                setattr(state, name, UNKNOWN)
        for line in state.lines.values():
            line.rank = UNKNOWN
        return apply(state, event)

    apply = replace(intake, "apply", apply_blindly)

    def book_anew(cursor: Any, changed: Any, _before: Any, cause: Any, at: Any) -> None:
        book(cursor, changed, {}, cause, at)

    book: Any = replace(intake, "book", book_anew)


def no_lock() -> None:
    """Orders are read without a lock, and there is time between read and write: two processes change one order at once."""
    from orders.actions import intake_rows as rows

    if (locked := "FOR UPDATE OF o") not in rows.LOCK:
        raise SystemExit("no_lock: the lock is not where it was")
    replace(rows, "LOCK", rows.LOCK.replace(locked, ""))
    slow_down(rows, "store_orders", 0.02)


def slow_down(module: Any, name: str, seconds: float) -> None:
    """Makes a window, that a fault hits surely, where there is one that it hits seldom."""

    def slowly(*words: Any) -> Any:
        time.sleep(seconds)
        return real(*words)

    real = replace(module, name, slowly)


def die_after_commit() -> None:
    """A fault point: kill -9 of itself after COMMIT and before the answers, at every third batch or so."""
    from orders.actions import group_commit

    def receive(*words: Any, **more: Any) -> Any:
        receipts = real(*words, **more)
        if random.random() < 0.3:
            os.kill(os.getpid(), signal.SIGKILL)
        return receipts

    real = replace(group_commit, "receive_halving", receive)


def ask_redis() -> None:
    """Looks into Redis for every batch, as a system does that remembers its messages there."""
    from django.core.cache import cache

    from orders.actions import group_commit

    def receive(*words: Any, **more: Any) -> Any:
        cache.get("batches")
        return real(*words, **more)

    real = replace(group_commit, "receive_halving", receive)


def own_clock() -> None:
    """Believes the clock of its own machine instead of the database's."""
    from datetime import UTC, datetime

    from orders.actions.clock import Clock

    replace(Clock, "now", lambda _clock: datetime.now(UTC))


def no_patience() -> None:
    """A push waits as long as the database lets it."""
    from orders import push
    from orders.actions import group_commit

    for module in (push, group_commit):
        replace(module, "ANSWER_SECONDS", 1000.0)


def polite() -> None:
    """A connection that is cut ends when its peer has read everything: never, where it does not read."""
    from config.machine.wire import Wire

    replace(Wire, "cut", lambda wire: wire.transport.close())


def ask_each() -> None:
    """Every handshake asks the database for itself."""
    from orders.board import entry

    async def ask(_entry: Any, scope: dict[str, Any]) -> Any:
        asked = entry.Handshake(scope["url_route"]["kwargs"], entry.session_key_of(scope))
        found = await entry.database_sync_to_async(entry.admit_all)([asked])
        return found[0], time.monotonic()

    replace(entry.Entry, "admitted", ask)


def no_heartbeat() -> None:
    """Boards hear nothing while nothing changes: neither a frame nor a ping. (Not a protection: an idle line.)"""
    from config.machine.wire import Wire
    from orders.board import hub

    replace(Wire, "start_keepalive", lambda _wire: None)
    pace: Any = replace(hub, "Pace", lambda: pace(heartbeat=1e9, decay=1e9))


def twenty_times() -> None:
    """Boards are told of everything twenty times as often: half an hour of frames in a minute and a half. (Not a protection.)"""
    from orders.board import hub

    pace: Any = replace(hub, "Pace", lambda: pace(poll=0.0125, detail=0.1, heartbeat=0.5, decay=0.1))


def no_locks() -> None:
    """Wrong passwords are not counted."""
    from django.conf import settings

    assert settings.AXES_ENABLED
    settings.AXES_ENABLED = False


SABOTAGES: dict[str, Callable[[], None]] = {
    "ack_before_commit": ack_before_commit,
    "no_transaction": no_transaction,
    "forget": forget,
    "ask_redis": ask_redis,
    "own_clock": own_clock,
    "no_patience": no_patience,
    "no_lock": no_lock,
    "die_after_commit": die_after_commit,
    "polite": polite,
    "ask_each": ask_each,
    "no_heartbeat": no_heartbeat,
    "twenty_times": twenty_times,
    "no_locks": no_locks,
}


def main(arguments: list[str]) -> None:
    import config.asgi  # noqa: F401  (sets Django up)

    for name in arguments[0].split("+"):
        SABOTAGES[name]()
    import uvicorn

    sys.argv = ["uvicorn", *arguments[1:]]
    uvicorn.main()


if __name__ == "__main__":
    main(sys.argv[1:])

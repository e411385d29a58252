"""Group commit: what pushes of one process bring waits in one bounded queue, and one thread commits it batch by batch.

A commit costs the same for one push and for four hundred. While one batch is committed the next one gathers; nobody waits
longer than for these two. Who comes when both are full is asked to come again, at once and before anything was done for it.
"""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
from typing import TYPE_CHECKING

import msgspec
import structlog
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, connection
from msgspec import Struct
from psycopg_pool import PoolTimeout

from orders.actions.arrival import Arrival, Receipt
from orders.actions.clock import Clock
from orders.actions.intake import receive_halving
from orders.actions.poison import keep_poison
from orders.models.ledger import Cause

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

log = structlog.get_logger(__name__)
ANSWER_SECONDS = 7.5  # nobody waits longer: what the database has not said by then is a 503, and the push comes again
PUSHES = 400  # committed together at most: beyond this the answer waits longer than the commit saves
ORDERS = 1000  # in one batch, as near as whole pushes allow
SWITCH_SECONDS = 0.0002
AWAY = (OperationalError, InterfaceError, InternalError, PoolTimeout)  # internal: a transaction that idled too long is ended


class Busy(Exception):
    """Too much waits already, or the database is away: the sender should come again in a moment."""


class Waiting(Struct):
    """What one push brought, on its way into a batch."""

    arrivals: list[Arrival]
    orders: int
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[list[Receipt]]


class Writer(Struct):
    """The queue and its thread, which starts with the first push. `came` is counted by the loop, `left` by the thread."""

    clock: Clock = msgspec.field(default_factory=Clock)
    waiting: queue.SimpleQueue[Waiting | None] = msgspec.field(default_factory=queue.SimpleQueue)
    thread: threading.Thread | None = None
    came: int = 0
    left: int = 0

    @property
    def is_full(self) -> bool:
        return bool(self.came - self.left >= settings.PUSH_QUEUE_LIMIT)

    async def commit(self, arrivals: list[Arrival]) -> list[Receipt]:
        """The receipts, after COMMIT. Raises Busy."""
        if self.is_full:
            raise Busy
        loop = asyncio.get_running_loop()
        waiting = Waiting(arrivals, sum([len(arrival.events) for arrival in arrivals]) + 1, loop, loop.create_future())
        if self.thread is None or not self.thread.is_alive():
            self.thread = threading.Thread(target=self.write_forever, name="push-writer", daemon=True)
            self.thread.start()
        self.came += waiting.orders
        self.waiting.put(waiting)
        patience = loop.call_later(ANSWER_SECONDS, _tell, ((waiting.done, None),))
        try:
            return await waiting.done
        finally:
            patience.cancel()

    def write_forever(self) -> None:
        # The writer waits for PostgreSQL a dozen times a batch; with Python's 5 ms it would wait as often for the requests.
        sys.setswitchinterval(SWITCH_SECONDS)
        while (first := self.waiting.get()) is not None:
            batch = self.gather(first, PUSHES, ORDERS)
            # Who was told meanwhile to come again will: writing it now would only make the others wait.
            if not self.write([waiting for waiting in batch if not waiting.done.done()]):
                rest = self.gather(None, sys.maxsize, sys.maxsize)  # would wait in vain, and longer than a sender does
                answer(rest, None)
                batch += rest
            self.left += sum(waiting.orders for waiting in batch)
        connection.close()

    def write(self, batch: list[Waiting]) -> bool:
        """Commits and answers; False when the database is away."""
        receipts = commit_batch(batch, self.clock.now()) if batch else []
        answer(batch, receipts)
        return receipts is not None

    def gather(self, first: Waiting | None, pushes: int, orders: int) -> list[Waiting]:
        """What waits, up to so many; nobody else takes from this queue, so what is seen is there."""
        batch = [] if first is None else [first]
        found = sum(waiting.orders for waiting in batch)
        while len(batch) < pushes and found < orders and not self.waiting.empty():
            following = self.waiting.get_nowait()
            if following is None:
                self.waiting.put(None)
                break
            batch.append(following)
            found += following.orders
        return batch

    def stop(self) -> None:
        """Commits what waits and ends the thread."""
        if self.thread is not None:
            self.waiting.put(None)
            self.thread.join()
            self.thread = None


def commit_batch(batch: Sequence[Waiting], at: datetime) -> list[list[Receipt]] | None:
    """The receipts of each push of the batch, or None when nothing was committed."""
    arrivals = [arrival for waiting in batch for arrival in waiting.arrivals]
    try:
        receipts = iter(receive_halving(arrivals, cause=Cause.PUSH, at=at))
        return [[next(receipts) or keep(arrival, at) for arrival in waiting.arrivals] for waiting in batch]
    except Exception as error:
        log.warning("batch_not_committed", pushes=len(batch), error=type(error).__name__, exc_info=not isinstance(error, AWAY))
        connection.close()
        return None


def keep(arrival: Arrival, at: datetime) -> Receipt:
    """Of a message that could not be taken."""
    return Receipt(rejected=keep_poison(arrival, at=at))


def answer(batch: Sequence[Waiting], receipts: list[list[Receipt]] | None) -> None:
    """Wakes those who wait, once for each of their loops. What was gathered beyond the receipts is told to come again."""
    for loop in {waiting.loop for waiting in batch}:
        mine = [(waiting.done, receipts[i] if receipts else None) for i, waiting in enumerate(batch) if waiting.loop is loop]
        try:
            loop.call_soon_threadsafe(_tell, mine)
        except RuntimeError:
            log.info("loop_closed", pushes=len(mine))  # the process is stopping: the senders will send again


def _tell(answers: Sequence[tuple[asyncio.Future[list[Receipt]], list[Receipt] | None]]) -> None:
    for done, receipts in answers:
        if not done.done():
            if receipts is None:
                done.set_exception(Busy())
            else:
                done.set_result(receipts)

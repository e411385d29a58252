"""Who knocks: the handshakes of a moment are asked about together, and once for all who come with the same key to the same door.

After a restart hundreds of boards come back within seconds. The first is asked about at once; those that come meanwhile wait
for the next round, a few of which there are in a second, and each round asks a handful of questions, however many wait. What
was found out serves for KEPT_S seconds; the hub reckons a right from the moment it was really seen, so that none grows older
than it may.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import parse_cookie
from psycopg_pool import PoolTimeout

from orders.board.admission import Handshake, admit_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.board.feed import Watcher

    Admission = tuple[Watcher | None, float]

log = structlog.get_logger(__name__)
AWAY = (OperationalError, InterfaceError, PoolTimeout)
KEPT_S = 5.0
ROUND_S = 0.4
PATIENCE_S = 10.0  # longer than a database that is away keeps us waiting
WAITING_AT_MOST = 2000  # different keys that wait for an answer

thread = ThreadPoolExecutor(1, thread_name_prefix="board-entry")
Key = tuple[str, bytes, str]  # path, query, cookie


class TooBusy(Exception):
    """So many wait to be asked about that one more would not be answered in time."""


class Entry:
    """What was asked lately, in one event loop."""

    def __init__(self) -> None:
        self.waiting: dict[Key, Handshake] = {}
        self.answers: dict[Key, asyncio.Future[Admission]] = {}
        self.kept: dict[Key, Admission] = {}
        self.rounds: asyncio.Task[None] | None = None

    async def admitted(self, scope: dict[str, Any]) -> Admission:
        loop = asyncio.get_running_loop()
        session_key = session_key_of(scope)
        key = (scope["path"], scope["query_string"], session_key)
        if (known := self.kept.get(key)) and loop.time() - known[1] < KEPT_S:
            return known
        if key not in self.answers:
            if len(self.answers) >= WAITING_AT_MOST:
                raise TooBusy
            asked, address = scope["url_route"]["kwargs"], (scope.get("client") or [""])[0]
            self.waiting[key] = Handshake(asked, session_key, scope["query_string"].decode("latin-1"), address)
            self.answers[key] = loop.create_future()
            if self.rounds is None or self.rounds.done():
                self.rounds = loop.create_task(self.ask_in_rounds())
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.shield(self.answers[key])
        except TimeoutError:
            raise TooBusy from None

    async def ask_in_rounds(self) -> None:
        """Until nobody waits."""
        loop = asyncio.get_running_loop()
        while self.waiting:
            round_of, self.waiting, began = self.waiting, {}, loop.time()
            found = await self.ask(list(round_of.values()))
            for key, watcher in zip(round_of, found, strict=True):
                self.answer(key, watcher, began)
            await asyncio.sleep(ROUND_S)

    async def ask(self, handshakes: Sequence[Handshake]) -> Sequence[Watcher | Exception | None]:
        """The answer to each. One that cannot even be asked about harms none of those that came with it."""
        asking: Any = database_sync_to_async(admit_all, thread_sensitive=False, executor=thread)
        try:
            return list(await asking(handshakes))
        except AWAY as error:
            return [error] * len(handshakes)
        except Exception as error:
            if len(handshakes) > 1:
                return [one for handshake in handshakes for one in await self.ask([handshake])]
            log.exception("board_not_judged")
            return [error]

    def answer(self, key: Key, found: Watcher | Exception | None, seen_at: float) -> None:
        future = self.answers.pop(key)
        if isinstance(found, Exception):
            future.set_exception(found)
            future.exception()  # all who waited may have left
            return
        future.set_result((found, seen_at))
        if found is not None:
            self.kept[key] = (found, seen_at)
            asyncio.get_running_loop().call_later(KEPT_S, self.kept.pop, key, None)


def session_key_of(scope: dict[str, Any]) -> str:
    """The key of the login; empty: none, or what can be none."""
    cookies = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    key = str(parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, ""))
    return key if key.isascii() and key.isalnum() else ""


_entries: WeakKeyDictionary[asyncio.AbstractEventLoop, Entry] = WeakKeyDictionary()


async def admitted(scope: dict[str, Any]) -> tuple[Watcher | None, float]:
    """The watcher behind a handshake, or None, and when (of the loop) that was seen. Raises TooBusy, and what a database
    that is away raises."""
    return await _entries.setdefault(asyncio.get_running_loop(), Entry()).admitted(scope)

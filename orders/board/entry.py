"""Who knocks: the login of a handshake, asked once for all who come with the same key to the same door at the same moment.

After a restart hundreds of boards come back within seconds, many of one person. What was asked for one serves the others for
KEPT_S seconds; the hub reckons a right from the moment it was really seen, so that none grows older than it may.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, parse_cookie

from orders.board.admission import admit

if TYPE_CHECKING:
    from orders.board.feed import Watcher

    Admission = tuple[Watcher | None, float]

KEPT_S = 5.0
PATIENCE_S = 10.0  # longer than a database that is away keeps us waiting
ASKING_AT_MOST = 500  # different keys that wait for an answer
THREADS = 2  # their connections are taken from those that pages use

threads = ThreadPoolExecutor(THREADS, thread_name_prefix="board-entry")
Key = tuple[str, bytes, str]  # path, query, cookie


class TooBusy(Exception):
    """So many wait to be asked about that one more would not be answered in time."""


class Entry:
    """What was asked lately, in one event loop."""

    def __init__(self) -> None:
        self.asking: dict[Key, asyncio.Task[Admission]] = {}
        self.kept: dict[Key, Admission] = {}

    async def admitted(self, scope: dict[str, Any]) -> Admission:
        key = (scope["path"], scope["query_string"], cookie_of(scope))
        now = asyncio.get_running_loop().time()
        if (known := self.kept.get(key)) and now - known[1] < KEPT_S:
            return known
        if key not in self.asking:
            if len(self.asking) >= ASKING_AT_MOST:
                raise TooBusy
            self.asking[key] = asyncio.create_task(self.ask(key, scope))
            self.asking[key].add_done_callback(seen)  # all who wait may have left
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.shield(self.asking[key])
        except TimeoutError:
            raise TooBusy from None

    async def ask(self, key: Key, scope: dict[str, Any]) -> Admission:
        loop = asyncio.get_running_loop()
        now = loop.time()
        try:
            watcher = await database_sync_to_async(signed_in, thread_sensitive=False, executor=threads)(scope, key[2])
        finally:
            del self.asking[key]
        if watcher is not None:
            self.kept[key] = (watcher, now)
            loop.call_later(KEPT_S, self.kept.pop, key, None)
        return watcher, now


def seen(task: asyncio.Task[Admission]) -> None:
    if not task.cancelled():
        task.exception()


def signed_in(scope: dict[str, Any], session_key: str) -> Watcher | None:
    """Who the cookie says he is, and whether he may watch. Asks the database."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    return admit({**scope, "session": request.session, "user": get_user(request)})


def cookie_of(scope: dict[str, Any]) -> str:
    """The key of the login; empty: none."""
    cookies = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    return str(parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, ""))


_entries: WeakKeyDictionary[asyncio.AbstractEventLoop, Entry] = WeakKeyDictionary()


async def admitted(scope: dict[str, Any]) -> tuple[Watcher | None, float]:
    """The watcher behind a handshake, or None, and when (of the loop) that was seen. Raises TooBusy, and what a database
    that is away raises."""
    return await _entries.setdefault(asyncio.get_running_loop(), Entry()).admitted(scope)

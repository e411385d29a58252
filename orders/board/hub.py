"""One hub per process hands every open board the newest frame of its scope.

Four times a second it asks the database in one query which of the watched scopes are newer, makes one frame for each,
encodes it once and gives it to every socket. Nothing else is needed for correctness: no message bus, no group.
The database may go away: sockets stay open and the hub goes on when it is back.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from psycopg_pool import PoolTimeout

from orders.board.admission import refused
from orders.board.feed import Watcher
from orders.board.watch import Known, Picture, look

if TYPE_CHECKING:
    from collections.abc import Iterable

log = structlog.get_logger(__name__)
T = TypeVar("T")
AWAY = (OperationalError, InterfaceError, PoolTimeout)
FORBIDDEN, GONE = 4403, 4404  # close codes: the right was lost; the session is no longer there


class Pace(NamedTuple):
    """Seconds. `decay`: how soon a rate that is not zero is said again although nothing changed."""

    poll: float = 0.25
    heartbeat: float = 10.0
    decay: float = 2.0
    rights: float = 30.0
    blocked: float = 30.0
    outage: float = 1.0


@dataclass(slots=True, eq=False)
class Socket:
    """One open board. It holds at most one frame that waits to be sent: the newest."""

    watcher: Watcher
    address: str
    cut: Callable[[], object]  # ends the socket's application without a word: its peer does not read
    pending: str | None = None
    sending_since: float | None = None
    close_code: int | None = None
    is_cut: bool = False
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, text: str) -> None:
        self.pending = text
        self.ready.set()

    def close(self, code: int) -> None:
        """Ends it after the frame that is being sent."""
        if self.close_code is None:
            self.close_code = code
        self.ready.set()

    async def newest(self) -> str | None:
        """Waits for the next frame; None: it is over, see `close_code`."""
        await self.ready.wait()
        if self.close_code is not None:
            return None
        self.ready.clear()
        text, self.pending = self.pending, None
        return text


class Hub:
    """All open boards of one event loop. Its task and its thread live from the first socket to the last."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self.sockets: dict[str, set[Socket]] = {}
        self.pictures: dict[str, Picture] = {}
        self.of_viewer: Counter[str] = Counter()
        self.of_address: Counter[str] = Counter()
        self.of_watcher: Counter[Watcher] = Counter()
        self.rights_seen: dict[Watcher, float] = {}
        self.newcomer = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.is_away = False

    def join(self, socket: Socket) -> bool:
        """Takes a socket in whose right has been checked; False when its user or address has too many."""
        watcher, loop = socket.watcher, asyncio.get_running_loop()
        if _is_full(self.of_viewer[watcher.viewer], settings.BOARD_SOCKETS_PER_USER):
            return False
        if _is_full(self.of_address[socket.address], settings.BOARD_SOCKETS_PER_ADDRESS):
            return False
        self.of_viewer[watcher.viewer] += 1
        self.of_address[socket.address] += 1
        self.of_watcher[watcher] += 1
        self.rights_seen.setdefault(watcher, loop.time())
        self.sockets.setdefault(watcher.scope, set()).add(socket)
        if picture := self.pictures.get(watcher.scope):
            socket.offer(picture.text)
        else:
            self.newcomer.set()
        if self.task is None:
            self.task = loop.create_task(self.run())
        return True

    def leave(self, socket: Socket) -> None:
        watcher = socket.watcher
        of_scope = self.sockets.get(watcher.scope, set())
        if socket not in of_scope:
            return
        of_scope.discard(socket)
        _count_down(self.of_viewer, watcher.viewer)
        _count_down(self.of_address, socket.address)
        if not _count_down(self.of_watcher, watcher):
            self.rights_seen.pop(watcher, None)
        if not of_scope:
            del self.sockets[watcher.scope]
            self.pictures.pop(watcher.scope, None)
        if not self.sockets and self.task:
            self.task.cancel()
            self.task = None

    async def run(self) -> None:
        """Until the last socket leaves. The database is asked in one thread of its own, with a connection of its own."""
        loop = asyncio.get_running_loop()
        thread = ThreadPoolExecutor(1, thread_name_prefix="board-hub")
        began = loop.time() - self.pace.poll
        try:
            while True:
                pause = self.pace.outage if self.is_away else began + self.pace.poll - loop.time()
                is_regular = await self._wait(pause)
                if is_regular:
                    began = loop.time()
                    self._cut_blocked(began)
                await self._round(thread, is_regular)
        finally:
            closing = thread.submit(_close_connection)  # behind the question that is still being asked, if there is one
            thread.shutdown(wait=False)
            await asyncio.shield(asyncio.wrap_future(closing))

    async def _wait(self, seconds: float) -> bool:
        """True at the next regular round; False earlier, when somebody came whose scope has no frame yet."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return True
        try:
            await asyncio.wait_for(self.newcomer.wait(), seconds)
        except TimeoutError:
            return True
        if self.is_away:
            await asyncio.sleep(seconds)
        return False

    async def _round(self, thread: ThreadPoolExecutor, is_regular: bool) -> None:
        self.newcomer.clear()
        loop = asyncio.get_running_loop()
        scopes = [scope for scope in self.sockets if is_regular or scope not in self.pictures]
        known = [self._known(scope, loop.time()) for scope in scopes]
        try:
            seen = await loop.run_in_executor(thread, _asking, lambda: look(known))
            self._hand_out(seen, loop.time())
            if is_regular:
                await self._check_rights(thread, loop.time())
        except Exception as error:  # whatever it is: the boards stay open, say how old they are, and go on afterwards
            if not self.is_away:
                log.warning("boards_wait", error=type(error).__name__, exc_info=not isinstance(error, AWAY))
            self.is_away = True
        else:
            if self.is_away:
                log.info("boards_go_on")
            self.is_away = False

    def _known(self, scope: str, now: float) -> Known:
        picture = self.pictures.get(scope)
        if picture is None:
            return Known(scope)
        age = now - picture.made_at
        is_due = age >= (self.pace.decay if picture.is_moving else self.pace.heartbeat)
        return Known(scope, "" if is_due else picture.epoch, picture.version)

    def _hand_out(self, seen: Iterable[tuple[str, Picture | None]], now: float) -> None:
        for scope, picture in seen:
            sockets = self.sockets.get(scope)
            if not sockets:
                continue
            if picture is None:
                for socket in sockets:
                    socket.close(GONE)
                continue
            picture.made_at = now
            self.pictures[scope] = picture
            for socket in sockets:
                socket.offer(picture.text)

    async def _check_rights(self, thread: ThreadPoolExecutor, now: float) -> None:
        """Those whose right was last seen too long ago, the oldest first, at most fifty a round (6,000 in 30 s)."""
        due = sorted(
            (watcher for watcher, seen in self.rights_seen.items() if now - seen >= self.pace.rights),
            key=lambda watcher: self.rights_seen[watcher],
        )[:50]
        if not due:
            return
        without = await asyncio.get_running_loop().run_in_executor(thread, _asking, lambda: refused(due))
        for watcher in due:
            if watcher in self.rights_seen:
                self.rights_seen[watcher] = now
            if watcher in without:
                for socket in self.sockets.get(watcher.scope, set()):
                    if socket.watcher == watcher:
                        socket.close(FORBIDDEN)

    def _cut_blocked(self, now: float) -> None:
        for sockets in self.sockets.values():
            for socket in sockets:
                if socket.sending_since is not None and now - socket.sending_since >= self.pace.blocked and not socket.is_cut:
                    socket.is_cut = True
                    socket.cut()


def _count_down(counter: Counter[T], key: T) -> int:
    counter[key] -= 1
    left = counter[key]
    if not left:
        del counter[key]
    return left


def _is_full(count: int, cap: int) -> bool:
    return bool(cap) and count >= cap


def _asking(question: Callable[[], T]) -> T:
    """Asks in the hub's thread; a connection that broke is thrown away, so that the next round makes another."""
    try:
        return question()
    except Exception:
        connection.close()
        raise


def _close_connection() -> None:
    connection.close()  # looked up here: every thread has a connection of its own


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def running_hub() -> Hub:
    """The hub of the running loop: a server has one, a test run one for each test."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]

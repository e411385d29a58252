"""One hub per process hands every open board the newest frame of its scope, and the newest detail to those who asked for it.

Four times a second it asks the database in one query which of the watched scopes are newer, makes one frame for each,
encodes it once and gives it to every socket. Nothing else is needed for correctness: no message bus, no group.
The database may go away: sockets stay open and the hub goes on when it is back.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from django.db import connection

from orders.board.admission import refused
from orders.board.entry import AWAY
from orders.board.feed import DETAIL, Feed, Picture, Watcher
from orders.board.watch import Known, look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orders.board.socket import Socket

log = structlog.get_logger(__name__)
T = TypeVar("T")
FORBIDDEN, GONE = 4403, 4404  # close codes: the right was lost; the session is no longer there
OTHER_FILES = 256  # kept for pushes, pages, logs and the database
AT_ONCE = 200  # sockets served before others get their turn: pushes and pages run in this loop too


class Pace(NamedTuple):
    """Seconds. `detail`: between two details at least. `decay`: how soon a rate that is not zero is said again although
    nothing changed. `rights`: how old a right may be at most, `blocked`: how long a socket may take nothing."""

    poll: float = 0.25
    detail: float = 2.0
    heartbeat: float = 10.0
    decay: float = 2.0
    rights: float = 30.0
    blocked: float = 30.0
    outage: float = 1.0


class Hub:
    """All open boards of one event loop. Its task and its threads live from the first socket to the last."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self.sockets: dict[Feed, set[Socket]] = {}
        self.pictures: dict[Feed, Picture] = {}
        self.of_viewer: Counter[str] = Counter()
        self.of_address: Counter[str] = Counter()
        self.of_watcher: Counter[Watcher] = Counter()
        self.count = 0
        self.rights_seen: dict[Watcher, float] = {}
        self.newcomer = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.is_away = False

    def full(self, address: str, viewer: str | None = None) -> str:
        """What has too many sockets to take in one more: `server`, `address` or `viewer`; empty: there is room."""
        if self.count >= _places():
            return "server"
        if _is_full(self.of_address[address], settings.BOARD_SOCKETS_PER_ADDRESS):
            return "address"
        if viewer is not None and _is_full(self.of_viewer[viewer], settings.BOARD_SOCKETS_PER_USER):
            return "viewer"
        return ""

    def join(self, socket: Socket, checked_at: float | None = None) -> str:
        """Takes a socket in whose right was seen (now, or at that time of the loop), or says what has too many already."""
        watcher, loop = socket.watcher, asyncio.get_running_loop()
        if full := self.full(socket.address, watcher.viewer):
            return full
        self.count += 1
        self.of_viewer[watcher.viewer] += 1
        self.of_address[socket.address] += 1
        self.of_watcher[watcher] += 1
        self.rights_seen.setdefault(watcher, loop.time() if checked_at is None else checked_at)
        for feed in socket.feeds:
            self.sockets.setdefault(feed, set()).add(socket)
            if (picture := self.pictures.get(feed)) is None:
                self.newcomer.set()
            elif picture.text:
                socket.offer(feed.part, picture, loop.time())
        if self.task is None:
            self.task = loop.create_task(self.run())
        return ""

    def leave(self, socket: Socket) -> None:
        watcher = socket.watcher
        if socket not in self.sockets.get(socket.feeds[0], ()):
            return
        for feed in socket.feeds:
            of_feed = self.sockets[feed]
            of_feed.discard(socket)
            if not of_feed:
                del self.sockets[feed]
                self.pictures.pop(feed, None)
        self.count -= 1
        _count_down(self.of_viewer, watcher.viewer)
        _count_down(self.of_address, socket.address)
        if not _count_down(self.of_watcher, watcher):
            self.rights_seen.pop(watcher, None)
        if not self.sockets and self.task:
            self.task.cancel()
            self.task = None

    async def run(self) -> None:
        """Until the last socket leaves. The database is asked in two threads, each with a connection of its own: one for
        pictures, one for rights, so that many rights do not hold up a frame."""
        loop = asyncio.get_running_loop()
        looking, checking = (ThreadPoolExecutor(1, thread_name_prefix=f"board-{name}") for name in ("hub", "rights"))
        began = loop.time() - self.pace.poll
        rights: asyncio.Task[None] | None = None
        try:
            while True:
                pause = self.pace.outage if self.is_away else began + self.pace.poll - loop.time()
                is_regular = await self._wait(pause)
                if is_regular:
                    began = loop.time()
                    self._cut_blocked(began)
                    if not self.is_away and (rights is None or rights.done()):
                        rights = loop.create_task(self._check_rights(checking, began))
                await self._round(looking, is_regular)
        finally:
            if rights is not None:
                rights.cancel()
            closing = [thread.submit(_close_connection) for thread in (looking, checking)]  # behind what is still being asked
            try:
                await asyncio.shield(asyncio.gather(*map(asyncio.wrap_future, closing)))
            finally:  # at once; or the loop itself ends, and no question may outlive it
                for thread in (looking, checking):
                    thread.shutdown()

    async def _wait(self, seconds: float) -> bool:
        """True at the next regular round; False earlier, when somebody came whose feed has no picture yet."""
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
        known = [each for feed in self.sockets if (each := self._known(feed, loop.time(), is_regular))]
        try:
            seen = await loop.run_in_executor(thread, _asking, lambda: look(known))
            await self._hand_out(seen, loop.time())
        except Exception as error:  # whatever it is: the boards stay open, say how old they are, and go on afterwards
            self._note_away(error)
        else:
            if self.is_away:
                log.info("boards_go_on")
            self.is_away = False

    def _note_away(self, error: Exception) -> None:
        if not self.is_away:
            log.warning("boards_wait", error=type(error).__name__, exc_info=not isinstance(error, AWAY))
        self.is_away = True

    def _known(self, feed: Feed, now: float, is_regular: bool) -> Known | None:
        """What to ask about a feed now; None: nothing yet."""
        picture = self.pictures.get(feed)
        if picture is None:
            return Known(feed)
        age = now - picture.made_at
        if not is_regular or (feed.part == DETAIL and age < self.pace.detail):
            return None
        is_due = age >= (self.pace.decay if picture.is_moving else self.pace.heartbeat)
        return Known(feed, "" if is_due else picture.epoch, picture.version)

    async def _hand_out(self, seen: Iterable[tuple[Feed, Picture | None]], now: float) -> None:
        for feed, picture in seen:
            sockets = list(self.sockets.get(feed, ()))
            if picture is None:
                for socket in sockets:
                    socket.close(GONE)
            elif sockets:
                picture.made_at = now
                self.pictures[feed] = picture
                if picture.text:
                    await self._offer(sockets, feed.part, picture, now)

    async def _offer(self, sockets: list[Socket], part: str, picture: Picture, now: float) -> None:
        for start in range(0, len(sockets), AT_ONCE):
            if start:
                await asyncio.sleep(0)
            for socket in sockets[start : start + AT_ONCE]:
                socket.offer(part, picture, now)

    async def _check_rights(self, thread: ThreadPoolExecutor, now: float) -> None:
        """Those whose right is older than half of what it may be, the oldest first; so many at once that all have their
        turn in time."""
        half = self.pace.rights / 2
        at_once = max(5, round(len(self.rights_seen) * self.pace.poll / half * 1.5))
        late = [watcher for watcher, seen in self.rights_seen.items() if now - seen >= half]
        due = sorted(late, key=lambda watcher: self.rights_seen[watcher])[:at_once]
        if not due:
            return
        try:
            without = await asyncio.get_running_loop().run_in_executor(thread, _asking, lambda: refused(due))
        except Exception as error:
            self._note_away(error)
            return
        for watcher in due:
            if watcher in self.rights_seen:
                self.rights_seen[watcher] = now
            if watcher in without:
                for socket in list(self.sockets.get(watcher.feeds()[0], ())):
                    if socket.watcher == watcher:
                        socket.close(FORBIDDEN)

    def _cut_blocked(self, now: float) -> None:
        for sockets in self.sockets.values():
            for socket in sockets:
                if socket.blocked_since is not None and now - socket.blocked_since >= self.pace.blocked:
                    socket.cut()


def _count_down(counter: Counter[T], key: T) -> int:
    counter[key] -= 1
    left = counter[key]
    if not left:
        del counter[key]
    return left


def _places() -> int:
    """How many sockets this process holds at most: what the setting says, and no more than the files it may open."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    most = sys.maxsize if files == resource.RLIM_INFINITY else files - OTHER_FILES
    return min(settings.BOARD_SOCKETS or most, most)


def _is_full(count: int, cap: int) -> bool:
    return bool(cap) and count >= cap


def _asking(question: Callable[[], T]) -> T:
    """Asks in one of the hub's threads; a connection that broke is thrown away, so that the next round makes another."""
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

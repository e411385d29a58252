"""A TCP proxy that makes a network ill, in Toxiproxy's words: latency, bandwidth, timeout, slow_close, slicer, limit_data,
reset_peer, and down. It runs on a loop of its own in a thread, and is told from outside what to do to which direction.

`up` is what a client says, `down` what the server answers. What is done holds for open and for new connections alike.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Self

Address = tuple[str, int] | str  # host and port, or the path of a Unix socket
PIECE = 65_536
BUFFERED = 64  # pieces on their way in one direction: beyond this the sender waits, as on a real line
CHANCE = random.Random()  # of its own: the shared one is not for threads that run beside everything
LOOK_S = 0.02  # how soon a held connection sees that it may go on


@dataclass(frozen=True, slots=True)
class Toxics:
    """What happens to the bytes of one direction; nothing unless said otherwise."""

    latency_s: float = 0.0
    jitter_s: float = 0.0
    bandwidth: int = 0  # bytes a second
    slicer: int = 0  # bytes in one piece at most
    slicer_delay_s: float = 0.0
    slow_close_s: float = 0.0
    limit_data: int | None = None  # bytes, then the connection is closed
    timeout_s: float | None = None  # nothing passes, and it is closed after so long; 0: held until the toxic is gone
    reset_peer_s: float | None = None  # RST to both sides after so long


@dataclass(slots=True, eq=False)
class Link:
    """One connection of a client and the one to the server that belongs to it."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def abort(self, reset: bool = False) -> None:
        for writer in (self.client, self.server):
            if writer is None:
                continue
            if reset and (raw := writer.get_extra_info("socket")) is not None and raw.family != socket.AF_UNIX:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        for task in self.tasks:
            task.cancel()


class Proxy:
    """`with Proxy(("127.0.0.1", 5432)) as proxy:` clients talk to `proxy.port`; `proxy.down()`, `proxy.set(latency_s=0.3)`."""

    def __init__(self, upstream: Address, port: int = 0) -> None:
        self.upstream = upstream
        self.port = port
        self.toxics = {"up": Toxics(), "down": Toxics()}
        self.links: set[Link] = set()
        self.accepted = 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="proxy", daemon=True)
        self.server: asyncio.Server | None = None

    # --- told from other threads --------------------------------------------------------------------------------------
    def __enter__(self) -> Self:
        self.thread.start()
        self.up()
        return self

    def __exit__(self, *_error: object) -> None:
        self.down()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def set(self, direction: str = "both", **toxics: Any) -> None:
        """Changes what is done; what is not named stays as it is."""
        for name in ("up", "down") if direction == "both" else (direction,):
            self.toxics[name] = replace(self.toxics[name], **toxics)

    def heal(self) -> None:
        self.toxics = {"up": Toxics(), "down": Toxics()}

    def up(self) -> None:
        self._tell(self._open())

    def down(self) -> None:
        """Refuses new connections and ends the open ones."""
        self._tell(self._close())

    def cut(self, reset: bool = True) -> None:
        """Ends every open connection; new ones are taken."""
        self._tell(self._cut(reset))

    def lead_to(self, upstream: Address) -> None:
        """Sends new connections elsewhere and ends the old ones: how a virtual address moves to another machine."""
        self.upstream = upstream
        self.cut()

    def _tell(self, order: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(order, self.loop).result(10)

    # --- on the proxy's loop ------------------------------------------------------------------------------------------
    async def _open(self) -> None:
        if self.server is None:
            self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=512)
            self.port = self.server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
        await self._cut(reset=False)

    async def _cut(self, reset: bool) -> None:
        links = list(self.links)
        tasks = [task for link in links for task in link.tasks]
        for link in links:
            link.abort(reset)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(writer)
        self.links.add(link)
        self.accepted += 1
        try:
            from_server, link.server = await self._reach()
            link.tasks = [
                asyncio.create_task(self._carry("up", reader, link.server)),
                asyncio.create_task(self._carry("down", from_server, writer)),
                asyncio.create_task(self._watch(link)),
            ]
            await asyncio.wait(link.tasks[:2])
        except OSError:
            pass  # nobody listens upstream: the client sees its connection end, as behind any balancer
        finally:
            link.abort()
            self.links.discard(link)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.upstream, str):
            return await asyncio.open_unix_connection(self.upstream)
        return await asyncio.open_connection(*self.upstream)

    async def _watch(self, link: Link) -> None:
        """Ends a connection whose toxic says so, reckoned from the moment the toxic is seen."""
        since: float | None = None
        while True:
            ends = [(t.reset_peer_s, True) for t in self.toxics.values() if t.reset_peer_s is not None]
            ends += [(t.timeout_s, False) for t in self.toxics.values() if t.timeout_s]
            if not ends:
                since = None
            else:
                since = since or time.monotonic()
                after, reset = min(ends)
                if time.monotonic() - since >= after:
                    link.abort(reset)
            await asyncio.sleep(LOOK_S)

    async def _carry(self, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Both halves of one direction: what is read gets the time at which it may leave, so latency costs no bandwidth."""
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(BUFFERED)
        taking = asyncio.create_task(self._take(direction, reader, line))
        try:
            await self._give(direction, line, writer)
        except OSError:
            pass  # the other side has gone
        finally:
            taking.cancel()

    async def _take(self, direction: str, reader: asyncio.StreamReader, line: asyncio.Queue[tuple[float, bytes]]) -> None:
        piece = b"first"
        while piece:
            try:
                piece = await reader.read(PIECE)
            except OSError:
                piece = b""
            toxics = self.toxics[direction]
            delay = toxics.latency_s + CHANCE.uniform(-toxics.jitter_s, toxics.jitter_s)
            await line.put((time.monotonic() + max(0.0, delay), piece))

    async def _give(self, direction: str, line: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        passed = 0
        while True:
            due, piece = await line.get()
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            while self.toxics[direction].timeout_s is not None:
                await asyncio.sleep(LOOK_S)
            if not piece:
                await asyncio.sleep(self.toxics[direction].slow_close_s)
                writer.write_eof()
                return
            for part in self._sliced(direction, piece):
                limit = self.toxics[direction].limit_data
                allowed = part if limit is None else part[: max(0, limit - passed)]
                await self._send(direction, allowed, writer)
                passed += len(allowed)
                if limit is not None and passed >= limit:
                    writer.close()
                    return

    def _sliced(self, direction: str, piece: bytes) -> list[bytes]:
        toxics = self.toxics[direction]
        size = toxics.slicer or max(1, toxics.bandwidth // 10) if toxics.slicer or toxics.bandwidth else len(piece)
        return [piece[at : at + size] for at in range(0, len(piece), size)]

    async def _send(self, direction: str, part: bytes, writer: asyncio.StreamWriter) -> None:
        toxics = self.toxics[direction]
        if toxics.bandwidth:
            await asyncio.sleep(len(part) / toxics.bandwidth)
        writer.write(part)
        await writer.drain()
        if toxics.slicer:
            await asyncio.sleep(toxics.slicer_delay_s)

"""uvicorn's websocket protocol with a short way out for boards: a frame that was encoded once goes straight to the connection.

`uvicorn --ws config.machine.wire:Wire`. It offers itself to the application as the ASGI extension `cunbo.wire`, a `Line`
(orders/board/socket.py): the hub writes to it without waking a task. Without it boards work through `send` like any application.

It is also stricter than its parent, whatever uvicorn was told: messages of 64 KB at most, no compression, few frames of any
kind from a peer that has nothing to say, and no connection outlives its closing by more than a few seconds.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Any, cast

import structlog
from uvicorn.protocols.utils import get_client_addr
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from orders.board.socket import WIRE

if TYPE_CHECKING:
    import asyncio
    from asyncio.transports import BaseTransport
    from collections.abc import Callable

    from websockets.frames import Frame

    from orders.board.feed import Picture

log = structlog.get_logger(__name__)
LARGEST = 65_536  # bytes of one message of a peer
FRAMES = (20, 10.0)  # frames of any kind, so many in so many seconds
PIECE = 4096  # bytes read between two looks at what was read: 700 frames at most
GRACE_S = 2.0  # from our close frame to the end of the connection
READ_ON = 32 << 20  # bytes thrown away meanwhile, so that a peer in mid-sentence hears why
UNSENT = 16_384  # bytes that may wait in the kernel, and as many here: some frames, not a minute of them
POLICY, BAD_TEXT = 1008, 1007


class Wire(WebSocketsSansIOProtocol):
    """One websocket connection, and the `Line` of a board."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.conn.available_extensions = []
        self.conn.max_message_size = min(self.conn.max_message_size or LARGEST, LARGEST)
        self.is_free = True
        self.when_free: Callable[[], None] | None = None
        self.is_failed = False
        self.read_after_failure = 0
        self.frames_since = (0.0, 0)

    # --- the line of a board ----------------------------------------------------------------------------------------------
    def say(self, picture: Picture) -> None:
        self.transport.write(picture.wire)

    def end(self, code: int) -> bool:
        """Our close frame goes out at once. Codes below 4000 blame the peer: it is not listened to any more."""
        if self.close_sent or self.transport.is_closing():
            return False
        if code < 4000:
            self.fail(code)
        else:
            self.conn.send_close(code)
            self.finish(code)
        return True

    def cut(self) -> None:
        """Gone at once, with all that waits in the kernel too: RST."""
        self.is_free = False
        reset_at_close(self.transport)
        self.transport.abort()

    # --- endings ----------------------------------------------------------------------------------------------------------
    def fail(self, code: int) -> None:
        """RFC 6455, 7.1.7. The peer is in mid-sentence perhaps: what it says is thrown away for a moment, so that it can read
        our reason before a reset takes it away."""
        self.is_failed = True
        self.conn.fail(code)
        self.finish(code)
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def finish(self, code: int) -> None:
        self.is_free = False
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.cut_later()

    def cut_later(self) -> None:
        """A peer that does not read keeps a connection open for as long as it likes, unless somebody ends it."""
        if self.close_timer is None:
            self.close_timer = self.loop.call_later(GRACE_S, self.cut)

    def keepalive_timeout(self) -> None:
        self.pong_timer = None
        self.cut()

    def handle_parser_exception(self) -> None:
        assert self.conn.close_sent is not None
        self.note(self.conn.close_sent.code)
        self.fail(self.conn.close_sent.code)

    def handle_close(self, event: Frame) -> None:
        self.is_free = False
        super().handle_close(event)
        if not self.close_sent:
            self.loop.call_later(GRACE_S, self.transport.abort)

    def shutdown(self) -> None:
        self.is_free = False
        super().shutdown()
        self.loop.call_later(GRACE_S, self.transport.abort)

    def note(self, code: int) -> None:
        if not self.close_sent:
            log.info("board_closed", code=code, address=get_client_addr(self.scope), viewer="")

    # --- what uvicorn and the loop call ---------------------------------------------------------------------------------------
    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=UNSENT)
        wait_little(self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_free = False
        self.when_free = None
        super().connection_lost(exc)

    async def run_asgi(self) -> None:
        cast("dict[str, Any]", self.scope["extensions"])[WIRE] = self
        await super().run_asgi()

    def pause_writing(self) -> None:
        self.is_free = False
        super().pause_writing()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.close_sent and not self.transport.is_closing():
            self.is_free = True
            if self.when_free is not None:
                self.when_free()

    def data_received(self, data: bytes) -> None:
        for at in range(0, len(data), PIECE):
            if self.is_failed or self.transport.is_closing():
                self.read_after_failure += len(data) - at
                if self.read_after_failure > READ_ON:
                    self.cut()
                return
            self.read(data[at : at + PIECE] if len(data) > PIECE else data)

    def read(self, piece: bytes) -> None:
        self.conn.receive_data(piece)
        if self.conn.parser_exc is not None:
            self.handle_parser_exception()
        elif self.handshake_complete and self.is_flood(len(self.conn.events)):
            self.note(POLICY)
            self.fail(POLICY)
        else:
            self.handle_events()

    def is_flood(self, frames: int) -> bool:
        since, count = self.frames_since
        now = self.loop.time()
        self.frames_since = (now, frames) if now - since > FRAMES[1] else (since, count + frames)
        return self.frames_since[1] > FRAMES[0]

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.note(BAD_TEXT)
                self.fail(BAD_TEXT)
                return
        super().send_receive_event_to_app()


def raw_socket(transport: asyncio.BaseTransport) -> socket.socket | None:
    """The TCP socket under a connection; None for a Unix socket."""
    raw: socket.socket | None = transport.get_extra_info("socket")
    return raw if raw is not None and raw.family in {socket.AF_INET, socket.AF_INET6} else None


def wait_little(transport: asyncio.BaseTransport) -> None:
    """The kernel takes only so much that it cannot send yet: on a line that stands still old frames would wait there, and the
    newest behind them."""
    raw = raw_socket(transport)
    if raw is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)


def reset_at_close(transport: asyncio.BaseTransport) -> None:
    if (raw := raw_socket(transport)) is not None and not transport.is_closing():
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

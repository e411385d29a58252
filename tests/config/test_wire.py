"""The websocket protocol of our server, over real connections: the short way out, what a peer may do, how each one ends."""

from __future__ import annotations

import json
import logging
import os
import re
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from config.machine.wire import Wire
from orders.actions.intake import receive
from orders.board import hub as hubs
from orders.board.hub import Pace
from orders.models.ledger import Cause
from tests.boards import BINARY, CLOSE, PING, make_frame
from tests.boards import knock as knock_at
from tests.factories import make_arrival, make_order_body
from tests.orders.test_consumers import cookie_of
from tests.walks.conftest import Server

pytestmark = pytest.mark.django_db(transaction=True)
BIG = b"x" * (16 << 20)


@pytest.fixture
def server(transactional_db, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.BOARD_SOCKETS_PER_USER = 0
    server = Server()
    server.start()
    yield server
    if server.thread.is_alive():
        server.stop()


@pytest.fixture
def path(session):
    return f"/ws/board/session/{session.pk}/"


@pytest.fixture
def knock(server, staff, path):
    """`knock()` is a handshake of the county's staff at the session's board."""
    cookie = cookie_of(staff)
    boards = []

    def _knock(address=path, cookie=cookie, **more):
        boards.append(knock_at(server.port, address, cookie, **more))
        return boards[-1]

    yield _knock
    for board in boards:
        board.close()


def sell(shop, *numbers):
    receive([make_arrival(shop, *(make_order_body(no) for no in numbers))], cause=Cause.PUSH, at=datetime.now(UTC))


def until(truth, seconds=5.0):
    end = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)


def hub_of(server):
    """The hub of the server's own loop."""
    (hub,) = [hub for loop, hub in hubs._hubs.items() if loop.is_running()]
    return hub


def open_sockets(server):
    return {socket for sockets in hub_of(server).sockets.values() for socket in sockets}


def orders_of(frame):
    return json.loads(frame[1])["totals"]["orders"]


def test_board_is_written_to_straight_and_says_the_same_as_the_api(server, knock, path, shop):
    board = knock()
    assert (board.status, orders_of(board.hear())) == (101, 0)
    assert [type(socket.line) for socket in open_sockets(server)] == [Wire]

    sell(shop, "T1", "T2")

    assert orders_of(board.hear()) == 2
    board.say(make_frame((1000).to_bytes(2, "big"), code=CLOSE))
    assert (board.hear_close(), board.is_over(1)) == (1000, True)
    until(lambda: open_sockets(server) == set())


REFUSED = {
    "foreign page": ({"origin": "http://evil.example"}, 403),
    "nobody": ({"cookie": ""}, 403),
    "no such session": ({"address": "/ws/board/session/00000000-0000-0000-0000-000000000000/"}, 403),
    "another county": ({"address": "/ws/board/county/130529/"}, 403),
    "no such address": ({"address": "/ws/board/village/1/"}, 404),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_handshake_says_why_and_is_logged_once(knock, other_county, caplog, case):
    caplog.set_level(logging.INFO, "orders.board.consumers")
    asked, status = REFUSED[case]

    board = knock(**asked)

    assert (board.status, board.rest, board.is_over(1)) == (status, b"", True)
    assert [record.msg["status"] for record in caplog.records if record.name == "orders.board.consumers"] == [status]


@pytest.mark.parametrize(
    ("cap", "status"), [("BOARD_SOCKETS", 503), ("BOARD_SOCKETS_PER_ADDRESS", 429), ("BOARD_SOCKETS_PER_USER", 429)]
)
def test_one_too_many_is_told_to_come_later(knock, settings, cap, status):
    setattr(settings, cap, 2)
    boards = [knock(), knock()]
    assert [board.status for board in boards] == [101, 101]

    refused = knock()

    assert (refused.status, "retry-after: 5" in refused.head.lower()) == (status, True)
    assert all(board.hear()[1].startswith(b'{"epoch"') for board in boards)


FAULTS = {
    "16 MB": ([make_frame(BIG)], 1009),
    "65 KB in fragments": ([make_frame(b"x" * 8000, fin=False)] + [make_frame(b"x" * 8000, code=0, fin=False)] * 12, 1009),
    "more than 4 KB": ([make_frame(b"x" * 4097)], 1009),
    "binary": ([make_frame(b"x", code=BINARY)], 1003),
    "bad text": ([make_frame(b"\xff\xfe")], 1007),
    "bad text in fragments": ([make_frame(b"\xe6", fin=False), make_frame(b"x", code=0)], 1007),
    "unmasked": ([make_frame(b"x", masked=False)], 1002),
    "unknown kind": ([make_frame(b"x", code=5)], 1002),
    "reserved bits": ([make_frame(b"x", reserved=2)], 1002),
    "compressed bomb": ([make_frame(zlib.compress(BIG), reserved=4)], 1002),
    "long ping": ([make_frame(b"x" * 126, code=PING)], 1002),
    "continued nothing": ([make_frame(b"x", code=0)], 1002),
    "impossible close": ([make_frame((999).to_bytes(2, "big"), code=CLOSE)], 1002),
    "empty fragments without end": ([make_frame(fin=False)] + [make_frame(code=0, fin=False)] * 10_000, 1008),
    "pings": ([make_frame(b"x", code=PING)] * 1000, 1008),
    "1,000 messages": ([make_frame(b"hello")] * 1000, 1008),
    "eleven messages one by one": ([make_frame(b"hello"), None] * 11, 1008),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_no_board_says_ends_it_with_its_code_once_and_its_neighbour_goes_on(server, knock, shop, caplog, case):
    caplog.set_level(logging.INFO)
    pieces, code = FAULTS[case]
    neighbour, board = knock(), knock()
    assert orders_of(neighbour.hear()) == orders_of(board.hear()) == 0

    if None in pieces:
        for piece in pieces:
            time.sleep(0.02) if piece is None else board.say(piece)
    else:
        board.say(b"".join(pieces))

    assert (board.hear_close(), board.is_over(3)) == (code, True)
    until(lambda: len(open_sockets(server)) == 1)
    sell(shop, "T1")
    assert orders_of(neighbour.hear()) == 1
    said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [line["code"] for line in said if line["event"] == "board_closed"] == [code]
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


def test_compression_is_not_agreed_to(knock):
    board = knock(more=["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"])

    assert (board.status, "extensions" in board.head.lower()) == (101, False)


def test_ten_small_messages_do_no_harm(knock, shop):
    board = knock()
    board.hear()

    for _ in range(10):
        board.say(make_frame("乡".encode() * 100))
    sell(shop, "T1")

    assert orders_of(board.hear()) == 1


@pytest.mark.parametrize("game", ["?since=0", "?since=999999", "?version=-1", "?detail=2", "?last_event_id=7"])
def test_asking_for_another_time_gives_the_newest(knock, path, shop, game):
    sell(shop, "T1")

    board = knock(path + game, more=["Last-Event-ID: 3"])

    assert orders_of(board.hear()) == 1


def memory_mb() -> float:
    return psutil.Process(os.getpid()).memory_info().rss / 2**20


def test_fifty_attackers_leave_the_memory_flat(server, knock, shop):
    neighbour = knock()
    neighbour.hear()
    for board in [knock() for _ in range(50)]:  # the first ones of everything
        board.close()
    until(lambda: len(open_sockets(server)) == 1)
    attacks = [b"".join(pieces) for pieces, _ in FAULTS.values() if None not in pieces]
    before, highest = memory_mb(), 0.0

    for n in range(50):
        board = knock()
        board.say(attacks[n % len(attacks)])
        highest = max(highest, memory_mb())

    assert highest - before < 20
    until(lambda: len(open_sockets(server)) == 1)
    sell(shop, "T1")
    assert orders_of(neighbour.hear()) == 1


def connections_to(port) -> list[str]:
    """The states of the server's ends of the connections to it, as the kernel knows them."""
    found = psutil.net_connections("tcp")
    return [each.status for each in found if each.laddr.port == port and each.status not in {"LISTEN", "TIME_WAIT"}]


def stuff(server, board):
    """So many pictures to a peer that does not read that its line is busy."""
    (socket,) = open_sockets(server)
    loop, picture = socket.line.loop, hub_of(server).pictures[socket.feeds[0]]

    def offer():
        for _ in range(10):
            socket.offer("frame", picture, loop.time())

    def is_stuffed():
        loop.call_soon_threadsafe(offer)
        return socket.blocked_since is not None

    until(is_stuffed, 20)
    return socket


def test_peer_that_never_reads_is_reset_and_nothing_of_it_stays(server, knock):
    board = knock(receive_buffer=4096)
    until(lambda: open_sockets(server) and hub_of(server).pictures)
    socket = stuff(server, board)
    assert len(socket.pending) == 1
    assert socket.line.transport.get_write_buffer_size() < 40_000

    hub_of(server).pace = Pace(blocked=0.5)

    until(lambda: open_sockets(server) == set())
    until(lambda: connections_to(server.port) == [])


def test_restart_tells_the_boards_and_waits_for_none_that_does_not_read(server, knock):
    deaf = knock(receive_buffer=4096)
    until(lambda: open_sockets(server) and hub_of(server).pictures)
    stuff(server, deaf)
    board = knock()
    board.hear()
    began = time.monotonic()

    server.uvicorn.should_exit = True

    assert (board.hear_close(), board.is_over(3)) == (1012, True)
    server.thread.join(8)
    assert not server.thread.is_alive()
    assert time.monotonic() - began < 5


def test_the_right_that_is_lost_is_said_over_the_wire(server, knock, staff):
    board = knock()
    board.hear()
    hub_of(server).pace = Pace(rights=0.2)

    type(staff).objects.filter(pk=staff.pk).update(is_active=False)

    assert board.hear_close() == 4403


def test_what_uvicorn_is_must_be_what_we_take_it_for():
    """The parts of another's code that ours leans on. A new uvicorn is tried with this test first."""
    pinned = re.search(r"^uvicorn\[standard\]==(.*)$", Path("requirements.txt").read_text(), re.MULTILINE)[1]
    parent = Wire.__mro__[1]
    leaned_on = [
        "connection_made", "connection_lost", "data_received", "handle_events", "handle_parser_exception", "handle_close", "shutdown",
        "keepalive_timeout", "stop_keepalive", "pause_writing", "resume_writing", "run_asgi", "send_receive_event_to_app",
    ]  # fmt: skip

    assert pinned == "0.54.0"
    assert [name for name in leaned_on if name not in vars(parent)] == []

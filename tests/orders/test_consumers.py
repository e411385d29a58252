"""Sockets of boards, through the whole application: who is let in, what is sent, when it ends."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.db import connections
from django.test import Client

from config.asgi import application
from livestream.models import LiveSession, User
from orders.actions.intake import receive
from orders.board.hub import Pace, running_hub
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_session, make_user

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "00000000-0000-0000-0000-000000000000"


def in_thread(work):
    """Database work beside the loop, in the loop's own thread for it, its connection closed afterwards."""

    def whole(*args, **kwargs):
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    return sync_to_async(whole)


def cookie_of(user: User | None) -> str:
    if user is None:
        return ""
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Browser(ApplicationCommunicator):
    """The browser's end of a socket, without the wire."""

    def __init__(self, address, headers):
        path, _, query = address.partition("?")
        scope = {
            "type": "websocket",
            "path": path,
            "headers": headers,
            "query_string": query.encode(),
            "subprotocols": [],
            "client": ("10.0.0.1", 1),
        }
        super().__init__(application, scope)

    async def connect(self) -> bool:
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(timeout=3))["type"] == "websocket.accept"

    async def say(self, **word):
        await self.send_input({"type": "websocket.receive", **word})

    async def hear(self) -> str:
        message = await self.receive_output(timeout=3)
        assert message["type"] == "websocket.send", message
        return message["text"]

    async def leave(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=3)


def knock(path: str, cookie: str, origin: str | None = "http://testserver") -> Browser:
    headers = [(b"host", b"testserver"), (b"cookie", cookie.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return Browser(path, headers)


async def newest(socket) -> dict:
    return json.loads(await socket.hear())


def sell(shop, *numbers):
    receive([make_arrival(shop, *(make_order_body(no) for no in numbers))], cause=Cause.PUSH, at=datetime.now(UTC))


async def watching(user, *paths):
    cookie = await in_thread(cookie_of)(user)
    sockets = [knock(path, cookie) for path in paths]
    for socket in sockets:
        assert await socket.connect()
    return sockets


async def test_first_frame_comes_at_once_and_a_newer_one_after_the_commit(session, shop, staff):
    (socket,) = await watching(staff, f"/ws/board/session/{session.pk}/")
    first = await newest(socket)

    await in_thread(sell)(shop, "T1", "T2")

    second = await newest(socket)
    assert (first["totals"]["orders"], second["totals"]["orders"]) == (0, 2)
    assert second["totals"]["paid_fen"] == 23920
    assert (second["epoch"], second["version"]) == (first["epoch"], first["version"] + 1)
    await socket.leave()


async def test_county_board_moves_with_every_order_of_the_county(session, shop, trainer):
    (socket,) = await watching(trainer, "/ws/board/county/140425/")
    first = await newest(socket)

    await in_thread(sell)(shop, "T1")

    second = await newest(socket)
    assert first["totals"]["orders"] == 0
    assert [(entry["id"], entry["totals"]["orders"]) for entry in second["sessions"]] == [(str(session.pk), 1)]
    await socket.leave()


async def test_heartbeat_repeats_the_state_with_a_later_time(session, staff):
    running_hub().pace = Pace(poll=0.02, heartbeat=0.1)
    (socket,) = await watching(staff, f"/ws/board/session/{session.pk}/")

    first, second = await newest(socket), await newest(socket)

    assert second["as_of"] > first["as_of"]
    assert second | {"as_of": "", "minutes": []} == first | {"as_of": "", "minutes": []}
    await socket.leave()


async def test_rate_that_falls_is_said_before_the_heartbeat(session, shop, staff):
    running_hub().pace = Pace(poll=0.02, heartbeat=60, decay=0.1)
    while time.time() % 1 > 0.2:  # early in a second, so that the first frame is of the second that still runs
        await asyncio.sleep(0.01)
    await in_thread(sell)(shop, "T1")
    (socket,) = await watching(staff, f"/ws/board/session/{session.pk}/")

    frames = [await newest(socket) for _ in range(14)]  # one each 0.1 s: the second in which the order was counted passes

    assert {frame["version"] for frame in frames} == {frames[0]["version"]}
    assert (frames[0]["rate"]["s10"], frames[-1]["rate"]["s10"]) == (0.0, 0.1)
    await socket.leave()


async def test_two_boards_of_one_scope_get_the_same_text(session, shop, staff):
    path = f"/ws/board/session/{session.pk}/"
    one, two = await watching(staff, path, path)
    await newest(one), await newest(two)

    await in_thread(sell)(shop, "T1")

    assert await one.hear() == await two.hear()
    await one.leave()
    await two.leave()


@pytest.fixture
def people(county, other_county, host, staff, trainer, stranger):
    return {
        "anonymous": None,
        "host": host,
        "other host": make_user("host", county),
        "staff": staff,
        "trainer": trainer,
        "stranger": stranger,
        "foreign trainer": make_user("trainer", other_county),
        "admin": make_user("admin", county),
        "switched off": make_user("staff", county, is_active=False),
    }


LET_IN = {
    "/ws/board/session/{session}/": ["host", "staff", "trainer", "admin"],
    "/ws/board/county/140425/": ["staff", "trainer", "admin"],
    "/ws/board/county/130529/": ["stranger", "foreign trainer", "admin"],
    f"/ws/board/session/{NOBODY}/": [],
    "/ws/board/session/not-a-uuid/": [],
    "/ws/board/county/14/": [],
    "/ws/board/county/140425\0/": [],
    "/ws/board/county/1404251/": [],
    "/ws/board/county/;DROP/": [],
    "/ws/": [],
    "/": [],
}


async def test_only_those_who_may_see_it_are_let_in(session, people):
    cookies = {name: await in_thread(cookie_of)(user) for name, user in people.items()}
    came_in = {address: [] for address in LET_IN}
    for address, names in came_in.items():
        for name, cookie in cookies.items():
            socket = knock(address.format(session=session.pk), cookie)
            if await socket.connect():
                names.append(name)
            await socket.leave()

    assert came_in == LET_IN


async def test_page_of_another_origin_is_refused(session, staff):
    cookie = await in_thread(cookie_of)(staff)
    origins = [
        None, "null", "", "https://testserver", "http://testserver:81", "http://testserver.evil.example", "http://eviltestserver",
        "http://evil.example", "ws://testserver", "http://testserver/", "http://user@testserver", "testserver", "http://127.0.0.1",
        "http://testserver",
    ]  # fmt: skip

    let_in = [origin for origin in origins if await knock(f"/ws/board/session/{session.pk}/", cookie, origin).connect()]

    assert let_in == ["http://testserver"]


async def test_host_that_is_not_ours_is_refused_though_its_origin_matches(session, staff):
    cookie = await in_thread(cookie_of)(staff)
    headers = [(b"host", b"evil.example"), (b"origin", b"http://evil.example"), (b"cookie", cookie.encode())]
    socket = Browser(f"/ws/board/session/{session.pk}/", headers)

    assert await socket.connect() is False


async def closed_with(socket) -> int:
    while True:
        message = await socket.receive_output(timeout=3)
        if message["type"] == "websocket.close":
            return message["code"]


def sign_out_everywhere(user):
    user.set_password("another password")
    user.save()


def move_away(user, place):
    User.objects.filter(pk=user.pk).update(place=place)


def hand_over(session, user):
    LiveSession.objects.filter(pk=session.pk).update(host=user)


@pytest.mark.parametrize("loss", ["session ended", "password changed", "moved to another county", "made a host", "switched off"])
async def test_right_that_is_lost_closes_the_board(session, staff, other_county, loss):
    running_hub().pace = Pace(poll=0.02, rights=0.1)
    cookie = await in_thread(cookie_of)(staff)
    socket = knock(f"/ws/board/session/{session.pk}/", cookie)
    await socket.connect()
    await newest(socket)

    if loss == "session ended":
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie.partition("=")[2]
        await in_thread(client.post)("/logout/")
    elif loss == "password changed":
        await in_thread(sign_out_everywhere)(staff)
    elif loss == "made a host":
        await in_thread(User.objects.filter(pk=staff.pk).update)(role="host")
    elif loss == "switched off":
        await in_thread(User.objects.filter(pk=staff.pk).update)(is_active=False)
    else:
        await in_thread(move_away)(staff, other_county)

    assert await closed_with(socket) == 4403
    await socket.leave()


async def test_host_who_hands_the_session_over_loses_its_board_and_staff_keep_it(session, host, staff, county):
    running_hub().pace = Pace(poll=0.02, rights=0.1, heartbeat=0.2)
    path = f"/ws/board/session/{session.pk}/"
    (hosts,) = await watching(host, path)
    (staffs,) = await watching(staff, path)

    await in_thread(hand_over)(session, await in_thread(make_user)("host", county))

    assert await closed_with(hosts) == 4403
    for _ in range(3):
        assert (await newest(staffs))["scope"] == f"session:{session.pk}"
    await hosts.leave()
    await staffs.leave()


async def test_board_of_a_session_that_is_gone_is_closed(county, host, staff):
    """One that was never on air: whatever was has a log, and stays."""
    running_hub().pace = Pace(poll=0.02, heartbeat=0.1)
    session = await in_thread(make_session)(county, host, room="R7", account="A7")
    (socket,) = await watching(staff, f"/ws/board/session/{session.pk}/")
    await newest(socket)

    await in_thread(session.delete)()

    assert await closed_with(socket) == 4404
    await socket.leave()


async def test_few_small_messages_are_ignored_and_a_flood_is_closed(session, shop, staff):
    (socket,) = await watching(staff, f"/ws/board/session/{session.pk}/")
    await newest(socket)
    for _ in range(10):
        await socket.say(text="x" * 4096)
    await in_thread(sell)(shop, "T1")
    assert (await newest(socket))["totals"]["orders"] == 1

    await socket.say(text="hello")

    assert await closed_with(socket) == 1008
    await socket.leave()


async def test_oversize_and_binary_messages_are_closed(session, staff):
    words = [{"text": "x" * 4097}, {"text": "村" * 1400}, {"bytes": b"x"}]
    sockets = await watching(staff, *[f"/ws/board/session/{session.pk}/"] * 3)

    for socket, word in zip(sockets, words, strict=True):
        await socket.say(**word)

    assert [await closed_with(socket) for socket in sockets] == [1009, 1009, 1003]
    for socket in sockets:
        await socket.leave()


@pytest.mark.parametrize("cap", ["BOARD_SOCKETS_PER_USER", "BOARD_SOCKETS_PER_ADDRESS"])
async def test_cap_refuses_one_too_many_until_another_leaves(session, staff, settings, cap):
    setattr(settings, cap, 2)
    path = f"/ws/board/session/{session.pk}/"
    one, two = await watching(staff, path, path)
    cookie = await in_thread(cookie_of)(staff)
    assert await knock(path, cookie).connect() is False

    await one.leave()

    three = knock(path, cookie)
    assert await three.connect() is True
    await two.leave()
    await three.leave()


async def test_zero_is_no_cap(session, staff, settings):
    settings.BOARD_SOCKETS_PER_USER = settings.BOARD_SOCKETS_PER_ADDRESS = 0
    path = f"/ws/board/session/{session.pk}/"

    sockets = await watching(staff, *[path] * 15)

    await asyncio.gather(*(socket.leave() for socket in sockets))
    assert (running_hub().sockets, running_hub().of_viewer, running_hub().rights_seen) == ({}, {}, {})


async def test_detail_comes_beside_the_frame_to_those_who_ask(session, shop, staff):
    path = f"/ws/board/session/{session.pk}/"
    asked, other = await watching(staff, path + "?detail=1", path + "?detail=0")

    messages = [await newest(asked), await newest(asked)]

    assert [message.get("part") for message in messages] == [None, "detail"]
    assert messages[0]["version"] == messages[1]["version"]
    assert "part" not in await newest(other)
    await in_thread(sell)(shop, "T1")
    assert "part" not in await newest(other)
    assert await other.receive_nothing(timeout=0.3)
    await asked.leave()
    await other.leave()

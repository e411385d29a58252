"""The socket of a stage: who is let in, that a note to the host is there within a second of its commit, when it ends."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime

import pytest
from django.test import Client
from websockets.asyncio.client import connect

from livestream.actions import control
from livestream.actions.stage import stage_of
from orders.actions.intake import receive
from orders.board.hub import FORBIDDEN, Pace, running_hub
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_user
from tests.orders.test_consumers import NOBODY, cookie_of, in_thread, knock, newest, watching
from tests.walks.conftest import Server

pytestmark = pytest.mark.django_db(transaction=True)


def path_of(session):
    return f"/ws/stage/{session.pk}/"


def say(session, staff, words="讲慢一点"):
    return control.prompt_host(session, by=staff, at=datetime.now(UTC), words=words)


async def test_it_says_how_new_the_stage_is_and_nothing_of_orders(session, shop, staff):
    (socket,) = await watching(staff, path_of(session))
    first = await newest(socket)
    assert set(first) == {"epoch", "scope", "version", "as_of"}

    await in_thread(receive)([make_arrival(shop, make_order_body("T1"))], cause=Cause.PUSH, at=datetime.now(UTC))
    await in_thread(say)(session, staff)

    second = await newest(socket)
    assert (first["scope"], second["version"]) == (f"stage:{session.pk}", first["version"] + 1), "no order moves it"
    await socket.leave()


async def test_who_is_let_in(session, county, host, staff, trainer, stranger):
    def people():
        return {
            "host": host,
            "staff": staff,
            "trainer": trainer,
            "colleague": make_user("host", county),
            "stranger": stranger,
            "": None,
        }

    found = {}
    for name, person in (await in_thread(people)()).items():
        socket = knock(path_of(session), await in_thread(cookie_of)(person))
        found[name] = await socket.connect()
        if found[name]:
            await socket.leave()
    assert found == {"host": True, "staff": True, "trainer": True, "colleague": False, "stranger": False, "": False}
    nowhere = knock(f"/ws/stage/{NOBODY}/", await in_thread(cookie_of)(staff))
    assert not await nowhere.connect()
    link = knock(f"{path_of(session)}?kiosk={'a' * 43}", await in_thread(cookie_of)(staff))
    assert not await link.connect(), "a link shows a board, and nothing of how a session is run"


async def test_it_ends_when_the_login_does(session, staff):
    running_hub().pace = Pace(poll=0.02, rights=0.1)
    client = Client()
    await in_thread(client.force_login)(staff)
    socket = knock(path_of(session), f"cunbo={client.cookies['cunbo'].value}")
    assert await socket.connect()
    await newest(socket)

    await in_thread(client.logout)()

    until = time.monotonic() + 3
    while (message := await socket.receive_output(timeout=3))["type"] != "websocket.close":
        assert time.monotonic() < until
    assert message["code"] == FORBIDDEN


def test_a_note_reaches_the_hosts_phone_within_a_second_of_the_press(session, host, staff, transactional_db):
    """Over a real server and a real connection; ten times, the slowest counts. Then the fragment has the words."""
    server, cookie, took = Server(), cookie_of(host), []

    async def listen():
        headers = {"Cookie": cookie}
        async with connect(
            f"ws://127.0.0.1:{server.port}{path_of(session)}", origin=server.url, additional_headers=headers
        ) as line:
            version = json.loads(await line.recv())["version"]
            for number in range(10):
                pressed = time.monotonic()
                await in_thread(say)(session, staff, f"第 {number} 句")
                while version >= (told := json.loads(await asyncio.wait_for(line.recv(), 5))["version"]):
                    pass
                took.append(time.monotonic() - pressed)
                version = told

    server.start()
    try:
        asyncio.run(listen())
    finally:
        server.stop()

    assert max(took) < 1.0, took
    assert [prompt.words for prompt in stage_of(session).prompts] == [f"第 {number} 句" for number in range(10)]

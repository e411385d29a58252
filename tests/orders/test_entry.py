"""Handshakes: asked about together, once for each key, for a moment only, and none harms another."""

from __future__ import annotations

import asyncio
import logging

import pytest

from orders.board import entry
from orders.board.admission import Handshake, admit_all, scope_to_watch
from orders.board.hub import running_hub
from tests.factories import make_user
from tests.orders.test_consumers import cookie_of, in_thread, knock, sign_out_everywhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch):
    """How many different handshakes each round asked the database about."""
    rounds = []
    ask = entry.admit_all

    def noting(handshakes):
        rounds.append(len(handshakes))
        return ask(handshakes)

    monkeypatch.setattr(entry, "admit_all", noting)
    monkeypatch.setattr(entry, "ROUND_S", 0.05)
    return rounds


async def test_handshakes_of_one_person_in_one_moment_are_asked_about_once(session, staff, trainer, asked):
    path = f"/ws/board/session/{session.pk}/"
    cookies = [await in_thread(cookie_of)(staff)] * 9 + [await in_thread(cookie_of)(trainer)] * 9

    sockets = [knock(path, cookie) for cookie in cookies]

    assert await asyncio.gather(*(socket.connect() for socket in sockets)) == [True] * 18
    assert sum(asked) == 2
    assert len(running_hub().rights_seen) == 2
    await asyncio.gather(*(socket.leave() for socket in sockets))


async def test_answer_that_was_kept_makes_no_right_younger_and_is_soon_forgotten(session, staff, asked, monkeypatch):
    path = f"/ws/board/session/{session.pk}/"
    cookie = await in_thread(cookie_of)(staff)
    monkeypatch.setattr(entry, "KEPT_S", 0.3)
    for _ in range(2):
        socket = knock(path, cookie)
        assert await socket.connect()
        (seen,) = running_hub().rights_seen.values()
        await socket.leave()
        await asyncio.sleep(0.15)
    assert asked == [1]
    assert asyncio.get_running_loop().time() - seen > 0.25

    await asyncio.sleep(0.2)
    await in_thread(sign_out_everywhere)(staff)

    assert await knock(path, cookie).connect() is False
    assert asked == [1, 1]


async def test_who_is_refused_is_asked_about_each_time(session, stranger, asked):
    cookie = await in_thread(cookie_of)(stranger)

    for _ in range(3):
        assert await knock(f"/ws/board/session/{session.pk}/", cookie).connect() is False

    assert asked == [1, 1, 1]


async def test_more_strangers_than_can_be_asked_about_are_sent_away_at_once(session, staff, host, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "orders.board.consumers")
    path = f"/ws/board/session/{session.pk}/"
    cookies = [await in_thread(cookie_of)(user) for user in (staff, host)]
    monkeypatch.setattr(entry, "WAITING_AT_MOST", 1)

    sockets = [knock(path, cookie) for cookie in cookies]
    let_in = await asyncio.gather(*(socket.connect() for socket in sockets))

    assert let_in == [True, False]
    assert [(record.msg["status"], record.msg["reason"]) for record in caplog.records] == [(503, "TooBusy")]
    await sockets[0].leave()


async def test_those_who_come_meanwhile_are_asked_about_together(session, host, staff, trainer, stranger, asked):
    path, county = f"/ws/board/session/{session.pk}/", "/ws/board/county/140425/"
    cookies = [await in_thread(cookie_of)(user) for user in (staff, trainer, host, stranger)]

    sockets = [knock(where, cookie) for where in (path, county) for cookie in cookies]
    let_in = await asyncio.gather(*(socket.connect() for socket in sockets))

    assert let_in == [True, True, True, False, True, True, False, False]
    assert (len(asked) <= 2, sum(asked)) == (True, 8)
    await asyncio.gather(*(socket.leave() for socket in sockets))


def test_a_round_asks_as_much_for_many_as_for_one(
    session, county, other_county, host, staff, trainer, stranger, django_assert_num_queries
):
    people = [staff, trainer, host, stranger, make_user("admin", county), make_user("staff", county, is_active=False)]
    keys = [cookie_of(user).partition("=")[2] for user in people]
    asked = [
        {"session_id": session.pk},
        {"code": "140425"},
        {"code": "130529"},
        {"code": "999999"},
        {"code": "x\0"},
        {"code": "14"},
    ]
    handshakes = [Handshake(one, key) for one in asked for key in keys]

    # logins, people, their posts, sessions, places; what was refused is noted in a transaction: begin, look, write, end
    with django_assert_num_queries(9):
        found = admit_all(handshakes)

    may = [[scope_to_watch(user, **one) if user.is_active else None for user in people] for one in asked]
    assert [watcher and watcher.scope for watcher in found] == [scope for row in may for scope in row]
    assert {watcher.viewer for watcher in found if watcher} == {f"user:{user.pk}" for user in people[:5]}
    with django_assert_num_queries(0):
        assert admit_all([Handshake(one) for one in asked]) == [None] * 6


async def test_handshake_that_cannot_be_judged_harms_none_that_came_with_it(session, staff, trainer, monkeypatch, caplog):
    path = f"/ws/board/session/{session.pk}/"
    poison = await in_thread(cookie_of)(trainer)
    ask = entry.admit_all

    def failing(handshakes):
        if any(handshake.session_key in poison for handshake in handshakes):
            raise ValueError("poison")
        return ask(handshakes)

    monkeypatch.setattr(entry, "admit_all", failing)
    monkeypatch.setattr(entry, "ROUND_S", 0.05)
    good = [knock(path, await in_thread(cookie_of)(staff)) for _ in range(3)]
    bad = knock(path, poison)

    let_in = await asyncio.gather(*(socket.connect() for socket in (*good, bad)), return_exceptions=True)

    assert let_in == [True, True, True, False]
    await asyncio.gather(*(socket.leave() for socket in good))

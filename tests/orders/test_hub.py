"""The hub by itself: newest only, one encoding, blocked sockets, a database that goes away, several loops."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime

import pytest
from django.db import connection

from orders.actions.audit import rebuild_tallies
from orders.actions.intake import receive
from orders.board.consumers import talk
from orders.board.feed import Watcher
from orders.board.hub import Hub, Pace, Socket, running_hub
from orders.board.watch import Known, look
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_session
from tests.orders.test_consumers import in_thread

pytestmark = pytest.mark.django_db(transaction=True)
FAST = Pace(poll=0.02, heartbeat=60, decay=60, outage=0.05)


class Wire:
    """What arrives at the other end; `block()` makes the next send wait until `release()`."""

    def __init__(self) -> None:
        self.arrived: list[dict] = []
        self.free = asyncio.Event()
        self.free.set()

    async def send(self, message: dict) -> None:
        await self.free.wait()
        self.arrived.append(json.loads(message["text"]) if "text" in message else message)


def socket_for(session, cut=lambda: None) -> Socket:
    return Socket(Watcher(f"session:{session.pk}", f"user:{session.host_id}", "key"), "10.0.0.1", cut)


def sell(shop, *numbers):
    receive([make_arrival(shop, *(make_order_body(no) for no in numbers))], cause=Cause.PUSH, at=datetime.now(UTC))


async def until(truth, seconds=3.0) -> None:
    async with asyncio.timeout(seconds):
        while not truth():
            await asyncio.sleep(0.005)


async def test_all_sockets_of_a_scope_are_handed_the_same_encoded_text(session, shop):
    hub = Hub(FAST)
    one, two = socket_for(session), socket_for(session)
    assert [hub.join(one), hub.join(two)] == [True, True]
    await until(lambda: one.pending)
    await in_thread(sell)(shop, "T1")

    await until(lambda: one.pending and json.loads(one.pending)["totals"]["orders"] == 1)

    assert one.pending is two.pending
    hub.leave(one)
    hub.leave(two)


async def test_slow_socket_gets_the_newest_frame_and_none_of_those_it_missed(session, shop):
    hub, wire, socket = Hub(FAST), Wire(), socket_for(session)
    talking = asyncio.create_task(talk(socket, wire.send))
    hub.join(socket)
    await until(lambda: wire.arrived)
    wire.free.clear()
    for n in range(5):
        await in_thread(sell)(shop, f"T{n}")
        await until(lambda n=n: hub.pictures and json.loads(hub.pictures[socket.watcher.scope].text)["totals"]["orders"] == n + 1)

    wire.free.set()
    await until(lambda: len(wire.arrived) == 3)

    assert [frame["totals"]["orders"] for frame in wire.arrived] == [0, 1, 5]
    hub.leave(socket)
    talking.cancel()


async def test_socket_that_blocks_too_long_is_cut_and_its_neighbour_is_not(session, shop):
    hub, wire, other_wire = Hub(FAST._replace(blocked=0.2, heartbeat=0.1)), Wire(), Wire()
    wire.free.clear()
    slow = socket_for(session)
    talking = asyncio.create_task(talk(slow, wire.send))
    slow.cut = talking.cancel
    quick = socket_for(session)
    others = asyncio.create_task(talk(quick, other_wire.send))
    hub.join(slow)
    hub.join(quick)

    await until(talking.done)

    assert talking.exception() is None
    assert wire.arrived == []
    before = len(other_wire.arrived)
    await until(lambda: len(other_wire.arrived) > before)
    hub.leave(slow)
    hub.leave(quick)
    others.cancel()


@pytest.fixture
def open_before(session) -> list[int]:
    """The connections of other tests: the fault is for the hub's alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]


def shut(kept: list[int]):
    """The test's database ends every connection but these and lets nobody in; said from another database."""
    name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> ALL(%s)", [name, kept]
        )


def reopen():
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" ALLOW_CONNECTIONS true')


async def test_database_that_goes_away_leaves_the_sockets_open_and_comes_back(session, shop, open_before, caplog):
    caplog.set_level(logging.INFO, "orders.board.hub")
    hub, wire, socket = Hub(FAST), Wire(), socket_for(session)
    talking = asyncio.create_task(talk(socket, wire.send))
    hub.join(socket)
    await until(lambda: wire.arrived)

    await in_thread(shut)(open_before)
    try:
        await until(lambda: hub.is_away)
        await asyncio.sleep(0.3)
    finally:
        await in_thread(reopen)()
    await until(lambda: not hub.is_away)

    await in_thread(sell)(shop, "T1")
    await until(lambda: wire.arrived[-1]["totals"]["orders"] == 1)
    said = [record.msg["event"] for record in caplog.records if record.name == "orders.board.hub"]
    assert said == ["boards_wait", "boards_go_on"]
    assert not talking.done()
    hub.leave(socket)
    talking.cancel()


async def test_hub_ends_with_its_last_socket_and_begins_again(session):
    hub, socket = Hub(FAST), socket_for(session)
    hub.join(socket)
    task = hub.task
    await until(lambda: socket.pending)

    hub.leave(socket)

    await asyncio.wait([task], timeout=3)
    assert (task.cancelled(), hub.task, hub.sockets, hub.pictures) == (True, None, {}, {})
    again = socket_for(session)
    hub.join(again)
    await until(lambda: again.pending)
    hub.leave(again)


async def test_late_comer_gets_the_known_frame_at_once(session):
    hub, early, late = Hub(FAST), socket_for(session), socket_for(session)
    hub.join(early)
    await until(lambda: early.pending)

    hub.join(late)

    assert late.pending is early.pending
    hub.leave(early)
    hub.leave(late)


def test_each_loop_has_a_hub_of_its_own():
    async def mine():
        assert running_hub() is running_hub()
        return running_hub()

    first, second = asyncio.run(mine()), asyncio.run(mine())

    assert first is not second


def test_look_asks_one_query_while_nothing_changed(session, django_assert_num_queries, county, host):
    scopes = [f"session:{session.pk}", f"session:{make_session(county, host, room='R2', account='A2').pk}", "county:140425"]
    seen = look([Known(scope) for scope in scopes])
    known = [Known(scope, picture.epoch, picture.version) for scope, picture in seen]

    with django_assert_num_queries(1):
        assert look(known) == []


def test_look_shows_what_changed_and_everything_after_a_rebuild(session, shop, county, host):
    other = make_session(county, host, room="R2", account="A2")
    scopes = [f"session:{session.pk}", f"session:{other.pk}", "county:140425"]
    known = {scope: Known(scope, picture.epoch, picture.version) for scope, picture in look([Known(s) for s in scopes])}

    sell(shop, "T1")

    assert {scope for scope, _ in look(list(known.values()))} == {scopes[0], scopes[2]}
    rebuild_tallies()
    assert {scope for scope, _ in look(list(known.values()))} == set(scopes)
    assert look([]) == []
    assert look([Known("session:00000000-0000-0000-0000-000000000000"), Known("county:999999")]) == [
        ("session:00000000-0000-0000-0000-000000000000", None),
        ("county:999999", None),
    ]

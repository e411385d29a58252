"""The hub by itself: newest only, one encoding, blocked sockets, a database that goes away, several loops."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import resource
from datetime import UTC, datetime

import pytest
from django.db import connection
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from faults.boards import is_newer
from livestream.actions.board import bump_versions
from livestream.models import LiveSession, Place
from orders.actions.audit import rebuild_tallies
from orders.actions.intake import receive
from orders.board import watch
from orders.board.feed import DETAIL, FRAME, Feed, Watcher, text_frame
from orders.board.frame import session_frame
from orders.board.hub import Hub, Pace, running_hub
from orders.board.on_air import session_on_board
from orders.board.socket import AsgiLine, Socket
from orders.board.watch import Known, look
from orders.models import BoardEpoch
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_session
from tests.orders.test_consumers import in_thread

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)
FAST = Pace(poll=0.02, heartbeat=60, decay=60, outage=0.05)


class Wire:
    """What arrives at the other end; while it is not `free` a send waits."""

    def __init__(self) -> None:
        self.arrived: list[dict] = []
        self.free = asyncio.Event()
        self.free.set()
        self.cut = asyncio.Event()

    async def send(self, message: dict) -> None:
        await self.free.wait()
        self.arrived.append(json.loads(message["text"]) if "text" in message else message)


def socket_for(session, wire: Wire | None = None, *, wants_detail=False) -> Socket:
    """A socket whose pictures arrive at the wire; without one they wait."""
    watcher = Watcher(f"session:{session.pk}", f"user:{session.host_id}", "key")
    socket = Socket(watcher, "10.0.0.1", watcher.feeds(wants_detail=wants_detail))
    if wire is not None:
        socket.begin(AsgiLine(wire.send, wire.cut.set))
    return socket


def sell(shop, *numbers):
    receive([make_arrival(shop, *(make_order_body(no) for no in numbers))], cause=Cause.PUSH, at=datetime.now(UTC))


async def until(truth, seconds=3.0) -> None:
    async with asyncio.timeout(seconds):
        while not truth():
            await asyncio.sleep(0.005)


async def test_all_sockets_of_a_scope_are_handed_the_same_encoded_text(session, shop):
    hub = Hub(FAST)
    one, two = socket_for(session), socket_for(session)
    assert [hub.join(one), hub.join(two)] == ["", ""]
    await until(lambda: one.pending)
    await in_thread(sell)(shop, "T1")

    await until(lambda: json.loads(one.pending[FRAME].text)["totals"]["orders"] == 1)

    assert one.pending[FRAME] is two.pending[FRAME]
    hub.leave(one)
    hub.leave(two)


async def test_slow_socket_gets_the_newest_frame_and_none_of_those_it_missed(session, shop):
    hub, wire = Hub(FAST), Wire()
    socket = socket_for(session, wire)
    hub.join(socket)
    await until(lambda: wire.arrived)
    wire.free.clear()
    for n in range(5):
        await in_thread(sell)(shop, f"T{n}")
        await until(lambda n=n: json.loads(hub.pictures[socket.feeds[0]].text)["totals"]["orders"] == n + 1)

    wire.free.set()
    await until(lambda: len(wire.arrived) == 3)

    assert [frame["totals"]["orders"] for frame in wire.arrived] == [0, 1, 5]
    hub.leave(socket)


async def test_socket_that_blocks_too_long_is_cut_and_its_neighbour_is_not(session, shop):
    hub, wire, other_wire = Hub(FAST._replace(blocked=0.2, heartbeat=0.05)), Wire(), Wire()
    wire.free.clear()
    slow, quick = socket_for(session, wire), socket_for(session, other_wire)
    hub.join(slow)
    hub.join(quick)

    await until(wire.cut.is_set)

    assert (wire.arrived, slow.is_cut, quick.is_cut, other_wire.cut.is_set()) == ([], True, False, False)
    before = len(other_wire.arrived)
    await until(lambda: len(other_wire.arrived) > before)
    hub.leave(slow)
    hub.leave(quick)


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
    hub, wire = Hub(FAST), Wire()
    socket = socket_for(session, wire)
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
    assert (socket.close_code, socket.is_cut) == (None, False)
    hub.leave(socket)


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

    assert late.pending[FRAME] is early.pending[FRAME]
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
    seen = look([Known(Feed(scope)) for scope in scopes])
    known = [Known(feed, picture.epoch, picture.version) for feed, picture in seen]

    with django_assert_num_queries(1):
        assert look(known) == []


def test_look_shows_what_changed_and_everything_after_a_rebuild(session, shop, county, host):
    other = make_session(county, host, room="R2", account="A2")
    scopes = [f"session:{session.pk}", f"session:{other.pk}", "county:140425"]
    known = [Known(feed, picture.epoch, picture.version) for feed, picture in look([Known(Feed(scope)) for scope in scopes])]

    sell(shop, "T1")

    assert {feed.scope for feed, _ in look(known)} == {scopes[0], scopes[2]}
    rebuild_tallies()
    assert {feed.scope for feed, _ in look(known)} == set(scopes)
    assert look([]) == []
    gone = [Feed("session:00000000-0000-0000-0000-000000000000"), Feed("county:999999")]
    assert look([Known(feed) for feed in gone]) == [(feed, None) for feed in gone]


async def test_detail_goes_only_to_those_who_asked_and_not_oftener_than_its_pace(session, shop, monkeypatch):
    made = []

    def detail(scope):
        made.append(scope)
        return {"epoch": "e", "scope": scope, "version": len(made), "part": "detail"}

    monkeypatch.setattr(watch, "detail_of", detail)
    hub, wire, other_wire = Hub(FAST._replace(detail=0.3)), Wire(), Wire()
    asked, other = socket_for(session, wire, wants_detail=True), socket_for(session, other_wire)
    hub.join(asked)
    hub.join(other)
    for n in range(5):
        await in_thread(sell)(shop, f"T{n}")

    await until(lambda: len([message for message in wire.arrived if message.get("part")]) == 2)

    assert [message["version"] for message in wire.arrived if message.get("part")] == [1, 2]
    assert len(wire.arrived) - 2 > 2
    assert [message for message in other_wire.arrived if message.get("part")] == []
    hub.leave(asked)
    hub.leave(other)
    assert (hub.sockets, hub.pictures) == ({}, {})


async def test_socket_that_is_busy_keeps_the_newest_of_each_feed(session):
    wire = Wire()
    wire.free.clear()
    socket = socket_for(session, wire, wants_detail=True)
    for part, version in ((FRAME, 1), (FRAME, 2), (DETAIL, 1), (FRAME, 3), (DETAIL, 2)):
        socket.offer(part, watch.picture({"part": part, "epoch": "e", "version": version}), 0.0)

    wire.free.set()
    await until(lambda: len(wire.arrived) == 3)

    assert [(message["part"], message["version"]) for message in wire.arrived] == [(FRAME, 1), (FRAME, 3), (DETAIL, 2)]


def test_look_makes_one_document_for_those_who_may_see_money_and_those_who_may_not(session, shop):
    sell(shop, "T1")
    scope = f"session:{session.pk}"

    (_, open_one), (_, hidden_one) = look([Known(Feed(scope)), Known(Feed(scope, FRAME, hides_money=True))])

    one, other = json.loads(open_one.text), json.loads(hidden_one.text)
    assert (one["as_of"], one["version"]) == (other["as_of"], other["version"])
    assert (one["totals"]["paid_fen"], other["totals"]["paid_fen"]) == (11960, None)


@pytest.mark.parametrize("scope", ["city:1404", "province:14"])
def test_version_of_a_city_and_a_province_is_the_sum_of_their_counties(county, other_county, scope):
    near = Place.objects.create(code="140423", name="襄垣县", level="county", parent_id="1404")
    bump_versions([(f"county:{county.pk}", county.pk), (f"county:{other_county.pk}", other_county.pk)])
    for _ in range(2):
        bump_versions([(f"county:{near.pk}", near.pk)])
    epoch = str(BoardEpoch.objects.get_or_create(id=1)[0].epoch)
    with connection.cursor() as cursor:
        for version in range(5):
            columns = [[scope], [epoch], [version]]
            cursor.execute(watch.NEWER, columns)
            assert (cursor.fetchall() == []) is (version == 3)


@pytest.mark.parametrize("length", [0, 125, 126, 65535, 65536])
def test_text_frame_is_what_a_client_reads_as_one_text_message(length):
    client = ClientProtocol(parse_uri("ws://test"), state=State.OPEN, max_size=None)

    client.receive_data(text_frame(b"x" * length))

    (message,) = client.events_received()
    assert (message.opcode, message.fin, len(message.data)) == (Opcode.TEXT, True, length)


class LossyWire(Wire):
    """Loses the first frame that counts so many orders."""

    def __init__(self, loses: int) -> None:
        super().__init__()
        self.loses = loses
        self.lost = 0

    async def send(self, message: dict) -> None:
        if not self.lost and json.loads(message["text"])["totals"]["orders"] == self.loses:
            self.lost += 1
            return
        await super().send(message)


@pytest.mark.parametrize(("heartbeat", "shown"), [(0.1, 3), (60, 2)], ids=["heals", "control: no heartbeat, never"])
async def test_frame_that_was_lost_is_healed_by_the_next_also_when_it_was_the_last(session, shop, heartbeat, shown):
    hub, wire = Hub(FAST._replace(heartbeat=heartbeat, decay=heartbeat)), LossyWire(loses=3)
    socket = socket_for(session, wire)
    hub.join(socket)
    await until(lambda: wire.arrived)
    for n in range(3):
        await in_thread(sell)(shop, f"T{n}")
        await until(lambda n=n: json.loads(hub.pictures[socket.feeds[0]].text)["totals"]["orders"] == n + 1)
    await until(lambda: wire.lost)

    await asyncio.sleep(0.4)

    assert wire.arrived[-1]["totals"]["orders"] == shown
    hub.leave(socket)


def test_frames_that_come_twice_or_in_another_order_never_show_less():
    """The rule of the page, which the screens of the fault runs share."""
    frames = [{"epoch": "e", "version": v, "as_of": f"2026-11-22T12:00:{v:02}.{t}Z"} for v in range(20) for t in (0, 5)] * 2
    random.Random(62).shuffle(frames)
    shown = [frames[0]]
    for frame in frames[1:]:
        if is_newer(frame, shown[-1]):
            shown.append(frame)

    assert shown == sorted(shown, key=lambda frame: frame["as_of"])
    assert (shown[-1]["version"], len(shown) > 2) == (19, True)
    assert is_newer({"epoch": "restored", "version": 1, "as_of": ""}, shown[-1])


async def test_hub_keeps_files_for_others(session, settings, monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (257, 4096))
    settings.BOARD_SOCKETS = 0
    hub, one, two = Hub(FAST), socket_for(session), socket_for(session)

    assert [hub.join(one), hub.join(two)] == ["", "server"]

    hub.leave(one)
    assert hub.join(two) == ""
    hub.leave(two)
    assert hub.count == 0


def test_session_of_a_board_is_the_one_the_orm_knows(session, django_assert_num_queries):
    known = LiveSession.objects.select_related("host", "place").get(pk=session.pk)

    with django_assert_num_queries(1):
        found = session_on_board(str(session.pk))
        assert (found.host.live_name, found.host.name, found.place.short_name) == (
            known.host.live_name, known.host.name, known.place.short_name
        )  # fmt: skip

    assert {name: getattr(found, name) for name in vars(known) if name[0] != "_"} == {
        name: value for name, value in vars(known).items() if name[0] != "_"
    }
    assert session_frame(found, at=NOW) == session_frame(known, at=NOW)
    assert session_on_board("00000000-0000-0000-0000-000000000000") is None

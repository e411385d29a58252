"""A replay is what the board said, minute by minute, and ends with what the board says today."""

from __future__ import annotations

import random
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livestream.actions.session import end_session
from livestream.models import Incident, Pitch, Room
from orders.actions.attribution import reattribute_session
from orders.actions.intake import receive
from orders.board.frame import encode
from orders.board.replay import ITEMS, LIMIT, chunk, timeline_of
from orders.models import DayTally, ItemTally, LedgerEntry
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session

START = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)  # 20:00:30 in Shanghai
FIRST = int(START.timestamp()) - 30
END = START + timedelta(minutes=10)
STEPS = 41  # to 20:40:30, when no order belongs to it any more
LATER = START + timedelta(days=2)
NOTHING = {"orders": 0, "units": 0, "paid_fen": 0, "refunded_fen": 0, "net_fen": 0}


def minute(number, second=0):
    """A moment of the evening; minute 0 begins at 20:00."""
    return START.replace(second=0) + timedelta(minutes=number, seconds=second)


def tell(shop, *bodies, at, cause=Cause.PUSH):
    receive([make_arrival(shop, *bodies, now=at)], cause=cause, at=at)


def totals(orders, units, paid, refunded=0):
    return {"orders": orders, "units": units, "paid_fen": paid, "refunded_fen": refunded, "net_fen": paid - refunded}


def tallied(session):
    sums = {name: Sum(name, default=0) for name in ("orders", "units", "paid_fen", "refunded_fen")}
    found = DayTally.objects.filter(scope=f"session:{session.pk}").aggregate(**sums)
    return {**found, "net_fen": found["paid_fen"] - found["refunded_fen"]}


def states(session):
    return list(timeline_of(session, LATER).states())


@pytest.fixture
def over(county, host):
    """On air from 20:00:30 to 20:10:30, two goods on the line-up."""
    pepper, ginseng = make_product(county, "HJ-250", title="大红袍花椒"), make_product(county, "LDS-500", title="潞党参")
    line_up = [(pepper, 2980, 3), (ginseng, 5980, None)]
    return make_session(county, host, went_live_at=START, ended_at=END, line_up=line_up)


def pepper(no, at, quantity=1, **kwargs):
    return make_order_body(no, at=at, lines=((1, "HJ-250", quantity, 2980 * quantity),), **kwargs)


def test_every_state_is_whole_and_exact(over, shop, staff):
    tell(shop, pepper("A", minute(1)), pepper("B", minute(1), 3), at=minute(1, 5))
    tell(shop, make_order_body("C", at=minute(3), lines=((1, "LDS-500", 1, 5980), (2, "X", 2, 500))), at=minute(3))
    tell(shop, pepper("A", minute(1), version=2, refunds=(("R1", 1, 1000),)), at=minute(5))
    tell(shop, pepper("B", minute(6), 3, version=2, status="cancelled"), at=minute(6))
    late = make_order_body("C", at=minute(300), version=2, refunds=(("R1", 1, 5980),), paid_at=minute(3).isoformat())
    tell(shop, {name: value for name, value in late.items() if name != "lines"}, at=minute(300))
    Pitch.objects.create(session=over, product=over.line_up.first().product, started_at=minute(1), ended_at=minute(4))
    Incident.objects.create(session=over, kind="stream_lost", happened_at=minute(6, 7), note="停电", noted_by=staff)

    document = chunk(over, timeline_of(over, LATER), 0, 100)

    timeline = timeline_of(over, LATER)
    moved = {1: (2, 11920), 3: (1, 6480), 6: (-1, -8940)}
    assert {name: value for name, value in document.items() if name != "states"} == {
        "epoch": timeline.epoch,
        "scope": f"session:{over.pk}",
        "version": timeline.version,
        "title": "潞党参专场",
        "step_s": 60,
        "first": FIRST,
        "last": STEPS + 1,
        "ended_at": int(END.timestamp()),
        "items": [
            {"id": "HJ-250", "title": "大红袍花椒", "stock": 3},
            {"id": "LDS-500", "title": "潞党参", "stock": None},
            {"id": "X", "title": "X", "stock": None},
        ],
        "from": 0,
        "next": None,
        "minutes": [[FIRST + 60 * n, *moved.get(n, (0, 0))] for n in range(STEPS)],
        "pitches": [[FIRST + 60, FIRST + 240, "大红袍花椒"]],
        "incidents": [[FIRST + 367, "stream_lost", "停电"]],
    }
    nothing, none_left = [0, 0, 0, 0, None], [0, 0, 0, 0, 3]
    shown = [
        (0, totals(0, 0, 0), [none_left, nothing, nothing]),
        (2, totals(2, 4, 11920), [[2, 4, 11920, 0, -1], nothing, nothing]),
        (4, totals(3, 7, 18400), [[2, 4, 11920, 0, -1], [1, 1, 5980, 0, None], [1, 2, 500, 0, None]]),
        (6, totals(3, 7, 18400, 1000), [[2, 4, 11920, 1000, -1], [1, 1, 5980, 0, None], [1, 2, 500, 0, None]]),
        (7, totals(2, 4, 9460, 1000), [[1, 1, 2980, 1000, 2], [1, 1, 5980, 0, None], [1, 2, 500, 0, None]]),
        (STEPS + 1, totals(2, 4, 9460, 6980), [[1, 1, 2980, 1000, 2], [1, 1, 5980, 5980, None], [1, 2, 500, 0, None]]),
    ]
    expected = []
    for (position, sums, items), (until, *_) in zip(shown, [*shown[1:], (STEPS + 2,)], strict=True):
        expected += [
            {"at": None if n > STEPS else FIRST + 60 * n, "totals": sums, "items": items, "others": [0, 0, 0, 0]}
            for n in range(position, until)
        ]
    assert document["states"] == expected
    assert tallied(over) == expected[-1]["totals"]


def test_what_a_file_tells_plays_when_it_was_paid_and_its_refund_when_we_heard(over, shop):
    tell(shop, pepper("F", minute(2, 30), refunds=(("R1", 1, 1000),)), at=minute(200), cause=Cause.FILE)

    told = states(over)

    assert [state["totals"] for state in told] == [NOTHING] * 3 + [totals(1, 1, 2980)] * (STEPS - 2) + [totals(1, 1, 2980, 1000)]


def test_what_a_file_corrects_later_plays_when_we_heard(over, shop):
    tell(shop, pepper("F", minute(2)), at=minute(2))
    tell(shop, pepper("F", minute(2), 2, version=2), at=minute(5), cause=Cause.FILE)
    tell(shop, pepper("F", minute(2), version=3, status="cancelled"), at=minute(200), cause=Cause.FILE)

    told = [state["totals"] for state in states(over)]

    assert told == [NOTHING] * 3 + [totals(1, 1, 2980)] * 3 + [totals(1, 2, 5960)] * (STEPS - 5) + [NOTHING]


def test_an_order_moved_here_plays_when_it_was_counted_and_one_moved_away_leaves_when_it_was_moved(over, shop):
    tell(shop, pepper("IN", minute(2), room="R7"), pepper("OUT", minute(2)), at=minute(2))
    Room.objects.create(session=over, platform="douyin", room_id="R7")
    over.rooms.filter(room_id="R1").delete()
    assert reattribute_session(over, at=minute(8)) == 2

    told = [state["totals"] for state in states(over)]

    assert told == [NOTHING] * 3 + [totals(2, 2, 5960)] * 6 + [totals(1, 1, 2980)] * (STEPS - 7)


def test_an_order_that_comes_back_is_not_there_while_it_was_away(over, shop):
    tell(shop, pepper("A", minute(1)), at=minute(1))
    room = over.rooms.get()
    for at, name in ((3, "R8"), (6, "R1")):
        Room.objects.filter(pk=room.pk).update(room_id=name)
        assert reattribute_session(over, at=minute(at)) == 1

    told = [state["totals"]["orders"] for state in states(over)]

    assert told == [0] * 2 + [1] * 2 + [0] * 3 + [1] * (STEPS - 5)


def test_what_was_counted_before_the_session_began_is_in_its_first_minute(over, shop):
    """A platform's clock is ahead of ours: paid at 20:00:40, counted at 19:59."""
    tell(shop, pepper("A", minute(0, 40)), at=minute(-1))

    assert [state["totals"]["orders"] for state in states(over)] == [0] + [1] * (STEPS + 1)


def test_while_the_grace_runs_the_last_minute_is_now(over, shop):
    tell(shop, pepper("A", minute(2)), at=minute(2))

    timeline = timeline_of(over, minute(12, 30))

    assert (timeline.steps.number, timeline.last) == (13, 14)


def test_a_session_that_has_not_ended_has_no_replay(county, host):
    assert timeline_of(make_session(county, host)) is None
    live = make_session(county, host, room="R2", account="A2", went_live_at=START)
    assert timeline_of(live) is None

    end_session(live, at=END)

    assert len(list(timeline_of(live, LATER).states())) == STEPS + 2


def test_chunks_follow_each_other_without_a_gap(over, shop):
    tell(shop, pepper("A", minute(2)), at=minute(2))
    timeline = timeline_of(over, LATER)
    whole = list(timeline.states())

    position, found = 0, []
    while position is not None:
        document = chunk(over, timeline, position, 7)
        assert ("minutes" in document) is (position == 0)
        found += document["states"]
        position = document["next"]

    assert found == whole
    assert chunk(over, timeline, STEPS + 2, 7)["states"] == []


def test_a_chunk_of_many_goods_stays_under_200_kb_and_the_sums_stay_whole(county, host, shop):
    products = [make_product(county, f"G{n:02}", title="平顺深山老品种农家小米礼盒" * 4) for n in range(30)]
    session = make_session(county, host, went_live_at=START, ended_at=END, line_up=[(p, 5980, 1000) for p in products])
    beside = [make_order_body(f"B{n}", at=minute(2), lines=((1, f"beside-{n}", 1, 100 + n),)) for n in range(30)]
    tell(shop, *beside, pepper("A", minute(3)), make_order_body("N", at=minute(3), lines=()), at=minute(3))
    timeline = timeline_of(session, LATER)

    document = chunk(session, timeline, 0, 600)

    last = list(timeline.states())[-1]
    assert len(encode(document)) <= LIMIT
    assert len(timeline.goods) == ITEMS
    assert [good.id for good in timeline.goods[30:]] == ["HJ-250", *(f"beside-{n}" for n in range(29, 20, -1))]
    assert last["others"] == [21, 21, sum(100 + n for n in range(21)), 0]
    assert last["totals"] == tallied(session)
    assert sum(item[2] for item in last["items"]) + last["others"][2] == last["totals"]["paid_fen"]


def test_a_chunk_ends_where_200_kb_end(over, shop, monkeypatch):
    monkeypatch.setattr("orders.board.replay.LIMIT", 4000)
    tell(shop, pepper("A", minute(2)), at=minute(2))
    timeline = timeline_of(over, LATER)

    documents, position = [], 0
    while position is not None:
        documents.append(chunk(over, timeline, position, 600))
        position = documents[-1]["next"]

    assert max(len(encode(document)) for document in documents) <= 4000
    assert [state for document in documents for state in document["states"]] == list(timeline.states())
    assert len(documents) > 1


def test_a_timeline_is_made_once_for_a_version(over, shop, django_assert_num_queries):
    tell(shop, pepper("A", minute(2)), at=minute(2))
    first = timeline_of(over, LATER)
    with django_assert_num_queries(1):
        assert timeline_of(over, LATER) is first

    tell(shop, pepper("A", minute(2), version=2, refunds=(("R1", 1, 1000),)), at=minute(300))

    assert list(timeline_of(over, LATER).states())[-1]["totals"] == totals(1, 1, 2980, 1000)


# --- random evenings ------------------------------------------------------------------------------------------------------


@contextmanager
def an_evening():
    """What an example does is rolled back, also when it failed."""
    save = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(save)


def random_body(chance, no, version, at, paid_at, rooms=("R1", "R1", "R1", "R7", None)):
    status = chance.choices(["paid", "shipped", "closed", "cancelled", "created"], [6, 2, 2, 2, 1])[0]
    lines = [
        (n, chance.choice(["HJ-250", "LDS-500", "X"]), chance.randint(1, 3), chance.randint(0, 900))
        for n in range(chance.randint(1, 3))
    ]
    refunds = [(f"R{chance.randint(1, 2)}", 0, chance.randint(0, 900), chance.choice(["succeeded", "succeeded", "withdrawn"]))]
    body = make_order_body(
        no, at=at, status=status, version=version, lines=lines, room=chance.choice(rooms),
        refunds=refunds if chance.random() < 0.4 else (),
    )  # fmt: skip
    body["paid_at"] = body["paid_at"] and paid_at.isoformat()
    if version > 1 and chance.random() < 0.5:
        del body["lines"]
    return body


def modelled(session):
    """The totals of every moment from the entries alone: a second way to count, in plain Python."""
    entries = list(LedgerEntry.objects.filter(session=session).values())
    came_in = defaultdict(list)
    for entry in entries:
        came_in[entry["order_id"]].append(entry["recorded_at"])
    found = []
    for moment in [*(minute(n) for n in range(STEPS + 1)), None]:
        sums = [0, 0, 0, 0]
        for entry in entries:
            is_first = entry["recorded_at"] == min(came_in[entry["order_id"]]) and entry["refunded_on"] is None
            plays_at = entry["counted_at"] if is_first else entry["recorded_at"]
            is_early = moment is not None and moment > minute(0) and plays_at < minute(0)
            if moment is None or is_early or minute(0) <= plays_at < moment:
                for place, name in enumerate(("orders", "units", "paid_fen", "refunded_fen")):
                    sums[place] += entry[name]
        found.append(totals(*sums))
    return found


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_any_evening_ends_with_the_board_of_today(over, shop, seed):
    """Pushes, files and late lists in any order, rooms that come and go; told in the evening, after it and much later."""
    with an_evening():
        chance = random.Random(seed)
        at = minute(0)
        for n in range(chance.randint(1, 40)):
            at += timedelta(seconds=chance.choice([0, 7, 40, 90, 900]))
            cause = chance.choices([Cause.PUSH, Cause.FILE, Cause.API], [6, 2, 1])[0]
            paid_at = min(at, minute(chance.randint(0, 45), chance.randint(0, 59)))
            tell(shop, random_body(chance, f"T{chance.randint(1, 6)}", n + 1, at, paid_at), at=at, cause=cause)
            if chance.random() < 0.1:
                over.rooms.update(room_id=chance.choice(["R1", "R7"]))
                reattribute_session(over, at=at)

        told = states(over)

        items = ItemTally.objects.filter(scope=f"session:{over.pk}").values_list("item__sku")
        by_item = {
            sku: sums
            for sku, *sums in items.annotate(*(Sum(name, default=0) for name in ("orders", "units", "paid_fen", "refunded_fen")))
        }
        assert told[-1]["totals"] == tallied(over)
        goods = [good.id for good in timeline_of(over, LATER).goods]
        assert {sku: item[:4] for sku, item in zip(goods, told[-1]["items"], strict=True) if any(item[:4])} == {
            sku: sums for sku, sums in by_item.items() if any(sums)
        }
        assert [state["totals"] for state in told] == modelled(over)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_any_evening_of_pushes_plays_as_it_was_seen(over, shop, seed):
    """After every minute the board's totals are noted; the replay says the same."""
    with an_evening():
        chance = random.Random(seed)
        seen, version = [tallied(over)], 0
        for number in range(STEPS):
            seconds = chance.sample(range(60), chance.choice([0, 0, 1, 3])) if number > 1 else []
            for second in sorted(seconds):
                version += 1
                at = minute(number, second)
                tell(shop, random_body(chance, f"T{chance.randint(1, 9)}", version, at, at, ["R1"]), at=at)
            seen.append(tallied(over))
        tell(shop, random_body(chance, "T1", version + 1, minute(300), minute(20), ["R1"]), at=minute(300))

        told = [state["totals"] for state in states(over)]

        assert told == [*seen, tallied(over)]

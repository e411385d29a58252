"""Frames: exact, small, cheap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.actions.session import SessionPlan, end_session, schedule_session
from livestream.models import BoardVersion, LiveSession
from orders.actions.audit import rebuild_tallies
from orders.actions.intake import receive
from orders.board.frame import county_frame, encode, newest, session_frame
from orders.models import BoardEpoch, DayTally, ItemTally, SoldItem
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user

AT = datetime(2026, 11, 21, 12, 30, 30, 250_000, tzinfo=UTC)  # 20:30:30 in Shanghai
NOTHING = {"orders": 0, "units": 0, "paid_fen": 0, "refunded_fen": 0, "net_fen": 0}
SILENCE = {"s1": 0, "s10": 0.0, "s60": 0.0, "peak_s1": 0, "peak_at": None}


@pytest.fixture
def on_air(county, host):
    """On air since 20:00, three products on the line-up."""
    ginseng = make_product(county, "LDS-500", title="潞党参 500g")
    pepper = make_product(county, "HJ-250", title="大红袍花椒 250g")
    millet = make_product(county, "XM-5", title="黑小米 5斤")
    return make_session(
        county,
        host,
        went_live_at=AT - timedelta(minutes=30),
        line_up=[(pepper, 2980, 100), (ginseng, 5980, 3), (millet, 3980, None)],
        goal_fen=10_000_000,
    )


def sell(shop, *orders, at):
    receive([make_arrival(shop, *orders, now=at)], cause=Cause.PUSH, at=at)


def minutes_until(last: datetime, **sold) -> list[list[int]]:
    """Sixty minutes up to `last`; sold as `_minutes_before=(orders, fen)`."""
    end = int(last.replace(second=0, microsecond=0).timestamp())
    found = {end - 60 * int(key[1:]): value for key, value in sold.items()}
    return [[end - 60 * n, *found.get(end - 60 * n, (0, 0))] for n in range(59, -1, -1)]


def evening(shop):
    """Seven orders in the room, one of them refunded in part, one with a good that is not on the line-up."""
    early, late = AT - timedelta(minutes=5), AT - timedelta(seconds=1)
    sell(shop, *(make_order_body(f"E{n}", at=early, lines=((1, "LDS-500", 2, 11960),)) for n in range(3)), at=early)
    sell(
        shop, make_order_body("E0", at=early, version=2, lines=((1, "LDS-500", 2, 11960),), refunds=(("R1", 1, 5980),)), at=early
    )
    sell(shop, make_order_body("F1", at=late, lines=((1, "HJ-250", 1, 2980), (2, "PXO-1", 3, 600))), at=AT - timedelta(seconds=8))
    sell(shop, *(make_order_body(f"G{n}", at=late, lines=((1, "HJ-250", 1, 2980),)) for n in range(2)), at=late)
    sell(shop, make_order_body("H1", at=AT, lines=((1, "HJ-250", 1, 2980),)), at=AT)


def test_session_frame_says_everything_exactly(on_air, shop, host, county):
    evening(shop)

    frame = session_frame(on_air, AT)

    assert frame == {
        "epoch": str(BoardEpoch.objects.get().epoch),
        "scope": f"session:{on_air.pk}",
        "version": BoardVersion.objects.get(scope=f"session:{on_air.pk}").version,
        "as_of": "2026-11-21T12:30:30.250Z",
        "state": "live",
        "checking": None,
        "totals": {"orders": 7, "units": 13, "paid_fen": 48400, "refunded_fen": 5980, "net_fen": 42420},
        "rate": {"s1": 2, "s10": 0.3, "s60": 0.05, "peak_s1": 3, "peak_at": "2026-11-21T12:25:30Z"},
        "last_order_at": "2026-11-21T12:30:30Z",
        "title": "潞党参专场",
        "kind": "village_host",
        "host": host.name,
        "place": "平顺县",
        "started_at": "2026-11-21T12:00:30Z",
        "ended_at": None,
        "planned_start_at": "2026-11-21T12:00:30Z",
        "planned_end_at": "2026-11-21T14:00:30Z",
        "goal_fen": 10_000_000,
        "items": [
            item("HJ-250", "大红袍花椒 250g", 4, 4, 11920, 0, 96),
            item("LDS-500", "潞党参 500g", 3, 6, 35880, 5980, -3),
            item("XM-5", "黑小米 5斤", 0, 0, 0, 0, None),
            item("PXO-1", "PXO-1", 1, 3, 600, 0, None),
        ],
        "minutes": minutes_until(AT, _5=(3, 35880), _0=(4, 12520)),
    }


def item(sku, title, orders, units, paid, refunded, left):
    return {
        "id": sku, "title": title, "orders": orders, "units": units, "paid_fen": paid, "refunded_fen": refunded, "stock_left": left,
    }  # fmt: skip


def test_county_frame_says_everything_exactly(on_air, shop, host, county, other_county):
    evening(shop)
    sell(shop, make_order_body("U1", at=AT, room="nobody's", lines=((1, "LDS-500", 1, 5980),)), at=AT)
    yesterday = AT - timedelta(days=1)
    sell(shop, *(make_order_body(f"Y{n}", at=yesterday, room="nobody's") for n in range(9)), at=yesterday)
    head = make_session(county, host, kind="county_head", room="R2", account="A2", went_live_at=AT - timedelta(minutes=1))
    evening_host = make_user("host", county)  # the first one is on air until then
    planned = make_session(county, evening_host, room="R3", account="A3", planned_start_at=AT + timedelta(hours=1))
    over = make_session(
        county, host, room="R4", account="A4", went_live_at=AT - timedelta(hours=3), ended_at=AT - timedelta(hours=2)
    )
    make_session(county, host, room="R5", account="A5", planned_start_at=AT + timedelta(days=1))
    make_session(other_county, make_user("host", other_county), room="R6", account="A6", went_live_at=AT)

    frame = county_frame(county, AT)

    sold = {"orders": 7, "units": 13, "paid_fen": 48400, "refunded_fen": 5980, "net_fen": 42420}
    assert frame == {
        "epoch": str(BoardEpoch.objects.get().epoch),
        "scope": "county:140425",
        "version": BoardVersion.objects.get(scope="county:140425").version,
        "as_of": "2026-11-21T12:30:30.250Z",
        "state": "live",
        "checking": None,
        "totals": {"orders": 8, "units": 14, "paid_fen": 54380, "refunded_fen": 5980, "net_fen": 48400},
        "rate": {"s1": 2, "s10": 0.3, "s60": 0.05, "peak_s1": 3, "peak_at": "2026-11-21T12:25:30Z"},
        "last_order_at": "2026-11-21T12:30:30Z",
        "title": "平顺县",
        "counts": {"live": 2, "planned": 1, "ended": 1},
        "sessions": [
            listed(head, "2026-11-21T12:29:30Z", NOTHING),
            listed(on_air, "2026-11-21T12:00:30Z", sold),
            listed(planned, "2026-11-21T13:30:30Z", NOTHING),
            listed(over, "2026-11-21T09:30:30Z", NOTHING),
        ],
        "unattributed": {"orders": 1, "units": 1, "paid_fen": 5980, "refunded_fen": 0, "net_fen": 5980},
        "items": [
            item("LDS-500", "潞党参 500g", 4, 7, 41860, 5980, None),
            item("HJ-250", "大红袍花椒 250g", 4, 4, 11920, 0, None),
            item("PXO-1", "PXO-1", 1, 3, 600, 0, None),
        ],
        "minutes": minutes_until(AT, _5=(3, 35880), _0=(5, 18500)),
    }


def listed(session, started_at, totals):
    return {
        "id": str(session.pk), "title": session.title, "host": session.host.name, "place": "平顺县", "kind": session.kind,
        "state": session.state, "started_at": started_at, "totals": totals,
    }  # fmt: skip


def test_frames_of_a_county_where_nothing_happened_are_all_zero(county):
    frame = county_frame(county, AT)

    assert frame == {
        "epoch": str(BoardEpoch.objects.get().epoch),
        "scope": "county:140425",
        "version": 0,
        "as_of": "2026-11-21T12:30:30.250Z",
        "state": "quiet",
        "checking": None,
        "totals": NOTHING,
        "rate": SILENCE,
        "last_order_at": None,
        "title": "平顺县",
        "counts": {"live": 0, "planned": 0, "ended": 0},
        "sessions": [],
        "unattributed": NOTHING,
        "items": [],
        "minutes": minutes_until(AT),
    }


def test_minutes_of_an_ended_session_reach_up_to_its_end(on_air, shop):
    evening(shop)
    end_session(on_air, at=AT + timedelta(minutes=10))

    frame = session_frame(on_air, AT + timedelta(days=3))

    assert frame["minutes"] == minutes_until(AT + timedelta(minutes=10), _15=(3, 35880), _10=(4, 12520))
    assert frame["state"] == "ended"
    assert frame["rate"] == {"s1": 0, "s10": 0.0, "s60": 0.0, "peak_s1": 3, "peak_at": "2026-11-21T12:25:30Z"}


def test_session_that_crosses_midnight_shows_both_days(on_air, shop):
    evening(shop)
    tomorrow = AT + timedelta(hours=4)
    sell(shop, make_order_body("N1", at=tomorrow), at=tomorrow)

    assert session_frame(on_air, tomorrow)["totals"] == {
        "orders": 8, "units": 15, "paid_fen": 60360, "refunded_fen": 5980, "net_fen": 54380,
    }  # fmt: skip


def test_frame_costs_as_few_queries_for_three_sessions_as_for_one(on_air, shop, county, host, django_assert_num_queries):
    evening(shop)
    session = LiveSession.objects.select_related("host", "place").get(pk=on_air.pk)
    county_frame(county)
    with django_assert_num_queries(1):
        session_frame(session)
    with django_assert_num_queries(2):
        county_frame(county)

    make_session(county, host, room="R2", account="A2", went_live_at=AT)
    make_session(county, host, room="R3", account="A3", went_live_at=AT)

    with django_assert_num_queries(2):
        county_frame(county)


def test_newest_is_what_the_frame_says(on_air, shop):
    evening(shop)

    frame = session_frame(on_air, AT)

    assert newest(frame["scope"]) == (frame["epoch"], frame["version"])
    assert newest("county:999999") == (frame["epoch"], 0)


def test_rebuilt_tallies_begin_another_epoch_with_the_same_figures(on_air, shop):
    evening(shop)
    before = session_frame(on_air, AT)

    rebuild_tallies()

    after = session_frame(on_air, AT)
    assert after["epoch"] != before["epoch"]
    assert after | {"epoch": 0} == before | {"epoch": 0}


def test_session_frame_of_sixty_goods_keeps_the_best_sellers_under_4_kb(county, host):
    products = [make_product(county, f"NF-{n:06}", title=f"平顺深山老品种农家小米礼盒装 {n} 号") for n in range(60)]
    session = make_session(county, host, went_live_at=AT, line_up=[(product, 5980, 1000) for product in products])
    scope = f"session:{session.pk}"
    items = [SoldItem.objects.create(county=county, sku=product.sku, title="x") for product in products]
    ItemTally.objects.bulk_create(
        ItemTally(
            county=county, scope=scope, day=AT.date(), item=item, orders=900 + n, units=900 + n,
            paid_fen=10_000_000 + n, refunded_fen=500_000,
        )
        for n, item in enumerate(items)
    )  # fmt: skip

    frame = session_frame(session, AT)

    kept = [entry["id"] for entry in frame["items"]]
    assert len(encode(frame)) < 4096
    assert frame["more"] == {"items": 60 - len(kept)}
    assert kept == [product.sku for product in products[60 - len(kept) :]]
    assert len(kept) >= 10


def test_county_frame_of_62_sessions_keeps_those_on_air_under_4_kb(county, host):
    hosts = [make_user("host", county) for _ in range(60)]
    plans = [
        SessionPlan("village_host", f"深山好物专场第 {n} 场", each, county, AT, AT + timedelta(hours=2))
        for n, each in enumerate(hosts)
    ]
    sessions = [schedule_session(plan, county=county) for plan in plans]
    live = [make_session(county, host, room=f"L{n}", account=f"L{n}", went_live_at=AT - timedelta(hours=1)) for n in range(2)]
    DayTally.objects.create(
        county=county, scope=f"session:{live[1].pk}", day=AT.date(), orders=1, units=1, paid_fen=100, refunded_fen=0
    )

    frame = county_frame(county, AT)

    assert len(encode(frame)) < 4096
    assert [entry["id"] for entry in frame["sessions"][:2]] == [str(live[1].pk), str(live[0].pk)]
    assert frame["more"] == {"sessions": len(sessions) + 2 - len(frame["sessions"])}
    assert frame["counts"] == {"live": 2, "planned": 60, "ended": 0}
    assert len(frame["sessions"]) >= 6

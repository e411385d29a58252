"""Alarms from real orders: raised once, restated when their figure moves, cleared with their cause, acknowledged by one person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from livestream.actions.session import end_session
from livestream.models import LineUpItem
from orders.actions.alert import Change, acknowledge, raise_alerts
from orders.actions.intake import receive
from orders.models import Alert, BoardCheck, Source
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_shop, make_user
from tests.orders.sales import AT, MINUTE, SECOND, make_evening, open_ones, refund, said, sell, versions

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_air(county, host):
    return make_evening(county, host)


# --- stock ----------------------------------------------------------------------------------------------------------------


def test_a_good_sells_out_is_oversold_and_each_is_said_once(on_air, shop):
    sell(shop, 10, AT - 20 * MINUTE)
    assert raise_alerts(AT - 19 * MINUTE) == Change()
    sell(shop, 20, AT - 3 * MINUTE)  # 20 left; 20 orders in 5 minutes and 20 seconds
    before = versions()

    assert raise_alerts(AT) == Change(raised=1)

    (alert,) = Alert.objects.all()
    assert (alert.county_id, alert.scope, alert.raised_at) == ("140425", f"session:{on_air.pk}", AT)
    assert alert.detail == {"title": "潞党参 500g", "number": 5, "left": 20, "stock": 50, "a_minute": 3.8}
    assert versions() == {scope: version + 1 for scope, version in before.items()}
    assert raise_alerts(AT + 5 * SECOND) == Change()
    assert versions() == {scope: version + 1 for scope, version in before.items()}

    sell(shop, 8, AT + 10 * SECOND)
    assert raise_alerts(AT + 11 * SECOND) == Change(restated=1)
    assert open_ones() == [("selling_out", "LDS-500", 2)]

    sell(shop, 12, AT + 20 * SECOND)
    assert raise_alerts(AT + 21 * SECOND) == Change(restated=1)
    assert open_ones() == [("selling_out", "LDS-500", 0)]

    sell(shop, 1, AT + 30 * SECOND, quantity=3)
    assert raise_alerts(AT + 31 * SECOND) == Change(raised=1, cleared=1)
    assert open_ones() == [("oversold", "LDS-500", 3)]
    sell(shop, 1, AT + 40 * SECOND)
    assert raise_alerts(AT + 41 * SECOND) == Change(restated=1)
    assert open_ones() == [("oversold", "LDS-500", 4)]
    assert said() == [("selling_out", "LDS-500", 0), ("oversold", "LDS-500", 4)]


def test_a_pace_is_the_goods_own_and_not_the_sessions(on_air, shop):
    sell(shop, 30, AT - 20 * MINUTE)
    sell(shop, 60, AT - MINUTE, sku="HJ-250")
    sell(shop, 3, AT - MINUTE)  # 17 left, three in five minutes: half an hour

    assert raise_alerts(AT) == Change()


def test_a_burst_is_judged_by_its_newest_orders_and_the_sessions_pace(on_air, shop, monkeypatch):
    monkeypatch.setattr("orders.actions.alert_facts.SAMPLE", 10)
    LineUpItem.objects.filter(committed_stock=50).update(committed_stock=90)
    sell(shop, 40, AT - 2 * MINUTE, sku="HJ-250")
    for n in range(4):
        sell(shop, 5, AT - (40 - n) * SECOND)
        sell(shop, 5, AT - (40 - n) * SECOND, sku="HJ-250", prefix="U")

    raise_alerts(AT)

    # Half of the newest ten orders hold it; 80 orders in 5 minutes and 20 seconds: 7.5 pieces a minute.
    assert Alert.objects.get().detail == {"title": "潞党参 500g", "number": 9, "left": 70, "stock": 90, "a_minute": 7.5}


def test_more_stock_ends_an_oversold_and_breaking_that_promise_too_is_another_alarm(on_air, shop):
    sell(shop, 51, AT - 8 * MINUTE)
    raise_alerts(AT)
    LineUpItem.objects.filter(committed_stock=50).update(committed_stock=60)

    assert raise_alerts(AT + 5 * SECOND) == Change(cleared=1)
    LineUpItem.objects.filter(committed_stock=60).update(committed_stock=50)
    assert raise_alerts(AT + 10 * SECOND) == Change()  # that one was said
    LineUpItem.objects.filter(committed_stock=50).update(committed_stock=60)
    sell(shop, 10, AT + 11 * SECOND)

    assert raise_alerts(AT + 15 * SECOND) == Change(raised=1)
    assert said() == [("oversold", "LDS-500", 1), ("oversold", "LDS-500", 1)]


def test_an_oversold_good_of_an_ended_session_waits_until_somebody_has_taken_note(on_air, shop, staff):
    sell(shop, 51, AT - 30 * MINUTE)
    end_session(on_air, at=AT)
    raise_alerts(AT)

    assert raise_alerts(AT + timedelta(days=3)) == Change()
    acknowledge(Alert.objects.get(), by=staff, at=AT + timedelta(days=3))
    assert raise_alerts(AT + timedelta(days=3)) == Change(cleared=1)


def test_practice_and_what_is_not_on_air_yet_raise_nothing(county, host, shop):
    good = make_product(county, "LDS-500")
    make_session(county, host, kind="practice", went_live_at=AT - 60 * MINUTE, line_up=[(good, 5980, 1)])
    make_session(county, room="R2", account="A2", planned_start_at=AT, line_up=[(good, 5980, 1)])
    sell(shop, 5, AT - 50 * MINUTE)

    assert raise_alerts(AT) == Change()


# --- orders and refunds -----------------------------------------------------------------------------------------------------


def test_each_silence_of_a_session_is_an_alarm_of_its_own(on_air, shop):
    sell(shop, 1, AT - 12 * MINUTE)
    assert raise_alerts(AT - 3 * MINUTE) == Change()
    assert raise_alerts(AT) == Change(raised=1)
    assert raise_alerts(AT + 10 * SECOND) == Change()
    assert raise_alerts(AT + MINUTE) == Change(restated=1)
    assert open_ones() == [("no_orders", "", 13)]

    sell(shop, 1, AT + 70 * SECOND, prefix="U")
    assert raise_alerts(AT + 75 * SECOND) == Change(cleared=1)
    assert raise_alerts(AT + 12 * MINUTE) == Change(raised=1)

    end_session(on_air, at=AT + 13 * MINUTE)
    assert raise_alerts(AT + 13 * MINUTE) == Change(cleared=1)
    assert (len(said()), open_ones()) == (2, [])


def test_a_file_about_earlier_orders_ends_no_silence(on_air, shop):
    sell(shop, 1, AT - 12 * MINUTE)
    raise_alerts(AT)
    early = make_order_body("F1", at=AT - 30 * MINUTE)
    receive([make_arrival(shop, early, now=AT)], cause=Cause.FILE, at=AT)

    assert raise_alerts(AT + SECOND) == Change()


def test_refunds_of_today_beyond_number_and_share_are_a_spike(on_air, shop):
    bodies = sell(shop, 24, AT - 30 * MINUTE, sku="HJ-250")
    refund(shop, bodies[:4], AT - 20 * MINUTE)
    refund(shop, bodies[:4], AT - 19 * MINUTE)  # told twice
    raise_alerts(AT)
    assert open_ones() == [("no_orders", "", 30)]
    refund(shop, bodies[4:5], AT - 10 * MINUTE)
    end_session(on_air, at=AT - MINUTE)

    assert raise_alerts(AT) == Change(raised=1, cleared=1)

    alert = Alert.objects.open().get()
    assert (alert.kind, alert.episode) == ("refund_spike", "2026-11-21")
    assert alert.detail == {"title": "潞党参专场", "number": 21, "refunded": 5, "orders": 24}
    assert raise_alerts(AT + timedelta(hours=4)) == Change(cleared=1)  # another day in Shanghai


def test_a_refund_that_was_withdrawn_is_none(on_air, shop):
    bodies = sell(shop, 10, AT - 5 * MINUTE, sku="HJ-250")
    refund(shop, bodies[:5], AT - 4 * MINUTE)
    body = bodies[0] | {"version": 3}
    body["refunds"] = [body["refunds"][0] | {"status": "withdrawn", "updated_at": (AT - MINUTE).isoformat()}]
    receive([make_arrival(shop, body, now=AT)], cause=Cause.PUSH, at=AT - MINUTE)

    assert raise_alerts(AT) == Change()


# --- where figures come from ----------------------------------------------------------------------------------------------


@pytest.fixture
def feed(county):
    """The county's 抖店, heard of eight minutes ago, as every twenty seconds."""
    Source.objects.all().delete()
    shop = make_shop(county, "douyin", name="平顺山货旗舰店")
    return Source.objects.create(county=county, shop=shop, cause="push", heard_at=AT - 8 * MINUTE, pause_ms=20_000)


def keep_selling(shop):
    """So that the session itself is not silent, on a road that no source remembers."""
    sell(shop, 1, AT - SECOND, sku="HJ-250")
    Source.objects.filter(shop=shop).delete()


def test_a_silent_feed_is_the_countys_until_it_speaks(on_air, shop, feed):
    keep_selling(shop)
    before = versions()

    assert raise_alerts(AT) == Change(raised=1)

    alert = Alert.objects.get()
    assert (alert.scope, alert.kind, alert.subject, alert.detail["number"]) == (
        "county:140425", "feed_silent", str(feed.shop_id), 8,
    )  # fmt: skip
    assert versions() == before | {"county:140425": before["county:140425"] + 1}
    Source.objects.update(heard_at=AT + SECOND)
    assert raise_alerts(AT + 2 * SECOND) == Change(cleared=1)


@pytest.mark.parametrize(
    "change",
    [{"pause_ms": 200_000}, {"cause": "file"}, {"heard_at": AT - 4 * MINUTE}],
)
def test_a_feed_that_keeps_its_habit_is_not_silent(on_air, shop, feed, change):
    keep_selling(shop)
    Source.objects.update(**change)

    assert raise_alerts(AT) == Change()


def test_a_feed_speaks_by_push_or_by_api_and_only_while_its_platform_is_on_air(on_air, shop, feed):
    keep_selling(shop)
    api = Source.objects.create(county_id="140425", shop=feed.shop, cause="api", heard_at=AT - MINUTE)
    assert raise_alerts(AT) == Change()
    api.delete()
    end_session(on_air, at=AT)

    assert raise_alerts(AT) == Change()


def test_a_board_in_doubt_is_an_alarm_for_each_stretch(on_air, shop, county):
    keep_selling(shop)
    scope = f"session:{on_air.pk}"
    for n, board in enumerate([scope, scope, "county:140425"]):
        BoardCheck.objects.create(county=county, scope=board, source=f"s{n}", invariant="tally", detail="", since=AT)

    assert raise_alerts(AT) == Change(raised=2)
    assert {(a.scope, a.detail["title"], a.detail["number"]) for a in Alert.objects.all()} == {
        (scope, "潞党参专场", 2), ("county:140425", "平顺县", 1),
    }  # fmt: skip
    BoardCheck.objects.filter(source="s1").update(cleared_at=AT)
    assert raise_alerts(AT + SECOND) == Change(restated=1)
    BoardCheck.objects.update(cleared_at=AT)
    assert raise_alerts(AT + 2 * SECOND) == Change(cleared=2)


# --- what it costs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_look_costs_the_same_however_many_are_on_air(county, shop, sessions, django_assert_num_queries):
    for n in range(sessions):
        good = make_product(county)
        make_session(county, make_user("host", county), room=f"R{n}", account=f"A{n}", went_live_at=AT - 60 * MINUTE,
                     line_up=[(good, 100, 50)])  # fmt: skip
        bodies = sell(shop, 40, AT - MINUTE, sku=good.sku, room=f"R{n}", prefix=f"T{n}-")
        refund(shop, bodies[:8], AT - SECOND)
    # open ones; on air, refunds, feeds, limits, doubts, stock, newest orders
    with django_assert_num_queries(8 + 2 + 5):  # begin and end; lock, clear, restate, raise, versions
        assert raise_alerts(AT).raised == 2 * sessions
    with django_assert_num_queries(8):
        assert raise_alerts(AT + SECOND) == Change()


def test_a_look_at_a_country_asleep_costs_four_statements(county, django_assert_num_queries):
    with django_assert_num_queries(4):  # open ones, on air, feeds, doubts
        assert raise_alerts(AT) == Change()


def test_indexes_answer_what_a_look_asks(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'ledger_refunds'::regclass")
        (attached,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'orders_ledgerentry'::regclass")
        assert (attached,) == cursor.fetchone()


def test_numbers_are_not_used_up_by_what_is_known(on_air, shop):
    sell(shop, 1, AT - 12 * MINUTE)
    raise_alerts(AT)
    Alert.objects.update(cleared_at=AT, raised_at=F("raised_at"))
    for n in range(3):
        raise_alerts(AT + n * SECOND)
    make = Alert.objects.create(county_id="140425", scope="x", kind="broken", raised_at=AT)

    assert make.pk == Alert.objects.earliest("pk").pk + 1

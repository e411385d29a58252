"""A practice room: begun alone, seen on every screen, counted nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.actions.control import begin_pitch, change_stock, issue_coupon, list_item, stop_pitch, unlist_item
from livestream.actions.practice import (
    done_in_practice,
    end_overdue,
    keep_moving,
    last_line_up,
    practice_now,
    sold_in_practice,
    start_practice,
)
from livestream.actions.session import end_session
from livestream.models import BoardVersion, LiveSession
from livestream.rules.errors import NotAllowed
from livestream.rules.practice import LONGEST, Sums, sales, summed
from orders.actions.attribution import follow_windows
from orders.actions.audit import audit_tallies
from orders.actions.intake import receive
from orders.board.frame import county_frame, session_frame
from orders.models import DayTally, ItemTally, LedgerEntry, MinuteTally, Order, SecondTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def goods(county):
    return [make_product(county, sku=sku, title=title) for sku, title in (("PG", "苹果"), ("XM", "小米"), ("ST", "苹果干"))]


@pytest.fixture
def began(now):
    return now.replace(microsecond=0) - AN_HOUR


@pytest.fixture
def room(host, goods, began):
    return start_practice(host, [good.pk for good in goods[:2]], at=began)


def press(host, at):
    return {"by": host, "at": at, "device": "phone"}


def played_through(room, host, goods, began):
    begin_pitch(room, goods[0], **press(host, began + timedelta(minutes=1)))
    issue_coupon(room, 20, product=goods[0], words="满 50 减 5", **press(host, began + timedelta(minutes=6)))
    begin_pitch(room, goods[1], **press(host, began + timedelta(minutes=9)))
    change_stock(room, goods[1], 5, **press(host, began + timedelta(minutes=10)))
    unlist_item(room, goods[0], **press(host, began + timedelta(minutes=20)))
    stop_pitch(room, **press(host, began + timedelta(minutes=21)))
    list_item(room, goods[0], **press(host, began + timedelta(minutes=30)))


def test_one_tap_begins_it_with_no_plan_and_no_approval(host, goods, began):
    room = start_practice(host, at=began)

    assert (room.kind, room.state, room.title, room.host) == ("practice", "live", "练习 · 小米、苹果", host)
    assert list(room.line_up.values_list("product__title", "live_price_fen", "committed_stock", "state")) == [
        ("小米", 5980, 60, "listed"), ("苹果", 5980, 60, "listed"), ("苹果干", 5980, 60, "listed"),
    ]  # fmt: skip
    assert list(room.control.values_list("kind", flat=True)) == ["started", "listed", "listed", "listed"]
    assert start_practice(host, at=began + AN_HOUR) == room == practice_now(host)
    assert LiveSession.objects.count() == 1


def test_his_last_line_up_is_offered_and_taken(host, goods, county, now):
    make_session(county, host, went_live_at=now - 5 * AN_HOUR, ended_at=now - 4 * AN_HOUR, line_up=[(goods[2], 1990, 7)])

    assert [item.product for item in last_line_up(host)] == [goods[2]]
    assert list(start_practice(host, at=now).line_up.values_list("product", "live_price_fen", "committed_stock")) == [
        (goods[2].pk, 1990, 7)
    ]


def test_goods_without_papers_stay_unlisted_as_on_any_day(host, county, now):
    bare = make_product(county, title="豆腐", product_class="food")

    room = start_practice(host, [bare.pk], at=now)

    assert room.line_up.get().state == "planned"
    assert done_in_practice(room, at=now).not_listed == 1


@pytest.mark.parametrize("picked", ["nothing there", "foreign", "nine", "on air", "planned now"])
def test_who_cannot_practise_is_told_why(host, county, other_county, now, picked):
    goods = [] if picked == "nothing there" else [make_product(county) for _ in range(9)]
    wanted = []
    if picked == "foreign":
        wanted = [make_product(other_county).pk]
    if picked == "nine":
        wanted = [good.pk for good in goods]
    if picked == "on air":
        make_session(county, host, went_live_at=now - AN_HOUR)
    if picked == "planned now":
        make_session(county, host, planned_start_at=now - timedelta(minutes=5))

    with pytest.raises(NotAllowed) as refused:
        start_practice(host, wanted, at=now)

    codes = {
        "nothing there": "practice_goods",
        "foreign": "practice_unknown",
        "nine": "practice_too_many",
        "on air": "practice_on_air",
    }
    assert refused.value.code == codes.get(picked, "practice_busy")


def test_it_stands_in_the_way_of_no_plan(host, room, county, began):
    planned = make_session(county, host, planned_start_at=began + timedelta(minutes=2))

    assert planned.planned_start_at == began + timedelta(minutes=2)


def test_what_was_sold_can_be_derived_again_from_the_log(room, host, goods, began):
    played_through(room, host, goods, began)
    first = sold_in_practice(room, at=began + AN_HOUR)

    room.refresh_from_db()
    assert sold_in_practice(room, at=began + AN_HOUR) == first
    assert summed(first.sales, 3600) == first
    assert sum(sums.paid_fen for sums in first.by_product.values()) == first.total.paid_fen > 0
    before = sum(sale.units for sale in first.sales if sale.product == goods[1].pk and sale.second < 600)
    assert first.of(goods[1].pk).units <= max(5, before)  # its stock was cut
    assert not [sale for sale in first.sales if sale.product == goods[0].pk and 1200 <= sale.second < 1800]
    half = sold_in_practice(room, at=began + AN_HOUR / 2)
    assert first.sales[: len(half.sales)] == half.sales
    assert sales([], [], seed=room.pk.int, seconds=3600) == []


def test_nothing_of_it_is_written_to_orders_ledger_or_tallies(room, host, goods, county, began, now):
    played_through(room, host, goods, began)
    keep_moving(at=now)
    session_frame(room, at=now)
    end_session(room, at=now)

    assert sold_in_practice(room, at=now).total.orders > 0
    tables = (Order, LedgerEntry, DayTally, ItemTally, MinuteTally, SecondTally)
    assert [table.objects.count() for table in tables] == [0] * 6
    frame = county_frame(county, at=now)
    assert (frame["state"], frame["counts"], frame["sessions"], frame["totals"]["orders"]) == (
        "quiet", {"live": 0, "planned": 0, "ended": 0}, [], 0,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["practice", "village_host"])
def test_an_order_that_names_a_room_of_a_practice_is_of_no_session(county, host, shop, now, kind):
    """`village_host` is the control: of any other session the same order is."""
    session = make_session(county, host, kind=kind, room="R7", went_live_at=now - AN_HOUR)

    receive([make_arrival(shop, make_order_body("T1", at=now, room="R7"))], cause=Cause.PUSH, at=now)
    follow_windows(at=now + timedelta(minutes=5))

    assert Order.objects.get().session == (None if kind == "practice" else session)
    scopes = {"unattributed:140425"} if kind == "practice" else {f"session:{session.pk}"}
    assert set(DayTally.objects.exclude(scope__startswith="county").values_list("scope", flat=True)) == scopes
    assert list(audit_tallies()) == []


def test_its_board_says_what_was_sold_and_that_it_is_practice(room, host, goods, began):
    played_through(room, host, goods, began)
    at = began + timedelta(minutes=8)
    sold = sold_in_practice(room, at=at)

    frame = session_frame(room, at=at)

    assert frame["title"] == "练习 · 苹果、小米"
    assert frame["totals"] == {
        "orders": sold.total.orders, "units": sold.total.units, "paid_fen": sold.total.paid_fen, "refunded_fen": 0,
        "net_fen": sold.total.paid_fen,
    }  # fmt: skip
    assert sum(orders for _minute, orders, _paid in frame["minutes"]) == sold.total.orders
    assert {item["id"]: item["orders"] for item in frame["items"]} == {
        "PG": sold.of(goods[0].pk).orders, "XM": sold.of(goods[1].pk).orders,
    }  # fmt: skip
    assert frame["rate"]["s60"] == round(sum(sale.second >= 420 for sale in sold.sales) / 60, 2)


def test_its_boards_move_with_the_clock_and_no_others_do(room, county, now):
    before = {row.scope: row.version for row in BoardVersion.objects.all()}

    assert keep_moving(at=now) == 1

    after = {row.scope: row.version for row in BoardVersion.objects.all()}
    assert {scope for scope in after if after[scope] != before.get(scope)} == {f"session:{room.pk}"}


def test_it_ends_by_itself_after_two_hours(room, began):
    assert end_overdue(at=began + LONGEST - timedelta(seconds=1)) == 0
    assert end_overdue(at=began + LONGEST + timedelta(minutes=3)) == 1
    assert end_overdue(at=began + LONGEST + timedelta(minutes=4)) == 0

    room.refresh_from_db()
    assert (room.state, room.ended_at) == ("ended", began + LONGEST)
    assert list(room.control.values_list("kind", flat=True))[-1] == "ended"


def test_the_result_tells_what_he_did(room, host, goods, began):
    begin_pitch(room, goods[0], **press(host, began + timedelta(minutes=3)))
    stop_pitch(room, **press(host, began + timedelta(minutes=14)))
    end_session(room, at=began + timedelta(minutes=20))

    done = done_in_practice(room, at=began + AN_HOUR)

    assert (done.minutes, done.goods, done.presented, done.longest_pitch, done.longest_pitch_s, done.longest_silence_s) == (
        20, 2, 1, "苹果", 660, 360,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="练习"):
        sold_in_practice(make_session(host=host), at=began)
    assert sold_in_practice(room, at=began).total == Sums()

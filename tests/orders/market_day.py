"""A county's day with something in every list that a board shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from livestream.models import ControlEvent, Guest, Incident, LiveSession, Pitch, ViewerReading
from orders.actions.intake import receive
from orders.models import Alert, Shop
from orders.models.ledger import Cause
from tests.factories import (
    make_arrival,
    make_order_body,
    make_place,
    make_product,
    make_session,
    make_shop,
    make_supplier,
    make_user,
)

# What a detail says around the sales where nothing happened.
NOBODY = {
    "online": None, "added": 0, "stale": 0, "since": None, "sources": [], "visits": None, "visited": 0, "peak": None,
}  # fmt: skip
ALL_QUIET = {"open_help": 0, "since": None, "lost": 0, "newest": []}
NOTHING_SETTLED = {"settled_fen": None, "share_permille": None, "settled_units": 0, "unsettled_units": 0, "is_few": False}


@dataclass
class MarketDay:
    session: LiveSession
    head: LiveSession
    before: LiveSession
    pushing: Shop
    listed: Shop
    alerts: list[Alert]


def sell(shop, *orders, at, cause=Cause.PUSH):
    receive([make_arrival(shop, *orders, now=at)], cause=cause, at=at)


def market_day(county, host, pushing, at) -> MarketDay:
    """`at` is in the evening. A session is on air for half an hour; a county head was on air in the afternoon."""
    goods = goods_of(county)
    before = make_session(
        county, host, title="上一场", went_live_at=at - timedelta(days=2), ended_at=at - timedelta(days=2) + timedelta(hours=1)
    )
    leader = make_user("host", county, name="县长办")
    head = head_on_air(county, leader, at - timedelta(hours=3), "武㛃", "top")
    head_on_air(county, leader, at.replace(month=3), "武 㛃", "top")
    head_on_air(county, leader, at.replace(month=5), "李明", "top")
    head_on_air(county, leader, at.replace(month=6), "韩谷川", "deputy")
    head_on_air(county, leader, at.replace(year=at.year - 1), "去年的人", "top")
    session = make_session(
        county,
        host,
        title="潞党参专场",
        went_live_at=at - timedelta(minutes=30),
        line_up=[(goods["HJ-250"], 2980, 100), (goods["LDS-500"], 5980, 3), (goods["XM-5"], 3980, None)],
    )
    present(session, goods, host, at)
    watch(session, head, at)
    press(session, head, goods, host, at)
    listed = make_shop(county, "douyin", name="抖店")
    Shop.objects.filter(pk=pushing.pk).update(name="小程序")
    sell_all(pushing, listed, at)
    return MarketDay(session, head, before, pushing, listed, warn(session, host, at))


def goods_of(county):
    near, far = make_place("140425100201", "东寺头村委会"), make_place("140425100202", "安乐村委会")
    sellers = {
        "LDS-500": (make_supplier(county, name="王五家", kind="household", place=near), "潞党参 500g", 500),
        "HJ-250": (make_supplier(county, name="花椒合作社", place=far), "大红袍花椒 250g", 250),
        "XM-5": (make_supplier(county, name="县里的合作社"), "黑小米 5斤", 2500),
    }
    return {
        sku: make_product(county, sku, supplier=supplier, title=title, net_weight_grams=grams)
        for sku, (supplier, title, grams) in sellers.items()
    }


def head_on_air(county, host, began, name, rank):
    room = f"H{began:%Y%m}"
    head = make_session(
        county,
        host,
        kind="county_head",
        title="县长来了",
        room=room,
        account=room,
        went_live_at=began,
        ended_at=began + timedelta(hours=1),
    )
    Guest.objects.create(session=head, name=name, title="县长", rank=rank)
    Guest.objects.create(session=head, name="申喆", title="种植能手", rank="other")
    return head


def present(session, goods, host, at):
    for sku, begin, end in (("HJ-250", 25, 20), ("LDS-500", 10, None)):
        Pitch.objects.create(
            session=session,
            product=goods[sku],
            started_at=at - timedelta(minutes=begin),
            ended_at=None if end is None else at - timedelta(minutes=end),
        )
    Incident.objects.create(
        session=session, kind="price_changed", happened_at=at - timedelta(minutes=15), note="改回 59.8 元", noted_by=host
    )


def watch(session, head, at):
    """Two platforms, one of them not read for eleven minutes; the county head had his viewers in the afternoon."""
    for of, platform, source, minutes, counts in (
        (session, "douyin", "api", 12, {"online_now": 2000, "view_pv": 30_000}),
        (session, "douyin", "tap", 3, {"online_now": 1820}),
        (session, "douyin", "file", 2, {"view_pv": 40_000}),
        (session, "kuaishou", "file", 11, {"online_now": 300, "view_pv": 5000}),
        (head, "wechat", "tap", 150, {"online_now": 900, "view_pv": 9000}),
    ):
        read_at = at - timedelta(minutes=minutes)
        ViewerReading.objects.create(session=of, platform=platform, source=source, read_at=read_at, **counts)


def press(session, head, goods, host, at):
    """Help was asked twice and came once; the stream broke off and came again; one good was pulled in both rooms."""
    asked = None
    for of, kind, minutes, more in (
        (session, "help", 8, {"words": "张三来一下"}),
        (session, "helped", 7, {}),
        (session, "lost", 6, {}),
        (session, "reopened", 5, {}),
        (session, "pulled", 2, {"product": goods["XM-5"]}),
        (head, "pulled", 2, {"product": goods["XM-5"]}),
        (session, "help", 1, {"words": "手机 13800001111"}),
    ):
        about = asked if kind == "helped" else None
        asked = ControlEvent.objects.create(
            session=of, kind=kind, happened_at=at - timedelta(minutes=minutes), by=host, device="phone", about=about, **more
        )


def sell_all(pushing, listed, at):
    """Three and eleven orders in one second, one refunded, one of a good nobody knows; one of no session; two days ago two."""
    early, late, past = at - timedelta(minutes=5), at - timedelta(seconds=1), at - timedelta(days=2)
    for n, minutes in enumerate((10, 40)):
        sell(pushing, make_order_body(f"P{n}", at=past + timedelta(minutes=minutes)), at=past + timedelta(minutes=minutes))
    sell(listed, make_order_body("D1", at=at - timedelta(minutes=20)), at=at - timedelta(minutes=20), cause=Cause.API)
    sell(pushing, *(make_order_body(f"E{n}", at=early) for n in range(11)), at=early)
    sell(pushing, make_order_body("E0", at=early, version=2, refunds=(("R1", 1, 5980),)), at=early)
    mixed = make_order_body("F1", at=late, lines=((1, "HJ-250", 1, 2980), (2, "PXO-1", 3, 600)), province=None)
    sell(pushing, mixed, at=late)
    sell(pushing, make_order_body("U1", at=at, room="nobody's", lines=((1, "XM-5", 1, 3980),)), at=at)


def warn(session, host, at):
    scope, county = f"session:{session.pk}", session.county_id
    figures = {"title": "潞党参 500g", "number": 21}
    oversold = Alert.objects.create(
        county_id=county, scope=scope, kind="oversold", subject="LDS-500", detail=figures, raised_at=at - timedelta(minutes=4)
    )
    quiet = Alert.objects.create(
        county_id=county, scope=f"county:{county}", kind="no_orders", raised_at=at - timedelta(minutes=9), acknowledged_at=at,
        acknowledged_by=host,
    )  # fmt: skip
    Alert.objects.create(county_id=county, scope=scope, kind="broken", raised_at=at, cleared_at=at)
    return [oversold, quiet]

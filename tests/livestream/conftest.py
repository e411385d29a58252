"""A village, and two plans in it: a simple evening and a relay of three leaders."""

from __future__ import annotations

import pytest

from livestream.actions.session import CrewPlan, GuestPlan, LineUpPlan, RoomPlan, SegmentPlan, SessionPlan
from tests.factories import make_place, make_product, make_user
from tests.livestream.planning import HOUR, START, make_leader, make_resource


@pytest.fixture
def village(county):
    return make_place("140425100201", "东寺头村委会")


@pytest.fixture
def simple(county, host, village):
    return SessionPlan("village_host", "花椒专场", host, village, START, START + 2 * HOUR)


@pytest.fixture
def relay(county, host, village):
    """Three leaders, three villages, a studio, a crew of two, goods for each stretch."""
    leaders = [make_leader(county, name, unit=name) for name in ("张建军", "李卫东", "王秀英")]
    goods = [make_product(county) for _ in range(3)]
    helper = make_user("staff", village)
    return SessionPlan(
        "relay", "三县长接力", host, village, START, START + 3 * HOUR,
        goal_fen=500000,
        rooms=[RoomPlan("douyin", "R1", "A1"), RoomPlan("kuaishou", "R2")],
        segments=[SegmentPlan(f"第{n}棒", village, START + n * HOUR, START + (n + 1) * HOUR) for n in range(3)],
        guests=[GuestPlan("", "", "", leader, n) for n, leader in enumerate(leaders)],
        line_up=[LineUpPlan(product, 2990, 50, n) for n, product in enumerate(goods)],
        crew=[CrewPlan(helper, "controller"), CrewPlan(helper, "support"), CrewPlan(host, "operator")],
        resources=[make_resource(county), make_resource(county, "补光灯", "kit")],
        note="带雨衣", is_public_interest=True,
    )  # fmt: skip

"""The first HTML of a board: right before any script has run, and by the same rules as the scripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from config.release import release
from livestream.models import ControlEvent, Incident, Pitch, ViewerReading
from orders.actions.intake import receive
from orders.board.frame import session_frame
from orders.models import Alert
from orders.models.ledger import Cause
from orders.views.board_words import words
from orders.views.first_state import first_state, is_short, jin
from tests.factories import make_arrival, make_order_body, make_product, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_air(county, host, shop, staff, now):
    """Half an hour on air, two goods, one pitched and oversold, an incident, three orders."""
    goods = [make_product(county, sku, title=title) for sku, title in [("LDS-500", "潞党参 500g"), ("XM-5", "黑小米 5斤")]]
    session = make_session(
        county, host, went_live_at=now - timedelta(minutes=30), line_up=[(goods[0], 5980, 5), (goods[1], 3980, None)]
    )
    began = now - timedelta(minutes=9)
    Pitch.objects.create(session=session, product=goods[0], started_at=began)
    Incident.objects.create(session=session, kind="stream_lost", happened_at=began, noted_by=staff)
    receive([make_arrival(shop, *(make_order_body(f"F{n}") for n in range(3)))], cause=Cause.PUSH, at=datetime.now(UTC))
    Alert.objects.create(
        county=county, scope=f"session:{session.pk}", kind="oversold", subject="LDS-500", raised_at=now,
        detail={"title": "潞党参 500g", "number": 1},
    )  # fmt: skip
    return session


@pytest.mark.parametrize(
    ("grams", "said"),
    [(0, "0"), (500, "1"), (250, "0.5"), (1749, "3.5"), (49_974, "99.9"), (49_975, "100"), (1_024_000, "2,048")],
)
def test_jin_has_at_most_one_digit(grams, said):
    assert jin(grams) == said


@pytest.mark.parametrize(
    ("left", "units", "short"), [(None, 9, False), (10, 90, True), (11, 90, False), (-1, 5, True), (0, 0, True)]
)
def test_good_is_short_when_a_tenth_is_left(left, units, short):
    assert is_short({"stock_left": left, "units": units}) is short


def test_session_board_is_right_without_a_script(client, staff, on_air):
    client.force_login(staff)

    page = client.get(f"/board/session/{on_air.pk}/").content.decode()

    began = (on_air.pitches.get().started_at).astimezone(datetime.now().astimezone().tzinfo)
    assert 'data-n="totals.orders">3<' in page
    assert 'data-d="pitching" data-as="text">潞党参 500g<' in page
    assert '<span data-kind>超卖</span><span class="at" data-figure>多卖 1 件</span>' in page
    assert 'class="num left oversold" data-left>超卖 1<' in page
    assert "最近 60 分钟共 3 单" in page
    assert f"{began:%M} 断播" in page
    assert f'data-release="{release()}"' in page


def test_county_wall_is_right_without_a_script(client, staff, on_air, shop):
    client.force_login(staff)

    page = client.get("/board/county/140425/").content.decode()

    assert '<b class="num" data-jin>6 斤</b>' in page
    assert "讲解中：潞党参 500g" in page
    assert f"<span data-shop>{shop.name}</span>" in page
    assert '<b class="alarm" data-alarm>超卖</b>' in page
    assert "还缺 " in page


def test_boards_say_how_old_viewers_are_and_what_the_desk_waits_for(client, staff, on_air, now):
    def said(platform, source, minutes, **counts):
        read_at = now - timedelta(minutes=minutes)
        ViewerReading.objects.create(session=on_air, platform=platform, source=source, read_at=read_at, **counts)

    client.force_login(staff)
    page = client.get(f"/board/session/{on_air.pk}/").content.decode()
    assert 'data-online>—</b><span class="how" data-crowd-how>还没有人记在线</span>' in page
    said("douyin", "tap", 11, online_now=1820, view_pv=40_000)
    assert "1 间旧了没算" in client.get("/board/county/140425/").content.decode()
    said("kuaishou", "api", 3, online_now=300)
    said("wechat", "file", 2, online_now=5)
    ControlEvent.objects.create(session=on_air, kind="help", happened_at=now - timedelta(minutes=4), by=staff, device="phone")

    page = client.get(f"/board/session/{on_air.pk}/").content.decode()
    wall = client.get("/board/county/140425/").content.decode()

    assert 'data-online>305</b><span class="how" data-crowd-how>2 间相加，不是人数<' in page
    assert '<span data-platform>抖音</span> <b class="num" data-number>1,820</b>' in page
    assert '<span class="mark" data-silent>旧了</span> <span data-age>手工 11 分钟前</span>' in page
    assert "data-crowd-figures>最高一间 1,820 · 观看 40,000 人次<" in page
    assert "1 间旧了没算 · 2 间相加，不是人数 · 接口、文件 · 最旧 3 分钟前" in wall
    assert "在线 305（2 间相加）" in wall
    assert "data-desk-alarm>求助 1 个，等 4 分钟<" in wall
    assert "data-share>卖出的商品没写结算价<" in wall


def test_frame_without_money_gets_details_without_money(on_air):
    frame = session_frame(on_air)
    frame["totals"] |= {"paid_fen": None, "refunded_fen": None, "net_fen": None}

    state = first_state(frame)

    assert state["is_moneyless"] is True
    assert state["raw"]["detail"]["platforms"][0] | {"platform": "standard"} == {
        "platform": "standard", "orders": 3, "paid_fen": None, "refunded_fen": None,
    }  # fmt: skip


def test_board_of_many_goods_shows_what_runs_out_and_what_sells(county, host, now):
    goods = [make_product(county, f"S{n}", title=f"货 {n}") for n in range(14)]
    session = make_session(
        county, host, went_live_at=now, line_up=[(good, 100, 0 if n == 13 else None) for n, good in enumerate(goods)]
    )

    slots = first_state(session_frame(session))["slots"]

    assert [slot["title"] for slot in slots] == [*(f"货 {n}" for n in range(9)), "货 13"]


def test_every_word_is_text():
    def texts(value):
        return [text for inner in value.values() for text in texts(inner)] if isinstance(value, dict) else [value]

    assert {type(str(text)) for text in texts(words())} == {str}


def test_release_is_told_to_anybody(db):
    response = Client().get("/release")

    assert (response.status_code, response.content.decode()) == (200, release())
    assert len(release()) == 12
    assert Client().head("/release").status_code == 200, "phones ask what its clock says"

"""Practising on the phone: one tap, the same screens, the word everywhere, a result."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from livestream.actions.control import mark_sold_out
from livestream.models import LiveSession
from orders.board.frame import session_frame
from tests.factories import make_place, make_product, make_session, make_user


@pytest.fixture
def goods(county):
    return [make_product(county, title="花椒"), make_product(county, title="小米")]


@pytest.fixture
def phone(client, host):
    client.force_login(host)
    return client


def test_one_tap_begins_and_the_phone_shows_it_like_any_session(phone, goods, now):
    assert "开始练习" in phone.get("/my/practice/").content.decode()

    began = phone.post("/my/practice/")

    room = LiveSession.objects.get()
    assert began.headers["Location"] == f"/my/{room.pk}/"
    page = phone.get(f"/my/{room.pk}/").content.decode()
    assert ("直播中" in page, "观众和订单都是假的" in page, "花椒" in page) == (True, True, True)
    with time_machine.travel(now + timedelta(minutes=20)):
        assert "练习的订单" in phone.get(f"/sessions/{room.pk}/figures/?since=0").content.decode()
    assert "接着练" in phone.get("/my/practice/").content.decode()
    assert phone.get(f"/my/{room.pk}/practice/").headers["Location"] == f"/my/{room.pk}/"


def test_the_figures_move_by_the_clock_and_stand_still_when_it_is_over(phone, goods, now):
    with time_machine.travel(now, tick=False):
        phone.post("/my/practice/", {"products": [goods[0].pk]})
    room = LiveSession.objects.get()
    figures = f"/sessions/{room.pk}/figures/?since=practice-600"

    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        assert phone.get(figures).status_code == 204
    with time_machine.travel(now + timedelta(minutes=10, seconds=1), tick=False):
        assert phone.get(figures).status_code == 200
        phone.post(f"/my/{room.pk}/event/", {"event": "end"})
    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        assert phone.get(figures.replace("practice-600", "practice-601")).status_code == 204


def test_the_result_has_three_hints(phone, goods, now):
    with time_machine.travel(now, tick=False):
        phone.post("/my/practice/")
    room = LiveSession.objects.get()
    with time_machine.travel(now + timedelta(minutes=4), tick=False):
        phone.post(f"/my/{room.pk}/event/", {"event": "end"})
        page = phone.get(f"/my/{room.pk}/practice/").content.decode()
        after = phone.get(f"/my/{room.pk}/").content.decode()

    assert "练了 4 分钟" in page
    assert "先按“开讲”" in page
    assert page.count("<li>") == 3 + 2
    assert f"/my/{room.pk}/practice/" in after
    assert "复盘稍后" not in after


def test_wrong_goods_are_told_and_a_real_session_comes_first(phone, county, host, goods, now):
    unknown = phone.post("/my/practice/", {"products": ["999999", "x"]})
    assert (unknown.status_code, "请重新选" in unknown.content.decode()) == (422, True)

    make_session(county, host, title="今晚", went_live_at=now - timedelta(hours=1))
    refused = phone.post("/my/practice/")
    assert (refused.status_code, "您正在直播“今晚”，播完再练。" in refused.content.decode()) == (422, True)


def test_a_practice_is_its_hosts_own(client, staff, phone, goods, host):
    phone.post("/my/practice/")
    room = LiveSession.objects.get()
    client.force_login(staff)

    assert client.get(f"/my/{room.pk}/practice/").status_code == 404
    assert "观众和订单都是假的" in client.get(f"/sessions/{room.pk}/code/").content.decode()


def test_somebody_new_practises_with_what_the_county_sold(client, county, host, goods, now):
    village = make_place("140425201", "新来的乡")
    newcomer = make_user("host", village)
    client.force_login(newcomer)
    page = client.get("/my/practice/").content.decode()
    assert ("请找县电商中心，把您家的货登记一件" in page, "开始练习" in page) == (True, False)
    assert client.post("/my/practice/").status_code == 422

    make_session(
        county, host, went_live_at=now - timedelta(hours=5), ended_at=now - timedelta(hours=4), line_up=[(goods[1], 990, 9)]
    )
    assert "先借县里播过的货来练" in client.get("/my/practice/").content.decode()
    assert client.post("/my/practice/").status_code == 302
    room = LiveSession.objects.get(kind="practice")
    assert [item.product for item in room.line_up.all()] == [goods[1]]
    board = session_frame(room)["items"]
    assert "state" not in board[0], "what is listed says nothing"
    mark_sold_out(room, goods[1], by=newcomer, at=now)
    assert session_frame(room)["items"][0]["state"] == "sold_out"
    client.post(f"/my/{room.pk}/event/", {"event": "end"})
    client.force_login(host)
    shown = client.get(f"/board/session/{room.pk}/").content.decode()
    assert ("看回放" in shown, 'data-list="platforms"' in shown) == (False, False)

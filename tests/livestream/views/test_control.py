"""The control desk and the log as pages: what they show, what a press answers, who may press."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from livestream.actions import control
from livestream.actions.session import end_session
from livestream.models import ControlEvent, Incident
from livestream.rules.control import Device
from orders.board.frame import session_frame
from tests.factories import make_product, make_session, make_user
from tests.goods import make_item, make_offer, make_paper, make_papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def products(county):
    return [make_product(county, title=title) for title in ("花椒", "小米", "<b>柿饼</b>")]


@pytest.fixture
def session(county, host, products, now):
    return make_session(
        county, host, went_live_at=now - timedelta(hours=1), line_up=[(product, 2990, 100) for product in products]
    )


def at_desk(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def desk(staff):
    return at_desk(staff)


def stage(client, session, **query):
    return client.get(f"/sessions/{session.pk}/desk/", {"part": "stage", **query})


def press(client, session, what, *, script=True, **fields):
    headers = {"HX-Request": "true"} if script else {}
    return client.post(f"/sessions/{session.pk}/desk/press/", {"press": what, **fields}, headers=headers)


def words(answer):
    return re.sub(r"<[^>]+>", "", answer.content.decode()).strip()


def rows(page):
    """Of each item: its state in words, and what its buttons do."""
    found = re.findall(r'<li class="card goods-row is-(\w+)(.*?)</li>', page, re.DOTALL)
    return [(state, re.findall(r'name="press" value="(\w+):', row)) for state, row in found]


def test_the_desk_shows_each_item_with_what_can_be_done(desk, session, products, staff, now):
    make_offer(session.line_up.first(), 300)
    control.begin_pitch(session, products[0], by=staff, at=now)
    control.mark_sold_out(session, products[1], by=staff, at=now)
    control.pull_item(session, products[2], by=staff, at=now, words="质量有问题")

    page = desk.get(f"/sessions/{session.pk}/desk/").content.decode()

    assert rows(page) == [("listed", ["unlist", "sold_out"]), ("sold_out", ["list", "pitch"]), ("pulled", [])]
    assert "<b>¥\u200926.90</b><small>直播价 ¥\u200929.90</small>" in page
    assert "&lt;b&gt;柿饼&lt;/b&gt;" in page
    assert "在巨量百应的“直播中控台”" in page, "what only the platform's own app can do"


def test_what_keeps_an_item_unlisted_is_said_with_what_to_do(desk, county, host, staff, now):
    eggs = make_product(county, title="土鸡蛋", product_class="primary")
    make_paper(eggs, "licence", state="waiting")
    make_paper(eggs, "test", valid_until_on=date(2026, 11, 20))
    make_paper(eggs, "commitment", valid_until_on=date(2026, 11, 20))
    show = make_session(county, host, went_live_at=now - timedelta(hours=1))
    make_item(show, eggs)

    row = re.search(r'<small class="lacks">(.*?)</small>', desk.get(f"/sessions/{show.pk}/desk/").content.decode())[1]
    phone = at_desk(host).get(f"/my/{show.pk}/").content.decode()

    said = "缺：承诺达标合格证（到期 2026-11-20）"
    assert f"没上架。 {said}</b>" in row
    assert "请供货商交新的，登记在“证件”里，再请人核对。" in row
    assert f'href="/goods/{eggs.pk}/"' in row
    assert phone.count(said) == 2, "on its card, and in the list"
    assert "要卖这个，请按“求助”，县电商中心来补。" in phone
    make_papers(eggs)
    assert "缺：" not in stage(desk, show).content.decode()


def test_the_fragment_speaks_only_when_something_changed(desk, session, products, staff, now):
    first = stage(desk, session)
    since = re.search(r'data-since="(\d+)"', first.content.decode())[1]
    before = stage(desk, session, since=since).status_code
    control.mark_sold_out(session, products[0], by=staff, at=now)

    assert (first.status_code, before, stage(desk, session, since=since).status_code) == (200, 204, 200)


@pytest.mark.parametrize(
    ("what", "fields", "kind"),
    [
        ("list:0", {}, "listed"),
        ("unlist:0", {}, "unlisted"),
        ("sold_out:0", {}, "sold_out"),
        ("pull:0", {"phrase": "价格错了"}, "pulled"),
        ("pitch_end", {}, "pitch_end"),
        ("price:0", {"price": "27.9", "words": "隔壁便宜"}, "price_asked"),
        ("stock:0", {"number": "300", "words": "张社长同意"}, "stock"),
        ("coupon", {"number": "200", "words": "满 50 减 8"}, "coupon"),
        ("reward", {"number": "9", "words": "看满 5 分钟", "product": "0"}, "reward"),
        ("notice", {"words": "9 点抽奖"}, "pinned"),
        ("prompt", {"phrase": "讲慢一点", "words": ""}, "prompt"),
        ("lost", {"platform": "douyin", "words": "路由器"}, "lost"),
        ("reopened", {"platform": "douyin", "room_id": "R9"}, "reopened"),
    ],
)
def test_each_press_is_one_event_and_twice_the_same(desk, session, products, staff, what, fields, kind):
    number = str(products[0].pk)
    what = what.replace(":0", f":{number}")
    fields = {name: number if value == "0" else value for name, value in fields.items()} | {"tap": "t" * 32}

    answers = [press(desk, session, what, **fields) for _ in range(2)]

    assert [(answer.status_code, words(answer)) for answer in answers] == [(200, "记下了。")] * 2
    event = ControlEvent.objects.get(session=session, tap="t" * 32)
    assert (event.kind, event.by, event.device) == (kind, staff, "desk")


@pytest.mark.parametrize(
    ("what", "fields", "status", "sentence"),
    [
        ("price:0", {"price": "", "words": "为"}, 409, "请填新的价格，例如 29.90。"),
        ("price:0", {"price": "便宜点", "words": "为"}, 422, "请填金额，例如 200000 或 20 万。"),
        ("price:0", {"price": "27.90"}, 409, "请写一句为什么。"),
        ("price:0", {"price": "0", "words": "为"}, 409, "价格要大于 0 元，最多 100,000 元。请再看一眼。"),
        ("stock:0", {"number": "-3", "words": "为"}, 409, "库存要在 0 到 10,000,000 件之间。卖完了请按“卖完了”。"),
        ("stock:0", {"number": "三百", "words": "为"}, 422, "请填整数，例如 200。"),
        ("coupon", {"number": "", "words": "规则"}, 409, "请填多少，例如 200。"),
        ("notice", {"words": "\0\u202e "}, 409, "请写要说的话。"),
        ("notice", {"words": "长" * 400}, 422, "最多写 300 个字，现在是 400 个。"),
        ("pull:0", {"words": ""}, 409, "请写一句为什么。"),
        ("reopened", {"platform": "douyin"}, 409, "请填新的直播间号：在平台的直播页面上能看到，没有它，新订单归不到这一场。"),
        ("lost", {"platform": "myspace"}, 422, "请从列表里选。"),
        ("unlist 0", {}, 422, "请按页面上的按钮。"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(desk, session, products, what, fields, status, sentence):
    before = ControlEvent.objects.count()

    answer = press(desk, session, what.replace(":0", f":{products[0].pk}"), **fields)

    assert (answer.status_code, words(answer)) == (status, sentence)
    assert ControlEvent.objects.count() == before


@pytest.mark.parametrize("what", ["list:1", "list", "fly:0", "price_yes:999999999999999999", "helped"])
def test_what_is_not_of_this_session_is_nowhere(desk, session, products, other_county, what):
    foreign = make_product(other_county)

    assert press(desk, session, what.replace(":1", f":{foreign.pk}").replace(":0", f":{products[0].pk}")).status_code == 404


def test_without_a_script_the_page_comes_back_with_what_was_typed(desk, session, products):
    fields = {"price": "27.95", "item": str(products[1].pk), "words": ""}

    refused = press(desk, session, f"price:{products[1].pk}", script=False, **fields)
    done = press(desk, session, f"price:{products[1].pk}", script=False, **fields | {"words": "试"})

    page = refused.content.decode()
    assert (refused.status_code, 'name="price" inputmode="decimal" maxlength="30" autocomplete="off" value="27.95"' in page) == (
        422,
        True,
    )
    assert f'value="price:{products[1].pk}"' in page
    assert (done.status_code, done.headers["Location"]) == (302, f"/sessions/{session.pk}/desk/?item={products[1].pk}")


def test_the_same_button_of_the_same_page_is_one_tap(desk, session, products):
    for _ in range(4):
        press(desk, session, f"sold_out:{products[0].pk}", script=False, page="abc")

    assert ControlEvent.objects.filter(kind="sold_out").count() == 1


def test_a_price_takes_another_login(desk, county, session, products, staff):
    colleague = at_desk(make_user("staff", county, name="王姐"))
    press(desk, session, f"price:{products[0].pk}", price="27.90", words="隔壁便宜")
    asked = ControlEvent.objects.get(kind="price_asked")

    own, other = (stage(client, session).content.decode() for client in (desk, colleague))
    assert (f"price_yes:{asked.pk}" in own, "等另一位同事登录来同意" in own, f"price_yes:{asked.pk}" in other) == (
        False,
        True,
        True,
    )
    alone = press(desk, session, f"price_yes:{asked.pk}")
    both = press(colleague, session, f"price_yes:{asked.pk}")
    late = press(colleague, session, f"price_no:{asked.pk}")

    assert [(one.status_code, words(one)) for one in (alone, both, late)] == [
        (409, "自己提的价不能自己同意。请另一位工作人员登录来确认。"), (200, "记下了。"), (409, "这次改价已经有人处理过了。"),
    ]  # fmt: skip
    assert session.line_up.first().live_price_fen == 2790


def test_a_price_below_the_floor_is_refused_with_the_sum(desk, session, products):
    session.line_up.filter(product=products[0]).update(floor_price_fen=2800)

    answer = press(desk, session, f"price:{products[0].pk}", price="27.90", words="冲量")

    assert answer.status_code == 409
    assert [sum_ in words(answer) for sum_ in ("27.90", "28.00")] == [True, True]
    assert not ControlEvent.objects.filter(kind="price_asked").exists()


def test_the_host_saw_it_stands_beside_the_note(desk, session, staff, host, now):
    note = control.prompt_host(session, by=staff, at=now, words="讲慢一点")
    before = stage(desk, session).content.decode()
    control.see_prompt(note, by=host, at=now, device=Device.PHONE)
    help_asked = control.ask_help(session, by=host, at=now, device=Device.PHONE, words="网卡住了")
    after = stage(desk, session).content.decode()

    assert ("主播还没看到" in before, "主播看到了" in after, "主播还没看到" in after) == (True, True, False)
    assert f'value="helped:{help_asked.pk}"' in after
    press(desk, session, f"helped:{help_asked.pk}")
    assert f'value="helped:{help_asked.pk}"' not in stage(desk, session).content.decode()


def test_an_emergency_reaches_every_board_and_desk(desk, county, session, products, staff, now):
    other = make_session(county, room="R2", went_live_at=now - timedelta(minutes=9), line_up=[(products[0], 990, 5)])

    press(desk, session, f"pull:{products[0].pk}", phrase="质量有问题")

    for one in (session, other):
        assert rows(stage(desk, one).content.decode())[0] == ("pulled", [])
        assert session_frame(one)["items"][0] | {"id": ""} == {
            "id": "", "title": "花椒", "orders": 0, "units": 0, "paid_fen": 0, "refunded_fen": 0,
            "stock_left": 100 if one == session else 5, "state": "pulled",
        }  # fmt: skip
        board = desk.get(f"/board/session/{one.pk}/").content.decode()
        assert re.findall(r'class="num left out" data-left>([^<]+)<', board) == ["紧急下架"]
    assert "state" not in session_frame(session)["items"][1], "what is listed says nothing"


@pytest.mark.parametrize("state", ["planned", "ended"])
def test_off_air_nothing_can_be_pressed(desk, county, host, session, products, now, state):
    if state == "ended":
        end_session(session, at=now)
    else:
        session = make_session(county, host, line_up=[(products[0], 990, None)])

    page = desk.get(f"/sessions/{session.pk}/desk/").content.decode()

    assert 'name="press"' not in page
    assert press(desk, session, f"sold_out:{products[0].pk}").status_code == 409


def test_staff_end_what_the_host_cannot_and_twice_is_one_end(desk, county, session, host, staff):
    refused = press(desk, session, "end", phrase="", words=" ")
    assert (refused.status_code, words(refused)) == (409, "请写一句为什么。")
    form = re.search(
        r'<details class="card ending">.*?</details>', desk.get(f"/sessions/{session.pk}/desk/").content.decode(), re.S
    )
    assert "平台上的直播间要在平台的后台另外关。" in form[0]
    assert 'name="press" value="end"' in form[0]

    other = at_desk(make_user("staff", county))
    answers = [
        press(desk, session, "end", phrase="主播那边没有网", words="打过电话了"),
        press(desk, session, "end", phrase="主播那边没有网", words="打过电话了"),
        press(other, session, "end", phrase="货卖完了"),
        at_desk(host).post(f"/my/{session.pk}/tap/", {"kind": "end"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 302]
    ended = ControlEvent.objects.get(session=session, kind="ended")
    session.refresh_from_db()
    assert (session.state, session.ended_at) == ("ended", ended.happened_at)
    assert (ended.by, ended.device, ended.words) == (staff, "desk", "主播那边没有网；打过电话了")
    page = desk.get(f"/sessions/{session.pk}/desk/").content.decode()
    assert "已经下播了。" in page
    assert 'value="end"' not in page
    assert "主播那边没有网；打过电话了" in desk.get(f"/sessions/{session.pk}/log/").content.decode()


def test_who_sees_and_who_presses(county, session, host, staff, trainer, stranger):
    people = {"staff": staff, "trainer": trainer, "host": host, "stranger": stranger}
    found = {}
    for name, person in people.items():
        client, there = at_desk(person), f"/sessions/{session.pk}"
        found[name] = [
            client.get(f"{there}/desk/").status_code,
            client.get(f"{there}/log/").status_code,
            press(client, session, "pitch_end").status_code,
        ]

    assert found == {"staff": [200, 200, 200], "trainer": [200, 200, 403], "host": [403, 403, 403], "stranger": [404, 404, 404]}
    assert 'name="press"' not in at_desk(trainer).get(f"/sessions/{session.pk}/desk/").content.decode()


# --- the log --------------------------------------------------------------------------------------------------------------


def lines(client, session, **query):
    page = client.get(f"/sessions/{session.pk}/log/", query).content.decode()
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr><td.*?</tr>", page, re.DOTALL)]
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in row] for row in cells]


def test_the_log_tells_who_when_on_what_and_when_it_arrived(desk, county, session, products, staff, host, now):
    control.begin_pitch(session, products[0], by=host, at=now - timedelta(minutes=50), device=Device.PHONE)
    control.pull_item(session, products[1], by=staff, at=now - timedelta(minutes=4), words="质量有问题")
    late = control.ask_help(session, by=host, at=now - timedelta(minutes=3), device=Device.PHONE, tap="t")
    asked = control.propose_price(session, products[0], 2790, by=staff, at=now - timedelta(seconds=20), words="隔壁便宜")
    colleague = make_user("staff", county, name="王姐")
    control.answer_price(asked, agrees=True, by=colleague, at=now - timedelta(seconds=9))
    Incident.objects.create(session=session, kind="correction_made", happened_at=now, note="说成 5 斤", noted_by=staff)

    told = [line[1:] for line in lines(desk, session) if line[1] != "上架"]

    assert told == [
        ["开播", "", host.name, "中控台"],
        ["开讲", "花椒", host.name, ""],
        ["紧急下架", "小米 质量有问题", staff.name, "中控台"],
        ["主播求助", "", host.name, "手机"],
        ["提出改价", "花椒 ¥ 29.90 → ¥ 27.90 隔壁便宜", staff.name, "中控台"],
        ["改价", f"花椒 ¥ 29.90 → ¥ 27.90 {staff.name}提的 隔壁便宜", "王姐", "中控台"],
        ["口播更正", "说成 5 斤", staff.name, ""],
    ]
    first = next(line[0] for line in lines(desk, session) if line[1] == "主播求助")
    pressed, arrived = (f"{moment.astimezone():%M}" for moment in (late.happened_at, late.recorded_at))
    assert re.fullmatch(rf"\d\d:{pressed}:\d\d \d\d:{pressed} 按的，\d\d:{arrived} 到的", first)
    assert [line[1] for line in lines(desk, session, group="price")] == ["提出改价", "改价"]
    assert {line[3] for line in lines(desk, session, who="王姐")} == {"王姐"}
    assert len(lines(desk, session, group="nonsense")) == len(lines(desk, session))


def test_the_log_of_a_long_evening_costs_the_same(desk, session, products, staff, now, django_assert_max_num_queries):
    for number in range(12):
        control.mark_sold_out(session, products[number % 3], by=staff, at=now - timedelta(minutes=number))

    with django_assert_max_num_queries(12):
        assert len(lines(desk, session)) == 16
    with django_assert_max_num_queries(32):
        desk.get(f"/sessions/{session.pk}/desk/")

"""The staff's page of kiosk links."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest

from livestream.rules.token import digest_of
from orders.models import KioskLink
from tests.factories import make_place, make_session, make_user
from tests.orders.kiosk import make_link
from tests.sign_in import enter

PAGE = "/board/links/"
FORM = {"name": "一楼大厅", "board": "county:140425", "term": "month"}


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))).strip()


def rows_of(answer) -> list[str]:
    rows = re.findall(r"<tbody>(.*?)</tbody>", answer.content.decode(), re.S)
    return [
        re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", row))).strip()
        for body in rows
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
    ]


def offered(answer) -> list[tuple[str, str]]:
    select = re.search(r'<select name="board".*?</select>', answer.content.decode(), re.S).group()
    return [(value, html.unescape(title)) for value, title in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', select)]


def test_link_is_made_and_its_address_told_once(client, county, staff):
    client.force_login(staff)

    made = client.post(PAGE, FORM | {"hides_money": "on"})

    address = re.search(r"data-address>([^<]*)<", made.content.decode()).group(1)
    token = re.fullmatch(r"http://testserver/board/county/140425/\?kiosk=([\w-]{43})", address).group(1)
    (link,) = KioskLink.objects.all()
    assert (bytes(link.digest), link.name, link.scope, link.hides_money, link.created_by) == (
        digest_of(token), "一楼大厅", "county:140425", True, staff,
    )  # fmt: skip
    assert link.expires_at - link.created_at == timedelta(days=30)
    assert (made.status_code, "no-store" in made["Cache-Control"]) == (200, True)
    assert "地址只显示这一次" in text_of(made)
    later = client.get(PAGE)
    assert token not in later.content.decode()
    assert client.logout() or client.get(address.removeprefix("http://testserver")).status_code == 200


def test_code_holds_the_address_and_comes_from_the_page_itself(client, county, staff):
    client.force_login(staff)

    made = client.post(PAGE, FORM)

    source = re.search(r'<img class="qr" src="([^"]*)"', made.content.decode()).group(1)
    svg = unquote(html.unescape(source.partition(",")[2]))
    assert source.startswith("data:image/svg+xml;charset=utf-8,")
    assert svg.startswith("<svg")
    assert "img-src 'self' data:" in made["Content-Security-Policy"]
    import segno

    assert svg == unquote(segno.make_qr(made.context["address"], error="m").svg_data_uri(border=4).partition(",")[2])


def test_boards_offered_are_the_county_and_its_sessions_of_today_and_after(client, county, other_county, host, staff, stranger):
    now = datetime.now(UTC)
    plan = {
        "on air": {"went_live_at": now - timedelta(hours=1)},
        "tomorrow": {"planned_start_at": now + timedelta(days=1)},
        "last week": {"went_live_at": now - timedelta(days=7), "ended_at": now - timedelta(days=7, hours=-2)},
    }
    sessions = {name: make_session(county, host, room=name, account=name, title=name, **moment) for name, moment in plan.items()}
    foreign = make_session(other_county, room="R9", account="A9", planned_start_at=now + timedelta(days=1))
    client.force_login(staff)

    shown = offered(client.get(PAGE))

    assert shown[0] == ("county:140425", "平顺县：今日直播")
    assert [scope for scope, _ in shown[1:]] == [f"session:{sessions[name].pk}" for name in ("on air", "tomorrow")]
    assert shown[2][1].endswith(f" · tomorrow · {host.name}")
    client.force_login(stranger)
    assert [scope for scope, _ in offered(client.get(PAGE))] == ["county:130529", f"session:{foreign.pk}"]


@pytest.mark.parametrize(
    ("role", "place", "scopes"),
    [
        ("staff", "1404", ["city:1404"]),
        ("staff", "14", ["province:14"]),
        ("admin", "140425", ["county:140425", "city:1404", "province:14"]),
        ("admin", "14", ["province:14"]),
    ],
)
def test_boards_offered_to_others(client, county, role, place, scopes):
    enter(client, make_user(role, make_place(place, place)))

    assert [scope for scope, _ in offered(client.get(PAGE))] == scopes


def test_board_of_the_address_is_chosen(client, county, session, staff):
    client.force_login(staff)

    chosen = re.findall(r'<option value="([^"]*)" selected', client.get(f"{PAGE}?board=session:{session.pk}").content.decode())
    unknown = re.findall(r'<option value="([^"]*)" selected', client.get(f"{PAGE}?board=nothing%00").content.decode())

    assert (chosen, unknown) == ([f"session:{session.pk}", "month"], ["month"])


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"name": "  "}, "name", "请写这条链接用在哪块屏上，例如“一楼大厅”。"),
        ({"name": "屏" * 41}, "name", "“哪块屏”太长了，最多 40 个字。"),
        ({"name": "\0"}, "name", None),
        ({"board": "county:130529"}, "board", "这块大屏已经不在名单里了，请重新选。"),
        ({"board": "city:1404"}, "board", "这块大屏已经不在名单里了，请重新选。"),
        ({"board": ""}, "board", None),
        ({"term": "for ever"}, "term", None),
        ({"term": ""}, "term", None),
    ],
)
def test_error_stands_next_to_its_field_and_the_rest_is_kept(client, county, other_county, staff, said, field, sentence):
    client.force_login(staff)
    form = FORM | {"name": "屏幕甲", "term": "year", "hides_money": "on"} | said

    answer = client.post(PAGE, form)

    page = answer.content.decode()
    assert (answer.status_code, KioskLink.objects.count()) == (422, 0)
    (error,) = re.findall(r'<p class="error" id="id_(\w+)_error" role="alert">([^<]*)<', page)
    assert error[0] == field
    assert sentence is None or html.unescape(error[1]) == sentence
    assert re.search(r'name="hides_money"[^>]* checked', page)
    if field != "name":
        assert 'value="屏幕甲"' in page
    if field != "term":
        assert '<option value="year" selected' in page


def test_empty_list_says_what_to_do(client, county, staff):
    client.force_login(staff)

    said = text_of(client.get(PAGE))

    assert "现在没有能用的链接 写好屏幕的名字，选一块大屏，就能建一条。" in said


def test_list_says_which_screen_shows_what_until_when(client, county, session, staff):
    now = datetime.now(UTC)
    make_link(county, staff, name="用着", seen_at=now, expires_at=now + timedelta(days=1))
    make_link(session, staff, name="老的", hides_money=True, seen_at=datetime(2026, 11, 20, 4, 5, tzinfo=UTC))
    make_link(county, staff, name="收回了", revoked_at=datetime(2026, 11, 21, 4, 5, tzinfo=UTC))
    make_link(county, staff, name="过期", expires_at=now - timedelta(days=1))
    client.force_login(staff)

    answer = client.get(PAGE)

    rows = rows_of(answer)
    assert [re.match(r"\S+", row).group() for row in rows] == ["老的", "用着", "收回了", "过期"]
    assert "· 潞党参专场 ·" in rows[0]
    assert [(word in rows[0], word in rows[1]) for word in ("不显示金额", "11-20 12:05 用过", "正在用", "收回…")] == [
        (True, False), (True, False), (False, True), (True, True),
    ]  # fmt: skip
    assert rows[2].endswith("已收回 11-21 12:05")
    assert rows[3].endswith("已过期")
    assert f"{staff.name} " in rows[0]


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_however_long(client, county, session, staff, count, django_assert_num_queries):
    for _ in range(count):
        make_link(county, staff)
        make_link(session, staff, revoked_at=datetime.now(UTC))
    client.force_login(staff)
    client.get(PAGE)

    with django_assert_num_queries(
        12
    ):  # login, person, posts, links twice, their boards, boards to choose from, alarms and notices in the menu
        client.get(PAGE)


def test_link_is_taken_back_and_opens_nothing_any_more(client, county, staff):
    token = make_link(county, staff, name="<b>一楼</b>")
    link = KioskLink.objects.get()
    client.force_login(staff)
    assert "<b>一楼</b>" not in client.get(PAGE).content.decode()

    answer = client.post(f"{PAGE}{link.pk}/revoke/", follow=True)
    again = client.post(f"{PAGE}{link.pk}/revoke/")

    assert "“<b>一楼</b>”的链接收回了。正在用它的屏幕半分钟内就会停下。" in text_of(answer).replace("< b >", "<b>")
    assert (again.status_code, again["Location"]) == (302, PAGE)
    assert client.get(f"/board/county/140425/?kiosk={token}").status_code == 404


def test_only_staff_of_the_place_see_and_take_back(client, county, other_county, staff, stranger, trainer, host):
    make_link(county, staff, name="一楼大厅")
    link = KioskLink.objects.get()
    people = {
        "stranger": stranger, "trainer": trainer, "host": host, "city": make_user("staff", county.parent),
        "admin": make_user("admin", other_county), "staff": staff,
    }  # fmt: skip
    seen = {}
    for name, person in people.items():
        enter(client, person)
        page = client.get(PAGE)
        made = client.post(PAGE, FORM | {"name": name})
        revoked = client.post(f"{PAGE}{link.pk}/revoke/")
        seen[name] = (page.status_code, "一楼大厅" in " ".join(rows_of(page)), made.status_code, revoked.status_code)

    assert seen == {
        "stranger": (200, False, 422, 404),
        "trainer": (403, False, 403, 403),
        "host": (403, False, 403, 403),
        "city": (200, False, 422, 404),
        "admin": (200, True, 422, 302),  # whose own county is offered in the form; every link can be taken back
        "staff": (200, True, 200, 302),
    }
    client.logout()
    assert client.get(PAGE)["Location"] == f"/login/?next={PAGE}"
    assert client.post(f"{PAGE}{link.pk}/revoke/").status_code == 302


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30, "x", "-1"])
def test_link_that_is_none_cannot_be_taken_back(client, county, staff, pk):
    client.force_login(staff)

    assert client.post(f"{PAGE}{pk}/revoke/").status_code == 404


def test_taking_back_asks_for_a_post_and_a_form_of_ours(client, county, staff):
    make_link(county, staff)
    link = KioskLink.objects.get()
    client.force_login(staff)
    assert client.get(f"{PAGE}{link.pk}/revoke/").status_code == 405

    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff)
    assert [strict.post(f"{PAGE}{link.pk}/revoke/").status_code, strict.post(PAGE, FORM).status_code] == [403, 403]
    assert KioskLink.objects.filter(revoked_at=None).count() == 1


def test_desk_leads_to_the_links_and_to_the_board_of_the_place(client, county, staff):
    led = {}
    for place in ("140425", "1404", "14"):
        client.force_login(make_user("staff", make_place(place)))
        led[place] = re.findall(r'class="btn[^"]*" href="(/board/[^"]*)"', client.get("/desk/").content.decode())

    assert led == {
        "140425": [PAGE, "/board/county/140425/"], "1404": [PAGE, "/board/city/1404/"], "14": [PAGE, "/board/province/14/"],
    }  # fmt: skip

"""The way in: home, login, language, errors, the API's page; and what every page keeps to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from config import errors
from livestream.models import Appointment
from tests.factories import make_place, make_session, make_user
from tests.sign_in import enter

LOGIN_REFUSED = "手机号或密码不对，请再看一遍。忘了密码，请联系县电商中心。"


def words(response):
    """The text of a page as one line, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


DESKS = {
    "host": "/my/", "staff": "/desk/", "trainer": "/school/", "approver": "/exports/", "exporter": "/exports/", "auditor": "/audit/",
    "commissioner": "/desk/", "admin": "/desk/",
}  # fmt: skip
TODAY, DAY = timezone.localdate(), timedelta(days=1)


@pytest.mark.parametrize("role", DESKS)
def test_home_sends_each_role_to_its_own_desk(client, county, role):
    enter(client, make_user(role, county, from_on=TODAY - DAY, until_on=TODAY + DAY))

    answer = client.get("/")

    assert answer.headers["Location"] == DESKS[role]
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((TODAY + DAY, TODAY + 2 * DAY), f"您的任期（平顺县，特派员）从 {TODAY + DAY} 开始。到那一天再登录，就能用了。"),
        ((TODAY - 2 * DAY, TODAY - DAY), f"您的任期（平顺县，特派员）到 {TODAY - DAY} 为止，已经结束。"),
    ],
)
def test_who_has_no_post_today_reads_why(client, county, days, said):
    client.force_login(make_user("commissioner", county, from_on=days[0], until_on=days[1]))

    answer = client.get("/")

    assert (answer.status_code, said in words(answer)) == (200, True)
    assert [client.get(page).status_code for page in ("/desk/", "/school/", "/board/county/140425/")] == [403, 403, 404]


def test_who_has_a_post_that_shows_nothing_reads_so(client, county):
    enter(client, make_user("exporter", make_place("140425100", "青羊镇")))

    assert "您登记的是 青羊镇 的导出人，这个身份在这一级没有可以看的页面。" in words(client.get("/"))


def test_an_appointment_opens_a_desk_for_its_days(client, county):
    person = make_user("staff", county, until_on=TODAY - DAY)
    Appointment.objects.create(user=person, role="trainer", place=county, from_on=TODAY)
    enter(client, person)

    assert client.get("/").headers["Location"] == "/school/"


def test_home_sends_nobody_to_the_login(client, db):
    assert client.get("/").headers["Location"] == "/login/"


@pytest.mark.parametrize("shape", ["{}", "+86 {}", "0086{}", " {} ", "+86-{}"])
def test_login_takes_a_phone_number_however_it_is_written(client, host, shape):
    typed = shape.format(f"{host.phone[:3]} {host.phone[3:7]}-{host.phone[7:]}")

    answer = client.post("/login/", {"username": typed, "password": "correct horse battery"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(host.pk)


@pytest.mark.parametrize("case", ["wrong password", "unknown phone", "no phone at all", "inactive"])
def test_login_refuses_everything_with_the_same_sentence(client, host, county, case):
    inactive = make_user("host", county, is_active=False)
    username = {"unknown phone": "13999999999", "no phone at all": "zhang@example.com", "inactive": inactive.phone}.get(
        case, host.phone
    )
    password = "wrong" if case == "wrong password" else "correct horse battery"

    answer = client.post("/login/", {"username": username, "password": password})

    assert answer.status_code == 200
    assert re.findall(r'<p class="banner bad" role="alert">(.*?)</p>', answer.content.decode()) == [LOGIN_REFUSED]


def test_login_asks_for_what_is_missing(client, db):
    answer = client.post("/login/", {"username": "", "password": ""})

    assert re.findall(r'<p class="error"[^>]*>(.*?)</p>', answer.content.decode()) == ["请填手机号。", "请填密码。"]


def test_login_shows_no_account(client, host):
    page = client.get("/login/").content.decode()

    assert host.phone not in page
    assert "correct horse battery" not in page


def test_login_is_locked_after_too_many_tries_and_says_when_to_try_again(client, host, settings):
    settings.AXES_ENABLED = True
    answers = [client.post("/login/", {"username": host.phone, "password": "wrong"}) for _ in range(8)]

    locked = client.post("/login/", {"username": host.phone, "password": "correct horse battery"})

    assert [answer.status_code for answer in answers] == [200] * 7 + [429]
    assert locked.status_code == 429
    assert "错了太多次。为了安全，这里停一小时，过了就能再试。" in words(locked)


def test_logout_is_a_post_that_leads_to_the_login(client, host):
    client.force_login(host)

    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert "_auth_user_id" not in client.session


def test_language_is_chinese_whatever_the_phone_says_until_the_person_chooses(client, db):
    before = client.get("/login/", headers={"accept-language": "en"}).content.decode()
    client.post("/language/", {"language": "en", "next": "/login/"})
    after = client.get("/login/").content.decode()

    assert re.findall(r'<html lang="([^"]+)"', before + after) == ["zh-Hans", "en"]


def test_language_switch_leads_back_to_the_page_it_was_on(client, staff):
    client.force_login(staff)
    page = client.get("/desk/?x=1").content.decode()

    assert re.findall(r'name="next" value="([^"]+)"', page) == ["/desk/?x=1"]


MENUS = {
    "host": [("我的直播", "/my/")],
    "staff": [
        ("今天", "/desk/"), ("排期", "/plan/"), ("货品", "/goods/"), ("值得看一看", "/orders/trust/"), ("大屏", "/board/county/140425/"), ("订单文件", "/files/"), ("等待处理", "/waiting/"), ("学堂", "/school/"),
        ("人员", "/people/"),
    ],
    "trainer": [("今天", "/desk/"), ("排期", "/plan/"), ("货品", "/goods/"), ("大屏", "/board/county/140425/"), ("学堂", "/school/"), ("人员", "/people/")],
    "approver": [("今天", "/desk/"), ("排期", "/plan/"), ("货品", "/goods/"), ("大屏", "/board/county/140425/"), ("导出", "/exports/"), ("学堂", "/school/")],
    "exporter": [("值得看一看", "/orders/trust/"), ("导出", "/exports/")],
    "auditor": [
        ("今天", "/desk/"), ("排期", "/plan/"), ("货品", "/goods/"), ("值得看一看", "/orders/trust/"), ("大屏", "/board/county/140425/"), ("订单文件", "/files/"), ("等待处理", "/waiting/"), ("导出", "/exports/"),
        ("学堂", "/school/"), ("人员", "/people/"), ("审计", "/audit/"),
    ],
    "admin": [
        ("今天", "/desk/"), ("排期", "/plan/"), ("货品", "/goods/"), ("值得看一看", "/orders/trust/"), ("大屏", "/board/county/140425/"), ("订单文件", "/files/"), ("等待处理", "/waiting/"), ("导出", "/exports/"),
        ("学堂", "/school/"), ("人员", "/people/"), ("审计", "/audit/"), ("后台", "/admin/"), ("系统自检", "/selfcheck/"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("role", MENUS)
def test_menu_has_only_what_the_role_may_open(client, county, role):
    enter(client, make_user(role, county))
    page = client.get("/api/docs/").content.decode()
    links = re.search(r'<div class="links">(.*?)</div>', page, re.S).group(1)

    assert [(text, href) for href, text in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', links)] == MENUS[role]


def test_menu_of_an_administrator_of_no_county_has_the_board_of_his_place(client, county):
    enter(client, make_user("admin", county.parent))

    html = client.get("/api/docs/").content.decode()
    assert re.findall(r'href="(/board/[^"]+)"', html) == ["/board/city/1404/"]


def test_missing_page_says_what_to_do(client, db):
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "地址可能写错了，或者这一场不在您的县里。请从自己的页面再找一次。" in words(answer)


def test_forbidden_page_says_what_to_do(client, host):
    client.force_login(host)

    answer = client.get("/desk/")

    assert answer.status_code == 403
    assert "您的账号没有打开这一页的权限。" in words(answer)


def test_a_form_without_its_token_changes_nothing_and_says_what_to_do(host, session):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(host)

    answer = strict.post(f"/my/{session.pk}/event/", {"event": "end"})

    session.refresh_from_db()
    assert (answer.status_code, session.state) == (403, "live")
    assert "什么也没有改变：请回去刷新那一页，再按一次。" in words(answer)


def test_broken_page_needs_no_database():
    answer = errors.broken(RequestFactory().get("/"))

    assert answer.status_code == 500
    assert "不是您的错，已经记下来了。" in words(answer)


def test_api_page_and_schema_are_for_those_who_are_signed_in(client, db):
    assert client.get("/api/schema/").status_code == 401
    assert client.get("/api/docs/").headers["Location"] == "/login/?next=/api/docs/"


def test_api_page_lists_every_operation_of_the_schema(client, staff):
    client.force_login(staff)
    schema = client.get("/api/schema/?format=json").json()
    page = client.get("/api/docs/").content.decode()

    told = re.findall(r'<h2><span class="chip info">(\w+)</span> <code>([^<]+)</code></h2>', page)
    assert told == [
        (method.upper(), path) for path, item in sorted(schema["paths"].items()) for method in item if method != "parameters"
    ]
    assert len(told) >= 2
    assert reverse("schema") in page


def test_no_page_holds_inline_script_or_style(client, county, host, staff, trainer, session, now):
    ended = make_session(county, host, room="R2", went_live_at=now, ended_at=now.replace(year=now.year + 1))
    pages = {
        None: ["/login/", "/nowhere/"],
        host: ["/my/", f"/my/{session.pk}/", f"/my/{ended.pk}/", f"/sessions/{session.pk}/figures/", "/desk/"],
        staff: [
            "/api/docs/",
            "/desk/",
            f"/sessions/{session.pk}/",
            f"/sessions/{session.pk}/figures/",
            "/desk/figures/",
            "/waiting/",
        ],
        trainer: ["/school/"],
    }
    seen = 0
    for person, paths in pages.items():
        if person:
            enter(client, person)
        for path in paths:
            answer = client.get(path)
            page = answer.content.decode()
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert re.findall(r'<script(?![^>]*\bsrc=)|<style|\sstyle="|\son\w+="|javascript:|https?://(?!127)', page) == [], path
            seen += 1
    assert seen == 14

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.rules.device import browser_of, platform_of
from livestream.rules.login import LoginKind, ends_at, is_by_person, kind_of, needs_second_factor
from livestream.rules.password import is_guessable, phone_words
from livestream.rules.person import plain_phone
from livestream.rules.rights import Post
from livestream.rules.second_factor import SIGNS, code_from, plain_recovery_code
from livestream.rules.sms import plain_code
from tests.livestream.login.doors import ANDROID, WINDOWS

T0 = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "used_for", "lasts"),
    [
        ("desk", timedelta(0), timedelta(minutes=30)),
        ("desk", timedelta(hours=11, minutes=20), timedelta(hours=11, minutes=50)),
        ("desk", timedelta(hours=11, minutes=45), timedelta(hours=12)),
        ("own_phone", timedelta(days=20), timedelta(days=50)),
        ("own_phone", timedelta(days=170), timedelta(days=180)),
    ],
)
def test_login_ends_after_its_idle_time_and_never_after_its_longest(kind, used_for, lasts):
    assert ends_at(LoginKind(kind), began_at=T0, seen_at=T0 + used_for) == T0 + lasts


@pytest.mark.parametrize(
    ("roles", "own_phone", "kind"),
    [(["host"], True, "own_phone"), (["host"], False, "desk"), (["host", "staff"], True, "desk"), (["staff"], True, "desk")],
)
def test_long_login_is_for_those_who_are_only_hosts(roles, own_phone, kind):
    assert kind_of([Post(role, "140425") for role in roles], on_own_phone=own_phone) == kind


def test_second_factor_belongs_to_posts_wherever_they_come_from():
    assert needs_second_factor([Post("staff", "140425"), Post("exporter", "140425")])
    assert not needs_second_factor([Post("staff", "140425"), Post("approver", "140425")])


@pytest.mark.parametrize(
    ("method", "headers", "is_there"),
    [
        ("GET", {"Sec-Fetch-Mode": "navigate"}, True),
        ("GET", {"Sec-Fetch-Mode": "cors", "Accept": "text/html"}, False),
        ("GET", {"Accept": "text/html,*/*"}, True),
        ("GET", {"Accept": "text/html", "HX-Request": "true"}, False),
        ("GET", {"Accept": "*/*"}, False),
        ("POST", {"Sec-Fetch-Mode": "cors"}, True),
    ],
)
def test_person_is_there_who_opens_a_page_or_sends_a_form(method, headers, is_there):
    assert is_by_person(method, headers) is is_there


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("13800001234", "13800001234"),
        ("+86 138-0000-1234", "13800001234"),
        ("0086 138 0000 1234", "13800001234"),
        ("8613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("+８６（138）0000‐1234", "13800001234"),
        ("\u202d13800001234\u202c", "13800001234"),
    ],
)
def test_phone_is_understood_however_it_is_written(typed, phone):
    assert plain_phone(typed) == phone


@pytest.mark.parametrize("typed", ["", "1380000123", "23800001234", "a13800001234", "13800001234\0", "138000012345", "1" * 1000])
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011  the text itself is the message
        plain_phone(typed)


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "１２３４５６"])
def test_code_is_understood_however_it_is_typed(typed):
    assert plain_code(typed) == "123456"


GUESSED = [
    "pingshun2026pingshun", "PingShun-DangShen-2026", "dangshen-lianqiao-88", "平顺潞党参平顺潞党参平顺", "cunbocunbocunbo", "zhibozhubo123456",
    "Douyin-Kuaishou-2025!", "123456789012345", "aaaaaaaaaaaaaaaa", "abcdefghijklmnop", "qwertyuiopasdfghjkl", "woaini5201314woaini",
    "138000012341380000", "00001234-00001234", "wangxiaomei1988", "WangXiaomei-ZhiBo", "王小梅的直播间王小梅的", "xianzhang88888888",
]  # fmt: skip
GOOD = [
    "correct horse battery", "雨伞 火车 石榴 喇叭 2 只", "xk7-qv2-pm9-tz4", "今晚月亮比碗大三圈不信你数", "huoche kai dao le chuang qian", "yusan-huoche-laba-liang",
    "zx!93kdm2-oo7t", "dangshen mo ren wo bu xiang ting",
]  # fmt: skip
WORDS = {"王小梅", "wangxiaomei", "wang", "xiaomei", *phone_words("13800001234")}


@pytest.mark.parametrize("password", GUESSED)
def test_password_of_words_that_everybody_knows_is_guessed(password):
    assert is_guessable(password, WORDS)


@pytest.mark.parametrize("password", GOOD)
def test_password_with_a_surprise_is_not_guessed(password):
    assert not is_guessable(password, WORDS)


@pytest.mark.parametrize(
    ("user_agent", "platform", "browser"),
    [
        (ANDROID, "android", "chrome"),
        (WINDOWS, "windows", "edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1", "iphone", "safari"),
        ("Mozilla/5.0 (Linux; Android 10; TAS-AL00) Chrome/99.0 MicroMessenger/8.0.40", "android", "wechat"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1 HuaweiBrowser/5.0 Chrome/114.0", "harmony", "huawei"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Firefox/130.0", "mac", "firefox"),
        ("", "other", "other"),
        ("<script>" * 10_000, "other", "other"),
    ],
)
def test_device_has_a_plain_name(user_agent, platform, browser):
    assert (platform_of(user_agent), browser_of(user_agent)) == (platform, browser)


def test_recovery_code_is_told_in_two_groups_and_understood_however_it_is_typed():
    numbers = iter(range(10))
    code = code_from(lambda _below: next(numbers))

    assert code == f"{SIGNS[:5]}-{SIGNS[5:10]}"
    assert plain_recovery_code(f" {code.upper().replace('-', ' ')} ") == SIGNS[:10]

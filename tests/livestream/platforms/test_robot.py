"""A group's robot is asked as its platform's document says, at that platform's host, and what it answers is understood."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from livestream.platforms import ROBOTS, dingtalk, feishu, robot, wecom
from livestream.platforms.asking import Busy, Refused, Silent, Unreachable
from tests.livestream.platforms.fake_chat import FakeChat

AT = datetime(2026, 11, 22, 4, 0, 0, 123000, tzinfo=UTC)
ADDRESSES = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec33e42541b09b08551f09fbe864eb8008112e994b43887",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/db264cc8-856d-4be9-8b3e-962f5fced676",
}
SECRET = "SEC6816d5f8c552a52f6deb9d5d0e2faac0"


@pytest.fixture
def chat(monkeypatch):
    fake = FakeChat(AT, SECRET)
    monkeypatch.setattr(robot, "transport", fake.transport)
    yield fake
    fake.close()


def say(kind, text="明天 19:00 开播", secret=SECRET):
    with robot.open_line() as line:
        robot.say(line, kind, ADDRESSES[kind], secret, text, AT)


def test_each_group_reads_it(chat):
    for kind in ROBOTS:
        say(kind)

    assert chat.said == [
        ("qyapi.weixin.qq.com", "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa", "明天 19:00 开播"),
        ("oapi.dingtalk.com", "566cc69da782ec33e42541b09b08551f09fbe864eb8008112e994b43887", "明天 19:00 开播"),
        ("open.feishu.cn", "db264cc8-856d-4be9-8b3e-962f5fced676", "明天 19:00 开播"),
    ]


def test_the_questions_are_those_of_the_documents():
    assert wecom.question(ADDRESSES["wecom"], "", "hello world", AT).body == {
        "msgtype": "text",
        "text": {"content": "hello world"},
    }
    ding = dingtalk.question(ADDRESSES["dingtalk"], SECRET, "hi", AT)
    assert (ding.query["timestamp"], ding.body) == ("1795320000123", {"msgtype": "text", "text": {"content": "hi"}})
    assert dingtalk.question(ADDRESSES["dingtalk"], "", "hi", AT).query == {}
    fei = feishu.question(ADDRESSES["feishu"], SECRET, "hi", AT).body
    assert {**fei, "sign": ""} == {"timestamp": "1795320000", "sign": "", "msg_type": "text", "content": {"text": "hi"}}
    assert feishu.question(ADDRESSES["feishu"], "", "hi", AT).body == {"msg_type": "text", "content": {"text": "hi"}}


def test_signatures_are_as_openssl_makes_them():
    """printf '1577262236757\\nthis is secret' | openssl dgst -sha256 -hmac 'this is secret' -binary | base64, and for 飞书
    printf '' | openssl dgst -sha256 -hmac $'1599360473\\nthis is secret' -binary | base64."""
    assert dingtalk.signature("1577262236757", "this is secret") == "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
    assert feishu.signature("1599360473", "this is secret") == "/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw="


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_wrong_secret_is_a_no_that_stays(chat, kind):
    with pytest.raises(Refused, match="310000: sign not match|19021: sign match fail"):
        say(kind, secret="another")
    assert chat.said == []


@pytest.mark.parametrize(
    ("kind", "answer", "error"),
    [
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, Busy),
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, Refused),
        ("wecom", {"errcode": -1, "errmsg": "system busy"}, Unreachable),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}, Busy),
        ("dingtalk", {"errcode": 300001, "errmsg": "token is not exist"}, Refused),
        ("feishu", {"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]"}, Busy),
        ("feishu", {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}, Refused),
        ("feishu", {"Extra": None}, Unreachable),
        ("wecom", [], Unreachable),
    ],
)
def test_answers_are_understood(chat, kind, answer, error):
    chat.answers = [answer]

    with pytest.raises(error) as told:
        say(kind)

    assert type(told.value) is error


def test_a_server_in_trouble_is_asked_again_later(chat):
    chat.status = 502

    with pytest.raises(Unreachable, match="HTTP 502"):
        say("wecom")


@pytest.mark.parametrize("kind", ROBOTS)
def test_only_addresses_of_the_platform_are_addresses(kind):
    good = ADDRESSES[kind]
    assert ROBOTS[kind].is_address(good)
    bad = [
        good.replace("https", "http"), good + "&x=1", good + "#", good.replace("//", "//user@"), good.replace("/", "/x/", 3),
        good.replace(ROBOTS[kind].HOST, "127.0.0.1"), good.replace(ROBOTS[kind].HOST, ROBOTS[kind].HOST + ".evil.cn"),
        good.replace(ROBOTS[kind].HOST, "evil.cn/" + ROBOTS[kind].HOST), good + "\n", "", "x" * 10**6,
        *(address for other, address in ADDRESSES.items() if other != kind),
    ]  # fmt: skip
    assert [address for address in bad if ROBOTS[kind].is_address(address)] == []


def test_nobody_is_asked_at_another_host():
    """The guard of the way out stands behind the check of the address."""
    with robot.open_line() as line, pytest.raises(Refused, match="not an address"):
        robot.say(line, "wecom", "https://127.0.0.1/cgi-bin/webhook/send?key=12345678", "", "x", AT)
    with robot.open_line() as line, pytest.raises(httpx.UnsupportedProtocol):
        line.post("https://127.0.0.1/")
    assert robot.HOSTS == ["oapi.dingtalk.com", "open.feishu.cn", "qyapi.weixin.qq.com"]


@pytest.mark.parametrize(
    ("texts", "fit"),
    [
        ([], 0),
        (["播" * 2000], 1),
        (["播" * 2000, "x"], 1),
        (["a" * 2048, "b"], 1),
        (["a" * 2046, "b"], 2),
        (["a" * 2047, "b"], 1),
        (["a" * 99] * 30, 20),
    ],
)
def test_as_many_texts_go_into_a_message_as_fit(texts, fit):
    assert robot.fitting("wecom", texts) == fit
    assert fit <= 1 or len("\n".join(texts[:fit]).encode()) <= 2048


def test_a_text_over_the_limit_is_cut_between_characters(chat):
    say("wecom", "播" * 2000)

    assert chat.said[0][2] == "播" * 682


def test_nobody_there_is_silence(chat):
    chat.close()

    with pytest.raises(Silent):
        say("wecom")

"""The demo loaded into an empty database: by its command, and at the turn of a year."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from config.demo.load import load_demo
from livestream.models import LiveSession

pytestmark = pytest.mark.django_db


def test_january_has_no_year_yet_and_the_next_year_begins_anew(db):
    load_demo(now=datetime(2027, 1, 20, 12, 0, tzinfo=UTC))

    assert LiveSession.objects.aired().filter(kind="county_head").count() == 1

    load_demo(now=datetime(2027, 2, 20, 12, 0, tzinfo=UTC))

    assert LiveSession.objects.aired().filter(kind="county_head").count() == 2  # January's own evening covers January


def test_the_command_says_exactly_the_handles_as_json_and_names_people_and_sessions_without(capsys):
    call_command("demo", json=True)
    said = json.loads(capsys.readouterr().out)

    assert list(said) == ["county", "users", "shops", "sessions"]
    assert said["county"] == "140425"
    assert list(said["users"]) == [
        "staff", "host", "trainer", "other_county_staff", "approver", "exporter", "auditor", "commissioner", "township_staff", "city_staff",
        "second_staff",
    ]  # fmt: skip
    assert {tuple(user) for user in said["users"].values()} == {("login", "password")}
    standard, douyin = said["shops"]
    assert list(standard) == ["platform", "key", "secret", "name"]
    assert (standard["platform"], standard["secret"][:6]) == ("standard", "whsec_")
    assert list(douyin) == ["platform", "key", "secret", "name", "app_key"]
    assert douyin["platform"] == "douyin"
    assert [list(session) for session in said["sessions"]] == [["id", "kind", "state", "room", "shops", "board"]] * 5
    assert [session["state"] for session in said["sessions"]] == ["live", "live", "live", "approved", "reviewed"]
    assert said["sessions"][0]["board"] == f"/board/session/{said['sessions'][0]['id']}/"
    assert said["sessions"][0]["shops"] == [standard["key"], douyin["key"]]

    call_command("demo")
    said = capsys.readouterr().out.splitlines()

    assert said[0] == "示范县已就绪：平顺县"
    assert said[1:3] == [
        "  工作人员  郭㛃  10014042502  pingshun-dianshang-ban",
        "  主播  路小峧  10014042501  taihang-shanli-renjia",
    ]
    assert said[12] == "  直播中  县长来了：平顺好物上太行"

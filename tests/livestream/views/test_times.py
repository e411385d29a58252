"""When I am free: a week of switches and the days away, on a phone, for somebody else, for a studio."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from livestream.actions.availability import times_of
from livestream.models import Availability, Resource
from livestream.rules.availability import Away, Hours
from livestream.rules.day import SHANGHAI
from tests.factories import make_place, make_session, make_user

EVENING = (time(18), time(2))


@pytest.fixture
def phone(client, host):
    client.force_login(host)
    return client


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def studio(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="一号直播间")


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def away(first, last="", **more):
    return {"do": "away", "from_on": first, "until_on": last, "part": "", "reason": "", **more}


def banners(answer):
    return re.findall(r'<(?:div|p) class="banner (\w+)" role="\w+">(.*?)</', answer.content.decode())


def checked(answer):
    return re.findall(r'name="(d\d_\w+)" checked', answer.content.decode())


def test_switches_are_saved_and_shown_again(phone, host):
    answer = phone.post("/my/times/", {"do": "week", "d2_evening": "on", "d6_morning": "on"}, follow=True)

    assert checked(answer) == ["d2_evening", "d6_morning"]
    assert times_of(host).hours == (Hours(2, *EVENING), Hours(6, time(5), time(12)))
    assert banners(answer)[0] == ("good", "记下了。")


def test_a_whole_week_is_one_tap(phone, host):
    phone.post("/my/times/", {"do": "week", "at_once": "evenings", "d6_morning": "on"})
    assert times_of(host).hours == tuple(Hours(day, *EVENING) for day in range(1, 8))

    phone.post("/my/times/", {"do": "week", "at_once": "any"})
    assert times_of(host).hours == ()


def test_hours_by_the_clock_stay_until_they_are_taken_away(phone, host):
    row = Availability.objects.create(person=host, weekday=2, from_time=time(9), until_time=time(11), entered_by=host)

    answer = phone.post("/my/times/", {"do": "week", "d2_evening": "on"}, follow=True)

    assert times_of(host).hours == (Hours(2, time(9), time(11)), Hours(2, *EVENING))
    assert "周二 09:00–11:00" in answer.content.decode()
    phone.post("/my/times/", {"do": "remove", "row": row.pk})
    assert times_of(host).hours == (Hours(2, *EVENING),)


def test_days_away_are_listed_and_taken_back(phone, host):
    answer = phone.post("/my/times/", away(in_days(2), in_days(4), part="evening", reason="收核桃"), follow=True)

    (row,) = answer.context["days_away"]
    assert row.rule == Away(in_days(2), in_days(4), *EVENING, "收核桃")
    answer = phone.post("/my/times/", {"do": "remove", "row": row.pk}, follow=True)
    assert (answer.context["days_away"], banners(answer)[0]) == ([], ("good", "去掉了。"))


def test_planned_sessions_in_these_days_are_said_at_once(phone, county, host):
    start = datetime.combine(in_days(2), time(19, 30), SHANGHAI)
    session = make_session(county, host, planned_start_at=start, title="核桃专场")

    answer = phone.post("/my/times/", away(in_days(2)), follow=True)

    assert answer.context["hit"] == [(session, f"/my/{session.pk}/")]
    assert banners(answer)[0] == ("warn", "记下了。可是有 1 场已经排在这些时候，看下面。")
    assert "核桃专场" in answer.content.decode()


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        (away(""), "from_on", "请填从哪天起不行。"),
        (away("2026年12月1日"), "from_on", "请按 2026-01-31 这样填日期。"),
        (away("2020-01-01"), "until_on", "这几天已经过去了，请填今天或以后的日子。"),
        (away("2999-01-01", "2998-01-01"), "until_on", "“到哪天”不能早于“从哪天”，请改过来。"),
        (away("2999-01-01", part="noon"), "part", "请从列表里选。"),
        (away("2999-01-01", reason="忙" * 61), "reason", "最多写 60 个字，现在是 61 个。"),
    ],
)
def test_what_is_not_understood_is_said_at_its_field_and_kept(phone, said, field, sentence):
    answer = phone.post("/my/times/", said)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert answer.context["form"].data["reason"] == said["reason"]
    assert not Availability.objects.exists()


def test_a_tap_that_the_phone_kept_is_taken_once_and_answered_shortly(phone, host):
    said = away(in_days(2)) | {"tap": "a1", "at": "2026-11-22T09:00:00.000Z"}

    assert [phone.post("/my/times/", said).status_code for _ in range(2)] == [204, 204]
    assert times_of(host).away == (Away(in_days(2), in_days(2)),)
    assert phone.post("/my/times/", {"do": "week", "at_once": "any", "tap": "a2"}).status_code == 204


def test_a_kept_tap_that_is_refused_comes_back_to_be_put_right(phone):
    said = away(in_days(4), in_days(2), reason="收核桃") | {"tap": "a1"}

    assert phone.post("/my/times/", said).status_code == 409
    answer = phone.get("/my/times/")

    assert answer.context["form"].data["reason"] == "收核桃"
    assert answer.context["form"].errors == {"until_on": ["“到哪天”不能早于“从哪天”，请改过来。"]}
    assert phone.get("/my/times/").context["form"].is_bound is False


@pytest.mark.parametrize(
    "said", [{}, {"do": "x"}, {"do": "week", "at_once": "x"}, {"do": "remove"}, {"do": "remove", "row": "x"}]
)
def test_what_no_button_sends_is_a_bad_request(phone, said):
    assert phone.post("/my/times/", said).status_code == 400


def test_a_row_of_somebody_else_is_not_there(phone, county):
    other = make_user("host", county)
    row = Availability.objects.create(person=other, from_on=in_days(1), until_on=in_days(1), entered_by=other)

    assert phone.post("/my/times/", {"do": "remove", "row": row.pk}).status_code == 404
    assert Availability.objects.filter(pk=row.pk).exists()


def test_staff_enter_for_a_host_who_sees_who_did(desk, host, staff):
    answer = desk.post(f"/people/{host.pk}/times/", away(in_days(2), reason="电话里说"), follow=True)
    assert answer.context["days_away"][0].entered_by == staff

    desk.force_login(host)
    assert f"{staff.name} {timezone.localtime():%m-%d}" in desk.get("/my/times/").content.decode()


def test_staff_of_another_county_or_without_the_right_have_no_such_page(client, host, stranger, trainer, studio):
    for address in (f"/people/{host.pk}/times/", f"/plan/resources/{studio.pk}/times/"):
        client.force_login(stranger)
        assert client.get(address).status_code == 404
        client.force_login(trainer)
        assert client.get(address).status_code == 403


def test_a_studio_is_closed_for_repair(desk, studio, staff):
    desk.post(f"/plan/resources/{studio.pk}/times/", away(in_days(2), in_days(3), reason="修空调"))

    assert times_of(studio).away == (Away(in_days(2), in_days(3), reason="修空调"),)


def test_a_helper_enters_as_himself(client, host, county):
    helper = make_user("commissioner", county, from_on=in_days(-9), until_on=in_days(9))
    make_place()
    client.force_login(helper)
    client.post(f"/people/{host.pk}/act/", {"reason": "手机没电"})

    assert client.post("/my/times/", away(in_days(2))).status_code == 302
    assert Availability.objects.get().entered_by == helper

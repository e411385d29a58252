"""The pages of studios, kits and accounts."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from livestream.models import Availability, Booking, Resource
from livestream.rules.day import SHANGHAI
from livestream.views.resource import Bar
from tests.factories import make_place, make_session, make_user

VILLAGE = "140425100201"


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def studio(county):
    make_place("140425100", "青羊镇")
    return Resource.objects.create(
        county=county,
        place=make_place(VILLAGE, "青羊村"),
        kind="studio",
        name="一号直播间",
        setup_minutes=30,
        clearing_minutes=15,
    )


def moment(days, clock):
    return datetime.combine(timezone.localdate() + timedelta(days=days), clock, SHANGHAI)


def book(county, resource, start, **kwargs):
    session = make_session(county, make_user("host", county), planned_start_at=start, title="小米专场", **kwargs)
    return Booking.objects.create(session=session, resource=resource)


def typed(**more):
    return {"name": "二号直播间", "place": "青羊村", "setup_minutes": "30", "clearing_minutes": "15", "note": "", **more}


def test_list_says_how_each_stands_today(desk, county, studio, staff, django_assert_max_num_queries):
    now = timezone.now()
    kit = Resource.objects.create(county=county, place=county, kind="kit", name="灯光一套")
    Resource.objects.create(county=county, place=county, kind="kit", name="旧灯", is_in_use=False)
    phone = Resource.objects.create(county=county, place=county, kind="phone", name="直播手机")
    today = timezone.localdate()
    Availability.objects.create(resource=phone, from_on=today, until_on=today, entered_by=staff)
    book(county, studio, now)

    with django_assert_max_num_queries(12):
        answer = desk.get("/plan/resources/")

    found = {kind: [(row.resource, row.standing) for row in rows] for kind, rows in answer.context["kinds"]}
    assert found == {
        "studio": [(studio, "held")],
        "kit": [(kit, "free"), (Resource.objects.get(name="旧灯"), "retired")],
        "phone": [(phone, "away")],
    }


def test_list_is_narrowed_by_kind_and_township(desk, county, studio):
    Resource.objects.create(county=county, place=county, kind="kit", name="灯光一套")

    def names(query):
        return [row.resource.name for _kind, rows in desk.get(f"/plan/resources/?{query}").context["kinds"] for row in rows]

    assert names("kind=studio") == names("place=140425100") == ["一号直播间"]
    assert names("kind=kit&place=140425100") == []
    assert names("kind=x&place=9") == ["一号直播间", "灯光一套"]


def test_page_shows_the_week_with_setting_up_and_clearing(desk, county, studio):
    session = book(county, studio, moment(8, time(23))).session
    day = timezone.localdate() + timedelta(days=8)

    answer = desk.get(f"/plan/resources/{studio.pk}/?from={day}")

    bars = {line.on: line.bars for line in answer.context["days"]}
    assert len(bars) == 7
    assert bars[day] == [Bar("setup", 1350, 30), Bar("on", 1380, 60)]
    assert bars[day + timedelta(days=1)] == [Bar("on", 0, 60), Bar("clearing", 60, 15)]
    assert [booking.session for booking in answer.context["coming"]] == [session]
    assert [desk.get(f"/plan/resources/{studio.pk}/?from={bad}").status_code for bad in ("x", "9999-12-31", "0001-01-01")] == [
        200
    ] * 3


def test_a_new_one_is_registered_and_shown(desk, studio):
    answer = desk.post("/plan/resources/new/?kind=studio", typed(), follow=True)

    made = Resource.objects.get(name="二号直播间")
    assert (made.place_id, made.county_id, made.kind) == (VILLAGE, "140425", "studio")
    assert answer.context["resource"] == made


@pytest.mark.parametrize(
    ("kind", "more", "errors"),
    [
        ("studio", {"name": ""}, {"name": ["请填写。"]}),
        ("studio", {"place": "没有村"}, {"place": ["没有找到“没有村”，请从列表里选，或把名字写全。"]}),
        ("studio", {"place": "巨鹿县"}, {"place": ["没有找到“巨鹿县”，请从列表里选，或把名字写全。"]}),
        ("studio", {"setup_minutes": "半小时"}, {"setup_minutes": ["请填 0 到 720 之间的整数。"]}),
        ("studio", {"setup_minutes": "721"}, {"setup_minutes": ["请填 0 到 720 之间的整数。"]}),
        ("studio", {"name": "一号直播间"}, {"name": ["县里已经有一个同类的叫这个名字，请换一个名字，例如加上村名。"]}),
        ("studio", {"name": "名" * 41}, {"name": ["最多写 40 个字，现在是 41 个。"]}),
        ("account", {"platform": "", "account": ""}, {"platform": ["请填写。"], "account": ["请填写。"]}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(desk, studio, other_county, kind, more, errors):
    answer = desk.post(f"/plan/resources/new/?kind={kind}", typed(**more))

    assert answer.status_code == 422
    assert answer.context["form"].errors == errors
    assert answer.context["form"]["note"].value() == ""
    assert Resource.objects.count() == 1


def test_a_name_that_two_villages_have_is_asked_back(desk, studio):
    make_place("140425200", "龙溪镇")
    make_place("140425200203", "青羊村")

    answer = desk.post("/plan/resources/new/?kind=kit", typed())
    (said,) = answer.context["form"].errors["place"]
    assert said == "不止一个“青羊村”：青羊村（青羊镇）、青羊村（龙溪镇）。请写其中一个。"

    desk.post("/plan/resources/new/?kind=kit", typed(place="青羊村（龙溪镇）"))
    assert Resource.objects.get(kind="kit").place_id == "140425200203"


def test_it_is_changed_put_out_of_use_and_back(desk, studio):
    desk.post(f"/plan/resources/{studio.pk}/edit/", typed(name="大直播间", place="青羊村"))
    desk.post(f"/plan/resources/{studio.pk}/retire/")
    studio.refresh_from_db()
    assert (studio.name, studio.is_in_use) == ("大直播间", False)

    desk.post(f"/plan/resources/{studio.pk}/restore/")
    studio.refresh_from_db()
    assert studio.is_in_use


def test_what_is_booked_is_not_put_out_of_use_but_listed(desk, county, studio):
    session = book(county, studio, moment(2, time(19, 30))).session

    answer = desk.post(f"/plan/resources/{studio.pk}/retire/")

    assert answer.status_code == 422
    assert answer.context["refused"].startswith("还有 1 场排着要用，不能停用。")
    assert [booking.session for booking in answer.context["coming"]] == [session]
    assert Resource.objects.get().is_in_use


def test_who_may_look_and_who_may_keep(client, county, studio, trainer, stranger):
    client.force_login(trainer)
    assert client.get(f"/plan/resources/{studio.pk}/").context["may_keep"] is False
    assert client.get("/plan/resources/new/?kind=studio").status_code == 403
    client.force_login(make_user("staff", make_place("140425100", "青羊镇")))
    assert client.post(f"/plan/resources/{studio.pk}/retire/").status_code == 403
    client.force_login(stranger)
    assert client.get("/plan/resources/").context["kinds"] == []
    for address in ("", "edit/", "times/"):
        assert client.get(f"/plan/resources/{studio.pk}/{address}").status_code == 404


def test_a_kind_that_is_none_is_not_there(desk):
    assert desk.get("/plan/resources/new/?kind=tractor").status_code == 404

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine

from livestream.actions.plan import Move, cancel_plan, move_session
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope
from livestream.models import Booking, Excuse, LiveSession, PlanRules, Resource
from livestream.rules.calendar import midnight
from tests.factories import make_place, make_session, make_user
from tests.sign_in import signed_in

NOW = datetime(2026, 11, 22, 4, tzinfo=midnight(date(2026, 11, 22)).tzinfo)
FRIDAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(staff):
    return signed_in(staff)


def plan_at(county, host, clock, day=FRIDAY, hours=2, **kwargs):
    starts = midnight(day) + timedelta(hours=clock)
    session = make_session(county, host, planned_start_at=starts, room=f"R{day}{clock}{host.pk}", account="", **kwargs)
    if hours != 2:
        LiveSession.objects.filter(pk=session.pk).update(planned_end_at=starts + timedelta(hours=hours))
    return session


def shown(answer):
    """(day, title, marks) of every session on the sheet of a month."""
    return [
        (day.on, entry.row.title, [mark.word for mark in entry.marks])
        for week in answer.context["weeks"]
        for day in week
        for entry in day.shown
    ]


def lanes(answer, on=FRIDAY):
    """Lane → (title, column, width, track) of that day."""
    (strip,) = [strip for strip in answer.context["strips"] if strip.on == on]
    return {lane.name: [(b.entry.row.title, b.column, b.width, b.track) for b in lane.blocks] for lane in strip.lanes}


def test_a_month_has_whole_weeks_holidays_and_today(desk, county, host):
    answer = desk.get("/plan/?on=2026-10-09")

    weeks = answer.context["weeks"]
    assert (weeks[0][0].on, weeks[-1][-1].on) == (date(2026, 9, 28), date(2026, 11, 1))
    assert [(day.on.day, day.mark.short) for week in weeks for day in week if day.mark and day.on.month == 10] == [
        (1, "国庆节"), (2, "国庆节"), (3, "国庆节"), (4, "国庆节"), (5, "国庆节"), (6, "国庆节"), (7, "国庆节"), (10, "调休上班"),
    ]  # fmt: skip
    assert [day.on for week in desk.get("/plan/").context["weeks"] for day in week if day.is_today] == [date(2026, 11, 22)]


def test_each_session_says_what_is_the_matter_with_it(desk, county, host, staff):
    plan_at(county, host, 8, title="草稿")
    waiting = plan_at(county, host, 10, title="待审")
    LiveSession.objects.filter(pk=waiting.pk).update(state="in_review")
    approved = plan_at(county, host, 12, title="批了")
    LiveSession.objects.filter(pk=approved.pk).update(state="approved")
    assert shown(desk.get("/plan/")) == [
        (FRIDAY, "草稿", ["草稿"]), (FRIDAY, "待审", ["待审"]), (FRIDAY, "批了", ["未发布"]),
    ]  # fmt: skip

    release_plan(Scope(county, FRIDAY, FRIDAY), by=staff, at=NOW)
    move_session(
        approved,
        Move(midnight(FRIDAY) + timedelta(hours=13), midnight(FRIDAY) + timedelta(hours=14)),
        version=1,
        by=staff,
        at=NOW,
    )
    cancel_plan(waiting, version=1, by=staff, at=NOW, reason="下雨")
    answer = desk.get("/plan/")

    assert shown(answer) == [(FRIDAY, "草稿", []), (FRIDAY, "待审", ["已取消"]), (FRIDAY, "批了", ["改动"])]
    assert answer.context["stats"] == {"sessions": 2, "hosts": 1, "led": 0, "clashes": 0, "unreleased": 2}


def test_what_clashes_is_marked_until_it_is_allowed(desk, county, host, staff):
    PlanRules.objects.update_or_create(county=county, defaults={"levels": {"host": "approve"}})
    first, second = plan_at(county, host, 19, title="先"), plan_at(county, host, 22, title="后")
    earlier = Move(midnight(FRIDAY) + timedelta(hours=20), midnight(FRIDAY) + timedelta(hours=22))
    move_session(second, earlier, version=1, by=staff, at=NOW, excuses={f"time:person:{host.pk}:{first.pk}": "加播"})

    found = desk.get("/plan/?show=clash")

    assert shown(found) == [(FRIDAY, "先", ["冲突", "草稿"]), (FRIDAY, "后", ["冲突", "草稿"])]
    assert found.context["stats"]["clashes"] == 2
    Excuse.objects.update(allowed_by=host, allowed_at=NOW)
    assert shown(desk.get("/plan/?show=clash")) == []


def test_a_full_day_shows_the_leaders_first_and_prints_all(desk, county, host):
    for number in range(7):
        plan_at(county, make_user("host", county), 9 + number, title=f"村播{number}")
    plan_at(county, host, 20, title="县长来了", kind="county_head")

    answer = desk.get("/plan/")
    page = answer.content.decode()

    assert [title for _day, title, _marks in shown(answer)] == ["村播0", "村播1", "村播2", "县长来了"]
    assert ">还有 4 场</a>" in page
    printed = re.search(r'<p class="printed">(.*?)</p>', page, re.DOTALL)[1]
    assert [f"村播{number}" in printed for number in range(7)] == [False] * 3 + [True] * 4
    assert 'class="ev led county_head draft"' in page


def test_a_day_lays_sessions_to_the_quarter_in_lanes(desk, county, host):
    studio = Resource.objects.create(county=county, place=county, kind="studio", name="一号直播间")
    town = make_place("140425100", "青羊镇")
    make_place("140425101", "石城镇")
    LiveSession.objects.filter(pk=plan_at(county, host, 9.25, title="早").pk).update(place=town)
    other = make_user("host", county, name="乙")
    Booking.objects.create(session=plan_at(county, other, 9.5, title="同时"), resource=studio)
    address = f"/plan/?view=day&on={FRIDAY}"

    by_host, by_resource, by_township = (desk.get(f"{address}&lane={lane}") for lane in ("host", "resource", "township"))

    assert lanes(by_host) == {host.name: [("早", 6, 8, 1)], "乙": [("同时", 7, 8, 1)]}
    assert lanes(by_resource) == {"一号直播间 · 直播间场地": [("同时", 7, 8, 1)], "没有订场地和设备": [("早", 6, 8, 1)]}
    assert lanes(by_township) == {"平顺县": [("同时", 7, 8, 1)], "青羊镇": [("早", 6, 8, 1)], "石城镇": []}


def test_a_session_over_midnight_belongs_to_its_day_and_shows_its_tail(desk, county, host):
    plan_at(county, host, 22.5, hours=4, title="夜场")

    week = desk.get(f"/plan/?view=week&on={FRIDAY}")
    next_day = desk.get(f"/plan/?view=day&on={FRIDAY + timedelta(days=1)}")

    assert shown(desk.get("/plan/")) == [(FRIDAY, "夜场", ["草稿"])]
    assert lanes(week)[host.name] == [("夜场", 59, 6, 1)]
    assert lanes(week, FRIDAY + timedelta(days=1)) == {host.name: [("夜场", 1, 4, 1)]}
    assert "昨晚接着，到 02:30" in next_day.content.decode()
    assert "22:30–次日02:30" in week.content.decode()
    assert next_day.context["stats"]["sessions"] == 0


def test_two_at_once_in_one_lane_lie_on_two_tracks(desk, county, host):
    plan_at(county, host, 9, title="一", kind="practice")
    plan_at(county, make_user("host", county), 10, title="二")

    assert lanes(desk.get(f"/plan/?view=day&on={FRIDAY}&lane=township")) == {"平顺县": [("一", 5, 8, 1), ("二", 9, 8, 2)]}


def test_a_session_on_air_lies_where_it_began(desk, county, host):
    make_session(county, host, went_live_at=NOW - timedelta(hours=1), title="正在播")

    answer = desk.get("/plan/?view=day")

    (strip,) = answer.context["strips"]
    assert [(mark.word) for mark in strip.lanes[0].blocks[0].entry.marks] == ["直播中"]
    assert (strip.now, answer.context["hour"]) == (5, 3)


def test_it_is_narrowed_by_place_kind_and_state(desk, county, host):
    town = make_place("140425100", "青羊镇")
    LiveSession.objects.filter(pk=plan_at(county, host, 9, title="镇上").pk).update(place=town)
    plan_at(county, host, 12, title="专场", kind="special")
    LiveSession.objects.filter(pk=plan_at(county, host, 15, title="没了").pk).update(state="cancelled")

    def titles(query):
        return [title for _day, title, _marks in shown(desk.get(f"/plan/?{query}"))]

    assert titles("place=140425100") == ["镇上"]
    assert titles("kind=special") == ["专场"]
    assert titles("show=cancelled") == ["没了"]
    assert titles("show=planned") == ["镇上", "专场"]
    assert titles("show=unreleased") == ["镇上", "专场"]
    assert titles("show=aired") == titles("show=leader") == []


@pytest.mark.parametrize(
    "query",
    [
        "view=year", "on=2026-13-01", "on=0001-01-01", "on=9999-12-31&view=week", "lane=x", "place=1305", "county=130529", "kind=x",
        "show=%00", "on=%E2%80%AE", "view=day&on=2020-01-01", "view=week&on=2099-12-31", "place=" + "9" * 3000,
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_as_if_it_were_not_there(desk, county, query):
    assert desk.get(f"/plan/?{query}").status_code == 200


def test_staff_of_a_city_see_their_counties_and_change_nothing(county, host, stranger):
    beside = make_place("140427", "壶关县")
    neighbour = make_user("host", beside)
    plan_at(county, host, 9, title="县长", kind="county_head")
    plan_at(beside, neighbour, 9, title="邻县")
    plan_at(beside, neighbour, 12, title="邻县")
    far = make_place("130529", "巨鹿县")
    plan_at(far, make_user("host", far), 9, title="远方")
    browser = signed_in(make_user("staff", make_place("1404", "长治市")))

    overview, inside = browser.get("/plan/"), browser.get("/plan/?county=140427")

    assert [(place.name, counts[26], total) for place, counts, total in overview.context["rows"]] == [
        ("平顺县", 1, 1), ("壶关县", 2, 2),
    ]  # fmt: skip
    assert overview.context["stats"] == {"sessions": 3, "counties": 2, "led": 1}
    assert "县长" in overview.content.decode()
    assert shown(inside) == [(FRIDAY, "邻县", ["草稿"])] * 2
    assert "data-id=" not in inside.content.decode()
    assert "calendar.js" not in inside.content.decode()
    assert "rows" in browser.get("/plan/?county=130529").context  # not theirs: all of theirs
    assert [title for _day, title, _marks in shown(signed_in(stranger).get("/plan/"))] == ["远方"]


def test_staff_of_a_township_see_it_alone(county, host):
    town = make_place("140425100", "青羊镇")
    LiveSession.objects.filter(pk=plan_at(county, host, 9, title="镇上").pk).update(place=town)
    plan_at(county, host, 12, title="县里")
    browser = signed_in(make_user("staff", town))

    answer = browser.get("/plan/")

    assert shown(answer) == [(FRIDAY, "镇上", ["草稿"])]
    assert [place.name for place in answer.context["scope"].townships] == ["青羊镇"]
    Resource.objects.create(county=county, place=county, kind="studio", name="县里的")
    Resource.objects.create(county=county, place=town, kind="studio", name="镇上的")
    by_resource = lanes(browser.get(f"/plan/?view=day&on={FRIDAY}&lane=resource"))
    assert list(by_resource) == ["镇上的 · 直播间场地", "没有订场地和设备"]


@pytest.mark.parametrize(
    ("query", "count"), [("", 15), ("view=week", 16), ("view=week&lane=resource", 18), ("view=day&lane=township", 16)]
)
def test_it_asks_as_many_questions_however_many_sessions_there_are(desk, county, host, query, count, django_assert_num_queries):
    studio = Resource.objects.create(county=county, place=county, kind="studio", name="一号")
    desk.get("/plan/")
    for number in range(1, 12):
        session = plan_at(county, make_user("host", county), 8 + number % 3 * 4, day=FRIDAY - timedelta(days=number % 5))
        if number in {1, 7}:
            Booking.objects.create(session=session, resource=studio)
        if number in {1, 11}:
            with django_assert_num_queries(count):
                assert desk.get(f"/plan/?on={FRIDAY}&{query}").status_code == 200

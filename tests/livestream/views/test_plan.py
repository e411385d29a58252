"""The form of a plan: what it stores, what clashes while one plans, who may, and the page of a session."""

from __future__ import annotations

import html
import re
from datetime import datetime

import pytest

from livestream.actions.plan_json import as_json, plan_of
from livestream.models import Excuse, Leader, LiveSession, PlanRules, PlanStep, Resource
from livestream.rules.day import SHANGHAI
from tests.factories import make_place, make_product, make_session, make_user
from tests.livestream.plan_page import CHECK, HOUR, NEW, NOON, at, errors, fields_of, rows, stored, typed
from tests.sign_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


# --- what is stored ---


def test_an_evening_is_planned_with_few_words_and_can_be_taken_back(planner, typed_evening, farmer, village):
    answer = planner.post(NEW, typed_evening, follow=True)

    session = LiveSession.objects.get()
    assert (session.planned_start_at, session.planned_end_at) == (at(19, 30), at(21, 30))
    assert (session.host, session.place, session.state) == (farmer, village, "draft"), "without a place it is the host's village"
    assert "排好了，是草稿。发布以后才通知主播。" in answer.content.decode()
    undo = re.search(r'action="(/plan/steps/\d+/undo/)"', answer.content.decode())[1]

    after = planner.post(undo, {"next": "/desk/"}, follow=True)

    assert after.redirect_chain[0][0] == "/desk/"
    assert "撤销了。" in after.content.decode()
    session.refresh_from_db()
    assert session.state == "cancelled"


def test_a_relay_of_three_leaders_with_everything(planner, typed_evening, county, farmer, village):
    other = make_place("140425200201", "青羊村委会")
    leaders = [
        Leader.objects.create(county=county, name=n, title="县长", rank="top", department="government", unit=n)
        for n in ("张建军", "李卫东", "王秀英")
    ]
    goods = [make_product(county, title=f"核桃{n}") for n in range(3)]
    helper = make_user("staff", village, name="小李")
    kit = Resource.objects.create(county=county, place=county, kind="kit", name="补光灯")
    relay = typed_evening | {
        "kind": "relay",
        "end": "22:30",
        "place": "东寺头村",
        "resources": [str(kit.pk)],
        "goal": "5000.5",
        "note": "带雨衣",
        "is_public_interest": "on",
    }
    relay |= rows(
        "segments",
        {"title": "一棒", "guest": "张建军"},
        {"title": "二棒", "guest": "李卫东（县长）", "place": "青羊村", "begins": "20:30"},
        {"title": "三棒", "guest": "王秀英", "begins": "21点半"},
    )
    relay |= rows("goods", *({"product": goods[n].sku, "price": "¥29.9", "stock": "50", "segment": str(n + 1)} for n in range(3)))
    relay |= rows("guests", {"guest": "老刘（种植能手）", "segment": "2"}, {})
    relay |= rows("rooms", {"platform": "douyin", "room_id": "R1"}, {"platform": "kuaishou", "account": "A2"})
    relay |= rows("crew", {"person": "小李", "duty": "controller"}, {"person": "小李", "duty": "support"})

    answer = planner.post(NEW, relay)

    assert (answer.status_code, errors(answer) if answer.status_code == 422 else []) == (302, [])
    assert as_json(plan_of(LiveSession.objects.get())) == {
        "kind": "relay", "title": "花椒专场", "host": farmer.pk, "place": village.pk,
        "start": "2026-11-25T11:30:00+00:00", "end": "2026-11-25T14:30:00+00:00", "goal_fen": 500050,
        "rooms": [["douyin", "R1", ""], ["kuaishou", "", "A2"]],
        "segments": [
            ["一棒", village.pk, "2026-11-25T11:30:00+00:00", "2026-11-25T12:30:00+00:00"],
            ["二棒", other.pk, "2026-11-25T12:30:00+00:00", "2026-11-25T13:30:00+00:00"],
            ["三棒", village.pk, "2026-11-25T13:30:00+00:00", "2026-11-25T14:30:00+00:00"],
        ],
        "guests": [*([["张建军", "李卫东", "王秀英"][n], "县长", "top", leaders[n].pk, n] for n in range(3)), ["老刘", "种植能手", "other", None, 1]],
        "line_up": [[goods[n].pk, 2990, 50, n] for n in range(3)],
        "crew": [[helper.pk, "controller"], [helper.pk, "support"]],
        "resources": [kit.pk], "campaign": None, "note": "带雨衣", "is_public_interest": True,
    }  # fmt: skip


def test_the_form_of_a_session_saves_what_it_shows(planner, typed_evening, county, farmer, village):
    test_a_relay_of_three_leaders_with_everything(planner, typed_evening, county, farmer, village)
    session = LiveSession.objects.get()
    before = as_json(plan_of(session))
    page = planner.get(f"/plan/{session.pk}/edit/")

    answer = planner.post(f"/plan/{session.pk}/edit/", fields_of(page))

    assert (answer.status_code, errors(answer) if answer.status_code == 422 else []) == (302, [])
    session = LiveSession.objects.get()
    assert (as_json(plan_of(session)), session.plan_version) == (before, 2)


def test_a_session_over_midnight_belongs_to_the_day_it_began(planner, typed_evening):
    planner.post(NEW, typed_evening | {"start": "22:00", "end": "1:00"})

    session = LiveSession.objects.get()
    assert (session.planned_start_at, session.planned_end_at) == (at(22), at(1, day=26))
    assert list(LiveSession.objects.of_day(at(0))) == [session]
    assert typed(planner.get(f"/plan/{session.pk}/edit/"))["end"] == "次日 01:00"


# --- buttons of the typed_evening, without JavaScript ---


def test_rows_are_added_and_taken_away_and_nothing_typed_is_lost(planner, typed_evening):
    given = (
        typed_evening
        | rows("guests", {"guest": "甲", "segment": "1"}, {"guest": "乙", "segment": "2"})
        | rows("segments", {"title": "一"}, {"title": "二"})
    )

    more = typed(planner.post(NEW, given | {"add": "guests"}))
    less = typed(planner.post(NEW, given | {"drop": "guests-0"}))
    shorter = planner.post(NEW, given | {"drop": "segments-0"})

    assert ({name: more[name] for name in typed_evening if name not in {"day", "kind"}}, more["guests-2-guest"]) == (
        {name: typed_evening[name] for name in typed_evening if name not in {"day", "kind"}},
        "",
    )
    assert (less["guests-0-guest"], "guests-1-guest" in less) == ("乙", False)
    assert typed(shorter)["segments-0-title"] == "二"
    assert [row["segment"] for row in shorter.context["sheet"].typed.rows["guests"]] == ["", "1"]
    assert not LiveSession.objects.exists()


def test_an_empty_form_takes_the_day_the_host_and_the_studio_of_the_address(planner, county, farmer, other_county):
    studio = Resource.objects.create(county=county, place=county, kind="studio", name="一号直播间")
    stranger = make_user("host", other_county)

    page = planner.get(NEW, {"on": "2026-11-25", "start": "19:30", "host": farmer.pk, "resource": studio.pk})
    foreign = planner.get(NEW, {"host": stranger.pk, "place": other_county.pk, "resource": "999", "day": "\0"})

    assert {name: typed(page)[name] for name in ("day", "start", "host")} == {
        "day": "2026-11-25",
        "start": "19:30",
        "host": "王小红（东寺头村）",
    }
    assert f'value="{studio.pk}" checked' in page.content.decode()
    assert (typed(foreign)["host"], typed(foreign)["place"]) == ("", "")


# --- what clashes ---


def test_what_clashes_is_told_while_planning_with_what_is_free(planner, typed_evening, evening, county, staff):
    stored(evening, county, staff)

    answer = planner.post(CHECK, typed_evening)
    text = answer.content.decode()

    assert "王小红" in text
    assert "不能排" in text
    start = re.search(r'name="take" value="([^"]+)"', text)[1]
    taken = typed(planner.post(NEW, typed_evening | {"take": start}))
    assert f"{taken['day']} {taken['start']}" == start
    begins = datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    assert begins >= evening.planned_end_at
    assert taken["end"].removeprefix("次日 ") == f"{begins + 2 * HOUR:%H:%M}", "as long as before"
    assert planner.post(NEW, {name: text for name, text in taken.items() if text} | {"kind": "village_host"}).status_code == 302


def test_without_javascript_a_button_checks(planner, typed_evening, evening, county, staff):
    fine = planner.post(NEW, typed_evening | {"check": "1"})
    stored(evening, county, staff)
    clashing = planner.post(NEW, typed_evening | {"check": "1"})

    assert (fine.status_code, "没有撞，可以排。" in fine.content.decode()) == (200, True)
    assert (clashing.status_code, "不能排" in clashing.content.decode()) == (200, True)
    assert LiveSession.objects.count() == 1


def test_a_plan_that_is_not_one_yet_is_not_judged_by_the_check(planner, typed_evening):
    answer = planner.post(CHECK, typed_evening | {"host": ""})

    assert (answer.status_code, errors(answer)) == (200, [])
    assert "写好时间、主播和主题" in answer.content.decode()


def test_where_the_county_wants_a_reason_it_is_asked_for_and_stored(planner, typed_evening, evening, county, staff):
    PlanRules.objects.create(county=county, levels={"host": "approve"})
    stored(evening, county, staff)

    asked = planner.post(NEW, typed_evening)
    field = html.unescape(re.search(r'name="(excuse-[^"]+)"', asked.content.decode())[1])
    saved = planner.post(NEW, typed_evening | {field: "两场连着播"})

    assert (asked.status_code, saved.status_code) == (422, 302)
    assert list(Excuse.objects.values_list("reason", flat=True)) == ["两场连着播"]


def test_free_studio_takes_the_place_of_the_one_that_is_taken(planner, typed_evening, county):
    one, two, kit = (
        Resource.objects.create(county=county, place=county, kind=k, name=n)
        for k, n in (("studio", "一"), ("studio", "二"), ("kit", "灯"))
    )

    page = planner.post(NEW, typed_evening | {"resources": [one.pk, kit.pk], "studio": str(two.pk)})

    assert re.findall(r'name="resources" value="(\d+)" checked', page.content.decode()) == [str(two.pk), str(kit.pk)]


# --- copying, cancelling, rights ---


def test_a_copy_is_a_new_session_a_week_later(planner, evening, county, staff):
    session = stored(evening, county, staff)

    page = planner.get(f"/plan/{session.pk}/copy/")
    answer = planner.post(NEW, fields_of(page))

    assert (typed(page)["day"], answer.status_code) == ("2026-12-02", 302)
    copy = LiveSession.objects.exclude(pk=session.pk).get()
    assert (copy.title, copy.host, copy.planned_start_at) == ("花椒专场", evening.host, evening.planned_start_at + 7 * 24 * HOUR)


def test_cancelling_asks_why_and_can_be_taken_back(planner, evening, county, staff):
    session = stored(evening, county, staff)
    address = f"/plan/{session.pk}/cancel/"

    silent = planner.post(address, {"version": "1", "reason": " "})
    done = planner.post(address, {"version": "1", "reason": "下大雪"}, follow=True)

    assert (silent.status_code, errors(silent)) == (422, ["请填写。"])
    assert f"{staff.name}在 2026-11-22 12:00 取消了：下大雪" in done.content.decode()
    planner.post(f"/plan/steps/{PlanStep.objects.get(kind='cancelled').pk}/undo/")
    session.refresh_from_db()
    assert session.state == "draft"


def test_a_session_that_is_over_is_not_planned(planner, county):
    over = make_session(county, went_live_at=NOON - 2 * HOUR, ended_at=NOON - HOUR)

    assert planner.get(f"/plan/{over.pk}/edit/").status_code == 302
    assert planner.get(f"/plan/{over.pk}/copy/").status_code == 200


def test_only_who_plans_there_plans(evening, county, staff, farmer, stranger, village):
    session = stored(evening, county, staff)
    step = PlanStep.objects.get()
    beside = make_user("staff", make_place("140425200", "青羊镇"))
    addresses = [f"/plan/{session.pk}/edit/", f"/plan/{session.pk}/copy/", f"/plan/{session.pk}/cancel/"]

    for person, status in (
        (farmer, 403),
        (make_user("auditor", county), 403),
        (stranger, 404),
        (beside, 404),
        (make_user("staff", village), 200),
    ):
        client = signed_in(person)
        assert [client.get(address).status_code for address in addresses] == [status] * 3
        assert client.post(f"/plan/steps/{step.pk}/undo/").status_code == (302 if status == 200 else status)
    for session_id in (session.pk, "00000000-0000-4000-8000-000000000000", "x", "\0"):
        assert signed_in(stranger).post(CHECK, {"session": session_id}).status_code == 404


def test_township_staff_plan_in_the_field_with_their_own_people_alone(typed_evening, village, county):
    clerk, elsewhere = (
        make_user("staff", village.parent, name="乡里小赵"),
        make_user("host", make_place("140425200201", "青羊村"), name="李大山"),
    )
    client = signed_in(clerk)

    page = client.get(NEW)
    refused = client.post(NEW, typed_evening | {"host": elsewhere.name})
    done = client.post(NEW, typed_evening)

    assert sorted(page.context["sheet"].lists.people.labels) == ["乡里小赵（140425100）", "王小红（东寺头村）"]
    assert errors(refused) == ["没有找到“李大山”，请从列表里选，或把名字写全。"]
    assert (done.status_code, LiveSession.objects.get().county) == (302, county)


# --- the session's page ---


def test_the_page_of_a_session_shows_its_parts_and_what_may_be_done(planner, typed_evening, county, farmer, village):
    test_a_relay_of_three_leaders_with_everything(planner, typed_evening, county, farmer, village)
    session = LiveSession.objects.get()

    context = planner.get(f"/sessions/{session.pk}/").context
    text = planner.get(f"/sessions/{session.pk}/").content.decode()

    assert [(s.title, [g.name for g in guests], goods) for s, guests, goods in context["segments"]] == [
        ("一棒", ["张建军"], ["核桃0"]), ("二棒", ["李卫东", "老刘"], ["核桃1"]), ("三棒", ["王秀英"], ["核桃2"]),
    ]  # fmt: skip
    assert context["crew"] == [("王小红", "主播"), ("小李", "中控、客服")]
    assert [thing.name for thing in context["things"]] == ["补光灯"]
    assert [words in text for words in ("还没有发布", "改计划", "复制", "带雨衣", "还没有号")] == [True] * 5


def test_another_room_is_added_on_air_and_only_then(planner, county, session):
    address = f"/sessions/{session.pk}/desk/press/"

    wrong = planner.post(address, {"press": "reopened", "platform": "myspace", "room_id": "R2"})
    empty = planner.post(address, {"press": "reopened", "platform": "kuaishou", "room_id": ""})
    added = planner.post(address, {"press": "reopened", "platform": "kuaishou", "room_id": "R2"}, follow=True)

    assert (wrong.status_code, empty.status_code, "请从列表里选。" in wrong.content.decode()) == (422, 422, True)
    assert "请填新的直播间号" in empty.content.decode()
    assert "记下了" in added.content.decode()
    assert sorted(session.rooms.values_list("platform", "room_id")) == [("douyin", "R1"), ("kuaishou", "R2")]
    LiveSession.objects.filter(pk=session.pk).update(state="ended", ended_at=NOON)
    assert planner.post(address, {"press": "reopened", "platform": "douyin", "room_id": "R3"}).status_code == 422

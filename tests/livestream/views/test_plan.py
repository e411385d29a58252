"""The form of a plan: what it stores, what it says of bad input without losing a word, and what two editors see."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from livestream.actions.plan import change_plan, plan_session
from livestream.actions.plan_json import as_json, plan_of
from livestream.actions.session import SessionPlan
from livestream.models import Excuse, Leader, LiveSession, PersonalData, PlanRules, PlanStep, Resource
from livestream.rules.day import SHANGHAI
from tests.factories import make_place, make_product, make_session, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
NEW, CHECK = "/plan/new/", "/plan/check/"
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield NOON


@pytest.fixture
def village(county):
    return make_place("140425100201", "东寺头村委会")


@pytest.fixture
def farmer(village):
    return make_user("host", village, name="王小红")


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def form(farmer):
    """An evening of one host, as somebody types it."""
    return {"kind": "village_host", "title": "花椒专场", "day": "11月25日", "start": "晚7点半", "end": "21:30", "host": "王小红"}


def rows(prefix, *filled):
    given = {f"{prefix}-{n}-{name}": text for n, row in enumerate(filled) for name, text in row.items()}
    return given | {f"{prefix}-TOTAL_FORMS": str(len(filled)), f"{prefix}-INITIAL_FORMS": "0"}


def at(hour, minute=0, day=25):
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def errors(answer):
    found = re.findall(r'<p class="(?:error|banner bad)[^"]*"[^>]*>([^<]*)</p>', answer.content.decode())
    return [html.unescape(text) for text in found if "还没有存" not in text]


def typed(answer):
    """What stands in the fields of the page, by name."""
    text = answer.content.decode().split("<template")[0]
    boxes = re.findall(r'<input type="(?:text|date)" name="([^"]+)"(?: value="([^"]*)")?', text)
    return {name: html.unescape(value) for name, value in boxes}


def stored(plan, county, staff):
    return plan_session(plan, county=county, by=staff, at=timezone.now()).session


@pytest.fixture
def simple(farmer, village):
    return SessionPlan("village_host", "花椒专场", farmer, village, at(19, 30), at(21, 30))


# --- what is stored ---


def test_an_evening_is_planned_with_few_words_and_can_be_taken_back(desk, form, farmer, village):
    answer = desk.post(NEW, form, follow=True)

    session = LiveSession.objects.get()
    assert (session.planned_start_at, session.planned_end_at) == (at(19, 30), at(21, 30))
    assert (session.host, session.place, session.state) == (farmer, village, "draft"), "without a place it is the host's village"
    assert "排好了，是草稿。发布以后才通知主播。" in answer.content.decode()
    undo = re.search(r'action="(/plan/steps/\d+/undo/)"', answer.content.decode())[1]

    after = desk.post(undo, {"next": "/desk/"}, follow=True)

    assert after.redirect_chain[0][0] == "/desk/"
    assert "撤销了。" in after.content.decode()
    session.refresh_from_db()
    assert session.state == "cancelled"


def test_a_relay_of_three_leaders_with_everything(desk, form, county, farmer, village):
    other = make_place("140425200201", "青羊村委会")
    leaders = [
        Leader.objects.create(county=county, name=n, title="县长", rank="top", department="government", unit=n)
        for n in ("张建军", "李卫东", "王秀英")
    ]
    goods = [make_product(county, title=f"核桃{n}") for n in range(3)]
    helper = make_user("staff", village, name="小李")
    kit = Resource.objects.create(county=county, place=county, kind="kit", name="补光灯")
    relay = form | {
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

    answer = desk.post(NEW, relay)

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


def test_the_form_of_a_session_saves_what_it_shows(desk, form, county, farmer, village):
    test_a_relay_of_three_leaders_with_everything(desk, form, county, farmer, village)
    session = LiveSession.objects.get()
    before = as_json(plan_of(session))
    page = desk.get(f"/plan/{session.pk}/edit/")

    answer = desk.post(f"/plan/{session.pk}/edit/", fields_of(page))

    assert (answer.status_code, errors(answer) if answer.status_code == 422 else []) == (302, [])
    session = LiveSession.objects.get()
    assert (as_json(plan_of(session)), session.plan_version) == (before, 2)


def fields_of(page):
    """The form as a browser would post it."""
    sheet = page.context["sheet"]
    data = {name: sheet.typed.whole().getlist(name) for name in sheet.typed.whole()}
    return data | {"version": [str(page.context["version"])]}


def test_a_session_over_midnight_belongs_to_the_day_it_began(desk, form):
    desk.post(NEW, form | {"start": "22:00", "end": "1:00"})

    session = LiveSession.objects.get()
    assert (session.planned_start_at, session.planned_end_at) == (at(22), at(1, day=26))
    assert list(LiveSession.objects.of_day(at(0))) == [session]
    assert typed(desk.get(f"/plan/{session.pk}/edit/"))["end"] == "次日 01:00"


# --- bad input ---


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"end": "19:00"}, "下播 2026-11-25 19:00 不在开播 2026-11-25 19:30 后面。"),
        ({"end": "11月27日 1:30"}, "这一场有 30 小时，一场最多 24 小时。下播最晚填 2026-11-26 19:30"),
        ({"day": "2026-11-01"}, "开播时间 2026-11-01 19:30 已经过了，请填 2026-11-22 12:00 以后的时间。"),
        ({"day": "2099-01-01"}, "最远只能排到 2028-11-22。"),
        ({"day": "那天"}, "没看懂“那天”是哪一天。请写 11月25日、2026-11-25 或 明天。"),
        ({"start": "晚饭后"}, "没看懂“晚饭后”是几点。请写 19:30 或 晚8点。"),
        ({"end": "很晚"}, "没看懂“很晚”是几点。请写 21:30、晚9点半 或 次日 1:00。"),
        ({"place": "桃花源村"}, "没有找到“桃花源村”，请从列表里选，或把名字写全。"),
        ({"host": "诸葛亮"}, "没有找到“诸葛亮”，请从列表里选，或把名字写全。"),
        ({"host": "小娃"}, "这位主播未满 16 周岁，按规定不能直播。请换一位主播。"),
        ({"title": "\0\u202e"}, "请填写。"),
        ({"title": "长" * 61}, "最多写 60 个字，现在是 61 个。"),
        ({"goal": "很多"}, "请写多少元，例如 29.9。"),
        ({"resources": ["999999"]}, "请从列表里选。"),
        ({"campaign": "999999"}, "请从列表里选一个。"),
        ({"kind": "party"}, "请从列表里选一个。"),
        (rows("guests", {"guest": "贾局长"}), "市场监管局"),
        (rows("segments", {"title": "一", "begins": "18:00"}), "第 1 段要在 19:30 到 21:30 之间，也就是这一场的时间里。"),
        (rows("segments", {"title": "一", "ends": "20:30"}, {"title": "二", "begins": "20:00"}), "第 2 段要接在第 1 段后面，从 20:30 起。"),
        (rows("segments", {"title": "一", "begins": "日出"}), "没看懂“日出”是几点。请写 19:30 或 晚8点。"),
        (rows("goods", {"product": "金箍棒", "price": "1"}), "没有找到“金箍棒”，请从列表里选，或把名字写全。"),
        (rows("goods", {"product": "花椒", "price": "-1"}), "请写 0 元以上、2000 万元以下的数。"),
        (rows("goods", {"product": "花椒", "price": "1", "stock": "九"}), "请写一个整数。"),
        (rows("goods", {"product": "花椒", "price": "1"}, {"product": "花椒", "price": "2"}), "“花椒”写了两次，请删掉一次。"),
        (rows("goods", {"product": "花椒", "price": "1", "segment": "3"}), "这一场没有这一段，请再选。"),
        (rows("rooms", {"platform": "douyin"}), "请写直播间号；还没有号，先写直播账号。"),
        (rows("rooms", {"room_id": "R1"}), "请选平台。"),
        (rows("crew", {"person": "王小红"}), "请选做什么。"),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_words_and_the_rest_is_kept(desk, form, county, village, changes, sentence):
    child = make_user("host", village, name="小娃", is_checked=False)
    PersonalData.objects.create(user=child, birth="2015-01-01", is_adult=False)
    make_product(county, title="花椒")
    Leader.objects.create(county=county, name="贾局长", title="局长", rank="other", department="food_safety", unit="市场监管局")
    given = {"note": "这一句要留住"} | form | changes

    answer = desk.post(NEW, given)

    assert answer.status_code == 422
    assert any(sentence in error for error in errors(answer)), errors(answer)
    shown = typed(answer)
    kept = {name: text for name, text in given.items() if name in shown and name not in {"day", "title"}}
    assert {name: shown[name] for name in kept} == kept, "what was typed is still there"
    assert len(kept) >= 4
    assert not LiveSession.objects.exists()


def test_a_name_that_two_people_have_is_asked_back_with_both(desk, form, village):
    twin = make_user("host", village, name="王小红")

    answer = desk.post(NEW, form)
    (sentence,) = errors(answer)
    chosen = desk.post(NEW, form | {"host": f"王小红（东寺头村）尾号 {twin.phone[-4:]}"})

    assert sentence.startswith("不止一个“王小红”：王小红（东寺头村）尾号 ")
    assert (chosen.status_code, LiveSession.objects.get().host) == (302, twin)


@pytest.mark.parametrize("text", ["\0", "\u202e\u200b", "<script>", "x" * 20_000, "' OR 1=1", "𠮷" * 50, "％００"])
def test_whatever_is_typed_anywhere_is_answered_with_a_page(desk, form, text):
    hostile = dict.fromkeys(form, text) | dict.fromkeys(("place", "note", "goal", "campaign", "resources", "excuse-x"), text)
    for prefix, names in {
        "rooms": ("platform", "room_id", "account"),
        "segments": ("title", "guest", "place", "begins", "ends"),
        "guests": ("guest", "post", "rank", "segment"),
        "goods": ("product", "price", "stock", "segment"),
        "crew": ("person", "duty"),
    }.items():
        hostile |= rows(prefix, dict.fromkeys(names, text))

    assert desk.post(NEW, hostile).status_code == 422
    assert desk.post(CHECK, hostile).status_code == 200
    for button in ("add", "drop", "take", "studio", "check"):
        assert desk.post(NEW, hostile | {button: text}).status_code in {200, 422}
    for total in ("-1", "9" * 30, "x", "1000"):
        assert desk.post(NEW, form | {"rooms-TOTAL_FORMS": total, "start": ""}).status_code == 422


def test_ten_megabytes_are_refused_at_the_door(desk, form):
    assert desk.post(NEW, form | {"note": "长" * 10_000_000}).status_code == 400


# --- buttons of the form, without JavaScript ---


def test_rows_are_added_and_taken_away_and_nothing_typed_is_lost(desk, form):
    given = (
        form
        | rows("guests", {"guest": "甲", "segment": "1"}, {"guest": "乙", "segment": "2"})
        | rows("segments", {"title": "一"}, {"title": "二"})
    )

    more = typed(desk.post(NEW, given | {"add": "guests"}))
    less = typed(desk.post(NEW, given | {"drop": "guests-0"}))
    shorter = desk.post(NEW, given | {"drop": "segments-0"})

    assert ({name: more[name] for name in form if name not in {"day", "kind"}}, more["guests-2-guest"]) == (
        {name: form[name] for name in form if name not in {"day", "kind"}},
        "",
    )
    assert (less["guests-0-guest"], "guests-1-guest" in less) == ("乙", False)
    assert typed(shorter)["segments-0-title"] == "二"
    assert [row["segment"] for row in shorter.context["sheet"].typed.rows["guests"]] == ["", "1"]
    assert not LiveSession.objects.exists()


def test_an_empty_form_takes_the_day_the_host_and_the_studio_of_the_address(desk, county, farmer, other_county):
    studio = Resource.objects.create(county=county, place=county, kind="studio", name="一号直播间")
    stranger = make_user("host", other_county)

    page = desk.get(NEW, {"on": "2026-11-25", "start": "19:30", "host": farmer.pk, "resource": studio.pk})
    foreign = desk.get(NEW, {"host": stranger.pk, "place": other_county.pk, "resource": "999", "day": "\0"})

    assert {name: typed(page)[name] for name in ("day", "start", "host")} == {
        "day": "2026-11-25",
        "start": "19:30",
        "host": "王小红（东寺头村）",
    }
    assert f'value="{studio.pk}" checked' in page.content.decode()
    assert (typed(foreign)["host"], typed(foreign)["place"]) == ("", "")


# --- what clashes ---


def test_what_clashes_is_told_while_planning_with_what_is_free(desk, form, simple, county, staff):
    stored(simple, county, staff)

    answer = desk.post(CHECK, form)
    text = answer.content.decode()

    assert "王小红" in text
    assert "不能排" in text
    start = re.search(r'name="take" value="([^"]+)"', text)[1]
    taken = typed(desk.post(NEW, form | {"take": start}))
    assert f"{taken['day']} {taken['start']}" == start
    begins = datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    assert begins >= simple.planned_end_at
    assert taken["end"].removeprefix("次日 ") == f"{begins + 2 * HOUR:%H:%M}", "as long as before"
    assert desk.post(NEW, {name: text for name, text in taken.items() if text} | {"kind": "village_host"}).status_code == 302


def test_without_javascript_a_button_checks(desk, form, simple, county, staff):
    fine = desk.post(NEW, form | {"check": "1"})
    stored(simple, county, staff)
    clashing = desk.post(NEW, form | {"check": "1"})

    assert (fine.status_code, "没有撞，可以排。" in fine.content.decode()) == (200, True)
    assert (clashing.status_code, "不能排" in clashing.content.decode()) == (200, True)
    assert LiveSession.objects.count() == 1


def test_a_plan_that_is_not_one_yet_is_not_judged_by_the_check(desk, form):
    answer = desk.post(CHECK, form | {"host": ""})

    assert (answer.status_code, errors(answer)) == (200, [])
    assert "写好时间、主播和主题" in answer.content.decode()


def test_where_the_county_wants_a_reason_it_is_asked_for_and_stored(desk, form, simple, county, staff):
    PlanRules.objects.create(county=county, levels={"host": "approve"})
    stored(simple, county, staff)

    asked = desk.post(NEW, form)
    field = html.unescape(re.search(r'name="(excuse-[^"]+)"', asked.content.decode())[1])
    saved = desk.post(NEW, form | {field: "两场连着播"})

    assert (asked.status_code, saved.status_code) == (422, 302)
    assert list(Excuse.objects.values_list("reason", flat=True)) == ["两场连着播"]


def test_free_studio_takes_the_place_of_the_one_that_is_taken(desk, form, county):
    one, two, kit = (
        Resource.objects.create(county=county, place=county, kind=k, name=n)
        for k, n in (("studio", "一"), ("studio", "二"), ("kit", "灯"))
    )

    page = desk.post(NEW, form | {"resources": [one.pk, kit.pk], "studio": str(two.pk)})

    assert re.findall(r'name="resources" value="(\d+)" checked', page.content.decode()) == [str(two.pk), str(kit.pk)]


# --- two editors ---


@pytest.fixture
def both(desk, simple, county, staff):
    """I have the form open; another changes title, hours and note meanwhile."""
    session = stored(simple, county, staff)
    mine = fields_of(desk.get(f"/plan/{session.pk}/edit/"))
    other = make_user("staff", county, name="小王")
    changed = plan_of(session)
    changed = type(changed)(
        **{f: getattr(changed, f) for f in changed.__dataclass_fields__}
        | {"title": "小王的花椒", "note": "小王写的", "planned_end_at": at(22)}
    )
    change_plan(session, changed, version=1, by=other, at=timezone.now())
    return session, mine


def test_the_second_editor_sees_what_changed_and_keeps_his_own(desk, both):
    session, mine = both

    answer = desk.post(f"/plan/{session.pk}/edit/", mine | {"title": "我的花椒"})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "小王在 2026-11-22 12:00 改过这一场" in text
    assert (typed(answer)["title"], typed(answer)["note"], typed(answer)["end"]) == ("我的花椒", "小王写的", "22:00")
    assert [(d.part, d.mine, d.theirs, d.is_mine_too) for d in answer.context["differences"]] == [
        ("title", "我的花椒", "小王的花椒", True),
        ("day", "2026-11-25 19:30 21:30", "2026-11-25 19:30 22:00", False),
        ("note", "—", "小王写的", False),
    ]
    session.refresh_from_db()
    assert (session.title, session.plan_version) == ("小王的花椒", 2)


@pytest.mark.parametrize(("choice", "title"), [("mine", "我的花椒"), ("theirs", "小王的花椒")])
def test_mine_or_theirs_is_chosen_field_by_field(desk, both, choice, title):
    session, mine = both
    asked = desk.post(f"/plan/{session.pk}/edit/", mine | {"title": "我的花椒"})

    desk.post(f"/plan/{session.pk}/edit/", fields_of(asked) | {"choose-title": choice})

    session.refresh_from_db()
    assert (session.title, session.note, session.planned_end_at, session.plan_version) == (title, "小王写的", at(22), 3)


def test_somebody_who_never_saw_a_version_overwrites_nothing(desk, both):
    session, mine = both
    del mine["version"]

    assert desk.post(f"/plan/{session.pk}/edit/", mine).status_code == 409
    session.refresh_from_db()
    assert session.title == "小王的花椒"


# --- copying, cancelling, rights ---


def test_a_copy_is_a_new_session_a_week_later(desk, simple, county, staff):
    session = stored(simple, county, staff)

    page = desk.get(f"/plan/{session.pk}/copy/")
    answer = desk.post(NEW, fields_of(page))

    assert (typed(page)["day"], answer.status_code) == ("2026-12-02", 302)
    copy = LiveSession.objects.exclude(pk=session.pk).get()
    assert (copy.title, copy.host, copy.planned_start_at) == ("花椒专场", simple.host, simple.planned_start_at + 7 * 24 * HOUR)


def test_cancelling_asks_why_and_can_be_taken_back(desk, simple, county, staff):
    session = stored(simple, county, staff)
    address = f"/plan/{session.pk}/cancel/"

    silent = desk.post(address, {"version": "1", "reason": " "})
    done = desk.post(address, {"version": "1", "reason": "下大雪"}, follow=True)

    assert (silent.status_code, errors(silent)) == (422, ["请填写。"])
    assert f"{staff.name}在 2026-11-22 12:00 取消了：下大雪" in done.content.decode()
    desk.post(f"/plan/steps/{PlanStep.objects.get(kind='cancelled').pk}/undo/")
    session.refresh_from_db()
    assert session.state == "draft"


def test_a_session_that_is_over_is_not_planned(desk, county):
    over = make_session(county, went_live_at=NOON - 2 * HOUR, ended_at=NOON - HOUR)

    assert desk.get(f"/plan/{over.pk}/edit/").status_code == 302
    assert desk.get(f"/plan/{over.pk}/copy/").status_code == 200


def test_only_who_plans_there_plans(simple, county, staff, farmer, stranger, village):
    session = stored(simple, county, staff)
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


def test_township_staff_plan_in_the_field_with_their_own_people_alone(form, village, county):
    clerk, elsewhere = (
        make_user("staff", village.parent, name="乡里小赵"),
        make_user("host", make_place("140425200201", "青羊村"), name="李大山"),
    )
    client = signed_in(clerk)

    page = client.get(NEW)
    refused = client.post(NEW, form | {"host": elsewhere.name})
    done = client.post(NEW, form)

    assert sorted(page.context["sheet"].lists.people.labels) == ["乡里小赵（140425100）", "王小红（东寺头村）"]
    assert errors(refused) == ["没有找到“李大山”，请从列表里选，或把名字写全。"]
    assert (done.status_code, LiveSession.objects.get().county) == (302, county)


# --- the session's page ---


def test_the_page_of_a_session_shows_its_parts_and_what_may_be_done(desk, form, county, farmer, village):
    test_a_relay_of_three_leaders_with_everything(desk, form, county, farmer, village)
    session = LiveSession.objects.get()

    context = desk.get(f"/sessions/{session.pk}/").context
    text = desk.get(f"/sessions/{session.pk}/").content.decode()

    assert [(s.title, [g.name for g in guests], goods) for s, guests, goods in context["segments"]] == [
        ("一棒", ["张建军"], ["核桃0"]), ("二棒", ["李卫东", "老刘"], ["核桃1"]), ("三棒", ["王秀英"], ["核桃2"]),
    ]  # fmt: skip
    assert context["crew"] == [("王小红", "主播"), ("小李", "中控、客服")]
    assert [thing.name for thing in context["things"]] == ["补光灯"]
    assert [words in text for words in ("还没有发布", "改计划", "复制", "带雨衣", "还没有号")] == [True] * 5


def test_another_room_is_added_on_air_and_only_then(desk, county, session):
    address = f"/sessions/{session.pk}/rooms/"

    wrong = desk.post(address, {"platform": "myspace", "room_id": ""})
    added = desk.post(address, {"platform": "kuaishou", "room_id": "R2"}, follow=True)

    assert (wrong.status_code, errors(wrong)) == (422, ["请从列表里选一个。", "请填写。"])
    assert "加上了" in added.content.decode()
    assert sorted(session.rooms.values_list("platform", "room_id")) == [("douyin", "R1"), ("kuaishou", "R2")]
    LiveSession.objects.filter(pk=session.pk).update(state="ended", ended_at=NOON)
    assert desk.post(address, {"platform": "douyin", "room_id": "R3"}).status_code == 422

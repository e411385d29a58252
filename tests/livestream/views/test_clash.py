"""The list of clashes and the rules, as people meet them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from livestream.actions.clash import booking_told, check_clashes
from livestream.models import Excuse, LiveSession, PlanRules, TravelTime
from livestream.models.plan_rules import default_levels
from livestream.plan_rules_forms import RulesForm
from livestream.rules.day import SHANGHAI
from livestream.rules.planning import ClashKind, Level
from tests.factories import make_place, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localdate() + timedelta(days=1)
EVENING = datetime.combine(TOMORROW, time(19), SHANGHAI).astimezone(UTC)
HOUR = timedelta(hours=1)
TYPED = {
    "same_township_minutes": "25", "same_county_minutes": "50", "beyond_minutes": "90", "freeze_hours": "12",
    "answer_hours": "6",
} | {f"level_{kind}": "block" for kind in ClashKind}  # fmt: skip


def plan(county, host, title, place=None, hours=0):
    start = EVENING + hours * HOUR
    return LiveSession.objects.create(
        county=county, place=place or county, kind="village_host", title=title, host=host, planned_start_at=start,
        planned_end_at=start + HOUR,
    )  # fmt: skip


def set_levels(county, **levels):
    PlanRules.objects.update_or_create(county=county, defaults={"levels": default_levels() | levels})


@pytest.fixture
def excuse(county, host, staff):
    """One session stands beside another by a reason."""
    set_levels(county, host="approve")
    first = plan(county, host, "潞党参专场")
    with booking_told():
        second = plan(county, host, "花椒专场")
        check_clashes(second, excuses={f"time:person:{host.pk}:{first.pk}": "就这一天有货"}, by=staff, at=timezone.now())
    return Excuse.objects.get()


def page(user, address="/plan/clashes/"):
    answer = signed_in(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_clashes_the_list_says_so(staff):
    assert "4 周里没有撞的" in page(staff)


def test_a_clash_is_told_with_its_reason_and_its_sessions(excuse, staff):
    text = page(staff)

    for words in (
        "自己要播“潞党参专场”",
        "就这一天有货",
        "花椒专场",
        f"/sessions/{excuse.session_id}/",
        f"/sessions/{excuse.other_id}/",
    ):
        assert words in text
    assert f"/plan/clashes/{excuse.pk}/allow/" not in text


def test_an_approver_allows_it_with_one_button(excuse, county):
    approver = make_user("approver", county)
    assert f"/plan/clashes/{excuse.pk}/allow/" in page(approver)

    answer = signed_in(approver).post(f"/plan/clashes/{excuse.pk}/allow/", follow=True)

    excuse.refresh_from_db()
    assert excuse.allowed_by == approver
    assert "批准了，“花椒专场”可以发布。" in answer.content.decode()
    assert f"/plan/clashes/{excuse.pk}/allow/" not in answer.content.decode()


def test_staff_and_approvers_of_other_places_allow_nothing(excuse, staff, other_county, stranger):
    allow = f"/plan/clashes/{excuse.pk}/allow/"

    assert signed_in(staff).post(allow).status_code == 403
    assert signed_in(make_user("approver", other_county)).post(allow).status_code == 404
    assert "花椒专场" not in page(stranger)
    excuse.refresh_from_db()
    assert excuse.allowed_by is None


def test_a_township_sees_its_own_clashes(county):
    set_levels(county, host="warn")
    here, there = make_place("140425100201"), make_place("140425200201")
    for place in (here, there):
        host = make_user("host", place, name=f"主播{place.pk}")
        for n in range(2):
            plan(county, host, f"{place.pk}第{n}场", place)

    text = page(make_user("staff", make_place("140425100")))

    assert "主播140425100201没有空" in text
    assert "140425200201" not in text


def test_a_county_is_chosen_by_who_sees_several(county, other_county, host):
    set_levels(county, host="warn")
    for n in range(2):
        plan(county, host, f"第{n}场")
    admin = make_user("admin", county)

    assert "哪个县" in page(admin)
    assert "没有空" in page(admin, f"/plan/clashes/?county={county.pk}")
    assert "没有空" not in page(admin, "/plan/clashes/?county=999999&weeks=x")


def test_the_list_costs_the_same_however_many_clash(county, staff, django_assert_max_num_queries):
    set_levels(county, host="warn")
    for _ in range(5):
        host = make_user("host", county)
        for n in range(3):
            plan(county, host, f"第{n}场")
    client = signed_in(staff)

    with django_assert_max_num_queries(28):
        assert "15" in client.get("/plan/clashes/").content.decode()


# --- rules --------------------------------------------------------------------------------------------------------------------


def test_rules_are_shown_and_saved(staff, county):
    PlanRules.objects.create(county=county, first_month=4, wanted_leaders=10, counted_ranks=["top", "deputy"])
    assert "协议年从 4 月算起，一年 10 位。" in page(staff, "/plan/rules/")

    answer = signed_in(staff).post("/plan/rules/", TYPED)

    stored = PlanRules.objects.get()
    assert (answer.status_code, stored.pk) == (302, county.pk)
    assert {stored.level(kind) for kind in ClashKind} == {Level.BLOCK}
    assert (stored.same_township_minutes, stored.freeze_hours, stored.answer_hours) == (25, 12, 6)
    assert (stored.first_month, stored.wanted_leaders, stored.counted_ranks) == (4, 10, ["top", "deputy"])  # promised elsewhere


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"same_county_minutes": "半小时"}, "请填 0 到 1440 之间的整数。"),
        ({"answer_hours": "0"}, "请填 1 到 720 之间的整数。"),
        ({"beyond_minutes": ""}, "请填 0 到 1440 之间的整数。"),
        ({"level_host": "perhaps"}, "请从三样里选一样。"),
        ({"level_host": ""}, "请选一样。"),
        ({"freeze_hours": "9" * 5000}, "请填 0 到 720 之间的整数。"),
        ({"freeze_hours": "\x00"}, "请填 0 到 720 之间的整数。"),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_stays(staff, wrong, said):
    answer = signed_in(staff).post("/plan/rules/", TYPED | wrong)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="25"' in answer.content.decode()
    assert not PlanRules.objects.exists()


def test_a_level_that_would_refuse_what_is_planned_names_it_with_links(staff, county, host):
    set_levels(county, host="warn")
    sessions = [plan(county, host, title) for title in ("潞党参专场", "花椒专场")]

    answer = signed_in(staff).post("/plan/rules/", TYPED)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "规则没有改" in text
    assert all(f"/sessions/{session.pk}/" in text for session in sessions)
    assert PlanRules.objects.get().level(ClashKind.HOST) == Level.WARN


def test_only_the_county_keeps_rules(county, other_county, stranger):
    township = make_user("staff", make_place("140425100"))

    assert signed_in(township).get("/plan/rules/").status_code == 403
    assert signed_in(stranger).get(f"/plan/rules/?county={county.pk}").status_code == 404
    assert signed_in(stranger).post(f"/plan/rules/?county={county.pk}", TYPED).status_code == 404
    assert "巨鹿县" in page(make_user("admin", county), f"/plan/rules/?county={other_county.pk}")


def test_every_kind_of_clash_has_its_words():
    assert all(str(field.help_text) for field in RulesForm(rules=PlanRules()).levels)
    assert len(RulesForm(rules=PlanRules()).levels) == len(ClashKind)


def test_a_road_is_written_and_removed(staff, county):
    one, other = make_place("140425100201", "东寺头村委会"), make_place("140425200201", "西沟村委会")
    client = signed_in(staff)

    client.post("/plan/rules/roads/", {"one": "东寺头村", "other": "西沟村", "minutes": "45"})

    road = TravelTime.objects.get()
    assert (road.one, road.other, road.minutes) == (one, other, 45)
    assert "45 分钟" in client.get("/plan/rules/").content.decode()
    client.post(f"/plan/rules/roads/{road.pk}/forget/")
    assert not TravelTime.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"one": "没有的村"}, "没有这个地方，请再看一遍名字。"),
        ({"one": "同名村"}, "不止一个地方叫这个名字，请写全，例如：同名村（140425100）、同名村（140425200）。"),
        ({"one": "西沟村"}, "从一个地方到它自己不用写。"),
        ({"minutes": "-5"}, "请填 0 到 1440 之间的整数。"),
        ({"one": "\x00‮"}, "请填写。"),
        ({"one": "长" * 5000}, "最多写 80 个字"),
    ],
)
def test_a_road_that_is_not_understood_is_said(staff, county, typed, said):
    for code, name in (("140425100201", "同名村"), ("140425200202", "同名村"), ("140425200201", "西沟村")):
        make_place(code, name)

    answer = signed_in(staff).post("/plan/rules/roads/", {"one": "140425100201", "other": "西沟村", "minutes": "45"} | typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not TravelTime.objects.exists()

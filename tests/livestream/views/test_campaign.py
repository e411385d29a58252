"""The pages of campaigns, promotion, rewards and agreements, as their people use them."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from livestream.models import Agreement, Campaign, Deliverable, LiveSession, PromotionTask, RewardDraw, RewardRule
from tests.campaigns import make_agreement, make_campaign, make_reward, make_task, reward_plan
from tests.factories import make_place, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 22, 4, tzinfo=UTC)
SOON = TODAY + timedelta(minutes=9)
SAID = {"name": "潞党参节", "kind": "festival", "from_on": "2026-11-20", "until_on": "2026-11-26"}
LINK = "https://v.douyin.com/abc/"


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture
def desk(staff):
    return signed_in(staff)


def text_of(answer) -> str:
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\u2009", "")
    return re.sub(r"\s+", " ", plain).strip()


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def kept(answer, name):
    """What stands in a field of the form that came back."""
    return answer.context["form"][name].value()


# --- campaigns ------------------------------------------------------------------------------------------------------------


def test_the_year_says_what_comes_what_runs_and_what_is_over(desk, county, staff):
    make_campaign(county, staff)
    make_campaign(county, staff, name="95公益周", from_on=date(2026, 9, 1), until_on=date(2026, 9, 7))
    make_campaign(county, staff, name="冬至", from_on=date(2026, 12, 21), until_on=date(2027, 1, 3))

    said = text_of(desk.get("/campaigns/"))

    assert "95公益周 09-01 – 09-07 已经结束 潞党参节 11-20 – 11-26 第 3 天，共 7 天 冬至 12-21 – 01-03 还有 29 天开始" in said
    assert "冬至" in text_of(desk.get("/campaigns/?year=2027"))
    assert "2025 年还没有活动" in text_of(desk.get("/campaigns/?year=2025"))
    assert "活动 2026" in text_of(desk.get("/campaigns/?year=99999999999999999999"))


def test_a_new_one_is_made_and_shown(desk):
    answer = desk.post("/campaigns/new/", SAID | {"goal_fen": "20万", "note": "三个合作社"})

    campaign = Campaign.objects.get()
    assert (answer.headers["Location"], campaign.goal_fen, campaign.note) == (
        f"/campaigns/{campaign.pk}/",
        200_000_00,
        "三个合作社",
    )


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"until_on": "2026-11-19"}, "until_on", "结束的日期在开始的前面，请改过来。"),
        ({"goal_fen": "0"}, "goal_fen", "目标要大于 0，最多 1,000,000 万元；没有目标就不填。"),
        ({"goal_fen": "1" + "0" * 18}, "goal_fen", "请填金额，例如 200000 或 20 万。"),
        ({"goal_fen": "99999999999"}, "goal_fen", "目标要大于 0，最多 1,000,000 万元；没有目标就不填。"),
        ({"goal_fen": "很多"}, "goal_fen", "请填金额，例如 200000 或 20 万。"),
        ({"from_on": "明天"}, "from_on", "请按 2026-01-31 这样填日期。"),
        ({"kind": "party"}, "kind", "请从列表里选。"),
        ({"name": "长" * 61}, "name", "最多写 60 个字，现在是 61 个。"),
        ({"reported_fen": "5"}, "reported_source", "上报数和“谁报的”要一起填，例如“县商务局 2025 年总结”。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(desk, changes, field, sentence):
    answer = desk.post("/campaigns/new/", SAID | {"note": "留着"} | changes)

    assert (answer.status_code, Campaign.objects.count()) == (422, 0)
    assert [error.rstrip("。") for error in answer.context["form"].errors[field]] == [sentence.rstrip("。")]
    assert (kept(answer, "note"), kept(answer, field) or "") == ("留着", changes.get(field, ""))


def test_templates_and_last_years_stand_ready(desk, county, staff):
    last = make_campaign(county, staff, from_on=date(2025, 11, 20), until_on=date(2025, 11, 26), goal_fen=100_00)

    welfare = desk.get("/campaigns/new/?template=welfare").context["form"].initial
    like = desk.get(f"/campaigns/new/?like={last.pk}").context["form"].initial

    assert (welfare["name"], welfare["from_on"], welfare["until_on"]) == ("95公益周", date(2027, 9, 1), date(2027, 9, 7))
    assert (like["name"], like["from_on"], like["until_on"], like["goal_fen"]) == ("潞党参节", date(2026, 11, 20), date(2026, 11, 26), 100_00)  # fmt: skip


def test_last_years_is_held_again(desk, county, staff):
    last = make_campaign(county, staff, from_on=date(2025, 11, 20), until_on=date(2025, 11, 26))
    make_task(last, staff)

    answer = desk.post("/campaigns/new/", SAID | {"like": last.pk})

    made = Campaign.objects.get(follows=last)
    assert answer.headers["Location"] == f"/campaigns/{made.pk}/"
    assert told(answer) == ["照去年的办好了：0 场草稿、1 个推广任务、0 条奖励规则（要重新公布）。"]
    assert desk.post("/campaigns/new/", SAID | {"like": last.pk, "name": "又"}).status_code == 422


def test_a_second_editor_sees_what_is_stored_and_may_save_once_more(desk, county, staff):
    campaign = make_campaign(county, staff)
    desk.post(f"/campaigns/{campaign.pk}/edit/", SAID | {"version": 1, "note": "甲"})

    late = desk.post(f"/campaigns/{campaign.pk}/edit/", SAID | {"version": 1, "note": "乙"})

    assert late.status_code == 422
    assert "别人刚改过这个活动" in text_of(late)
    assert (kept(late, "note"), "甲" in text_of(late)) == ("乙", True)
    assert '<input type="hidden" name="version" value="2">' in late.content.decode()
    assert Campaign.objects.get().note == "甲"


def test_the_page_names_who_is_late(desk, county, staff, host):
    campaign = make_campaign(county, staff)
    make_task(campaign, staff, owner=host, at=TODAY - timedelta(days=3), due_at=TODAY - timedelta(hours=25))

    said = text_of(desk.get(f"/campaigns/{campaign.pk}/"))

    assert "有 1 个推广任务晚了" in said
    assert f"做一张党参节海报 {host.name} 11-21 11:00 ! 晚了 2 天" in said


def test_another_countys_are_not_there(county, staff, stranger):
    campaign, agreement = make_campaign(county, staff), make_agreement(county, staff)
    rule, task = make_reward(campaign, staff), make_task(campaign, staff)
    other = signed_in(stranger)
    for address in (f"campaigns/{campaign.pk}", f"campaigns/{campaign.pk}/edit", f"tasks/{task.pk}", f"rewards/{rule.pk}/edit", f"agreements/{agreement.pk}", f"campaigns/new/?like={campaign.pk}#"):  # fmt: skip
        assert other.get(f"/{address}/" if "?" not in address else f"/{address}").status_code == 404
    assert "潞党参节" not in text_of(other.get("/campaigns/"))


# --- promotion ------------------------------------------------------------------------------------------------------------


def test_a_task_is_given_to_somebody_of_the_county(desk, county, staff, session, host, stranger):
    said = {"kind": "village", "what": "大喇叭念三遍", "owner": host.pk, "due_at": "2026-11-23T08:00"}

    assert desk.post(f"/sessions/{session.pk}/tasks/new/", said).headers["Location"] == f"/sessions/{session.pk}/"
    task = PromotionTask.objects.get()
    assert (task.owner, task.due_at) == (host, datetime(2026, 11, 23, tzinfo=UTC))
    assert "大喇叭念三遍" in text_of(desk.get(f"/sessions/{session.pk}/"))

    refused = desk.post(f"/sessions/{session.pk}/tasks/new/", said | {"owner": stranger.pk})
    assert (refused.status_code, refused.context["form"].errors["owner"]) == (422, ["请从列表里选。"])


def test_a_township_is_offered_its_own_people_and_the_host(county, session, host):
    here, there = make_place("140425202", "虹梯关乡"), make_place("140425100", "青羊镇")
    clerk, elsewhere = make_user("staff", here), make_user("host", there)
    LiveSession.objects.filter(pk=session.pk).update(place=here)

    form = signed_in(clerk).get(f"/sessions/{session.pk}/tasks/new/").context["form"]

    assert set(form.fields["owner"].queryset) == {clerk, host}
    assert elsewhere not in form.fields["owner"].queryset


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"due_at": "2026-11-22T11:59"}, "due_at", "做完的时间已经过去了，请填以后的时间。"),
        ({"due_at": "0001-01-01T00:00"}, "due_at", None),
        ({"due_at": "下周"}, "due_at", "请按 2026-01-31 19:30 这样填日期和时间。"),
        ({"what": "每人至少买两单"}, "what", "推广任务不能给人派购买、销售指标（“每人至少买两单”）。请写要做的事，例如“转发预告到村里的微信群”。"),
        ({"link": "javascript:alert(1)"}, "link", "链接要以 http:// 或 https:// 开头，从手机里复制过来就行。"),
        ({"appointments": "-1"}, "appointments", "请填数字。"),
    ],
)  # fmt: skip
def test_a_task_that_is_wrong_is_said_and_kept(desk, session, changes, field, sentence):
    said = {"kind": "poster", "what": "海报", "due_at": "2026-11-23T08:00", "link": LINK} | changes
    answer = desk.post(f"/sessions/{session.pk}/tasks/new/", said)
    assert (answer.status_code, PromotionTask.objects.count()) == (422, 0)
    assert sentence is None or answer.context["form"].errors[field] == [sentence]
    assert kept(answer, "kind") == "poster"


def test_a_host_does_it_on_the_phone_with_one_tap(staff, host, session):
    task = make_task(session, staff, owner=host)
    phone = signed_in(host)
    assert "要做的推广" in text_of(phone.get("/my/"))

    answer = phone.post(f"/my/tasks/{task.pk}/done/", {"link": LINK})

    task.refresh_from_db()
    assert (answer.headers["Location"], task.done_at, task.done_by, task.link) == ("/my/", TODAY, host, LINK)
    assert "要做的推广" not in text_of(phone.get("/my/"))
    assert signed_in(staff).post(f"/my/tasks/{task.pk}/done/").status_code == 404


def test_a_bad_link_on_the_phone_leaves_the_task_open(staff, host, session):
    task = make_task(session, staff, owner=host)
    answer = signed_in(host).post(f"/my/tasks/{task.pk}/done/", {"link": "v.douyin.com"})
    task.refresh_from_db()
    assert (told(answer), task.done_at) == (["链接要以 http:// 或 https:// 开头，从手机里复制过来就行。"], None)


def test_a_short_link_leads_on_and_is_counted_without_a_cookie(desk, staff, session):
    task = make_task(session, staff, link=LINK)
    viewer = Client()

    answers = [viewer.get(f"/go/{task.code}/") for _ in range(2)]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(302, LINK)] * 2
    assert not viewer.cookies
    assert "打开过 2 次，在 1 天里。" in text_of(desk.get(f"/tasks/{task.pk}/"))
    assert viewer.head(f"/go/{task.code}/").status_code == 405
    assert [viewer.get(address).status_code for address in ("/go/zzzzzzz/", "/go/x%00/", f"/go/{'x' * 3000}/")] == [404] * 3


def test_a_task_is_changed_done_opened_and_dropped(desk, staff, session):
    task = make_task(session, staff)
    page = f"/tasks/{task.pk}/"
    said = {"kind": "media", "what": "发通稿", "due_at": "2026-11-25T08:00", "link": LINK, "appointments": "12"}

    assert desk.post(page, said).headers["Location"] == page
    for step in ("done", "reopen"):
        desk.post(f"{page}{step}/")
    task.refresh_from_db()
    assert (task.what, task.link, task.appointments, task.done_at) == ("发通稿", LINK, 12, None)
    desk.post(f"{page}drop/")
    assert PromotionTask.objects.count() == 0


# --- rewards --------------------------------------------------------------------------------------------------------------


def reward_said(**changes):
    plan = reward_plan()
    said = {name: getattr(plan, name) for name in type(plan).__slots__}
    return said | {"worth_fen": "168", "draws_at": "2026-11-22T12:09"} | changes


def test_a_reward_is_drafted_published_drawn_and_checked_by_anybody(desk, session, time_machine):
    desk.post(f"/sessions/{session.pk}/rewards/new/", reward_said())
    rule = RewardRule.objects.get()
    public, page = Client(), f"/rewards/{rule.pk}/"
    assert public.get(page).status_code == 404

    assert desk.post(f"{page}publish/").headers["Location"] == page
    before = text_of(public.get(page))
    rule.refresh_from_db()
    assert "奖品 潞党参礼盒，3 份，每份值 ¥168.00" in before
    assert "还没有开奖，11-22 12:09 开。" in before
    assert rule.commitment in before
    assert rule.seed not in public.get(page).content.decode()

    time_machine.move_to(SOON)
    desk.post(f"{page}draw/", {"entries": "\n".join(f"{n:03}" for n in range(1, 51))})
    draw = RewardDraw.objects.get()
    after = text_of(public.get(page, {"number": draw.winners[1]}))
    assert f"{draw.winners[1]} 中奖了，排第 2。" in after
    assert draw.seed in after
    file = public.get(f"{page}entries.txt")
    assert sha256(file.content).hexdigest() == draw.entries_digest
    assert "参与号里没有 999" in text_of(public.get(page, {"number": "999"}))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"worth_fen": "50000.01"}, "worth_fen", "抽奖的最高奖不能超过 50,000 元（反不正当竞争法 2025 年修订第十一条）。请填 50,000 元以内；东西按市场价算。"),
        ({"number": "0"}, "number", "份数要在 1 到 100,000 之间。"),
        ({"worth_fen": ""}, "worth_fen", "请填金额。"),
        ({"condition": ""}, "condition", "请填写。"),
    ],
)  # fmt: skip
def test_a_reward_that_may_not_be_is_said_and_kept(desk, session, changes, field, sentence):
    answer = desk.post(f"/sessions/{session.pk}/rewards/new/", reward_said(**changes))
    assert (answer.status_code, RewardRule.objects.count()) == (422, 0)
    assert answer.context["form"].errors[field] == [sentence]
    assert kept(answer, "payer") == "平顺县电商中心"


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ("", "请把参与号贴进来，一行一个，例如 0001。"),
        ("0001\n13800000000", "里面有手机号。开奖只用参与号（例如 0001），不能用手机号、证件号、订单号。"),
        ("0001\n张三", "“张三”不像参与号：最多 12 个字母、数字或短横线，例如 0001。请改成这样的号，别的都还在。"),
        ("0001\x00", "里面有看不见的字符，请删掉重新贴。"),
        ("1" * 300_000, "太多了，一次最多 20,000 个参与号。"),
    ],
)
def test_entries_that_are_wrong_are_said_and_kept(desk, staff, session, time_machine, entries, sentence):
    rule = make_reward(session, staff, draws_at=SOON)
    desk.post(f"/rewards/{rule.pk}/publish/")
    time_machine.move_to(SOON)

    answer = desk.post(f"/rewards/{rule.pk}/draw/", {"entries": entries})

    assert (answer.status_code, RewardDraw.objects.count()) == (422, 0)
    assert (answer.context["form"].errors["entries"], kept(answer, "entries")) == ([sentence], entries)


def test_a_draw_that_is_too_early_or_twice_is_said(desk, staff, session, time_machine):
    rule = make_reward(session, staff, draws_at=SOON)
    page = f"/rewards/{rule.pk}/draw/"
    assert "规则还没有公布" in text_of(desk.post(page, {"entries": "1"}))
    desk.post(f"/rewards/{rule.pk}/publish/")
    assert "还没到公布的开奖时间" in text_of(desk.post(page, {"entries": "1"}))
    time_machine.move_to(SOON)
    assert desk.post(page, {"entries": "1"}).status_code == 302
    assert "已经开过奖了" in text_of(desk.post(page, {"entries": "2"}))
    assert RewardDraw.objects.get().winners == ["1"]


def test_what_is_published_is_only_shown(desk, staff, session):
    rule = make_reward(session, staff, draws_at=SOON)
    assert "观众会看到" in text_of(desk.get(f"/rewards/{rule.pk}/edit/"))
    desk.post(f"/rewards/{rule.pk}/publish/")
    assert desk.get(f"/rewards/{rule.pk}/edit/").headers["Location"] == f"/rewards/{rule.pk}/"
    answer = desk.post(f"/rewards/{rule.pk}/edit/", reward_said(number=9))
    assert (answer.status_code, RewardRule.objects.get().number) == (422, 3)


def test_publishing_after_the_time_of_the_draw_is_refused(desk, staff, session, time_machine):
    rule = make_reward(session, staff, draws_at=SOON)
    time_machine.move_to(SOON)
    assert told(desk.post(f"/rewards/{rule.pk}/publish/")) == ["抽奖要写什么时候开奖，公布以前定好。"]
    assert RewardRule.objects.get().published_at is None


# --- agreements -----------------------------------------------------------------------------------------------------------


def test_an_agreement_is_noted_with_what_was_promised_and_delivered(desk):
    said = {"partner": "太行云", "subject": "助农直播", "from_on": "2026-01-01", "until_on": "2026-12-31"}
    page = desk.post("/agreements/new/", said).headers["Location"]
    assert desk.post("/agreements/new/", said).status_code == 422
    desk.post(f"{page}promises/", {"what": "县长直播", "wanted": "12", "unit": "场", "due_on": "2026-11-12"})
    promise = Deliverable.objects.get()
    assert "0 / 12 场 2026-11-12 ! 晚了 10 天" in text_of(desk.get("/agreements/"))

    refused = desk.post(f"/promises/{promise.pk}/", {"done": "12", "evidence": ""})
    assert refused.context["form"].errors["evidence"] == ["做了多少，要有证明的链接，例如照片、报道或回放的地址。"]
    assert desk.post(f"/promises/{promise.pk}/", {"done": "12", "evidence": LINK}).headers["Location"] == page
    assert "✓ 兑现了" in text_of(desk.get(page))

    assert desk.post(f"{page}edit/", said | {"kept_where": "2 号柜"}).status_code == 302
    desk.post(f"/promises/{promise.pk}/drop/")
    assert (Deliverable.objects.count(), Agreement.objects.get().kept_where) == (0, "2 号柜")


def test_a_promise_that_is_wrong_is_said_and_kept(desk, county, staff):
    agreement = make_agreement(county, staff)
    answer = desk.post(
        f"/agreements/{agreement.pk}/promises/", {"what": "直播", "wanted": "0", "unit": "场", "due_on": "2026-11-12"}
    )
    assert (answer.status_code, kept(answer, "what")) == (422, "直播")
    assert answer.context["form"].errors["wanted"] == ["数量要在 1 到 1,000,000 之间。"]


def test_who_only_looks_sees_no_buttons(county, staff):
    campaign, agreement = make_campaign(county, staff), make_agreement(county, staff)
    trainer = signed_in(make_user("trainer", county))
    for address in ("/campaigns/", f"/campaigns/{campaign.pk}/", "/agreements/", f"/agreements/{agreement.pk}/"):
        page = trainer.get(address).content.decode()
        assert not re.search(r"/(new|edit|promises)/", page), address
    assert trainer.get("/campaigns/new/").status_code == 403


def test_the_number_of_questions_does_not_grow(desk, county, staff, host, django_assert_num_queries):
    campaign = make_campaign(county, staff)
    make_task(campaign, staff, owner=host)
    make_reward(campaign, staff)
    desk.get(f"/campaigns/{campaign.pk}/")
    with django_assert_num_queries(10):
        desk.get(f"/campaigns/{campaign.pk}/")
    for _ in range(3):
        make_task(campaign, staff, owner=make_user("host", county))
        make_reward(campaign, staff)
    with django_assert_num_queries(10):
        desk.get(f"/campaigns/{campaign.pk}/")


def test_above_the_counties_nobody_keeps_campaigns(db, county):
    admin = make_user("admin", county.parent)
    answer = signed_in(admin).get("/campaigns/new/")
    assert (answer.status_code, told(answer)) == (302, ["活动和协议是县里的，请用县里的账号来办。"])

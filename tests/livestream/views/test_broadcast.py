"""The request's pages: what stands in the way is said before sending, who decides, what the host reads."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from livestream.models import AuditEntry, BroadcastRequest, CueCard, Guest, LiveSession
from livestream.rules.deed import Deed
from livestream.rules.discipline import KEYS
from tests.factories import make_approval, make_leader, make_place, make_product, make_session, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
TYPED = {
    "organiser": "县乡村振兴局",
    "aim": "slow_sale",
    "goods_reason": "核桃滞销",
    "quality_promise": "坏果包赔",
    "discipline": list(KEYS),
}


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))).strip()


@pytest.fixture
def planned(county, host):
    leader = make_leader(county, "武㛃")
    session = make_session(
        county, host, kind="county_head", title="县长来了", goal_fen=5_000_000,
        planned_start_at=timezone.now() + timedelta(days=9), line_up=[(make_product(county, title="核桃"), 2990, None)],
    )  # fmt: skip
    Guest.objects.create(session=session, name=leader.name, title="县长", rank="top", leader=leader)
    return session


@pytest.fixture
def approver(county):
    return make_user("approver", county)


def page_of(session, *path):
    return "/".join([f"/plan/{session.pk}/request", *path, ""])


def asked(session, staff):
    assert signed_in(staff).post(page_of(session, "ask"), TYPED).status_code == 302
    return BroadcastRequest.objects.get(session=session)


def test_from_the_request_to_the_approval(planned, staff, approver):
    clerk, boss = signed_in(staff), signed_in(approver)
    page = text_of(clerk.get(page_of(planned)))
    assert "全县目标 ¥ 50,000 是全县的，不分到人、不分到单位" in page.replace("\u202f", " ").replace("\xa0", " ").replace(
        "\u2009", " "
    )
    assert "✓ 嘉宾的单位都可以来推介" in page

    sent = clerk.post(page_of(planned, "ask"), TYPED, follow=True)

    assert "送审了。" in text_of(sent)
    assert "公益推介" in text_of(sent)
    assert "县长直播申请 1 个等您批" in text_of(boss.get("/plan/requests/"))
    assert "个等您批" not in text_of(clerk.get("/plan/requests/"))
    version = re.search(r'name="version" value="(\d+)"', boss.get(page_of(planned)).content.decode()).group(1)
    decided = boss.post(page_of(planned, "decide"), {"decision": "approved", "answer": "", "version": version})
    assert (decided.status_code, decided["Location"]) == (302, "/plan/requests/")
    assert LiveSession.objects.get(pk=planned.pk).state == "approved"
    assert clerk.get(page_of(planned)).content.decode().count("<form") == clerk.get("/plan/requests/").content.decode().count(
        "<form"
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"organiser": ""}, "请填写。"),
        ({"aim": "x"}, "请从列表里选。"),
        ({"goods_reason": "买货每人不少于 50 元"}, "“每人不少于50元”是给人下购买任务。这是摊派：2020 年城固县"),
        ({"quality_promise": "开播前投流"}, "“投流”是付费推广。"),
        ({"discipline": list(KEYS)[:5]}, "纪律清单要六条都勾上，才能送审。"),
        ({"discipline": []}, "纪律清单要六条都勾上，才能送审。"),
        ({"discipline": ["x"]}, "请从列表里选。"),
        ({"goods_reason": "好" * 501}, "最多写 500 个字，现在是 501 个。"),
    ],
)
def test_what_may_not_be_sent_is_said_where_it_stands_and_the_rest_kept(planned, staff, typed, said):
    answer = signed_in(staff).post(page_of(planned, "ask"), TYPED | typed)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "坏果包赔" in answer.content.decode() or "投流" in answer.content.decode()
    assert not BroadcastRequest.objects.exists()


def test_what_stands_in_the_way_is_said_before_anything_is_typed(planned, staff, county):
    barred = make_leader(county, "申局长", department="food_safety", unit="县市场监管局", rank="deputy")
    Guest.objects.create(session=planned, name=barred.name, title="局长", rank="deputy", leader=barred)
    LiveSession.objects.filter(pk=planned.pk).update(note="各单位必须下单")
    client = signed_in(staff)

    page = client.get(page_of(planned))

    assert "申局长不能来推荐食品" in text_of(page)
    assert "《食品安全法》第七十三条" in text_of(page)
    assert "“各单位必须下单”是给人下购买任务" in text_of(page)
    assert 'class="btn primary" disabled' in page.content.decode()
    assert client.post(page_of(planned, "ask"), TYPED).status_code == 422


def test_who_approves_sees_words_and_papers_and_answers_for_them(planned, staff, approver, county):
    eggs = make_product(county, title="土鸡蛋", product_class="primary")
    planned.line_up.create(product=eggs, position=2, live_price_fen=990)
    CueCard.objects.create(
        session=planned, product=eggs, points="全国第一的鸡蛋，吃了降血压", changed_by=staff, changed_at=timezone.now()
    )
    asked(planned, staff)
    boss = signed_in(approver)
    page = boss.get(page_of(planned)).content.decode()
    found = re.findall(r'<b class="term">([^<]+)</b> <span class="chip bad">([^<]+)</span>.*?可以这样：</b>([^<]+)<', page, re.S)
    assert [(term, rule) for term, rule, _instead in found] == [("全国第一", "绝对化用语"), ("降血压", "说治病、防病")]
    assert all(instead for *_found, instead in found)
    assert "手卡 · 卖点" in page
    assert "没有承诺达标合格证" in page
    assert "我负责，放行" in page

    version = re.search(r'name="version" value="(\d+)"', page)[1]
    refused = boss.post(page_of(planned, "decide"), {"decision": "approved", "version": version})
    assert "有 2 处法律不允许的说法：全国第一、降血压。请退回去改；" in text_of(refused)
    said = {"decision": "approved", "version": version, "answer": "讲的时候删掉"}
    assert boss.post(page_of(planned, "decide"), said).status_code == 302
    assert AuditEntry.objects.get(deed=Deed.BROADCAST_DECIDED).detail["passed_words"] == ["全国第一", "降血压"]
    assert "讲的时候删掉" in text_of(signed_in(staff).get(page_of(planned)))
    assert "我负责，放行" in boss.get(f"/sessions/{planned.pk}/line-up/").content.decode()


def test_a_return_needs_a_word_and_says_it_to_the_asker(planned, staff, approver):
    asked(planned, staff)
    boss = signed_in(approver)

    refused = boss.post(page_of(planned, "decide"), {"decision": "returned", "answer": "", "version": 1})
    boss.post(page_of(planned, "decide"), {"decision": "returned", "answer": "换一家合作社", "version": 1})

    assert (refused.status_code, "退回要写一句为什么" in text_of(refused)) == (422, True)
    assert "退回了： 换一家合作社" in text_of(signed_in(staff).get(page_of(planned)))
    assert BroadcastRequest.objects.get().decision == "returned"


@pytest.mark.parametrize(
    "typed", [{}, {"decision": "waiting", "version": 1}, {"decision": "approved"}, {"decision": "approved", "version": "x" * 99}]
)
def test_a_decision_that_makes_no_sense_is_no_decision(planned, staff, approver, typed):
    asked(planned, staff)

    assert signed_in(approver).post(page_of(planned, "decide"), typed).status_code == 400
    assert BroadcastRequest.objects.get().decision == "waiting"


def test_a_plan_that_changed_meanwhile_is_looked_at_again(planned, staff, approver):
    asked(planned, staff)
    LiveSession.objects.filter(pk=planned.pk).update(plan_version=2)

    answer = signed_in(approver).post(page_of(planned, "decide"), {"decision": "approved", "version": 1})

    assert (answer.status_code, "您打开以后，这一场的排期又改了。" in text_of(answer)) == (422, True)


def test_nobody_decides_his_own(planned, county):
    both = make_user("approver", county)
    both.appointments.create(role="staff", place=county, from_on=timezone.localdate())
    asked(planned, both)

    page = signed_in(both).get(page_of(planned))
    answer = signed_in(both).post(page_of(planned, "decide"), {"decision": "approved", "version": 1})

    assert "请另一位审批人来批" in text_of(page)
    assert "/decide/" not in page.content.decode()
    assert answer.status_code == 422


def test_the_last_day_is_frozen_until_an_approver_opens_it(planned, approver, staff):
    LiveSession.objects.filter(pk=planned.pk).update(
        state="approved", planned_start_at=timezone.now() + timedelta(hours=5), planned_end_at=timezone.now() + timedelta(hours=7)
    )
    planned.refresh_from_db()
    make_approval(planned)
    boss = signed_in(approver)

    assert "离开播不到 24 小时，排期不再改。" in text_of(signed_in(staff).get(page_of(planned)))
    assert boss.post(page_of(planned, "thaw"), {"reason": " "}).status_code == 422
    assert boss.post(page_of(planned, "thaw"), {"reason": "县长晚到"}).status_code == 302

    assert "离开播不到" not in text_of(boss.get(page_of(planned)))
    assert BroadcastRequest.objects.get().thawed_until > timezone.now()


def test_sessions_with_leaders_that_nobody_asked_for_are_listed(planned, staff, county, host):
    make_session(county, host, title="村里的专场", planned_start_at=timezone.now() + timedelta(days=3), room="R2", account="A2")

    page = text_of(signed_in(staff).get("/plan/requests/"))

    assert "有领导，还没有申请" in page
    assert "县长来了" in page
    assert "村里的专场" not in page


def test_the_session_page_leads_to_the_request_and_offers_no_way_around(planned, staff):
    page = signed_in(staff).get(f"/sessions/{planned.pk}/").content.decode()

    assert f'href="/plan/{planned.pk}/request/"' in page
    assert 'value="submit"' not in page


def test_a_host_reads_why_it_is_not_yet_time(planned, host):
    LiveSession.objects.filter(pk=planned.pk).update(state="rehearsed")

    page = text_of(signed_in(host).get(f"/my/{planned.pk}/"))

    assert "有领导上直播，要先由主办单位审批" in page


def test_who_may_do_what(planned, county, staff, approver, stranger):
    asked(planned, staff)
    auditor = make_user("auditor", county)
    township = make_user("staff", make_place("140425202", "虹梯关乡"))

    def statuses(person):
        client = signed_in(person)
        posts = [client.post(page_of(planned, verb)).status_code for verb in ("ask", "decide", "thaw")]
        return [client.get(page_of(planned)).status_code, *posts]

    assert statuses(staff) == [200, 422, 403, 403]
    assert statuses(approver) == [200, 403, 400, 422]
    assert statuses(auditor) == [200, 403, 403, 403]
    assert statuses(stranger) == [404, 404, 403, 403]
    assert statuses(make_user("approver", stranger.place)) == [404, 403, 404, 404]
    assert statuses(township) == [404, 404, 403, 403]
    assert "县长来了" not in text_of(signed_in(stranger).get("/plan/requests/"))

"""A broadcast of leaders: asked for, decided by somebody else, asked for anew when it changes, frozen shortly before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from livestream.actions.approval import check_not_frozen, may_air
from livestream.actions.broadcast import (
    BroadcastWish,
    ask_broadcast,
    decide_broadcast,
    mark_public_interest,
    renew_request,
    thaw_broadcast,
)
from livestream.actions.promotion import TaskPlan, give_task
from livestream.actions.session import change_state
from livestream.models import AuditEntry, BroadcastRequest, Guest, LiveSession, Notice, PlanRules
from livestream.rules.errors import NotAllowed
from livestream.rules.leader import Aim, Decision
from livestream.rules.session import SessionEvent
from tests.factories import make_leader, make_product, make_session, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
START = datetime(2026, 12, 4, 1, 30, tzinfo=UTC)
WISH = BroadcastWish("县乡村振兴局", Aim.SLOW_SALE, "今年核桃滞销，种的人家多", "坏果包赔")


@pytest.fixture
def head(county):
    return make_leader(county, "武㛃")


@pytest.fixture
def planned(county, host, head):
    """A county head's session in draft, with one kind of goods."""
    session = make_session(county, host, kind="county_head", planned_start_at=START, line_up=[(make_product(county), 2990, None)])
    Guest.objects.create(session=session, name=head.name, title=head.title, rank="top", leader=head)
    return session


@pytest.fixture
def approver(county):
    return make_user("approver", county)


@pytest.fixture
def approved(planned, staff, approver):
    request = ask_broadcast(planned, WISH, by=staff, at=NOW)
    decide_broadcast(request, decision=Decision.APPROVED, by=approver, at=NOW)
    planned.refresh_from_db()
    return planned


def refusal(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused, transaction.atomic():
        verb(*args, **kwargs)
    assert "{" not in str(refused.value)
    return refused.value.code


def deeds():
    return list(AuditEntry.objects.filter(deed__in=["broadcast_asked", "broadcast_decided", "frozen_changed"]).order_by("pk").values_list("deed", "actor_id"))  # fmt: skip


def told():
    inbox = Notice.objects.filter(way="inbox").order_by("pk")
    return [(notice.kind, notice.person_id, notice.link) for notice in inbox]


# --- asking ---------------------------------------------------------------------------------------------------------------


def test_asking_puts_the_session_in_review_tells_the_approvers_and_marks_public_interest(planned, staff, approver):
    request = ask_broadcast(planned, WISH, by=staff, at=NOW)

    planned.refresh_from_db()
    assert (planned.state, planned.is_public_interest) == ("in_review", True)
    assert (request.decision, request.asked_by, request.organiser, request.aim) == ("waiting", staff, "县乡村振兴局", "slow_sale")
    assert request.discipline == ["no_targets", "no_gain", "no_false_claims", "no_unchecked_goods", "no_fake_figures", "no_paid_promotion"]  # fmt: skip
    assert told() == [("request_asked", approver.pk, f"/plan/{planned.pk}/request/")]
    assert deeds() == [("broadcast_asked", staff.pk)]


def test_asking_again_changes_what_was_said(planned, staff):
    ask_broadcast(planned, WISH, by=staff, at=NOW)
    colleague = make_user("staff", planned.county)

    ask_broadcast(planned, BroadcastWish("县商务局", Aim.BRAND, "地理标志", "包赔"), by=colleague, at=NOW)

    kept = BroadcastRequest.objects.get()
    assert (kept.organiser, kept.asked_by, kept.decision) == ("县商务局", colleague, "waiting")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"goods_reason": "全县干部每人不少于50元"}, "forced_buying"),
        ({"quality_promise": "完成销售任务"}, "forced_buying"),
        ({"organiser": "投流工作组"}, "paid_promotion"),
        ({"discipline": ["no_targets"]}, "discipline_open"),
    ],
)
def test_words_that_may_not_be_said_are_refused(planned, staff, wish, code):
    said = {"organiser": "局", "aim": Aim.BRAND, "goods_reason": "好", "quality_promise": "赔"} | wish

    assert refusal(ask_broadcast, planned, BroadcastWish(**said), by=staff, at=NOW) == code
    assert not BroadcastRequest.objects.exists()


@pytest.mark.parametrize(
    ("columns", "code"), [({"title": "每人不少于50元"}, "forced_buying"), ({"note": "各单位必须下单"}, "forced_buying")]
)
def test_targets_in_the_plan_itself_are_refused(planned, staff, columns, code):
    LiveSession.objects.filter(pk=planned.pk).update(**columns)

    assert refusal(ask_broadcast, planned, WISH, by=staff, at=NOW) == code


def test_a_department_that_may_not_recommend_food_is_refused_in_words(planned, staff, county):
    health = make_leader(county, "申局长", department="health", unit="县卫生健康局", title="局长", rank="deputy")
    Guest.objects.create(session=planned, name=health.name, title=health.title, rank="deputy", leader=health)

    with pytest.raises(NotAllowed) as refused:
        ask_broadcast(planned, WISH, by=staff, at=NOW)

    assert str(refused.value) == (
        "申局长不能来推荐食品：“县卫生健康局”属于食品安全监管、卫生健康、检验机构或食品协会，《食品安全法》第七十三条不允许它们以任何形式"
        "向消费者推荐食品。可以请党委政府、农业农村、商务文旅的领导来，由主播讲货。"
    )


def test_a_leader_whom_the_register_does_not_know_cannot_be_checked(planned, staff):
    Guest.objects.create(session=planned, name="新来的", title="副县长", rank="deputy")

    assert refusal(ask_broadcast, planned, WISH, by=staff, at=NOW) == "leader_unregistered"


def test_what_needs_no_request_or_is_over_is_refused(county, planned, staff, session):
    village = make_session(county, planned_start_at=START)

    assert refusal(ask_broadcast, village, WISH, by=staff, at=NOW) == "broadcast_not_needed"
    assert refusal(ask_broadcast, planned, WISH, by=staff, at=START + timedelta(days=1)) == "broadcast_over"
    assert refusal(ask_broadcast, session, WISH, by=staff, at=NOW) == "state"


# --- deciding -------------------------------------------------------------------------------------------------------------


def test_an_approval_approves_the_session_and_tells_the_asker(approved, staff, approver):
    request = approved.request

    assert (approved.state, request.decision, request.decided_by, request.decided_at) == ("approved", "approved", approver, NOW)
    assert request.covers["leaders"] == ["武㛃"]
    assert told()[1:] == [("request_decided", staff.pk, f"/plan/{approved.pk}/request/")]
    assert deeds() == [("broadcast_asked", staff.pk), ("broadcast_decided", approver.pk)]
    assert refusal(ask_broadcast, approved, WISH, by=staff, at=NOW) == "broadcast_approved"


def test_a_return_needs_a_word_and_puts_the_session_back_in_draft(planned, staff, approver):
    request = ask_broadcast(planned, WISH, by=staff, at=NOW)

    assert refusal(decide_broadcast, request, decision=Decision.RETURNED, by=approver, at=NOW) == "answer_words_missing"
    decide_broadcast(request, decision=Decision.RETURNED, answer="换一家合作社", by=approver, at=NOW)

    planned.refresh_from_db()
    assert (planned.state, planned.request.answer) == ("draft", "换一家合作社")
    ask_broadcast(planned, WISH, by=staff, at=NOW)
    planned.refresh_from_db()
    assert (planned.state, BroadcastRequest.objects.get().answer) == ("in_review", "")


def test_nobody_approves_his_own_whatever_path_he_takes(planned, county):
    both = make_user("staff", county)
    request = ask_broadcast(planned, WISH, by=both, at=NOW)

    assert refusal(decide_broadcast, request, decision=Decision.APPROVED, by=both, at=NOW) == "broadcast_own"
    with pytest.raises(IntegrityError, match="nobody_approves_his_own_request"), transaction.atomic():
        BroadcastRequest.objects.update(decision="approved", decided_by=both, decided_at=NOW)


def test_a_second_decision_and_one_about_another_plan_are_refused(planned, staff, approver):
    request = ask_broadcast(planned, WISH, by=staff, at=NOW)
    decided = {"decision": Decision.APPROVED, "by": approver, "at": NOW}

    assert refusal(decide_broadcast, request, **decided, version=7) == "broadcast_meanwhile"
    decide_broadcast(request, **decided, version=1)
    assert refusal(decide_broadcast, request, **decided) == "broadcast_decided"


def test_what_became_forbidden_meanwhile_is_not_approved(planned, staff, approver, head):
    request = ask_broadcast(planned, WISH, by=staff, at=NOW)
    type(head).objects.update(department="food_safety")

    assert refusal(decide_broadcast, request, decision=Decision.APPROVED, by=approver, at=NOW) == "barred_department"


# --- on the way to air ----------------------------------------------------------------------------------------------------


def test_only_an_approved_request_lets_a_session_with_leaders_on(planned, staff, approver):
    change_state(planned, SessionEvent.SUBMIT, at=NOW)
    assert refusal(change_state, planned, SessionEvent.APPROVE, at=NOW) == "broadcast_unasked"

    request = ask_broadcast(planned, WISH, by=staff, at=NOW)
    assert refusal(change_state, planned, SessionEvent.APPROVE, at=NOW) == "broadcast_waiting"

    decide_broadcast(request, decision=Decision.RETURNED, answer="不行", by=approver, at=NOW)
    planned.refresh_from_db()
    change_state(planned, SessionEvent.SUBMIT, at=NOW)
    assert refusal(change_state, planned, SessionEvent.APPROVE, at=NOW) == "broadcast_returned"
    assert not may_air(planned)


def test_a_change_behind_everybodys_back_is_found_before_going_live(approved):
    change_state(approved, SessionEvent.REHEARSE, at=NOW)
    LiveSession.objects.filter(pk=approved.pk).update(planned_start_at=START - timedelta(hours=1))
    approved.refresh_from_db()

    with pytest.raises(NotAllowed, match="批准以后又改了时间，要重新送审"):
        change_state(approved, SessionEvent.GO_LIVE, at=NOW)


def test_a_village_session_goes_on_without(county, now):
    session = make_session(county)
    for event in (SessionEvent.SUBMIT, SessionEvent.APPROVE, SessionEvent.GO_LIVE):
        change_state(session, event, at=now)

    assert session.state == "live"


# --- changed after the approval -------------------------------------------------------------------------------------------


def test_an_essential_change_asks_anew(approved, staff, approver):
    change_state(approved, SessionEvent.REHEARSE, at=NOW)
    LiveSession.objects.filter(pk=approved.pk).update(planned_end_at=START + timedelta(hours=3))
    approved.refresh_from_db()

    assert renew_request(approved, by=staff, at=NOW)

    request = BroadcastRequest.objects.get()
    assert (approved.state, request.decision, request.asked_by, request.decided_by) == ("in_review", "waiting", staff, None)
    assert told()[-1][:2] == ("request_asked", approver.pk)
    assert Notice.objects.latest("pk").text == f"{staff.name}改了“潞党参专场”的时间，2026-12-04 09:30 开播。要重新审批。"
    assert not renew_request(approved, by=staff, at=NOW)


def test_a_small_change_keeps_the_approval(approved, staff):
    LiveSession.objects.filter(pk=approved.pk).update(planned_end_at=START + timedelta(hours=2, minutes=20), title="换个说法")
    approved.refresh_from_db()

    assert not renew_request(approved, by=staff, at=NOW)
    assert (approved.state, BroadcastRequest.objects.get().decision) == ("approved", "approved")


def test_a_barred_guest_cannot_be_slipped_in_later(approved, staff, county):
    barred = make_leader(county, "申局长", department="food_safety", unit="县市场监管局")
    Guest.objects.create(session=approved, name=barred.name, title="局长", rank="top", leader=barred)

    assert refusal(renew_request, approved, by=staff, at=NOW) == "barred_department"


def test_leaders_who_come_into_an_approved_village_session_open_it_again(county, head, staff):
    session = make_session(county, planned_start_at=START)
    for event in (SessionEvent.SUBMIT, SessionEvent.APPROVE):
        change_state(session, event, at=NOW)
    Guest.objects.create(session=session, name=head.name, title=head.title, rank="top", leader=head)

    assert renew_request(session, by=staff, at=NOW)
    assert (session.state, session.is_public_interest) == ("draft", True)


def test_public_interest_is_set_by_itself_and_stays(county, planned):
    village = make_session(county, planned_start_at=START)

    assert [mark_public_interest(planned), mark_public_interest(planned), mark_public_interest(village)] == [True, False, False]


# --- frozen ---------------------------------------------------------------------------------------------------------------


def test_the_last_day_nothing_changes_but_by_an_approver_with_a_reason(approved, staff, approver):
    late = START - timedelta(hours=23)

    check_not_frozen(approved, by=staff, at=START - timedelta(hours=25))
    assert refusal(check_not_frozen, approved, by=staff, at=late) == "frozen"
    assert refusal(check_not_frozen, approved, by=staff, at=late, reason="路断了") == "frozen"
    assert refusal(check_not_frozen, approved, by=approver, at=late) == "frozen"
    check_not_frozen(approved, by=approver, at=late, reason="路断了")

    assert deeds()[2:] == [("frozen_changed", approver.pk)]
    assert told()[-1][:2] == ("changed", staff.pk)


def test_an_approver_opens_it_for_an_hour(approved, staff, approver):
    late = START - timedelta(hours=3)
    request = BroadcastRequest.objects.get()

    assert refusal(thaw_broadcast, request, reason="", by=approver, at=late) == "thaw_reason"
    assert refusal(thaw_broadcast, request, reason="早了", by=approver, at=START - timedelta(days=2)) == "not_frozen"
    thaw_broadcast(request, reason="县长晚到二十分钟", by=approver, at=late)

    check_not_frozen(approved, by=staff, at=late + timedelta(minutes=59))
    assert refusal(check_not_frozen, approved, by=staff, at=late + timedelta(minutes=60)) == "frozen"
    assert deeds()[2:] == [("frozen_changed", approver.pk), ("frozen_changed", staff.pk)]
    assert Notice.objects.latest("pk").text == "“潞党参专场”放行一小时，可以改排期。原因：县长晚到二十分钟"


def test_the_county_says_how_long_and_what_is_not_approved_is_not_frozen(planned, approved, staff, county):
    PlanRules.objects.create(county=county, freeze_hours=48)
    assert refusal(check_not_frozen, approved, by=staff, at=START - timedelta(hours=47)) == "frozen"

    BroadcastRequest.objects.update(decision="waiting", decided_by=None, decided_at=None)
    check_not_frozen(approved, by=staff, at=START - timedelta(hours=1))
    change_state(approved, SessionEvent.CANCEL, at=NOW)
    assert approved.state == "cancelled"


def test_public_interest_is_not_promoted_for_money(approved, staff, county):
    village = make_session(county, planned_start_at=START + timedelta(days=1))
    plan = TaskPlan("video", "开播前投流 500 元", due_at=START)

    assert refusal(give_task, plan, thing=approved, by=staff, at=NOW) == "paid_promotion"
    task = give_task(plan, thing=village, by=staff, at=NOW)
    assert (task.what, give_task(replace(plan, what="发三条短视频"), thing=approved, by=staff, at=NOW).what) == (
        "开播前投流 500 元",
        "发三条短视频",
    )

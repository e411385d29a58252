"""What stands in the way of going on air, what a host and staff may do about it, and what a kept start does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from livestream.actions.session import change_state, go_live
from livestream.actions.stage import stage_of
from livestream.actions.start_gate import leave_out, leave_out_all, left_out, obstacles, pass_obstacle, passes_of, take_in
from livestream.models import AuditEntry, LiveSession, StartChoice
from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionEvent
from tests.factories import make_approval, make_product, make_session, make_user
from tests.goods import make_goods, make_papers


@pytest.fixture
def unpapered(county):
    return make_product(county, title="带霜柿饼", product_class="primary")


@pytest.fixture
def cheap(county):
    return make_product(county, title="黑小米", floor_price_fen=3000)


def approved(session, state="approved"):
    LiveSession.objects.filter(pk=session.pk).update(state=state)
    session.refresh_from_db()
    return session


@pytest.fixture
def session(county, host, unpapered, cheap):
    line_up = [(make_product(county), 2990, 86), (unpapered, 2990, 10), (cheap, 2990, 10)]
    return approved(make_session(county, host, line_up=line_up))


def codes(session, now):
    return [(one.code.value, one.title) for one in obstacles(session, at=now)]


def refused(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as caught:
        verb(*args, **kwargs)
    return caught.value.code


def test_every_kind_of_obstacle_is_told_hardest_first(county, now, unpapered):
    young = make_user("host", county, is_checked=False)
    session = approved(make_session(county, young, kind="county_head", line_up=[(unpapered, 2990, 10)], title="最好的柿饼"))

    told = obstacles(session, at=now)

    assert [one.code.value for one in told] == ["rehearsal", "age", "approval", "papers", "wording", "check"]
    assert [one.code.value for one in told if one.is_warning] == ["wording", "check"]
    assert told[3].words == "“带霜柿饼”没有承诺达标合格证。"
    assert told[4].words.startswith("场次 · 主题：“最好”不能说。可以说：")
    assert all(one.todo for one in told)


def test_items_that_may_not_be_sold_keep_the_session_off_the_air_until_they_are_left_out(session, host, unpapered, cheap, now):
    assert codes(session, now)[:2] == [("papers", "带霜柿饼"), ("floor", "黑小米")]
    assert refused(go_live, session, at=now) == "not_ready"

    for product in (unpapered, cheap, cheap):
        leave_out(session, product, by=host, at=now)
    go_live(session, at=now)

    assert [*session.line_up.values_list("state", flat=True)] == ["listed", "planned", "planned"]
    stage = stage_of(session)
    assert ([one.is_left_out for one in stage.items], [one.is_next for one in stage.items]) == (
        [False, True, True],
        [True, False, False],
    )
    assert (StartChoice.objects.count(), refused(leave_out, session, cheap, by=host, at=now)) == (2, "plan_closed")


def test_what_was_left_out_is_taken_in_again(session, host, cheap, now):
    leave_out(session, cheap, by=host, at=now)
    take_in(session, cheap)
    take_in(session, cheap)

    assert (left_out(session), codes(session, now)[1]) == (frozenset(), ("floor", "黑小米"))


def test_papers_that_ended_yesterday_in_shanghai_keep_an_item_out(county, host, now):
    product = make_product(county, product_class="primary")
    make_papers(product, valid_until_on=date(2026, 11, 21))
    session = approved(make_session(county, host, line_up=[(product, 2990, None), (make_goods(county), 2990, None)]))

    assert [one.code.value for one in obstacles(session, at=now.replace(year=2026, month=11, day=22))][:1] == ["papers"]


def test_a_start_that_a_phone_kept_has_happened_and_leaves_out_what_may_not_be_sold(session, host, unpapered, cheap, now):
    leave_out_all(session, by=host, at=now)

    go_live(session, at=now)
    assert left_out(session) == {unpapered.pk, cheap.pk}


def test_staff_let_a_missing_rehearsal_pass_with_a_reason_once(county, host, staff, now):
    session = approved(make_session(county, host, kind="relay"))
    make_approval(session)
    assert refused(change_state, session, SessionEvent.GO_LIVE, at=now) == "rehearse_first"

    assert refused(pass_obstacle, session, "rehearsal", reason=" \u200b ", by=staff, at=now) == "start_reason"
    assert refused(pass_obstacle, session, "age", reason="急", by=staff, at=now) == "start_not_to_pass"
    assert refused(pass_obstacle, session, "rehearsal", reason="急" * 201, by=staff, at=now) == "too_long"
    for reason in ("昨天别的场刚走过一遍", "再说一次"):
        pass_obstacle(session, "rehearsal", reason=reason, by=staff, at=now + timedelta(seconds=1))
    go_live(session, at=now)

    assert [(one.reason, one.by) for one in passes_of(session)] == [("昨天别的场刚走过一遍", staff)]
    assert AuditEntry.objects.get(deed="start_allowed").detail["reason"] == "昨天别的场刚走过一遍"
    assert session.state == "live"

"""Two who plan at once, and what is taken back: steps, cancellations, reminders."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.utils import timezone

from livestream.actions.plan import Move, cancel_plan, change_plan, move_session, plan_session, undo_step
from livestream.actions.plan_json import as_json, plan_of
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope
from livestream.models import Booking, LiveSession, Notice, PlanStep
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import shown
from tests.factories import make_user
from tests.livestream.planning import HOUR, NOW, START, make_resource, planned, refusal

pytestmark = pytest.mark.django_db


# --- two editors ---


def test_the_second_editor_is_told_and_overwrites_nothing(simple, county, staff):
    other = make_user("staff", county, name="小王")
    session = planned(simple, county, staff)
    change_plan(session, replace(simple, title="小王改的"), version=1, by=other, at=NOW)

    for verb, args, more in [
        (change_plan, [simple], {}),
        (move_session, [Move(START, START + HOUR)], {}),
        (cancel_plan, [], {"reason": "停电"}),
    ]:
        with pytest.raises(NotAllowed, match="小王在 .* 改过这一场") as refused:
            verb(session, *args, version=1, by=staff, at=NOW, **more)
        assert refused.value.code == "changed_meanwhile"
    stored = LiveSession.objects.get(pk=session.pk)
    assert (stored.title, stored.plan_version, stored.state) == ("小王改的", 2, "draft")


def test_the_plan_is_locked_while_it_is_changed(simple, county, staff, django_assert_num_queries):
    session = planned(simple, county, staff)
    with connection.execute_wrapper(lambda execute, sql, *rest: (asked.append(sql), execute(sql, *rest))[1]):
        asked: list[str] = []
        change_plan(session, simple, version=1, by=staff, at=NOW)

    assert "FOR UPDATE" in next(sql for sql in asked if "livestream_livesession" in sql)


# --- cancelled, undone ---


def test_a_cancelled_session_holds_nothing_and_keeps_why(simple, county, staff):
    session = planned(simple, county, staff)

    result = cancel_plan(session, version=1, by=staff, at=NOW, reason=" 停\0电 ")

    assert (result.session.state, result.session.plan_version, result.step.reason) == ("cancelled", 2, "停 电")
    assert planned(simple, county, staff).state == "draft", "the host is free again"
    assert refusal(change_plan, session, simple, version=2, by=staff, at=NOW) == "plan_closed"


def test_cancelling_what_was_announced_tells_at_once_and_lets_no_reminder_leave(simple, county, staff, host):
    session = planned(simple, county, staff)
    day = timezone.localdate(START)
    release_plan(Scope(county, day, day), by=staff, at=NOW)
    reminders = Notice.objects.filter(kind__startswith="reminder")
    assert set(reminders.values_list("state", flat=True)) == {"waiting"}

    step = cancel_plan(session, version=1, by=staff, at=NOW, reason="下大雪", tells=True).step

    told = Notice.objects.get(kind="cancelled", way="inbox")
    assert (told.person, told.version, told.text) == (host, 2, f"“花椒专场”取消了，原定 {shown(START)}。原因：下大雪。")
    assert set(reminders.values_list("state", flat=True)) == {"withdrawn"}
    undo_step(step, by=staff, at=NOW)
    assert set(reminders.values_list("state", flat=True)) == {"waiting"}, (
        "the hours are taken back, and people are reminded again"
    )


def test_each_step_is_undone_and_the_undoing_too(relay, county, staff):
    session = planned(relay, county, staff)
    first = as_json(plan_of(session))
    step = change_plan(
        session, replace(relay, title="改", segments=(), guests=(), line_up=(), resources=()), version=1, by=staff, at=NOW
    ).step
    second = as_json(plan_of(LiveSession.objects.get(pk=session.pk)))

    back = undo_step(step, by=staff, at=NOW)
    assert as_json(plan_of(back.session)) == first
    assert back.session.plan_version == 3

    again = undo_step(back.step, by=staff, at=NOW)
    assert as_json(plan_of(again.session)) == second
    assert list(PlanStep.objects.order_by("version").values_list("kind", "undone_at")) == [
        ("planned", None), ("changed", NOW), ("undone", NOW), ("undone", None),
    ]  # fmt: skip


def test_an_undone_plan_is_cancelled_and_an_undone_cancellation_takes_its_hours_back(simple, county, staff):
    result = plan_session(simple, county=county, by=staff, at=NOW)
    gone = undo_step(result.step, by=staff, at=NOW)
    assert gone.session.state == "cancelled"

    back = undo_step(gone.step, by=staff, at=NOW)

    assert back.session.state == "draft"
    assert Booking.objects.get(session=back.session).is_binding


def test_a_cancellation_is_not_undone_when_somebody_took_the_hours(simple, county, staff):
    session = planned(simple, county, staff)
    step = cancel_plan(session, version=1, by=staff, at=NOW, reason="").step
    planned(simple, county, staff)

    assert refusal(undo_step, step, by=staff, at=NOW) == "clash"
    step.refresh_from_db()
    assert step.undone_at is None


def test_what_changed_since_is_not_undone(simple, county, staff):
    first = plan_session(simple, county=county, by=staff, at=NOW).step
    second = change_plan(first.session, replace(simple, title="改"), version=1, by=staff, at=NOW).step

    assert refusal(undo_step, first, by=staff, at=NOW) == "changed_since"
    undo_step(second, by=staff, at=NOW)
    assert refusal(undo_step, second, by=staff, at=NOW) == "undone_already"


def test_a_step_with_something_that_is_gone_is_not_undone(simple, county, staff):
    kit = make_resource(county)
    session = planned(replace(simple, resources=[kit]), county, staff)
    step = change_plan(session, simple, version=1, by=staff, at=NOW).step
    kit.delete()

    assert refusal(undo_step, step, by=staff, at=NOW) == "undo_gone"

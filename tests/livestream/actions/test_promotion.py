"""Promotion tasks given, done, and their short links."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from livestream.actions.promotion import (
    change_task,
    drop_task,
    finish_task,
    give_task,
    open_link,
    remind_of_tasks,
    reopen_task,
)
from livestream.models import LiveSession, Notice, PromotionTask, PromotionVisit
from livestream.models.promotion import visits_of
from livestream.rules.errors import NotAllowed
from tests.campaigns import AT, HOUR, make_campaign, make_task, task_plan
from tests.factories import make_place, make_user

pytestmark = pytest.mark.django_db
LINK = "https://v.douyin.com/abc/"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"what": "每人至少买两单"}, "task_is_a_quota"),
        ({"link": "javascript:alert(1)"}, "link_not_understood"),
        ({"due_at": AT}, "due_in_the_past"),
        ({"appointments": 10**9}, "wanted_out_of_range"),
    ],
)
def test_what_is_refused_makes_nothing(session, staff, changes, code):
    with pytest.raises(NotAllowed) as refused:
        give_task(task_plan(**changes), thing=session, by=staff, at=AT)
    assert (refused.value.code, PromotionTask.objects.count()) == (code, 0)


def test_a_task_is_for_people_of_the_county(session, staff, other_county):
    village = make_place("140425202215", "库峧村")
    make_task(session, staff, owner=make_user("host", village))
    for person in (make_user("host", other_county), make_user("host", village, is_active=False)):
        with pytest.raises(NotAllowed) as refused:
            make_task(session, staff, owner=person)
        assert refused.value.code == "task_for_others"


def test_it_is_done_once_and_open_again(session, staff, host):
    task = make_task(session, staff, owner=host)

    assert [finish_task(task, by=host, at=AT, link=LINK), finish_task(task, by=staff, at=AT + HOUR)] == [True, False]
    task.refresh_from_db()
    assert (task.done_at, task.done_by, task.link) == (AT, host, LINK)

    assert [reopen_task(task), reopen_task(task)] == [True, False]
    task.refresh_from_db()
    assert (task.done_at, task.done_by, task.link) == (None, None, LINK)


def test_a_due_time_that_is_over_may_stay_but_not_be_set(session, staff):
    task = make_task(session, staff)
    later = task.due_at + HOUR

    change_task(task, task_plan(due_at=task.due_at, what="换一张海报", appointments=320), at=later)
    with pytest.raises(NotAllowed) as refused:
        change_task(task, task_plan(due_at=later - timedelta(minutes=1)), at=later)

    task.refresh_from_db()
    assert (refused.value.code, task.what, task.appointments) == ("due_in_the_past", "换一张海报", 320)


def test_openings_are_counted_by_day_and_by_nobody(county, staff):
    task = make_task(make_campaign(county, staff), staff, link=LINK)
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)

    assert [open_link(task.code, on=day) for day in (monday, monday, tuesday)] == [LINK] * 3

    assert visits_of(task) == (3, 2)
    assert {field.name for field in PromotionVisit._meta.get_fields()} == {"id", "task", "on", "visits"}
    (counted,) = PromotionTask.objects.counted()
    assert (counted.visits, counted.visit_days) == (3, 2)


@pytest.mark.parametrize("code", ["zzzzzzz", "", "x" * 5000, "\x00", "' OR 1=1"])
def test_a_code_that_is_none_leads_nowhere(session, staff, code):
    make_task(session, staff, link=LINK)
    assert (open_link(code, on=AT.date()), PromotionVisit.objects.count()) == ("", 0)


def test_a_task_without_a_link_leads_nowhere(session, staff):
    assert open_link(make_task(session, staff).code, on=AT.date()) == ""


def test_the_database_refuses_a_link_that_is_not_of_the_web(session, staff):
    task = make_task(session, staff)
    with pytest.raises(IntegrityError, match="promotion_link_is_of_the_web"), transaction.atomic():
        PromotionTask.objects.filter(pk=task.pk).update(link="javascript:alert(1)")


def test_a_dropped_task_is_gone(session, staff):
    task = make_task(session, staff, link=LINK)
    open_link(task.code, on=AT.date())
    drop_task(task)
    assert PromotionTask.objects.count() == 0


def test_a_campaigns_tasks_are_its_own_and_its_sessions(county, staff, session):
    campaign = make_campaign(county, staff)
    other = make_task(session, staff, what="别的")
    own = make_task(campaign, staff)
    assert list(PromotionTask.objects.of(campaign=campaign.pk)) == [own]
    session.campaign = campaign
    session.save(update_fields=["campaign"])
    assert set(PromotionTask.objects.of(campaign=campaign.pk)) == {own, other}
    assert list(PromotionTask.objects.of(session=session.pk)) == [other]


def reminders():
    found = Notice.objects.filter(kind="task_due", way="inbox").order_by("pk")
    return [(notice.person.name, notice.text, notice.link) for notice in found]


def test_owners_are_reminded_once_a_day_before(session, staff, host):
    soon, later = AT + 24 * HOUR, AT + 25 * HOUR
    task = make_task(session, staff, owner=host, due_at=soon)
    own = make_task(session, staff, owner=staff, due_at=soon, what="发通稿")
    make_task(session, staff, due_at=soon)  # nobody's
    make_task(session, staff, owner=host, due_at=later)
    done = make_task(session, staff, owner=host, due_at=soon)
    finish_task(done, by=host, at=AT)

    assert [remind_of_tasks(at=AT), remind_of_tasks(at=AT)] == [2, 0]
    assert reminders() == [
        (host.name, "推广任务快到期：做一张党参节海报，11-23 12:00 以前做完（潞党参专场）。做完了请点一下“做完了”。", "/my/"),
        (staff.name, "推广任务快到期：发通稿，11-23 12:00 以前做完（潞党参专场）。做完了请点一下“做完了”。", f"/tasks/{own.pk}/"),
    ]

    change_task(task, task_plan(owner=host, due_at=soon - HOUR), at=AT)
    assert [remind_of_tasks(at=AT), remind_of_tasks(at=AT)] == [1, 0]


def test_nobody_is_reminded_of_a_session_that_was_cancelled_or_of_long_ago(session, staff, host):
    make_task(session, staff, owner=host, due_at=AT + HOUR)
    assert remind_of_tasks(at=AT + 26 * HOUR) == 0
    LiveSession.objects.filter(pk=session.pk).update(state="cancelled")
    assert remind_of_tasks(at=AT) == 0

"""Campaigns made, changed, and held again like the last time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from livestream.actions.campaign import add_campaign, change_campaign, repeat_campaign
from livestream.actions.promotion import finish_task
from livestream.models import Campaign, LiveSession, PromotionTask, RewardRule, User
from livestream.rules.errors import NotAllowed
from tests.campaigns import AT, HOUR, campaign_plan, make_campaign, make_published, make_reward, make_task
from tests.factories import make_product, make_session, make_user

pytestmark = pytest.mark.django_db
LAST = {"from_on": date(2025, 11, 20), "until_on": date(2025, 11, 26)}


def refused(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as error:
        verb(*args, **kwargs)
    return error.value.code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"until_on": date(2026, 11, 19)}, "period_backwards"),
        ({"until_on": date(2027, 11, 19)}, "campaign_too_long"),
        ({"goal_fen": 0}, "goal_out_of_range"),
        ({"goal_fen": 10**18}, "goal_out_of_range"),
        ({"reported_fen": 100}, "reported_without_source"),
        ({"reported_source": "商务局"}, "reported_without_source"),
    ],
)
def test_what_cannot_be_makes_nothing(county, staff, changes, code):
    assert refused(add_campaign, campaign_plan(**changes), county=county, by=staff) == code
    assert Campaign.objects.count() == 0


def test_the_same_name_on_the_same_day_is_there_already(county, other_county, staff):
    make_campaign(county, staff)
    make_campaign(other_county)
    assert refused(add_campaign, campaign_plan(), county=county, by=staff) == "campaign_there"


def test_a_second_editor_is_told_and_overwrites_nothing(county, staff):
    campaign = make_campaign(county, staff)

    change_campaign(campaign, campaign_plan(note="甲"), version=1, by=staff)
    assert refused(change_campaign, campaign, campaign_plan(note="乙"), version=1, by=staff) == "campaign_changed"

    stored = Campaign.objects.get()
    assert (stored.note, stored.version) == ("甲", 2)


@pytest.fixture
def last(county, staff, host):
    """A week with an opening, a Saturday and a cancelled session; tasks and rewards of it and of its first session."""
    campaign = make_campaign(county, staff, **LAST)
    product = make_product(county)
    days = [datetime(2025, 11, day, 11, 30, tzinfo=UTC) for day in (20, 22, 24)]  # Thursday, Saturday, Monday, 19:30
    sessions = [
        make_session(county, host, room=f"R{n}", account="", title=f"第{n}场", planned_start_at=day, line_up=[(product, 5980, 9)])
        for n, day in enumerate(days, 1)
    ]
    LiveSession.objects.filter(pk__in=[session.pk for session in sessions]).update(campaign=campaign)
    LiveSession.objects.filter(pk=sessions[2].pk).update(state="cancelled")
    before = days[0] - timedelta(days=9)
    task = make_task(sessions[0], staff, at=before, due_at=days[0] - timedelta(days=2), owner=host, link="https://a.example/x")
    finish_task(task, by=host, at=before)
    make_task(campaign, staff, at=before, what="请县媒体来", kind="media", due_at=days[0] - timedelta(days=3))
    make_reward(sessions[0], staff, draws_at=days[0] + HOUR)
    return campaign


def test_it_is_held_again_with_everything_but_guests_rooms_and_publication(last, staff):
    at = datetime(2026, 10, 1, tzinfo=UTC)

    made = repeat_campaign(last, campaign_plan(), by=staff, at=at)

    assert (made.sessions, made.tasks, made.rewards, made.left_out) == (2, 2, 1, [])
    sessions = LiveSession.objects.filter(campaign=made.campaign).order_by("planned_start_at")
    assert [(session.title, session.planned_start_at, session.state) for session in sessions] == [
        ("第1场", datetime(2026, 11, 20, 11, 30, tzinfo=UTC), "draft"),  # the opening
        ("第2场", datetime(2026, 11, 21, 11, 30, tzinfo=UTC), "draft"),  # a Saturday
    ]
    assert [slot.live_price_fen for slot in sessions[0].line_up.all()] == [5980]
    assert sessions[0].rooms.count() == 0
    tasks = PromotionTask.objects.of(campaign=made.campaign.pk)
    assert [(task.what, task.due_at, task.done_at, task.link) for task in tasks] == [
        ("请县媒体来", datetime(2026, 11, 17, 11, 30, tzinfo=UTC), None, ""),
        ("做一张党参节海报", datetime(2026, 11, 18, 11, 30, tzinfo=UTC), None, ""),
    ]
    (reward,) = RewardRule.objects.of(campaign=made.campaign.pk)
    assert (reward.draws_at, reward.published_at, reward.commitment) == (datetime(2026, 11, 20, 12, 30, tzinfo=UTC), None, "")


def test_it_is_held_again_once(last, staff):
    repeat_campaign(last, campaign_plan(), by=staff, at=AT)
    assert refused(repeat_campaign, last, campaign_plan(name="又一个"), by=staff, at=AT) == "campaign_followed"
    assert Campaign.objects.count() == 2


def test_a_host_who_has_left_is_named_and_the_rest_stands(last, staff, host):
    User.objects.filter(pk=host.pk).update(is_active=False)

    made = repeat_campaign(last, campaign_plan(), by=staff, at=AT)

    why = "这个账号已经停用。请先恢复，再办这件事。"
    assert (made.sessions, made.tasks, made.left_out) == (0, 1, [("第1场", why), ("第2场", why)])


def test_tasks_that_would_be_due_already_are_due_in_a_day(last, staff):
    at = datetime(2026, 11, 19, tzinfo=UTC)
    made = repeat_campaign(last, campaign_plan(), by=staff, at=at)
    assert [task.due_at for task in PromotionTask.objects.of(campaign=made.campaign.pk)] == [at + 24 * HOUR] * 2


def test_a_published_reward_comes_along_as_a_draft(county, staff):
    campaign = make_campaign(county, staff, **LAST)
    make_published(campaign, staff)

    made = repeat_campaign(campaign, campaign_plan(), by=make_user("staff", county), at=AT)

    (reward,) = made.campaign.rewards.all()
    assert (reward.published_at, reward.published_text, reward.seed) == (None, "", "")

"""Campaigns, tasks, rewards and agreements with sensible defaults, as plain functions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from livestream.actions.agreement import AgreementPlan, add_agreement
from livestream.actions.campaign import CampaignPlan, add_campaign
from livestream.actions.promotion import TaskPlan, give_task
from livestream.actions.reward import RewardPlan, add_reward, publish_reward
from livestream.models import Agreement, Campaign, PromotionTask, RewardRule
from tests.factories import make_user

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)  # noon in Shanghai
HOUR = timedelta(hours=1)


def campaign_plan(**changes) -> CampaignPlan:
    return CampaignPlan(
        **({"name": "潞党参节", "kind": "festival", "from_on": date(2026, 11, 20), "until_on": date(2026, 11, 26)} | changes)
    )


def make_campaign(county, by=None, follows=None, **changes) -> Campaign:
    return add_campaign(campaign_plan(**changes), county=county, by=by or make_user("staff", county), follows=follows)


def task_plan(**changes) -> TaskPlan:
    return TaskPlan(**({"kind": "poster", "what": "做一张党参节海报", "due_at": AT + 48 * HOUR} | changes))


def make_task(thing, by=None, at=AT, **changes) -> PromotionTask:
    return give_task(task_plan(**changes), thing=thing, by=by or make_user("staff", thing.county), at=at)


def reward_plan(**changes) -> RewardPlan:
    facts = {
        "kind": "draw", "prize": "潞党参礼盒", "number": 3, "worth_fen": 16800, "payer": "平顺县电商中心",
        "condition": "直播间里报名的人", "entering": "在直播间打“党参”，按报名先后给参与号", "claiming": "三天内私信店铺客服，顺丰寄出",
        "contact": "平顺县电商中心 0355-8920000", "draws_at": AT + HOUR,
    }  # fmt: skip
    return RewardPlan(**(facts | changes))


def make_reward(thing, by=None, **changes) -> RewardRule:
    return add_reward(reward_plan(**changes), thing=thing, by=by or make_user("staff", thing.county))


def make_published(thing, by=None, **changes) -> RewardRule:
    by = by or make_user("staff", thing.county)
    return publish_reward(make_reward(thing, by, **changes), by=by, at=AT)


def make_agreement(county, by=None, **changes) -> Agreement:
    facts = {"partner": "阿里巴巴公益", "subject": "助农直播和培训", "from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31)}
    return add_agreement(AgreementPlan(**(facts | changes)), county=county, by=by or make_user("staff", county))

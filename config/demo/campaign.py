"""The county's festival of 党参, this year and last, with its sessions, tasks and a reward; and what a partner promised.

The week has its third day when the demo is first loaded, and then stays where it is. Every name and link is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from config.demo.people import GORGE_HOST, HOST, STAFF, TERRACE_HOST
from config.demo.scripts import Script
from config.demo.sessions import plan_script, put_on
from livestream.actions.agreement import AgreementPlan, Promise, add_agreement, add_deliverable, note_delivery
from livestream.actions.campaign import CampaignPlan, add_campaign
from livestream.actions.promotion import TaskPlan, finish_task, give_task, open_link
from livestream.actions.reward import RewardPlan, add_reward, draw_winners, publish_reward
from livestream.models import Agreement, Campaign, LiveSession
from livestream.rules.campaign import CampaignKind
from livestream.rules.day import SHANGHAI
from livestream.rules.promotion import PromotionKind
from livestream.rules.reward import RewardKind
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from config.demo.cast import Cast
    from config.demo.people import Person
    from livestream.models import User

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FESTIVAL = "潞党参节"
BEGAN_DAYS_AGO = 2
MORNING = time(10, 0)
# Day of the festival, the theme, who, how many orders a minute.
LAST_YEAR = ((1, "党参开秤第一天", GORGE_HOST, 0.5), (2, "党参炖鸡怎么炖", TERRACE_HOST, 0.4), (7, "党参节收秤", GORGE_HOST, 0.6))
THIS_YEAR = ((1, "党参开秤：地头第一筐", GORGE_HOST, 0.8), (2, "党参小米一锅炖", TERRACE_HOST, 0.6))
COMING = ((4, "赶集日：党参挑拣直播", TERRACE_HOST), (7, "党参节收秤：最后一筐", GORGE_HOST))
VILLAGES = {GORGE_HOST: ("140425201216", "shenlongwan18"), TERRACE_HOST: ("140425103200", "guyujia")}


@dataclass(frozen=True, slots=True)
class Festival:
    """This year's, with who acts for the county and when it is loaded."""

    campaign: Campaign
    cast: Cast
    by: User

    def at(self, day: int, hour: int = 10) -> datetime:
        """A full hour of a day of the festival, which begins with day 1."""
        on = self.campaign.from_on + (day - 1) * DAY
        return datetime.combine(on, time(hour), SHANGHAI).astimezone(UTC)


@transaction.atomic
def load_campaign(cast: Cast) -> None:
    """The festivals of both years, and the agreement. What is there stays as it is."""
    by = cast.people[STAFF.phone]
    if Campaign.objects.filter(county=cast.county).exists() or Agreement.objects.filter(county=cast.county).exists():
        return
    first = cast.now.astimezone(SHANGHAI).date() - BEGAN_DAYS_AGO * DAY
    before = first - 52 * 7 * DAY  # the same weekday
    last = _add(cast, by, first=before, goal_fen=None, reported=(8_600_000, f"县电商中心 {before.year} 年总结"))
    this = _add(cast, by, first=first, goal_fen=400_000, follows=last)
    _put_on(last, LAST_YEAR, cast)
    _put_on(this, THIS_YEAR, cast)
    festival = Festival(this, cast, by)
    _plan(festival)
    _promote(festival)
    _reward(festival)
    _load_others(cast, by, first.year)
    _load_agreement(cast, by)


def _add(
    cast: Cast,
    by: User,
    *,
    first: date,
    goal_fen: int | None,
    follows: Campaign | None = None,
    reported: tuple[int, str] | None = None,
) -> Campaign:
    fen, source = reported or (None, "")
    plan = CampaignPlan(
        FESTIVAL,
        CampaignKind.FESTIVAL,
        first,
        first + 6 * DAY,
        goal_fen=goal_fen,
        note="神龙湾、岳家寨、苗庄三个合作社一起办",
        reported_fen=fen,
        reported_source=source,
    )
    return add_campaign(plan, county=cast.county, by=by, follows=follows)


def _put_on(campaign: Campaign, days: tuple[tuple[int, str, Person, float], ...], cast: Cast) -> None:
    for day, title, host, pace in days:
        began = datetime.combine(campaign.from_on + (day - 1) * DAY, MORNING, SHANGHAI).astimezone(UTC)
        _join(campaign, put_on(_script(title, host, pace), cast, began=began))


def _script(title: str, host: Person, orders_a_minute: float = 0) -> Script:
    place, account = VILLAGES[host]
    skus = ("LDS-500", "DSP-150", "LQC-120")
    return Script(SessionKind.SPECIAL, title, host, place, account, skus, timedelta(minutes=40), orders_a_minute=orders_a_minute)


def _join(campaign: Campaign, session: LiveSession) -> LiveSession:
    LiveSession.objects.filter(pk=session.pk).update(campaign=campaign)
    session.campaign = campaign
    return session


def _plan(festival: Festival) -> None:
    for day, title, host in COMING:
        _join(festival.campaign, plan_script(_script(title, host), festival.cast, starts=festival.at(day)))


def _promote(festival: Festival) -> None:
    people, by = festival.cast.people, festival.by
    given = festival.at(-9)
    host, gorge = people[HOST.phone], people[GORGE_HOST.phone]
    plans = (
        (TaskPlan(PromotionKind.POSTER, "党参节海报贴到 12 个乡镇服务站", festival.at(-2), by), True),
        (TaskPlan(PromotionKind.VIDEO, "拍 30 秒挖党参短视频", festival.at(2), gorge), False),
        (
            TaskPlan(
                PromotionKind.APPOINTMENT, "开预约，链接发到各村群", festival.at(-1), by, "https://example.com/dangshen", 326
            ),
            True,
        ),
        (TaskPlan(PromotionKind.VILLAGE, "在库峧村微信群转发党参节预告", festival.cast.now + 20 * HOUR, host), False),
        (TaskPlan(PromotionKind.MEDIA, "县融媒：党参节开秤", festival.at(1), by, "https://example.com/news/dangshenjie"), True),
    )
    for plan, is_done in plans:
        task = give_task(plan, thing=festival.campaign, by=by, at=given)
        if is_done:
            finish_task(task, by=plan.owner or by, at=plan.due_at - 5 * HOUR)
        for day in range(BEGAN_DAYS_AGO * 40 if plan.appointments else 0):
            open_link(task.code, on=(festival.at(0) + (day % 3) * DAY).date())


def _reward(festival: Festival) -> None:
    """One that was drawn yesterday, one that is published for the session to come."""
    by = festival.by
    drawn_at, next_at = festival.at(2, 11), festival.at(4, 11)
    first, following = LiveSession.objects.filter(
        campaign=festival.campaign, host=festival.cast.people[TERRACE_HOST.phone]
    ).order_by("planned_start_at")
    drawn = publish_reward(add_reward(_prize(3, drawn_at), thing=first, by=by), by=by, at=drawn_at - 3 * DAY)
    draw_winners(drawn, entries=" ".join(f"{number:04}" for number in range(1, 187)), by=by, at=drawn_at)
    publish_reward(add_reward(_prize(5, next_at), thing=following, by=by), by=by, at=festival.cast.now)


def _prize(number: int, draws_at: datetime) -> RewardPlan:
    return RewardPlan(
        RewardKind.DRAW,
        "潞党参礼盒 500 克",
        number,
        16_800,
        "神龙湾党参种植专业合作社",
        "开播后在直播间报名的人，不用买东西",
        "在直播间打“党参”，客服按先后给参与号",
        "开奖后三天内把参与号和地址私信店铺客服，顺丰寄出；过期作废",
        "平顺县电商中心，0355-0000000",
        draws_at,
    )


def _load_others(cast: Cast, by: User, year: int) -> None:
    for name, kind, month, day in (("花椒节", CampaignKind.FESTIVAL, 8, 8), ("95公益周", CampaignKind.WELFARE, 9, 1)):
        first = date(year, month, day)
        add_campaign(CampaignPlan(name, kind, first, first + 6 * DAY), county=cast.county, by=by)


def _load_agreement(cast: Cast, by: User) -> None:
    today = cast.now.astimezone(SHANGHAI).date()
    year = today.replace(month=1, day=1)
    plan = AgreementPlan("太行云直播平台", "助农直播和主播培训", year, year.replace(month=12, day=31), "电商中心 2 号柜")
    agreement = add_agreement(plan, county=cast.county, by=by)
    promises = (
        (Promise("县长直播给首页流量", "场", 12, year.replace(month=12, day=31)), 9, "https://example.com/replays"),
        (Promise("主播培训", "天", 6, today - 9 * DAY), 4, "https://example.com/classes"),
        (Promise("党参节开屏广告", "天", 7, today + 6 * DAY), 0, ""),
        (Promise("村播新人扶持", "人", 20, today - 60 * DAY), 20, "https://example.com/newcomers"),
    )
    for promise, done, evidence in promises:
        made = add_deliverable(agreement, promise)
        if done:
            note_delivery(made, done=done, evidence=evidence, by=by, at=cast.now)

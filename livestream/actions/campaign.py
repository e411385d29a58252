"""Every write to a campaign: made, changed, held again like the last time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from livestream.actions.plan import plan_session
from livestream.actions.promotion import repeat_tasks
from livestream.actions.refusal import refusing
from livestream.actions.reward import repeat_rewards
from livestream.actions.session import LineUpPlan, SessionPlan
from livestream.models import Campaign, LiveSession
from livestream.rules.campaign import Window, check_goal, check_window, moved_day, named_holidays
from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionKind, SessionState

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import Place, User

BROKEN = {
    "campaign_once": "campaign_there",
    "campaign_ends_after_it_begins": "period_backwards",
    "campaign_goal_is_positive": "goal_out_of_range",
    "reported_total_has_its_source": "reported_without_source",
    "livestream_campaign_follows_id_key": "campaign_followed",
}


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What staff decide about a campaign. Both days belong to it."""

    name: str
    kind: str
    from_on: date
    until_on: date
    goal_fen: int | None = None
    note: str = ""
    reported_fen: int | None = None
    reported_source: str = ""

    @property
    def window(self) -> Window:
        return Window(self.from_on, self.until_on)

    def columns(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Repeated:
    """A campaign that was held again, and what could not be taken along: the title of the session, and why."""

    campaign: Campaign
    sessions: int = 0
    tasks: int = 0
    rewards: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)


def _check(plan: CampaignPlan) -> None:
    check_window(plan.window)
    check_goal(plan.goal_fen)
    check_goal(plan.reported_fen or None)
    if (plan.reported_fen is None) != (not plan.reported_source):
        raise NotAllowed("reported_without_source")


@transaction.atomic
def add_campaign(plan: CampaignPlan, *, county: Place, by: User, follows: Campaign | None = None) -> Campaign:
    """A new campaign. Raises NotAllowed(`period_backwards`, `campaign_too_long`, `campaign_too_early`, `goal_out_of_range`,
    `reported_without_source`, `campaign_there`, `campaign_followed`)."""
    _check(plan)
    with refusing(BROKEN):
        return Campaign.objects.create(county=county, follows=follows, made_by=by, **plan.columns())


@transaction.atomic
def change_campaign(campaign: Campaign, plan: CampaignPlan, *, version: int, by: User) -> Campaign:
    """The same campaign as planned now. Raises NotAllowed as `add_campaign` does, and `campaign_changed` when it is not any more
    as the person saw it (`version`)."""
    _check(plan)
    with refusing(BROKEN):
        seen = Campaign.objects.filter(pk=campaign.pk, version=version)
        is_mine = seen.update(version=F("version") + 1, **plan.columns())
    campaign.refresh_from_db()
    if not is_mine:
        raise NotAllowed("campaign_changed")
    return campaign


@transaction.atomic
def repeat_campaign(last: Campaign, plan: CampaignPlan, *, by: User, at: datetime) -> Repeated:
    """The next one after `last`, with its sessions as drafts on the matching days (`rules.campaign.moved_day`), its promotion
    tasks with their due times moved alike, and its rewards as drafts: they must be published anew.

    A session that cannot be planned (its host has left, something is taken) is left out and named with the reason; the rest
    stands. Guests and rooms are not taken along: a leader is asked anew, a room has a number of its own each time.
    Raises NotAllowed as `add_campaign` does."""
    made = Repeated(add_campaign(plan, county=last.county, by=by, follows=last))
    sessions = LiveSession.objects.filter(campaign=last).exclude(state=SessionState.CANCELLED)
    taken_over: dict[LiveSession | Campaign, LiveSession | Campaign] = {last: made.campaign}
    for session in (
        sessions.exclude(kind=SessionKind.PRACTICE).select_related("host", "place", "county").order_by("planned_start_at")
    ):
        try:
            with transaction.atomic():
                taken_over[session] = _plan_again(session, last, made.campaign, by=by, at=at)
        except NotAllowed as refused:
            made.left_out.append((session.title, str(refused)))
    made.sessions = len(taken_over) - 1
    made.tasks = sum(repeat_tasks(old, new, moved=_shift(old, new), by=by, at=at) for old, new in taken_over.items())
    made.rewards = sum(repeat_rewards(old, new, moved=_shift(old, new), by=by) for old, new in taken_over.items())
    return made


def _plan_again(session: LiveSession, last: Campaign, following: Campaign, *, by: User, at: datetime) -> LiveSession:
    """A draft of the same session in the following campaign, at the same hour."""
    if not session.host.is_active:
        raise NotAllowed("person_stopped")
    starts = timezone.localtime(session.planned_start_at)
    holidays = named_holidays(last.from_on.year, following.until_on.year)
    day = moved_day(starts.date(), last.window, following.window, holidays)
    moment = starts.replace(year=day.year, month=day.month, day=day.day)
    plan = SessionPlan(
        kind=session.kind,
        title=session.title,
        host=session.host,
        place=session.place,
        planned_start_at=moment,
        planned_end_at=moment + (session.planned_end_at - session.planned_start_at),
        goal_fen=session.goal_fen,
        line_up=[
            LineUpPlan(slot.product, slot.live_price_fen, slot.committed_stock)
            for slot in session.line_up.select_related("product").order_by("position")
        ],
        campaign=following,
    )
    return plan_session(plan, county=session.county, by=by, at=at).session


def _shift(old: LiveSession | Campaign, new: LiveSession | Campaign) -> timedelta:
    """How far what belongs to a session or a campaign moves with it, in whole days: hours of the day stay."""
    return timedelta(days=(_day_of(new) - _day_of(old)).days)


def _day_of(thing: LiveSession | Campaign) -> date:
    return thing.from_on if isinstance(thing, Campaign) else timezone.localdate(thing.planned_start_at)

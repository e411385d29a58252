"""Where the demo county's plan rubs: a road that is too long waits for an approver, one was allowed, one thing has two prices."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from config.demo.people import APPROVER, CLIFF_HOST, GORGE_HOST, STAFF, TERRACE_HOST, Person
from livestream.actions.clash import allow_excuse
from livestream.actions.plan import plan_session
from livestream.actions.plan_rules import set_road
from livestream.actions.session import LineUpPlan, SessionPlan
from livestream.models import Excuse, LiveSession, Place, TravelTime
from livestream.rules.clash import Clashing
from livestream.rules.session import SessionKind

if TYPE_CHECKING:
    from config.demo.cast import Cast

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Over the ridge between the gorge and the cliff villages there is one road, and it winds.
ROADS = (("140425100", "140425102", 55), ("140425100", "140425201", 70), ("140425102213", "140425201216", 110))


class Evening(NamedTuple):
    title: str
    host: Person
    place: str
    in_days: int
    begins: time
    minutes: int
    sku: str
    price_fen: int
    reason: str = ""  # why it may clash


EVENINGS = (
    Evening("岳家寨石磨现磨花椒面", CLIFF_HOST, "140425102213", 9, time(15), 90, "DHP-250", 3580),
    Evening("青羊镇夜市：花椒摊开张", CLIFF_HOST, "140425100", 9, time(17), 90, "HJY-265", 2980, "县里派车接，半小时能到"),
    Evening("神龙湾打核桃", GORGE_HOST, "140425201216", 10, time(14), 90, "LDS-500", 5980),
    Evening("县城展销会专场", GORGE_HOST, "140425100", 10, time(16), 120, "DHP-250", 3980, "展销会就一天，下午那场早点收"),
    Evening("苗庄秋收大锅饭", TERRACE_HOST, "140425103200", 10, time(17), 90, "DHP-250", 3580),
)
ALLOWED = "县城展销会专场"


def load_clashes(cast: Cast) -> None:
    """Once: while any of these evenings is still to come, nothing is added."""
    for one, other, minutes in ROADS:
        if not TravelTime.objects.filter(county=cast.county, one=one, other=other).exists():
            set_road(cast.county, Place.objects.get(pk=one), Place.objects.get(pk=other), minutes=minutes)
    titles = {evening.title for evening in EVENINGS}
    if LiveSession.objects.upcoming(cast.now).filter(county=cast.county, title__in=titles).exists():
        return
    for evening in EVENINGS:
        _plan(evening, cast)
    for excuse in Excuse.objects.waiting().filter(session__county=cast.county, session__title=ALLOWED):
        allow_excuse(excuse, by=cast.people[APPROVER.phone], at=cast.now)


def _plan(evening: Evening, cast: Cast) -> None:
    """A host who is busy then has his own evening already: this one falls out."""
    day = cast.now.astimezone(SHANGHAI).date() + timedelta(days=evening.in_days)
    starts = datetime.combine(day, evening.begins, SHANGHAI).astimezone(UTC)
    plan = SessionPlan(
        kind=SessionKind.VILLAGE_HOST,
        title=evening.title,
        host=cast.people[evening.host.phone],
        place=Place.objects.get(pk=evening.place),
        planned_start_at=starts,
        planned_end_at=starts + timedelta(minutes=evening.minutes),
        line_up=[LineUpPlan(cast.products[evening.sku], evening.price_fen, None)],
    )
    staff = cast.people[STAFF.phone]
    try:
        plan_session(plan, county=cast.county, by=staff, at=cast.now)
    except Clashing as clashing:
        if evening.reason and not any(clash.level == "block" for clash in clashing.clashes):
            excuses = {clash.key: evening.reason for clash in clashing.clashes}
            plan_session(plan, county=cast.county, by=staff, at=cast.now, excuses=excuses)

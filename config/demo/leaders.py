"""The demo county's leaders: its register, what was asked for each broadcast, and what comes next. Every name is invented."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from config.demo.goods import LIVE_PRICES
from config.demo.people import APPROVER, GORGE_HOST, STAFF, TERRACE_HOST, Person
from livestream.actions.approval import is_asked_for
from livestream.actions.broadcast import BroadcastWish, ask_broadcast, decide_broadcast
from livestream.actions.leader import LeaderFacts, add_leader, link_guests, set_office
from livestream.actions.session import GuestPlan, LineUpPlan, SegmentPlan, SessionPlan, change_state, schedule_session
from livestream.models import Leader, LiveSession, Place
from livestream.rules.leader import Aim, Decision, Department
from livestream.rules.session import STILL_PLANNED, GuestRank, SessionEvent, SessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config.demo.cast import Cast

SHANGHAI = ZoneInfo("Asia/Shanghai")
TOP, DEPUTY = GuestRank.TOP, GuestRank.DEPUTY
OURS, CITY = "平顺县人民政府", "长治市人民政府"
STATE, PEOPLE = Department.GOVERNMENT, Department.PEOPLE
REGISTER = (
    LeaderFacts("郗砚田", "县委书记", TOP, STATE, "中共平顺县委员会"),
    LeaderFacts("武㛃", "县委副书记、县长", TOP, STATE, OURS),
    LeaderFacts("逯春生", "县人大常委会主任", TOP, PEOPLE, "平顺县人大常委会"),
    LeaderFacts("栗雁翎", "县政协主席", TOP, PEOPLE, "政协平顺县委员会"),
    LeaderFacts("韩谷川", "副县长", DEPUTY, STATE, OURS),
    LeaderFacts("冀晚照", "副县长（分管农业农村）", DEPUTY, STATE, OURS),
    LeaderFacts("宋岱宗", "长治市副市长、挂职县长", TOP, STATE, CITY),
    LeaderFacts("申屠麦", "长治市市长", TOP, STATE, CITY),
    LeaderFacts("卫喆", "长治市委书记", TOP, STATE, "中共长治市委员会"),
    LeaderFacts("元好畤", "黎城县县长", TOP, STATE, "黎城县人民政府"),
    LeaderFacts("和秋实", "壶关县县长", TOP, STATE, "壶关县人民政府"),
    LeaderFacts("郝淜", "武乡县县长", TOP, STATE, "武乡县人民政府"),
    LeaderFacts("仝㛃", "襄垣县县长", TOP, STATE, "襄垣县人民政府"),
)
RETIRED = LeaderFacts("贾岁丰", "县长", TOP, STATE, OURS)
WISH = BroadcastWish(
    "平顺县乡村振兴工作专班",
    Aim.BRAND,
    "潞党参、大红袍花椒、黑小米是本县的地理标志产品，种的人家多，今年收成好；供货商都有证照，价格和量已经写定。",
    "坏果包赔，48 小时内发货，七天内不满意可以退；县电商中心留样备查。",
)
A_WEEK = timedelta(days=7)


class Part(NamedTuple):
    """A stretch of a broadcast: who speaks, what about, where, for how many minutes, with which goods."""

    leader: str
    title: str
    place: str
    minutes: int
    skus: tuple[str, ...]


class Plan(NamedTuple):
    kind: SessionKind
    title: str
    host: Person
    in_days: int
    begins: time
    parts: tuple[Part, ...]
    goal_fen: int


RELAY = Plan(
    SessionKind.RELAY,
    "三县县长接力：太行好物",
    TERRACE_HOST,
    4,
    time(9, 30),
    (
        Part("武㛃", "平顺：潞党参和大红袍花椒", "140425100", 40, ("LDS-500", "DHP-250")),
        Part("郝淜", "武乡来客：小米的两种吃法", "140425103200", 40, ("HXM-2500", "SZ-1000")),
        Part("仝㛃", "襄垣来客：核桃下山", "140425202213", 40, ("HT-2500", "LCC-2400")),
    ),
    8_000_000,
)
WAITING = Plan(
    SessionKind.COUNTY_HEAD,
    "县委书记请您尝冬藏的山货",
    GORGE_HOST,
    12,
    time(9, 30),
    (Part("郗砚田", "", "140425100", 90, ("SB-1000", "HT-2500", "SZ-1000")),),
    3_000_000,
)


def load_register(county: Place) -> None:
    """Adds whom the register lacks; guests of these names are them."""
    there = set(Leader.objects.filter(county=county).values_list("name", flat=True))
    for facts in (*REGISTER, RETIRED):
        if facts.name not in there:
            leader = add_leader(facts, county=county.pk)
            set_office(leader, is_in_office=facts != RETIRED)
    link_guests(county.pk)


def take_steps(session: LiveSession, events: Iterable[SessionEvent], cast: Cast, *, at: datetime) -> LiveSession:
    """As `change_state`, one after the other; leaders are asked for, and approved, a week before they go on air."""
    for event in events:
        asked = is_asked_for(session) and event in {SessionEvent.SUBMIT, SessionEvent.APPROVE}
        if not asked:
            change_state(session, event, at=at)
        elif event == SessionEvent.SUBMIT:
            link_guests(cast.county.pk)
            ask_broadcast(session, WISH, by=cast.people[STAFF.phone], at=at - A_WEEK)
        else:
            approver = cast.people[APPROVER.phone]
            decide_broadcast(session.request, decision=Decision.APPROVED, answer="同意。", by=approver, at=at - A_WEEK)
        session.refresh_from_db()
    return session


def load_broadcasts(cast: Cast) -> None:
    """What comes next: a relay of three county heads, approved, and a request that waits for the approver."""
    relay = _planned(RELAY, cast)
    if relay:
        take_steps(relay, (SessionEvent.SUBMIT, SessionEvent.APPROVE), cast, at=cast.now)
    waiting = _planned(WAITING, cast)
    if waiting:
        link_guests(cast.county.pk)
        ask_broadcast(waiting, WISH, by=cast.people[STAFF.phone], at=cast.now)


def _planned(plan: Plan, cast: Cast) -> LiveSession | None:
    """The session, if it was not there; one whose day passed without a broadcast is cancelled."""
    mine = LiveSession.objects.filter(county=cast.county, title=plan.title, state__in=STILL_PLANNED)
    for missed in mine.filter(planned_end_at__lt=cast.now):
        change_state(missed, SessionEvent.CANCEL, at=cast.now)
    if mine.filter(planned_end_at__gte=cast.now).exists():
        return None
    day = cast.now.astimezone(SHANGHAI).date() + timedelta(days=plan.in_days)
    starts = datetime.combine(day, plan.begins, SHANGHAI).astimezone(UTC)
    return schedule_session(_session_plan(plan, cast, starts), county=cast.county)


def _session_plan(plan: Plan, cast: Cast, starts: datetime) -> SessionPlan:
    register = {leader.name: leader for leader in Leader.objects.filter(county=cast.county)}
    begins = list(accumulate((timedelta(minutes=part.minutes) for part in plan.parts), initial=timedelta()))
    is_relay = plan.kind == SessionKind.RELAY
    segments = [
        SegmentPlan(part.title, Place.objects.get(pk=part.place), starts + begins[n], starts + begins[n + 1])
        for n, part in enumerate(plan.parts)
    ]
    led = [(register[part.leader], n if is_relay else None) for n, part in enumerate(plan.parts)]
    goods = [
        (cast.products[sku], LIVE_PRICES[sku], n if is_relay else None) for n, part in enumerate(plan.parts) for sku in part.skus
    ]
    return SessionPlan(
        plan.kind,
        plan.title,
        cast.people[plan.host.phone],
        Place.objects.get(pk=plan.parts[0].place),
        starts,
        starts + begins[-1],
        goal_fen=plan.goal_fen,
        guests=[GuestPlan(leader.name, leader.title, leader.rank, leader, n) for leader, n in led],
        line_up=[LineUpPlan(product, price, segment=n) for product, price, n in goods],
        segments=segments if is_relay else (),
    )

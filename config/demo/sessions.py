"""The demo county's sessions, placed around the present moment: on air now, tomorrow evening, last week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from config.demo.goods import LIVE_PRICES
from config.demo.history import load_history
from config.demo.people import CLIFF_HOST, GORGE_HOST, HOST, TERRACE_HOST, Person
from livestream.actions.session import SessionPlan, change_state, end_session, go_live, schedule_session
from livestream.models import LiveSession, Place, Product, User
from livestream.rules.session import GuestRank, SessionEvent, SessionKind, SessionState
from orders.models import Order, Shop

if TYPE_CHECKING:
    from collections.abc import Mapping

SHANGHAI = ZoneInfo("Asia/Shanghai")
AN_EVENING = timedelta(hours=6)  # a session on air longer than this belongs to an earlier day
BEFORE_AIR = (SessionEvent.SUBMIT, SessionEvent.APPROVE, SessionEvent.REHEARSE)


@dataclass(frozen=True, slots=True)
class Cast:
    """What the sessions are made of."""

    county: Place
    people: Mapping[str, User]
    products: Mapping[str, Product]
    shops: tuple[Shop, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Script:
    """One session. `stock`: pieces committed for each of the first goods; the others have no limit."""

    kind: SessionKind
    title: str
    host: Person
    place: str
    account: str
    skus: tuple[str, ...]
    lasts: timedelta
    orders_a_minute: float = 0
    goal_fen: int | None = None
    guests: tuple[tuple[str, str, str], ...] = ()
    stock: tuple[int, ...] = ()


HEAD = Script(
    SessionKind.COUNTY_HEAD,
    "县长来了：平顺好物上太行",
    HOST,
    "140425100",
    "shanlirenjia",
    ("LDS-500", "DHP-250", "HXM-2500", "SB-1000", "TFM-500", "LQC-120", "HT-2500", "LCC-2400", "MLS-4500", "SZ-1000"),
    timedelta(hours=3),
    orders_a_minute=6,
    goal_fen=50_000_000,
    guests=(
        ("武㛃", "县委副书记、县长", GuestRank.TOP),
        ("韩谷川", "副县长", GuestRank.DEPUTY),
        ("申喆", "潞党参种植能手", GuestRank.OTHER),
    ),
    stock=(20_000, 12_000, 8_000),
)
GORGE = Script(
    SessionKind.VILLAGE_HOST,
    "神龙湾云上党参地头直播",
    GORGE_HOST,
    "140425201216",
    "shenlongwan18",
    ("LDS-500", "DSP-150", "LQC-120", "TFM-500", "SZ-1000"),
    timedelta(hours=2),
    orders_a_minute=1.2,
)
CLIFF = Script(
    SessionKind.VILLAGE_HOST,
    "岳家寨石板房里卖花椒",
    CLIFF_HOST,
    "140425102213",
    "yuejiazhai",
    ("DHP-250", "HJY-265", "HT-2500", "SB-1000"),
    timedelta(hours=2),
    orders_a_minute=1.2,
)
TOMORROW = Script(
    SessionKind.VILLAGE_HOST,
    "带霜柿饼开晒第一夜",
    HOST,
    "140425203201",
    "shanlirenjia",
    ("SB-1000", "HT-2500", "HXM-2500", "TFM-500", "LCC-2400"),
    timedelta(hours=2),
    goal_fen=3_000_000,
    stock=(1_500,),
)
LAST_WEEK = Script(
    SessionKind.VILLAGE_HOST,
    "苗庄黑小米开镰专场",
    TERRACE_HOST,
    "140425103200",
    "guyujia",
    ("HXM-2500", "SZ-1000", "MLS-4500", "LCC-2400", "LQC-120"),
    timedelta(minutes=150),
    orders_a_minute=1.4,
    goal_fen=2_000_000,
    stock=(600,),
)
ON_AIR = ((HEAD, timedelta(minutes=40)), (GORGE, timedelta(minutes=25)), (CLIFF, timedelta(minutes=55)))


def load_sessions(cast: Cast) -> list[LiveSession]:
    """The five sessions of the moment, those on air first."""
    live = [_keep_on_air(script, cast, began=cast.now - ago) for script, ago in ON_AIR]
    return [*live, _plan_tomorrow(cast), _look_back(cast)]


def _keep_on_air(script: Script, cast: Cast, *, began: datetime) -> LiveSession:
    """The session of this evening, or a new one in a room of its own; one left over from another evening ends first."""
    host = cast.people[script.host.phone]
    mine = LiveSession.objects.live().filter(county=cast.county, kind=script.kind, host=host).order_by("-went_live_at")
    tonight = [session for session in mine if session.started_at > cast.now - AN_EVENING]
    for left_over in set(mine) - set(tonight):
        end_session(left_over, at=_last_moment(left_over, cast.now))
    session = tonight[0] if tonight else _put_on_air(script, cast, began=began)
    until = session.started_at + (cast.now - began)
    load_history(session, shop=cast.shops[0], orders_a_minute=script.orders_a_minute, until=min(until, cast.now))
    return session


def _last_moment(session: LiveSession, now: datetime) -> datetime:
    """Its planned end, or its last payment where it sold for longer: so no order loses its session."""
    rooms = session.rooms.values("room_id")
    paid = Order.objects.filter(county_id=session.county_id, live_room__in=rooms, session=session)
    last_paid = paid.aggregate(last=Max("paid_at"))["last"] or session.planned_end_at
    return min(now, max(session.planned_end_at, last_paid + timedelta(seconds=1)))


@transaction.atomic
def _put_on_air(script: Script, cast: Cast, *, began: datetime) -> LiveSession:
    session = _schedule(script, cast, starts=began)
    for event in BEFORE_AIR:
        change_state(session, event, at=began)
    return go_live(session, at=began)


def _plan_tomorrow(cast: Cast) -> LiveSession:
    """Tomorrow at 19:30, approved; plans whose evening passed without a broadcast are cancelled."""
    host = cast.people[TOMORROW.host.phone]
    tomorrow = cast.now.astimezone(SHANGHAI).date() + timedelta(days=1)
    starts = datetime.combine(tomorrow, time(19, 30), SHANGHAI).astimezone(UTC)
    planned = LiveSession.objects.filter(county=cast.county, host=host, state=SessionState.APPROVED, title=TOMORROW.title)
    for missed in planned.filter(planned_end_at__lt=cast.now):
        change_state(missed, SessionEvent.CANCEL, at=cast.now)
    there = LiveSession.objects.filter(county=cast.county, host=host, title=TOMORROW.title, planned_start_at=starts)
    return there.order_by("created_at").first() or _approve(_schedule(TOMORROW, cast, starts=starts), cast.now)


def _approve(session: LiveSession, at: datetime) -> LiveSession:
    for event in BEFORE_AIR[:2]:
        change_state(session, event, at=at)
    return session


def _look_back(cast: Cast) -> LiveSession:
    """A session of last week with its figures; another one is made when that week is two weeks ago."""
    host = cast.people[LAST_WEEK.host.phone]
    day = cast.now.astimezone(SHANGHAI).date() - timedelta(days=7)
    began = datetime.combine(day, time(19, 30), SHANGHAI).astimezone(UTC)
    reviewed = LiveSession.objects.filter(county=cast.county, host=host, state=SessionState.REVIEWED, title=LAST_WEEK.title)
    recent = reviewed.filter(went_live_at__gt=cast.now - timedelta(days=14)).order_by("-went_live_at").first()
    session = recent or _review(_put_on_air(LAST_WEEK, cast, began=began))
    load_history(session, shop=cast.shops[0], orders_a_minute=LAST_WEEK.orders_a_minute, until=cast.now)
    return session


def _review(session: LiveSession) -> LiveSession:
    end_session(session, at=session.planned_end_at)
    return change_state(session, SessionEvent.REVIEW, at=session.planned_end_at)


def _schedule(script: Script, cast: Cast, *, starts: datetime) -> LiveSession:
    room = f"73{int(starts.timestamp()):010d}{int(script.host.phone[-7:]):07d}"
    stock = [*script.stock, *[None] * len(script.skus)]
    plan = SessionPlan(
        kind=script.kind,
        title=script.title,
        host=cast.people[script.host.phone],
        place=Place.objects.get(pk=script.place),
        planned_start_at=starts,
        planned_end_at=starts + script.lasts,
        goal_fen=script.goal_fen,
        rooms=[(shop.platform, room, script.account) for shop in cast.shops],
        guests=list(script.guests),
        line_up=[(cast.products[sku], LIVE_PRICES[sku], stock[i]) for i, sku in enumerate(script.skus)],
    )
    return schedule_session(plan, county=cast.county)

"""The demo county's sessions, placed around the present moment: on air now, tomorrow evening, last week."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from config.demo.goods import LIVE_PRICES
from config.demo.history import load_history
from config.demo.leaders import take_steps
from config.demo.line_ups import fill_sheet
from config.demo.scripts import BEFORE, CLIFF, GORGE, HEAD, LAST_WEEK, NEXT_DOOR, TOMORROW, Script
from config.demo.viewers import note_on_air, note_viewers
from livestream.actions.review import may_review
from livestream.actions.session import (
    GuestPlan,
    LineUpPlan,
    RoomPlan,
    SessionPlan,
    change_state,
    end_session,
    go_live,
    schedule_session,
)
from livestream.models import LiveSession, Place
from livestream.rules.day import SHANGHAI
from livestream.rules.session import SessionEvent, SessionState
from orders.actions.statement import state_session
from orders.models import Order

if TYPE_CHECKING:
    from config.demo.cast import Cast

EARLIER = timedelta(hours=2)
AN_EVENING = timedelta(hours=6)  # a session on air longer than this belongs to an earlier day
BEFORE_AIR = (SessionEvent.SUBMIT, SessionEvent.APPROVE, SessionEvent.REHEARSE)


ON_AIR = ((HEAD, timedelta(minutes=40)), (GORGE, timedelta(minutes=25)), (CLIFF, timedelta(minutes=55)))


def load_sessions(cast: Cast) -> list[LiveSession]:
    """The five sessions of the moment, those on air first; and what their hosts sold the last time."""
    live = [_keep_on_air(script, cast, began=cast.now - ago) for script, ago in ON_AIR]
    for script, days_ago in zip(BEFORE, (5, 3, 4), strict=True):
        _look_back(script, cast, days_ago)
    return [*live, _plan_tomorrow(cast), _look_back(LAST_WEEK, cast, 7)]


def load_next_door(cast: Cast) -> LiveSession:
    """A small session of the neighbouring county, over since three quarters of an hour; another one for the next evening."""
    host, began = cast.people[NEXT_DOOR.host.phone], cast.now - EARLIER
    there = LiveSession.objects.aired().filter(county=cast.county, host=host, went_live_at__gt=cast.now - AN_EVENING - EARLIER)
    return there.order_by("-went_live_at").first() or put_on(NEXT_DOOR, cast, began=began)


def _keep_on_air(script: Script, cast: Cast, *, began: datetime) -> LiveSession:
    """The session of this evening, or a new one in a room of its own; one left over from another evening ends first."""
    host = cast.people[script.host.phone]
    mine = LiveSession.objects.live().filter(county=cast.county, kind=script.kind, host=host).order_by("-went_live_at")
    tonight = [session for session in mine if session.started_at > cast.now - AN_EVENING]
    for left_over in set(mine) - set(tonight):
        end_session(left_over, at=_last_moment(left_over, cast.now))
    session = tonight[0] if tonight else _put_on_air(script, cast, began=began)
    until = session.started_at + (cast.now - began)
    load_history(session, shops=cast.shops, orders_a_minute=script.orders_a_minute, until=min(until, cast.now))
    if not session.readings.exists():
        note_on_air(session, until=min(until, cast.now))
    return session


def _last_moment(session: LiveSession, now: datetime) -> datetime:
    """Its planned end, or its last payment where it sold for longer: so no order loses its session."""
    rooms = session.rooms.values("room_id")
    paid = Order.objects.filter(county_id=session.county_id, live_room__in=rooms, session=session)
    last_paid = paid.aggregate(last=Max("paid_at"))["last"] or session.planned_end_at
    return min(now, max(session.planned_end_at, last_paid + timedelta(seconds=1)))


@transaction.atomic
def _put_on_air(script: Script, cast: Cast, *, began: datetime) -> LiveSession:
    _make_room(script, cast, began)
    session = _schedule(script, cast, starts=began)
    take_steps(session, BEFORE_AIR, cast, at=began)
    return go_live(session, at=began)


def _make_room(script: Script, cast: Cast, began: datetime) -> None:
    """What yesterday's demo planned for this evening gives way: nobody is booked twice."""
    planned = LiveSession.objects.upcoming(began).filter(host=cast.people[script.host.phone])
    for session in planned.filter(planned_start_at__lt=began + script.lasts):
        change_state(session, SessionEvent.CANCEL, at=cast.now)


def _plan_tomorrow(cast: Cast) -> LiveSession:
    """Tomorrow at 19:30, approved; plans whose evening passed without a broadcast are cancelled."""
    host = cast.people[TOMORROW.host.phone]
    tomorrow = cast.now.astimezone(SHANGHAI).date() + timedelta(days=1)
    starts = datetime.combine(tomorrow, time(19, 30), SHANGHAI).astimezone(UTC)
    planned = LiveSession.objects.filter(county=cast.county, host=host, state=SessionState.APPROVED, title=TOMORROW.title)
    for missed in planned.filter(planned_end_at__lt=cast.now):
        change_state(missed, SessionEvent.CANCEL, at=cast.now)
    there = LiveSession.objects.filter(county=cast.county, host=host, title=TOMORROW.title, planned_start_at=starts)
    return there.order_by("created_at").first() or plan_script(TOMORROW, cast, starts=starts)


def _look_back(script: Script, cast: Cast, days_ago: int) -> LiveSession:
    """A session of some days ago with its figures; another one is made when it is a week older than that."""
    host = cast.people[script.host.phone]
    day = cast.now.astimezone(SHANGHAI).date() - timedelta(days=days_ago)
    reviewed = LiveSession.objects.filter(county=cast.county, host=host, state=SessionState.REVIEWED, title=script.title)
    recent = reviewed.filter(went_live_at__gt=cast.now - timedelta(days=days_ago + 7)).order_by("-went_live_at").first()
    return recent or put_on(script, cast, began=datetime.combine(day, time(19, 30), SHANGHAI).astimezone(UTC))


@transaction.atomic
def put_on(script: Script, cast: Cast, *, began: datetime) -> LiveSession:
    """A session that is over, with its orders, its figures and, where it is over for a day, its review."""
    session = _put_on_air(script, cast, began=began)
    end_session(session, at=session.planned_end_at)
    load_history(session, shops=cast.shops, orders_a_minute=script.orders_a_minute, until=cast.now)
    note_viewers(session, until=cast.now, days_ago=(cast.now - began).days)
    state_session(session, at=cast.now)
    if not may_review(session):
        change_state(session, SessionEvent.REVIEW, at=cast.now)
    return session


def plan_script(script: Script, cast: Cast, *, starts: datetime) -> LiveSession:
    """A session that is still to come, approved."""
    return take_steps(_schedule(script, cast, starts=starts), BEFORE_AIR[:2], cast, at=cast.now)


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
        rooms=[RoomPlan(shop.platform, room, script.account) for shop in cast.shops],
        guests=[GuestPlan(*guest) for guest in script.guests],
        line_up=[LineUpPlan(cast.products[sku], LIVE_PRICES[sku], stock[i]) for i, sku in enumerate(script.skus)],
    )
    session = schedule_session(plan, county=cast.county)
    if script.has_sheet:
        fill_sheet(session, cast, at=min(starts, cast.now))
    return session

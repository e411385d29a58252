"""Every write to a session: its plan, its state, its rooms, its guests, its line-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils import timezone

from livestream.actions.age import check_may_be_planned, check_may_go_live
from livestream.actions.approval import check_step
from livestream.actions.board import touch_session
from livestream.actions.control_start import prepare_start, write_end, write_start
from livestream.actions.pitch import close_pitches
from livestream.actions.plan_rows import columns_of, write_rows
from livestream.actions.review import check_reviewable
from livestream.actions.start_gate import check_start, kind_at_start, left_out
from livestream.models import LiveSession, Room
from livestream.rules.errors import NotAllowed
from livestream.rules.session import HOLDS_TIME, SessionEvent, next_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from livestream.models import Campaign, Leader, Place, Product, Resource, Series, User


class RoomPlan(NamedTuple):
    platform: str
    room_id: str
    account: str = ""


class SegmentPlan(NamedTuple):
    """A stretch of a relay: half-open, whole minutes."""

    title: str
    place: Place
    starts_at: datetime
    ends_at: datetime


class GuestPlan(NamedTuple):
    """Of a leader in the register, name, title and rank are the register's. `segment` counts from 0; None: the whole session."""

    name: str
    title: str
    rank: str
    leader: Leader | None = None
    segment: int | None = None


class LineUpPlan(NamedTuple):
    """One of the goods, in the order in which they are presented. `segment` counts from 0."""

    product: Product
    live_price_fen: int
    committed_stock: int | None = None
    segment: int | None = None


class CrewPlan(NamedTuple):
    """What somebody does besides the host; one person may have several duties, the host too."""

    person: User
    duty: str


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What staff decide about a session before it is on air. Accounts that the county keeps are booked by the rooms that use
    them: `resources` are all others."""

    kind: str
    title: str
    host: User
    place: Place
    planned_start_at: datetime
    planned_end_at: datetime
    goal_fen: int | None = None
    rooms: Sequence[RoomPlan] = ()
    guests: Sequence[GuestPlan] = ()
    line_up: Sequence[LineUpPlan] = ()
    segments: Sequence[SegmentPlan] = ()
    crew: Sequence[CrewPlan] = ()
    resources: Sequence[Resource] = ()
    campaign: Campaign | None = None
    note: str = ""
    is_public_interest: bool = False
    series: Series | None = None  # written with a new session, never changed later
    series_on: date | None = None


WINDOW_FIELD = {SessionEvent.GO_LIVE: "went_live_at", SessionEvent.END: "ended_at"}


def _newer_window(session: LiveSession) -> dict[str, object]:
    """Marks that the session holds its rooms for another time now, so that its orders are attributed anew."""
    return {"window_revision": session.window_revision + 1, "window_changed_at": timezone.now()}


@transaction.atomic
def schedule_session(plan: SessionPlan, *, county: Place) -> LiveSession:
    """A new session in draft, with all that its plan names. Raises NotAllowed when its host is too young for it. Staff plan by
    `actions/plan.py`, which asks more."""
    check_may_be_planned(plan.host.pk, timezone.localdate(plan.planned_start_at))
    session = LiveSession.objects.create(county=county, series=plan.series, series_on=plan.series_on, **columns_of(plan))
    write_rows(session, plan)
    touch_session(session.pk, county.pk)
    return session


@transaction.atomic
def change_state(
    session: LiveSession, event: SessionEvent, *, at: datetime, by: User | None = None, words: str = ""
) -> LiveSession:
    """Moves a session along the table of `rules/session.py`; going live and ending also set the window at `at`.

    Going live lists what may be listed, ending closes the open pitch; both stand in the log of the control desk as `by`'s, or the
    host's, with `words` why it was ended. Raises NotAllowed(`state`) when the table forbids it or somebody was faster; a host
    whose age does not allow it, or is not known, does not go live; nor does a session with leaders without its approval, nor one
    with an item that may not be sold and was not left out (`not_ready`).
    """
    old = session.state
    new = next_state(old, event, kind_at_start(session) if event == SessionEvent.GO_LIVE else session.kind)
    _check(session, event, at)
    changes: dict[str, object] = {"state": new}
    if event == SessionEvent.CANCEL:
        changes["plan_version"] = session.plan_version + 1  # whoever was told of the plan must be told of this
    if event in WINDOW_FIELD:
        changes |= {WINDOW_FIELD[event]: at, **_newer_window(session)}
    if not LiveSession.objects.filter(pk=session.pk, state=old).update(**changes):
        session.refresh_from_db()
        raise NotAllowed("state", state=session.get_state_display(), event=event.label)
    for name, value in changes.items():
        setattr(session, name, value)
    _follow(session, event, at, by, words)
    touch_session(session.pk, session.county_id)
    return session


def _check(session: LiveSession, event: SessionEvent, at: datetime) -> None:
    """What an event asks for besides the table of states. Raises NotAllowed."""
    check_step(session, event)
    if event == SessionEvent.REVIEW:
        check_reviewable(session)
    if event == SessionEvent.GO_LIVE:
        check_may_go_live(session.host_id, timezone.localdate(at))
        check_start(session, at=at)
        prepare_start(session)


def _follow(session: LiveSession, event: SessionEvent, at: datetime, by: User | None, words: str) -> None:
    """What goes with it, in its transaction."""
    if event == SessionEvent.GO_LIVE:
        write_start(session, at=at, by=by, without=left_out(session))
    if event == SessionEvent.END:
        close_pitches(session, at=at)
        write_end(session, at=at, by=by, words=words)


def go_live(session: LiveSession, *, at: datetime) -> LiveSession:
    """The session is on air from `at`. Raises NotAllowed."""
    return change_state(session, SessionEvent.GO_LIVE, at=at)


def end_session(session: LiveSession, *, at: datetime) -> LiveSession:
    """The session is off air from `at`. Raises NotAllowed."""
    return change_state(session, SessionEvent.END, at=at)


@transaction.atomic
def correct_window(session: LiveSession, *, went_live_at: datetime, ended_at: datetime | None) -> LiveSession:
    """Sets the times a session was really on air; its orders are attributed anew by the next sweep."""
    session.went_live_at, session.ended_at = went_live_at, ended_at
    LiveSession.objects.filter(pk=session.pk).update(went_live_at=went_live_at, ended_at=ended_at, **_newer_window(session))
    session.refresh_from_db()
    touch_session(session.pk, session.county_id)
    return session


@transaction.atomic
def add_room(session: LiveSession, *, platform: str, room_id: str, account: str = "") -> Room:
    """The session holds this room too. Raises NotAllowed(`off_air`) when it is over."""
    if session.state not in HOLDS_TIME:
        raise NotAllowed("off_air")
    room, _made = Room.objects.get_or_create(session=session, platform=platform, room_id=room_id, defaults={"account": account})
    LiveSession.objects.filter(pk=session.pk).update(**_newer_window(session))
    session.refresh_from_db()
    touch_session(session.pk, session.county_id)
    return room

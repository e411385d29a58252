"""A plan read from its rows, and as JSON: what a step keeps, so that it can be undone and compared."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch

from livestream.actions.session import CrewPlan, GuestPlan, LineUpPlan, RoomPlan, SegmentPlan, SessionPlan
from livestream.models import (
    Booking,
    Campaign,
    Guest,
    Leader,
    LineUpItem,
    Place,
    Product,
    Resource,
    Room,
    Segment,
    User,
)
from livestream.rules.errors import NotAllowed
from livestream.rules.planning import Duty

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import Model, QuerySet

    from livestream.models import LiveSession


PLANNED = ("place__parent", "host__place", "campaign", "series")
PARTS = (
    Prefetch("segments", Segment.objects.select_related("place__parent").order_by("starts_at")),
    Prefetch("guests", Guest.objects.select_related("leader").order_by("pk")),
    Prefetch("line_up", LineUpItem.objects.select_related("product").order_by("position")),
    Prefetch("rooms", Room.objects.order_by("pk")),
    Prefetch(
        "bookings",
        Booking.objects.filter(guest=None, room=None, leader=None)
        .exclude(duty=Duty.HOST)
        .select_related("person__place__parent", "resource__place")
        .order_by("pk"),
    ),
)


def plan_of(session: LiveSession) -> SessionPlan:
    """What is planned now."""
    return _plan(session, [part.queryset.filter(session=session) for part in PARTS if part.queryset is not None])


def plans_of(sessions: QuerySet[LiveSession]) -> list[tuple[LiveSession, SessionPlan]]:
    """The same of many, in a few queries."""
    rows = sessions.select_related(*PLANNED).prefetch_related(*PARTS)
    return [(row, _plan(row, [getattr(row, str(part.prefetch_to)).all() for part in PARTS])) for row in rows]


def _plan(session: LiveSession, parts: Sequence[Iterable[Any]]) -> SessionPlan:
    """`parts` are the rows of PARTS."""
    segments, guests, goods, rooms, held = [list(rows) for rows in parts]
    numbers = {segment.pk: number for number, segment in enumerate(segments)}
    return SessionPlan(
        kind=session.kind,
        title=session.title,
        host=session.host,
        place=session.place,
        planned_start_at=session.planned_start_at,
        planned_end_at=session.planned_end_at,
        goal_fen=session.goal_fen,
        rooms=[RoomPlan(room.platform, room.room_id, room.account) for room in rooms],
        guests=[GuestPlan(g.name, g.title, g.rank, g.leader, numbers.get(g.segment_id or 0)) for g in guests],
        line_up=[LineUpPlan(i.product, i.live_price_fen, i.committed_stock, numbers.get(i.segment_id or 0)) for i in goods],
        segments=[SegmentPlan(segment.title, segment.place, segment.starts_at, segment.ends_at) for segment in segments],
        crew=[CrewPlan(row.person, row.duty) for row in held if row.person],
        resources=[row.resource for row in held if row.resource],
        campaign=session.campaign,
        note=session.note,
        is_public_interest=session.is_public_interest,
        series=session.series,
        series_on=session.series_on,
    )


def as_json(plan: SessionPlan) -> dict[str, Any]:
    """People, places and things by their keys."""
    return {
        "kind": plan.kind,
        "title": plan.title,
        "host": plan.host.pk,
        "place": plan.place.pk,
        "start": plan.planned_start_at.isoformat(),
        "end": plan.planned_end_at.isoformat(),
        "goal_fen": plan.goal_fen,
        "rooms": [list(room) for room in plan.rooms],
        "guests": [[g.name, g.title, g.rank, g.leader and g.leader.pk, g.segment] for g in plan.guests],
        "line_up": [[i.product.pk, i.live_price_fen, i.committed_stock, i.segment] for i in plan.line_up],
        "segments": [[s.title, s.place.pk, s.starts_at.isoformat(), s.ends_at.isoformat()] for s in plan.segments],
        "crew": [[member.person.pk, member.duty] for member in plan.crew],
        "resources": [thing.pk for thing in plan.resources],
        "campaign": plan.campaign and plan.campaign.pk,
        "note": plan.note,
        "is_public_interest": plan.is_public_interest,
    }


def from_json(kept: dict[str, Any]) -> SessionPlan:
    """Raises NotAllowed(`undo_gone`) when somebody or something that it names is not there any more."""
    people = _rows(User, {kept["host"], *(pk for pk, _duty in kept["crew"])})
    places = _rows(Place, {kept["place"], *(code for _title, code, *_hours in kept["segments"])})
    leaders = _rows(Leader, {pk for *_words, pk, _segment in kept["guests"] if pk})
    goods = _rows(Product, {pk for pk, *_rest in kept["line_up"]})
    things = _rows(Resource, kept["resources"])
    campaigns = _rows(Campaign, [kept["campaign"]] if kept["campaign"] else [])
    return SessionPlan(
        kind=kept["kind"],
        title=kept["title"],
        host=people[kept["host"]],
        place=places[kept["place"]],
        planned_start_at=datetime.fromisoformat(kept["start"]),
        planned_end_at=datetime.fromisoformat(kept["end"]),
        goal_fen=kept["goal_fen"],
        rooms=[RoomPlan(*room) for room in kept["rooms"]],
        guests=[GuestPlan(name, post, rank, leaders.get(pk), segment) for name, post, rank, pk, segment in kept["guests"]],
        line_up=[LineUpPlan(goods[pk], *rest) for pk, *rest in kept["line_up"]],
        segments=[
            SegmentPlan(title, places[code], datetime.fromisoformat(begins), datetime.fromisoformat(ends))
            for title, code, begins, ends in kept["segments"]
        ],
        crew=[CrewPlan(people[pk], duty) for pk, duty in kept["crew"]],
        resources=[things[pk] for pk in kept["resources"]],
        campaign=campaigns[kept["campaign"]] if kept["campaign"] else None,
        note=kept["note"],
        is_public_interest=kept["is_public_interest"],
    )


def _rows(model: type[Model], keys: Iterable[Any]) -> dict[Any, Any]:
    wanted = set(keys)
    found = model._default_manager.in_bulk(wanted)
    if len(found) < len(wanted):
        raise NotAllowed("undo_gone")
    return found

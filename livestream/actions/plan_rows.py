"""The rows that a plan is made of: written, changed, read back. Who may do it, and when, stands in `actions/plan.py`.

A row that the new plan holds too stays as it is, with what was said about it: a reason why it may clash, an answer. What it
does not hold goes before the session moves, and what is new comes after: so nothing is booked at an hour that nobody asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livestream.models import Booking, Guest, LineUpItem, Room, Segment
from livestream.rules.errors import NotAllowed
from livestream.rules.planning import Duty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Model, QuerySet

    from livestream.actions.session import SessionPlan
    from livestream.models import LiveSession

    Rows = dict[tuple[Any, ...], Model]

BEHIND = 10_000  # where new goods wait until all of them are put in order


def columns_of(plan: SessionPlan) -> dict[str, Any]:
    """What of the plan stands in the session's own row."""
    names = ("kind", "title", "host", "place", "planned_start_at", "planned_end_at", "goal_fen", "campaign", "note")
    return {name: getattr(plan, name) for name in (*names, "is_public_interest")}


def write_rows(session: LiveSession, plan: SessionPlan) -> None:
    """The rows of the plan that are not there yet. After `let_go`, and after the session's own row."""
    segments = _write_segments(session, plan)
    for rows, kept in _tables(session, plan, dict(enumerate(segments))):
        there = _there(rows, {segment.pk: number for number, segment in enumerate(segments)})
        missing = [row for key, row in kept.items() if key not in there]
        rows.model._default_manager.bulk_create(missing)
        if rows.model is LineUpItem:
            _write_again(session, plan, dict(enumerate(segments)))


def _write_again(session: LiveSession, plan: SessionPlan, segments: Mapping[int, Segment]) -> None:
    """Goods that stay on the line-up keep all that its sheet says of them; the plan knows their place, price, stock and segment.
    In one statement: one after the other they would stand in each other's way. Raises NotAllowed(`stock_follows_promises`)."""
    wanted = {item.product.pk: (position, item) for position, item in enumerate(plan.line_up, start=1)}
    rows = list(session.line_up.prefetch_related("promises"))
    for row in rows:
        row.position, said = wanted[row.product_id]
        row.live_price_fen, row.committed_stock = said.live_price_fen, said.committed_stock
        row.segment = _segment(segments, said.segment)
        promised = sum(promise.units for promise in row.promises.all())
        if promised and promised != said.committed_stock:
            raise NotAllowed("stock_follows_promises", title=said.product.title, units=promised)
    LineUpItem.objects.bulk_update(rows, ["position", "live_price_fen", "committed_stock", "segment"])


def let_go(session: LiveSession, plan: SessionPlan) -> None:
    """Removes what the plan does not hold any more."""
    segments = list(session.segments.order_by("starts_at"))
    numbers = {segment.pk: number for number, segment in enumerate(segments)}
    for rows, kept in _tables(session, plan, dict(enumerate(segments))):
        gone = [row.pk for key, row in _there(rows, numbers).items() if key not in kept]
        if gone:
            rows.filter(pk__in=gone).delete()
    for segment in segments[len(plan.segments) :]:
        segment.delete()


def _write_segments(session: LiveSession, plan: SessionPlan) -> list[Segment]:
    """Those that are there get the new hours in one statement: one after the other they would stand in each other's way."""
    there = list(session.segments.order_by("starts_at"))
    for segment, wanted in zip(there, plan.segments, strict=False):
        segment.title, segment.place = wanted.title, wanted.place
        segment.starts_at, segment.ends_at = wanted.starts_at, wanted.ends_at
    Segment.objects.bulk_update(there[: len(plan.segments)], ["title", "place", "starts_at", "ends_at"])
    new = [
        Segment(session=session, title=title, place=place, starts_at=begins, ends_at=ends)
        for title, place, begins, ends in plan.segments[len(there) :]
    ]
    return [*there[: len(plan.segments)], *Segment.objects.bulk_create(new)]


def _tables(session: LiveSession, plan: SessionPlan, segments: Mapping[int, Segment]) -> Iterable[tuple[QuerySet[Any], Rows]]:
    """The tables of a plan: the rows of the session there, and those of the plan by what makes each what it is."""
    yield session.rooms.all(), {tuple(room): Room(session=session, **room._asdict()) for room in plan.rooms}
    yield (
        session.guests.all(),
        {
            (guest.name, guest.title, guest.rank, guest.leader and guest.leader.pk, guest.segment): Guest(
                session=session, **guest._asdict() | {"segment": _segment(segments, guest.segment)}
            )
            for guest in plan.guests
        },
    )
    yield (
        session.line_up.all(),
        {
            (item.product.pk,): LineUpItem(
                session=session, position=BEHIND + position, **item._asdict() | {"segment": _segment(segments, item.segment)}
            )
            for position, item in enumerate(plan.line_up, start=1)
        },
    )
    yield _held(session), _bookings(session, plan)


def _segment(segments: Mapping[int, Segment], number: int | None) -> Segment | None:
    return None if number is None else segments.get(number)


def _held(session: LiveSession) -> QuerySet[Booking]:
    """What staff book themselves: the host, leaders and accounts are booked by the rows that name them."""
    by_staff = session.bookings.filter(guest=None, room=None, leader=None)
    return by_staff.exclude(duty=Duty.HOST)


def _bookings(session: LiveSession, plan: SessionPlan) -> Rows:
    people: Rows = {(person.pk, duty, None): Booking(session=session, person=person, duty=duty) for person, duty in plan.crew}
    things: Rows = {(None, "", thing.pk): Booking(session=session, resource=thing) for thing in plan.resources}
    return people | things


def _there(rows: QuerySet[Any], numbers: Mapping[int, int]) -> Rows:
    return {_key(row, numbers): row for row in rows}


def _key(row: Model, numbers: Mapping[int, int]) -> tuple[Any, ...]:
    if isinstance(row, Room):
        return row.platform, row.room_id, row.account
    if isinstance(row, Guest):
        return row.name, row.title, row.rank, row.leader_id, numbers.get(row.segment_id or 0)
    if isinstance(row, LineUpItem):
        return (row.product_id,)
    assert isinstance(row, Booking)
    return row.person_id, row.duty, row.resource_id

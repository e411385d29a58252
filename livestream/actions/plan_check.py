"""What a plan names must be there, belong to the county, and be in the hands of whoever plans."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from livestream.models import LiveSession
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import NOTE_AT_MOST, ROWS_AT_MOST, TITLE_AT_MOST, check_segments, check_window
from livestream.rules.rights import Action
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.actions.session import GuestPlan, SessionPlan
    from livestream.models import User


def tidy(plan: SessionPlan) -> SessionPlan:
    """The plan without what nobody sees in its words, its leaders as the register names them; whole in itself. Raises
    NotAllowed."""
    plan = replace(
        plan,
        title=_words(plan.title, "title", TITLE_AT_MOST),
        note=_words(plan.note, "note", NOTE_AT_MOST),
        guests=[_named(guest) for guest in plan.guests],
    )
    if not plan.title:
        raise NotAllowed("words_missing", field=_label("title"))
    check_window(plan.planned_start_at, plan.planned_end_at)
    check_segments([(s.starts_at, s.ends_at) for s in plan.segments], plan.planned_start_at, plan.planned_end_at)
    _check_rows(plan)
    return plan


def _label(field: str) -> Any:
    return LiveSession._meta.get_field(field).verbose_name  # type: ignore[union-attr]


def _words(text: str, field: str, at_most: int) -> str:
    text = one_line(text)
    if len(text) > at_most:
        raise NotAllowed("too_long", field=_label(field), limit=at_most)
    return text


def _named(guest: GuestPlan) -> GuestPlan:
    leader = guest.leader
    return guest._replace(name=leader.name, title=leader.title, rank=leader.rank) if leader else guest


def _check_rows(plan: SessionPlan) -> None:
    """Nothing twice, nothing in a segment that is not there."""
    kinds: tuple[list[tuple[str, object]], ...] = (
        [(room.room_id or room.account, (room.platform, room.room_id)) for room in plan.rooms],
        [(guest.name, guest.name) for guest in plan.guests],
        [(item.product.title, item.product.pk) for item in plan.line_up],
        [(member.person.name, (member.person.pk, member.duty)) for member in plan.crew],
        [(thing.name, thing.pk) for thing in plan.resources],
        [(segment.title, segment.starts_at) for segment in plan.segments],
    )
    for rows in kinds:
        if len(rows) > ROWS_AT_MOST:
            raise NotAllowed("too_many_rows", field=rows[0][0], limit=ROWS_AT_MOST)
        twice = [key for key, number in Counter(key for _name, key in rows).items() if number > 1]
        if twice:
            raise NotAllowed("planned_twice", what=next(name for name, key in rows if key in twice))
    placed = [(guest.name, guest.segment) for guest in plan.guests] + [(i.product.title, i.segment) for i in plan.line_up]
    for what, number in placed:
        if number is not None and not 0 <= number < len(plan.segments):
            raise NotAllowed("segment_unknown", what=what, number=number + 1)


def check_parts(plan: SessionPlan, *, county: str, by: User, old: SessionPlan | None = None) -> None:
    """Of what is new in this plan: the places and people are in the hands of whoever plans, the rest is the county's and in use.
    What the session held before may stay. Raises NotAllowed."""
    held = parts_of(old) if old else frozenset()
    for place in {plan.place, *(segment.place for segment in plan.segments)}:
        if place not in held and not (place.pk.startswith(county) and by.may(Action.PLAN_SESSION, place.pk)):
            raise NotAllowed("not_yours_to_plan", place=place.name)
    for person in {plan.host, *(member.person for member in plan.crew)}:
        if person not in held and not (person.is_active and by.may(Action.PLAN_SESSION, person.place_id)):
            raise NotAllowed("not_your_people", name=person.name)
    for thing in _things(plan):
        if thing not in held and (thing.county_id != county or not _is_in_use(thing)):
            raise NotAllowed("not_of_the_county", what=str(thing))


def _things(plan: SessionPlan) -> Iterable[Any]:
    yield from plan.resources
    yield from (item.product for item in plan.line_up)
    yield from (guest.leader for guest in plan.guests if guest.leader)
    if plan.campaign:
        yield plan.campaign


def _is_in_use(thing: Any) -> bool:
    return bool(getattr(thing, "is_in_use", True) and getattr(thing, "is_in_office", True))


def parts_of(plan: SessionPlan) -> frozenset[Any]:
    """Every person, place and thing that a plan names."""
    people = [plan.host, *(member.person for member in plan.crew)]
    places = [plan.place, *(segment.place for segment in plan.segments)]
    return frozenset([*people, *places, *_things(plan)])

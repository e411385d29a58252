"""Lessons, and whatever else holds people and rooms, in the lanes of a day: grey, beside the sessions, not to be moved there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.models import Booking, Hold
from livestream.rules.calendar import Lanes
from livestream.rules.day import SHANGHAI
from livestream.views.calendar_entries import Entry, Mark, Row
from livestream.views.calendar_sheet import LaneKey, LanePlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from livestream.calendar_forms import CalendarFilter
    from livestream.models import Place, Resource, User
    from livestream.rules.calendar import Days


class Held(NamedTuple):
    """What holds people and rooms in some days, and whom and what."""

    entries: list[Entry]
    bookings: list[Booking]


def held_in(user: User, asked: CalendarFilter, county: Place, days: Days) -> Held:
    """What stands in these days, in two queries. Nothing where only some sort of sessions is asked for."""
    if asked.said("show") or asked.said("kind"):
        return Held([], [])
    found = Hold.objects.visible_to(user).standing().filter(county=county).between(days.begins_at, days.ends_at)
    if place := asked.said("place"):
        found = found.filter(place__code__startswith=place)
    holds = list(found.select_related("place"))
    bookings = list(Booking.objects.filter(hold__in=holds).select_related("person").order_by("pk")) if holds else []
    names = {one.holder: one.person.name for one in reversed(bookings) if one.person}  # the first of them: who teaches
    return Held([_entry(hold, names.get(hold.pk, "")) for hold in holds], bookings)


def _entry(hold: Hold, name: str) -> Entry:
    begins, ends = hold.starts_at.astimezone(SHANGHAI), hold.ends_at.astimezone(SHANGHAI)
    where = hold.place
    row = Row(
        hold.pk, hold.title, hold.kind, "", hold.county_id, where.pk, where.name, 0, name, "", hold.starts_at, hold.ends_at,
        None, None, hold.version, hold.version, is_led=False,
    )  # fmt: skip
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else _("次日{clock}").format(clock=f"{ends:%H:%M}")
    marks = (Mark("hold", str(hold.get_kind_display())),)
    return Entry(
        row, begins, ends, f"{begins:%H:%M}", until, name, where.short_name, "hold", marks, address="", is_led=False,
        is_clash=False, is_unreleased=False, is_movable=False,
    )  # fmt: skip


def with_holds(
    plan: LanePlan, held: Held, lanes: Lanes, *, county: Place, townships: Sequence[Place], resources: Iterable[Resource]
) -> LanePlan:
    """The same lanes with these too, each in those of everybody and everything that it holds."""
    of: defaultdict[UUID, list[LaneKey]] = defaultdict(list)
    if lanes == Lanes.TOWNSHIP:
        names = {place.pk: place.short_name for place in townships}
        for entry in held.entries:
            code = entry.row.place[:9]
            of[entry.row.pk] = [LaneKey(1, names[code], code) if code in names else LaneKey(0, county.short_name, county.pk)]
    keys = dict(_keys(held, lanes, resources))
    for booking in held.bookings:
        if key := keys.get(booking.subject):
            of[booking.holder].append(key)
    return LanePlan(dict(plan.of) | {entry.row.pk: of[entry.row.pk] for entry in held.entries}, plan.always, plan.is_droppable)


def _keys(held: Held, lanes: Lanes, resources: Iterable[Resource]) -> Iterable[tuple[str, LaneKey]]:
    """The lanes of people, under the name that their sessions stand under, or of resources; by subject."""
    if lanes == Lanes.RESOURCE:
        for order, each in enumerate(resources):
            yield f"resource:{each.pk}", LaneKey(order, f"{each.name} · {each.get_kind_display()}", str(each.pk))
    if lanes == Lanes.HOST:
        for one in held.bookings:
            if one.person:
                yield one.subject, LaneKey(0, one.person.live_name or one.person.name, str(one.person.pk))

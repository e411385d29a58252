"""Where each session stands on the sheet: in its day of a month, or in its lane of a day, to the quarter of an hour."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.models import Booking
from livestream.rules.calendar import (
    Lanes,
    Piece,
    first_hour,
    from_hour,
    quarter_at,
    side_by_side,
    weeks_around,
)
from livestream.rules.day import shanghai_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from livestream.models import Place, Resource
    from livestream.rules.calendar import Days
    from livestream.rules.holiday import DayMark
    from livestream.views.calendar_entries import Entry

SHOWN = 4  # of a day of a month; one more is shown where it would be the only one left
TRACKS_AT_MOST = 60  # classes of the style sheet; what lies further down shares the last


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month's sheet."""

    on: date
    mark: DayMark | None
    is_today: bool
    is_outside: bool  # of the month before or after
    shown: Sequence[Entry]
    rest: Sequence[Entry]

    @property
    def lines(self) -> str:
        """The others, for paper: one text, since a loop of the template over a thousand takes a fifth of the page's time."""
        return "\n".join(entry.line for entry in self.rest)


class Block(NamedTuple):
    """A session, or the part of it that lies in this day, in its lane. Columns and tracks count from 1."""

    entry: Entry
    column: int
    width: int
    track: int
    is_tail: bool
    goes_on: bool


class Lane(NamedTuple):
    key: str
    name: str
    blocks: Sequence[Block]
    is_droppable: bool  # a session may be given to whom or what this lane is


@dataclass(frozen=True, slots=True)
class Strip:
    """One day over its hours, in lanes."""

    on: date
    mark: DayMark | None
    is_today: bool
    now: int  # the column of the present moment; 0: not in this day
    lanes: Sequence[Lane]


def month_sheet(entries: Iterable[Entry], days: Days, *, today: date, marks: Mapping[date, DayMark]) -> list[list[Day]]:
    """The weeks of a month, from Monday."""
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_day[entry.day].append(entry)
    cells = []
    for on in weeks_around(days).each():
        its = by_day.get(on, [])
        chosen = its if len(its) <= SHOWN + 1 else sorted(its, key=lambda each: each.weight)[:SHOWN]
        shown = {entry.row.pk for entry in chosen}
        is_outside = not days.first <= on < days.after
        rest = [entry for entry in its if entry.row.pk not in shown]
        cells.append(Day(on, marks.get(on), on == today, is_outside, [e for e in its if e.row.pk in shown], rest))
    return [cells[first : first + 7] for first in range(0, len(cells), 7)]


class LaneKey(NamedTuple):
    """By what lanes are told apart and ordered; `rank` puts those first that are there whether they are used or not."""

    rank: int
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class LanePlan:
    """Which lanes there are: those of each session, and those that stand there empty too."""

    of: Mapping[UUID, Sequence[LaneKey]]
    always: Sequence[LaneKey]
    is_droppable: bool


def strips(
    entries: Sequence[Entry], days: Days, plan: LanePlan, *, now: datetime, marks: Mapping[date, DayMark]
) -> tuple[list[Strip], int]:
    """Each day, and the hour with which all of them begin."""
    pieces = {on: [(entry, piece) for entry in entries if (piece := entry.piece(on))] for on in days.each()}
    hour = first_hour(piece for its in pieces.values() for _entry, piece in its)
    today = shanghai_day(now)
    found = []
    for on, its in pieces.items():
        here = quarter_at(now) - hour * 4 + 1 if on == today else 0
        found.append(Strip(on, marks.get(on), on == today, max(here, 0), _lanes(its, plan, hour)))
    return found, hour


def _lanes(its: Sequence[tuple[Entry, Piece]], plan: LanePlan, hour: int) -> list[Lane]:
    by_lane: dict[LaneKey, list[tuple[Entry, Piece]]] = {key: [] for key in plan.always}
    for entry, piece in its:
        for key in plan.of[entry.row.pk]:
            by_lane.setdefault(key, []).append((entry, piece))
    return [Lane(key.key, key.name, _blocks(by_lane[key], hour), plan.is_droppable and bool(key.key)) for key in sorted(by_lane)]


def _blocks(its: Sequence[tuple[Entry, Piece]], hour: int) -> list[Block]:
    shown = [(entry, from_hour(piece, hour)) for entry, piece in its]
    return [
        Block(entry, piece.begins + 1, piece.ends - piece.begins, min(track, TRACKS_AT_MOST), piece.is_tail, piece.goes_on)
        for track, (entry, piece) in side_by_side(shown, lambda each: each[1])
    ]


def lane_plan(
    lanes: Lanes, entries: Sequence[Entry], *, county: Place, townships: Sequence[Place], resources: Iterable[Resource]
) -> LanePlan:
    """Two queries at most, however many sessions there are. `resources` are those that may be seen."""
    if lanes == Lanes.RESOURCE:
        return _by_resource(entries, resources)
    if lanes == Lanes.TOWNSHIP:
        names = {place.pk: place.short_name for place in townships}
        whole = LaneKey(0, county.short_name, county.pk)
        of = {}
        for entry in entries:
            code = entry.row.place[:9]
            of[entry.row.pk] = [LaneKey(1, names[code], code) if code in names else whole]
        return LanePlan(of, [LaneKey(1, name, code) for code, name in names.items()], is_droppable=False)
    hosts = {entry.row.pk: [LaneKey(0, entry.host, str(entry.row.host))] for entry in entries}
    return LanePlan(hosts, [], is_droppable=True)


def _by_resource(entries: Sequence[Entry], seen: Iterable[Resource]) -> LanePlan:
    resources = {each.pk: each for each in seen}
    keys = {
        pk: LaneKey(order, f"{each.name} · {each.get_kind_display()}", str(pk))
        for order, (pk, each) in enumerate(resources.items())
    }
    of: dict[UUID, list[LaneKey]] = defaultdict(list)
    shown = {entry.row.pk for entry in entries}
    booked = Booking.objects.filter(resource__in=resources, session__in=shown).order_by("resource")
    for session, resource in booked.values_list("session", "resource").distinct():
        of[session].append(keys[resource])
    without = LaneKey(len(keys), _("没有订场地和设备"), "")
    plan = {entry.row.pk: of.get(entry.row.pk) or [without] for entry in entries}
    return LanePlan(plan, [keys[pk] for pk, each in resources.items() if each.is_in_use], is_droppable=True)


def summary(entries: Iterable[Entry], days: Days) -> dict[str, int]:
    """The answer before the sheet: of the sessions that begin in these days and are not cancelled."""
    its = [entry for entry in entries if days.first <= entry.day < days.after]
    standing = [entry for entry in its if entry.row.state != "cancelled"]
    return {
        "sessions": len(standing),
        "hosts": len({entry.row.host for entry in standing}),
        "led": sum(entry.is_led for entry in standing),
        "clashes": sum(entry.is_clash for entry in standing),
        "unreleased": sum(entry.is_unreleased for entry in its),
    }

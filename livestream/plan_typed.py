"""What stands in the fields of a plan's form, before anybody judges it: rows added and taken away, hours taken over, a plan
written into it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.http import QueryDict

from livestream.plan_lists import leader_label
from livestream.plan_row_forms import ROWS
from livestream.rules.day import SHANGHAI
from livestream.rules.plan import ROWS_AT_MOST
from livestream.rules.planning import ResourceKind
from livestream.rules.session import GuestRank
from livestream.rules.when import clock_of, day_of, end_of, moment, moment_of, within

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.actions.session import GuestPlan, SessionPlan
    from livestream.plan_lists import Lists

    TypedRow = dict[str, str]

TOTAL, INITIAL = "TOTAL_FORMS", "INITIAL_FORMS"


class RowsTyped:
    """A posted form, whose rows can be changed without being understood."""

    def __init__(self, typed: QueryDict) -> None:
        self.single = QueryDict(mutable=True)
        self.rows: dict[str, list[TypedRow]] = {prefix: _rows_in(typed, prefix) for prefix in ROWS}
        for name in typed:
            if name.partition("-")[0] not in ROWS:
                self.single.setlist(name, typed.getlist(name))

    def number(self, prefix: str) -> int:
        return len(self.rows[prefix])

    def add(self, prefix: str) -> None:
        if prefix in self.rows and self.number(prefix) < ROWS_AT_MOST:
            self.rows[prefix].append({})

    def drop(self, named: str) -> None:
        """`guests-1`: the second row of the guests."""
        prefix, _, number = named.rpartition("-")
        if prefix in self.rows and number.isascii() and number.isdigit() and len(number) < 4:
            del self.rows[prefix][int(number) : int(number) + 1]
            if prefix == "segments":
                self._close_gap(int(number) + 1)

    def _close_gap(self, gone: int) -> None:
        """Guests and goods of a later stretch stay with it; those of the one that went are of the whole session."""
        for row in [*self.rows["guests"], *self.rows["goods"]]:
            typed = row.get("segment", "")
            if typed.isascii() and typed.isdigit() and len(typed) < 4 and int(typed) >= gone:
                row["segment"] = "" if int(typed) == gone else str(int(typed) - 1)

    def whole(self) -> QueryDict:
        """As a browser would post it."""
        data = self.single.copy()
        for prefix, rows in self.rows.items():
            data[f"{prefix}-{TOTAL}"], data[f"{prefix}-{INITIAL}"] = str(len(rows)), "0"
            for number, row in enumerate(rows):
                for name, text in row.items():
                    data[f"{prefix}-{number}-{name}"] = text
        return data


def _rows_in(typed: QueryDict, prefix: str) -> list[TypedRow]:
    total = typed.get(f"{prefix}-{TOTAL}", "0")
    number = min(int(total), ROWS_AT_MOST) if total.isascii() and total.isdigit() and len(total) < 4 else 0
    names = ROWS[prefix].form.base_fields
    return [{name: str(typed[key]) for name in names if (key := f"{prefix}-{row}-{name}") in typed} for row in range(number)]


def typed_of(plan: SessionPlan, lists: Lists) -> QueryDict:
    """The form that means this plan."""
    typed = RowsTyped(QueryDict())
    day = plan.planned_start_at.astimezone(SHANGHAI).date()
    typed.single.update(
        {
            "kind": plan.kind,
            "title": plan.title,
            "day": day.isoformat(),
            "start": clock(plan.planned_start_at, day),
            "end": clock(plan.planned_end_at, day),
            "host": lists.people.shown(plan.host),
            "place": lists.places.shown(plan.place),
            "campaign": str(plan.campaign.pk) if plan.campaign else "",
            "goal": yuan_typed(plan.goal_fen),
            "note": plan.note,
        }
    )
    if plan.is_public_interest:
        typed.single["is_public_interest"] = "on"
    typed.single.setlist("resources", [str(thing.pk) for thing in plan.resources])
    _write_segments(typed, plan, lists, day)
    for item in plan.line_up:
        what = {"product": lists.products.shown(item.product), "price": yuan_typed(item.live_price_fen)}
        stock = "" if item.committed_stock is None else str(item.committed_stock)
        typed.rows["goods"].append(what | {"stock": stock, "segment": _number(item.segment)})
    typed.rows["rooms"] = [room._asdict() for room in plan.rooms]
    typed.rows["crew"] = [{"person": lists.people.shown(one.person), "duty": str(one.duty)} for one in plan.crew]
    return typed.whole()


def _write_segments(typed: RowsTyped, plan: SessionPlan, lists: Lists, day: date) -> None:
    """The first guest of a stretch stands in its row, where the row says all about him; others are rows of their own."""
    guests = list(plan.guests)
    for number, segment in enumerate(plan.segments):
        leading = next((guest for guest in guests if guest.segment == number and _fits_a_name(guest)), None)
        if leading:
            guests.remove(leading)
        typed.rows["segments"].append(
            {
                "title": segment.title,
                "guest": guest_shown(leading) if leading else "",
                "place": lists.places.shown(segment.place),
                "begins": clock(segment.starts_at, day),
                "ends": clock(segment.ends_at, day),
            }
        )
    for guest in guests:
        named = {"guest": guest_shown(guest)} if guest.leader else {"guest": guest.name, "post": guest.title}
        typed.rows["guests"].append(named | {"rank": str(guest.rank), "segment": _number(guest.segment)})


def _fits_a_name(guest: GuestPlan) -> bool:
    return guest.leader is not None or guest.rank == GuestRank.OTHER


def guest_shown(guest: GuestPlan) -> str:
    if guest.leader:
        return leader_label(guest.leader)
    return f"{guest.name}（{guest.title}）" if guest.title else guest.name


def _number(segment: int | None) -> str:
    return "" if segment is None else str(segment + 1)


def clock(at: datetime, day: date) -> str:
    """`19:30`; `次日 1:00` on the day after."""
    local = at.astimezone(SHANGHAI)
    return f"{local:%H:%M}" if local.date() == day else f"次日 {local:%H:%M}"


def yuan_typed(fen: int | None) -> str:
    return "" if fen is None else str(Decimal(fen) / 100)


def take_start(typed: RowsTyped, chosen: str, *, today: date) -> QueryDict:
    """The form with another start (`2026-11-25 19:30`), as long as before; the stretches of a relay go with it."""
    starts_at = moment_of(chosen, today=today)
    if starts_at is None:
        return typed.whole()
    day, clocks = starts_at.date(), typed.single
    old_day, old_clock = day_of(clocks.get("day", ""), today=today), clock_of(clocks.get("start", ""))
    old = moment(old_day, old_clock) if old_day and old_clock else None
    until = end_of(clocks.get("end", ""), starts_at=old, today=today) if old else None
    clocks["day"], clocks["start"] = day.isoformat(), clock(starts_at, day)
    if old and until:
        clocks["end"] = clock(starts_at + (until - old), day)
        for row in typed.rows["segments"]:
            for name in ("begins", "ends"):
                at = within(row.get(name, ""), starts_at=old, ends_at=until, today=today)
                row[name] = clock(starts_at + (at - old), day) if at else row.get(name, "")
    return typed.whole()


def take_studio(typed: RowsTyped, chosen: str, lists: Lists) -> QueryDict:
    """The form with this studio in place of those that are ticked."""
    studios = {str(thing.pk) for thing in lists.resources if thing.kind in {ResourceKind.STUDIO, ResourceKind.PLACE}}
    kept = [key for key in typed.single.getlist("resources") if key not in studios]
    typed.single.setlist("resources", [*kept, chosen])
    return typed.whole()

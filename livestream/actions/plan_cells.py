"""A session as a row of the sheet that goes out, and that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.actions.plan_json import plans_of
from livestream.rules.cell import yuan_decimal
from livestream.rules.day import SHANGHAI
from livestream.rules.holiday import day_marks
from livestream.rules.plan import Platform
from livestream.rules.plan_sheet import WEEKDAYS, Column
from livestream.rules.planning import Duty
from livestream.rules.session import SessionKind
from livestream.sheets.sheet_book import Line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from livestream.actions.session import GuestPlan, RoomPlan, SessionPlan
    from livestream.models import LiveSession
    from livestream.rules.holiday import DayMark

NUMBER_DIGITS = 12


def number_of(session: UUID) -> str:
    """What a session is called in sheets: stable, short, and no number that a spreadsheet would round."""
    return f"S{session.hex[:NUMBER_DIGITS]}"


def cells_of(session: LiveSession, plan: SessionPlan) -> dict[Column, str]:
    """Every cell of its row, as text."""
    start, end = (moment.astimezone(SHANGHAI) for moment in (plan.planned_start_at, plan.planned_end_at))
    return {
        Column.ID: number_of(session.pk),
        Column.DAY: f"{start:%Y-%m-%d}",
        Column.WEEKDAY: "周" + WEEKDAYS[start.weekday()],
        Column.START: f"{start:%H:%M}",
        Column.END: _clock(end, start),
        Column.KIND: str(SessionKind(plan.kind).label),
        Column.TITLE: plan.title,
        Column.HOST: plan.host.name,
        Column.PHONE: plan.host.phone[-4:],
        Column.PLACE: plan.place.full_name,
        Column.THINGS: "、".join(thing.name for thing in plan.resources),
        Column.ROOMS: "、".join(room_text(room) for room in plan.rooms),
        Column.GUESTS: "、".join(guest_text(guest) for guest in plan.guests),
        Column.CREW: "、".join(f"{member.person.name}（{Duty(member.duty).label}）" for member in plan.crew),
        Column.CAMPAIGN: plan.campaign.name if plan.campaign else "",
        Column.GOAL: "" if plan.goal_fen is None else f"{yuan_decimal(plan.goal_fen).normalize():f}",
        Column.NOTE: plan.note,
        Column.STATE: str(session.get_state_display()),
        Column.VERSION: str(session.plan_version),
        Column.REASON: "",
    }


def _clock(end: datetime, start: datetime) -> str:
    return f"{end:%H:%M}" if end.date() == start.date() else f"次日 {end:%H:%M}"


def room_text(room: RoomPlan) -> str:
    label = str(Platform(room.platform).label) if room.platform in Platform.values else room.platform
    return f"{label} {room.room_id}" + (f"（{room.account}）" if room.account else "")


def guest_text(guest: GuestPlan) -> str:
    return f"{guest.name}（{guest.title}）" if guest.title else guest.name


def lines_of(sessions: QuerySet[LiveSession]) -> list[Line]:
    """The rows of these sessions by the clock, each with what its day is besides a weekday."""
    found = plans_of(sessions.order_by("planned_start_at", "pk"))
    days = [plan.planned_start_at.astimezone(SHANGHAI).date() for _session, plan in found]
    marks: Mapping[date, DayMark] = day_marks(min(days), max(days)) if days else {}
    return [
        Line(cells_of(session, plan), marks[day].short if day in marks else "")
        for (session, plan), day in zip(found, days, strict=True)
    ]

"""Every write to what a county agreed on for its school, and to its plan of a month. Who changed what stands in the row log."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.rules.errors import NotAllowed
from training.models import SchoolMonth, SchoolRules
from training.rules.counting import FIRST_YEAR, LAST_YEAR
from training.rules.school import AttendanceUnit

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import Place


@dataclass(frozen=True, slots=True)
class RulesPlan:
    """What a county decides about its school. `goal_from_on`: None counts from its first lesson."""

    unit: AttendanceUnit
    goal_people: int
    goal_from_on: date | None
    goal_years: int
    attendance_percent: int
    qr_seconds: int
    late_minutes: int
    small_cell: int


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """What a county plans for a month of its school."""

    theme: str = ""
    planned_lessons: int = 0
    planned_people: int = 0
    note: str = ""


@transaction.atomic
def set_rules(county: Place, plan: RulesPlan) -> SchoolRules:
    """They hold from now on, and for every figure that is counted again; certificates keep the rule by which they were given."""
    return SchoolRules.objects.update_or_create(county=county, defaults=asdict(plan))[0]


@transaction.atomic
def plan_month(county: Place, first_on: date, plan: MonthPlan) -> SchoolMonth:
    """The plan of the month that begins on this day, new or changed. Raises NotAllowed(`month_not_planned`)."""
    if not FIRST_YEAR <= first_on.year <= LAST_YEAR:
        raise NotAllowed("month_not_planned")
    return SchoolMonth.objects.update_or_create(county=county, first_on=first_on.replace(day=1), defaults=asdict(plan))[0]

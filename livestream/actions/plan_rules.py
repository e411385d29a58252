"""Every write to the rules by which a county plans, and to its table of roads. Who changed what stands in the row log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.clash import booking_told, clashes_between, told
from livestream.models import PlanRules, TravelTime
from livestream.rules.clash import STRICTNESS, Clashing
from livestream.rules.errors import NotAllowed
from livestream.rules.place import county_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from livestream.models import Place
    from livestream.rules.clash import Clash
    from livestream.rules.planning import ClashKind, Level

LOOKED_AHEAD = timedelta(days=731)
NAMED_AT_MOST = 8
ROADS_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class RulesPlan:
    """What a county decides about planning; `levels` names every kind. What it promised of its leaders is a verb of its own
    (`actions/quota.py`)."""

    levels: Mapping[ClashKind, Level]
    same_township_minutes: int
    same_county_minutes: int
    beyond_minutes: int
    freeze_hours: int
    answer_hours: int


@transaction.atomic
def change_rules(county: Place, plan: RulesPlan, *, at: datetime) -> PlanRules:
    """They hold from now on, also for what is planned already. Raises Clashing, which names them, while clashes stand that a
    stricter level would not have let in: those are put right first."""
    rules = PlanRules.objects.select_for_update().filter(pk=county.pk).first() or PlanRules(county=county)
    stricter = {kind for kind, level in plan.levels.items() if STRICTNESS[level] > STRICTNESS[rules.level(kind)]}
    for name in RulesPlan.__slots__:
        setattr(rules, name, getattr(plan, name))
    rules.levels = {kind.value: level.value for kind, level in plan.levels.items()}
    with booking_told(county=county.pk):
        rules.save()
        if standing := _standing(county, stricter, at):
            raise Clashing(told(standing[:NAMED_AT_MOST], county.pk), code="level_hits_clashes")
    return rules


def _standing(county: Place, kinds: set[ClashKind], at: datetime) -> list[Clash]:
    """The clashes of these kinds to come that the rules, as they are stored now, refuse."""
    if not kinds:
        return []
    coming = clashes_between(at, at + LOOKED_AHEAD, county=county.pk)
    return [clash for clash in coming if clash.is_refused and {clash.kind, clash.other_kind} & kinds]


@transaction.atomic
def set_road(county: Place, one: Place, other: Place, *, minutes: int) -> TravelTime:
    """How long it takes between two places, either way. One of them lies in the county. Raises NotAllowed."""
    if one.pk == other.pk:
        raise NotAllowed("road_to_itself")
    if county.pk not in {county_of(one.pk), county_of(other.pk)}:
        raise NotAllowed("road_elsewhere")
    first, last = sorted((one.pk, other.pk))
    roads = TravelTime.objects.filter(county=county)
    if roads.count() >= ROADS_AT_MOST and not roads.filter(one=first, other=last).exists():
        raise NotAllowed("too_many_roads", limit=ROADS_AT_MOST)
    road, _made = roads.update_or_create(county=county, one_id=first, other_id=last, defaults={"minutes": minutes})
    return road


@transaction.atomic
def forget_road(road: TravelTime) -> None:
    """The general minutes hold again. Once is enough."""
    TravelTime.objects.filter(pk=road.pk).delete()

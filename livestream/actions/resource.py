"""Every write to what is bookable besides people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.availability import coming_bookings
from livestream.actions.refusal import refusing
from livestream.models import Resource
from livestream.rules.errors import NotAllowed
from livestream.rules.place import county_of
from livestream.rules.planning import ResourceKind

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import Place

BROKEN = {
    "resource_name_once_per_county": "resource_name_taken",
    "account_once_per_county": "account_taken",
    "account_names_its_platform": "account_missing",
    "resource_is_ready_within_half_a_day": "ready_too_long",
    "booked_by_one_session_at_a_time": "ready_hits_bookings",
}


@dataclass(frozen=True, slots=True)
class ResourcePlan:
    """What staff know of a resource. `platform` and `account` are of an account alone, whose minutes are none."""

    kind: ResourceKind
    name: str
    place: Place
    platform: str = ""
    account: str = ""
    setup_minutes: int = 0
    clearing_minutes: int = 0
    note: str = ""


@transaction.atomic
def add_resource(plan: ResourcePlan) -> Resource:
    """One more thing that sessions of its county can book. Raises NotAllowed when the county has one of this kind and name, or
    this account, and for a place that lies in no county."""
    county = county_of(plan.place.pk)
    if county is None:
        raise NotAllowed("place_elsewhere")
    resource = Resource(county_id=county, kind=plan.kind)
    _write(resource, plan)
    with refusing(BROKEN):
        resource.save(force_insert=True)
    return resource


@transaction.atomic
def change_resource(resource: Resource, plan: ResourcePlan, *, at: datetime) -> Resource:
    """As it is from now on; what is booked already is held for the new minutes. It stays of its kind, and an account that is
    booked stays the account. Raises NotAllowed, also when two bookings would meet (`ready_hits_bookings`)."""
    resource = _locked(resource)
    had = resource.platform, resource.account
    _write(resource, plan)
    if had != (resource.platform, resource.account) and any(coming_bookings(resource, at=at)):
        raise NotAllowed("account_is_booked")
    with refusing(BROKEN):
        resource.save(update_fields=["name", "place", "platform", "account", "setup_minutes", "clearing_minutes", "note"])
    return resource


@transaction.atomic
def put_out_of_use(resource: Resource, *, at: datetime) -> Resource:
    """Nobody can book it any more; what was, stays on record. Raises NotAllowed(`resource_is_booked`) while sessions to come
    hold it: those are moved first, or the days are entered on which it cannot be used."""
    resource = _locked(resource)
    coming = len(list(coming_bookings(resource, at=at)))
    if coming:
        raise NotAllowed("resource_is_booked", n=coming)
    Resource.objects.filter(pk=resource.pk).update(is_in_use=False)
    resource.is_in_use = False
    return resource


@transaction.atomic
def put_back_into_use(resource: Resource) -> Resource:
    """It can be booked again."""
    resource = _locked(resource)
    Resource.objects.filter(pk=resource.pk).update(is_in_use=True)
    resource.is_in_use = True
    return resource


def _locked(resource: Resource) -> Resource:
    """As it is now; who would book it meanwhile waits, for its row is what a booking points at."""
    return Resource.objects.select_for_update(of=("self",)).select_related("place", "county").get(pk=resource.pk)


def _write(resource: Resource, plan: ResourcePlan) -> None:
    if not plan.place.pk.startswith(resource.county_id):
        raise NotAllowed("place_elsewhere")
    resource.name, resource.place, resource.note = plan.name, plan.place, plan.note
    is_account = resource.kind == ResourceKind.ACCOUNT
    resource.platform, resource.account = (plan.platform, plan.account) if is_account else ("", "")
    ready = (0, 0) if is_account else (plan.setup_minutes, plan.clearing_minutes)
    resource.setup_minutes, resource.clearing_minutes = ready

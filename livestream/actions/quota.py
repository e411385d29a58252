"""The write to what a county promised of its leaders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from livestream.models import PlanRules
from livestream.rules.errors import NotAllowed
from livestream.rules.quota import LEADERS, MONTHS

if TYPE_CHECKING:
    from livestream.rules.quota import Promise

WANTED_AT_MOST = 200


@transaction.atomic
def set_promise(county: str, promise: Promise) -> PlanRules:
    """How many, of which ranks, in a year from which month: every year of the county is counted so from now on. Raises
    NotAllowed."""
    if not (1 <= promise.first_month <= MONTHS and 1 <= promise.wanted <= WANTED_AT_MOST and promise.ranks <= LEADERS):
        raise NotAllowed("promise_years")
    columns = {
        "wanted_leaders": promise.wanted,
        "first_month": promise.first_month,
        "counted_ranks": sorted(promise.ranks),
    }
    return PlanRules.objects.update_or_create(pk=county, defaults=columns)[0]

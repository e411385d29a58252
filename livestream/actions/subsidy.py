"""Every write to a subsidy rule (价格补贴) but what it has paid, which `orders` hands down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.refusal import refusing
from livestream.models import SubsidyRule
from livestream.rules.errors import NotAllowed
from livestream.rules.money import yuan
from livestream.rules.price_words import SubsidyTo
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import Place, User

TAKEN = {"subsidy_once_per_county": "subsidy_name_taken"}
FIXED = ("per_unit_fen", "goes_to", "from_at")  # once orders have used it: what was paid for must not change behind them


@dataclass(frozen=True, slots=True)
class SubsidyPlan:
    """What a rule says: half-open, from `from_at` up to `until_at`."""

    name: str
    payer: str
    per_unit_fen: int
    cap_fen: int
    from_at: datetime
    until_at: datetime
    goes_to: str = SubsidyTo.SELLER.value
    basis: str = ""


def _checked(plan: SubsidyPlan) -> dict[str, object]:
    columns = {name: getattr(plan, name) for name in SubsidyPlan.__slots__}
    columns |= {name: one_line(columns[name]) for name in ("name", "payer", "basis")}
    if not columns["name"] or not columns["payer"]:
        raise NotAllowed("subsidy_name_missing")
    if plan.until_at <= plan.from_at:
        raise NotAllowed("subsidy_backwards")
    if plan.per_unit_fen <= 0 or plan.cap_fen < plan.per_unit_fen:
        raise NotAllowed("subsidy_cap")
    return columns


@transaction.atomic
def add_subsidy(plan: SubsidyPlan, *, county: Place, by: User) -> SubsidyRule:
    """A rule that items may carry from now on. Raises NotAllowed: `subsidy_name_missing`, `subsidy_name_taken`,
    `subsidy_backwards`, `subsidy_cap`."""
    columns = _checked(plan)
    with refusing(TAKEN):
        return SubsidyRule.objects.create(county=county, made_by=by, **columns)


@transaction.atomic
def change_subsidy(rule: SubsidyRule, plan: SubsidyPlan) -> SubsidyRule:
    """Raises NotAllowed as `add_subsidy` does, and `subsidy_fixed`, `subsidy_used` where orders have used it already."""
    stored = SubsidyRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    columns = _checked(plan)
    if stored.used_fen and any(getattr(stored, name) != columns[name] for name in FIXED):
        raise NotAllowed("subsidy_fixed")
    if plan.cap_fen < stored.used_fen:
        raise NotAllowed("subsidy_used", used=yuan(stored.used_fen))
    for name, value in columns.items():
        setattr(stored, name, value)
    with refusing(TAKEN):
        stored.save(update_fields=list(columns))
    return stored


@transaction.atomic
def stop_subsidy(rule: SubsidyRule, *, at: datetime) -> SubsidyRule:
    """Nothing that is paid from `at` on gets it any more; what was paid before keeps it. Once is enough."""
    stored = SubsidyRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    stored.is_active = False
    # A rule that has not begun yet keeps a moment in which nobody pays: it ends after it begins.
    stored.until_at = min(stored.until_at, max(at, stored.from_at + timedelta(microseconds=1)))
    stored.save(update_fields=["is_active", "until_at"])
    return stored

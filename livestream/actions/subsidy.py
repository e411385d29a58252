"""Every write to a subsidy rule (价格补贴) but what it has paid, which `orders` hands down.

It takes two: one who drafts, and another who may pass goods and approves. Until then it helps no price and pays for no order;
whoever changes its terms to more drafts it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.actions.audit import note
from livestream.actions.notice import in_chinese, tell, who_may
from livestream.actions.refusal import refusing
from livestream.models import SubsidyRule
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.money import yuan
from livestream.rules.notice import NoticeKind
from livestream.rules.price_words import SubsidyTo
from livestream.rules.rights import Action
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from livestream.models import Place, User

TAKEN = {"subsidy_once_per_county": "subsidy_name_taken", "subsidy_takes_two_persons": "subsidy_own"}
TERMS = ("payer", "per_unit_fen", "cap_fen", "from_at", "until_at", "goes_to")  # what is approved
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
    """A draft that counts once somebody else approves it; those who may are told. Raises NotAllowed: `subsidy_name_missing`,
    `subsidy_name_taken`, `subsidy_backwards`, `subsidy_cap`."""
    columns = _checked(plan)
    with refusing(TAKEN):
        rule = SubsidyRule.objects.create(county=county, made_by=by, **columns)
    _tell_approvers(rule)
    return rule


def _tell_approvers(rule: SubsidyRule) -> None:
    people = [one for one in who_may(Action.PASS_GOODS, rule.county_id) if one.pk != rule.made_by_id]
    with in_chinese():
        text = _("{who}写了补贴“{name}”，等您批准：每件 {unit}，一共最多 {cap}。").format(
            who=rule.made_by.name, name=rule.name, unit=yuan(rule.per_unit_fen), cap=yuan(rule.cap_fen)
        )
    tell(people, NoticeKind.REQUEST_ASKED, text, county=rule.county, link="/goods/subsidies/")


def terms_mark(rule: SubsidyRule) -> str:
    """What an approver has seen of it, as one short word."""
    terms = [rule.payer, rule.per_unit_fen, rule.cap_fen, rule.from_at.isoformat(), rule.until_at.isoformat(), rule.goes_to]
    return sha256(repr(terms).encode()).hexdigest()[:16]


@transaction.atomic
def approve_subsidy(rule: SubsidyRule, *, by: User, at: datetime, seen: str | None = None) -> SubsidyRule:
    """It counts from now on, for its days. Once is enough. `seen`: the `terms_mark` of what the approver read.

    Raises NotAllowed(`pass_not_yours`, `subsidy_own` for whoever wrote it, `subsidy_meanwhile` when its terms are others now)."""
    stored = SubsidyRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    if not by.may(Action.PASS_GOODS, stored.county_id):
        raise NotAllowed("pass_not_yours")
    if stored.approved_at is not None:
        return stored
    if stored.made_by_id == by.pk:
        raise NotAllowed("subsidy_own")
    if seen is not None and seen != terms_mark(stored):
        raise NotAllowed("subsidy_meanwhile")
    stored.approved_by, stored.approved_at = by, at
    with refusing(TAKEN):
        stored.save(update_fields=["approved_by", "approved_at"])
    facts = {"name": stored.name, "per_unit_fen": stored.per_unit_fen, "cap_fen": stored.cap_fen}
    note(Deed.SUBSIDY_APPROVED, place=stored.county_id, by=by, about=stored, **facts)
    return stored


@transaction.atomic
def change_subsidy(rule: SubsidyRule, plan: SubsidyPlan, *, by: User | None = None) -> SubsidyRule:
    """`by` changes it. Other terms than were approved are a new draft of his, which counts once somebody else approves it; what
    was paid stays. Less money and fewer days need no approval.

    Raises NotAllowed as `add_subsidy` does, and `subsidy_fixed`, `subsidy_used` where orders have used it already."""
    stored = SubsidyRule.objects.select_for_update(of=("self",), no_key=True).select_related("county", "made_by").get(pk=rule.pk)
    columns = _checked(plan)
    if stored.used_fen and any(getattr(stored, name) != columns[name] for name in FIXED):
        raise NotAllowed("subsidy_fixed")
    if plan.cap_fen < stored.used_fen:
        raise NotAllowed("subsidy_used", used=yuan(stored.used_fen))
    is_drafted = _is_more(stored, columns)
    if is_drafted:
        columns |= {"approved_by": None, "approved_at": None, "made_by": by or stored.made_by}
    for name, value in columns.items():
        setattr(stored, name, value)
    with refusing(TAKEN):
        stored.save(update_fields=list(columns))
    if is_drafted:
        _tell_approvers(stored)
    return stored


def _is_more(stored: SubsidyRule, columns: Mapping[str, Any]) -> bool:
    """Whether somebody has to approve it anew: any other term than a smaller sum or an earlier end."""
    less = {"cap_fen": columns["cap_fen"] <= stored.cap_fen, "until_at": columns["until_at"] <= stored.until_at}
    return any(getattr(stored, name) != columns[name] and not less.get(name, False) for name in TERMS)


@transaction.atomic
def stop_subsidy(rule: SubsidyRule, *, at: datetime) -> SubsidyRule:
    """Nothing that is paid from `at` on gets it any more; what was paid before keeps it. Once is enough."""
    stored = SubsidyRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    stored.is_active = False
    # A rule that has not begun yet keeps a moment in which nobody pays: it ends after it begins.
    stored.until_at = min(stored.until_at, max(at, stored.from_at + timedelta(microseconds=1)))
    stored.save(update_fields=["is_active", "until_at"])
    return stored

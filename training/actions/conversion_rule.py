"""Every write to what a county calls an effect of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.refusal import refusing
from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from training.models import ConversionRule
from training.models.follow_up import conversion_rules_of
from training.rules.conversion import check_terms

if TYPE_CHECKING:
    from livestream.models import User
    from training.rules.conversion import ConversionKind, Terms


@transaction.atomic
def change_rule(county: Place, kind: ConversionKind, terms: Terms, *, by: User) -> ConversionRule:
    """From now on this holds, for every class there was: figures are counted anew. The row of before stays, out of use. What is
    the same as before changes nothing. Raises NotAllowed(`not_your_school`, `conversion_…`)."""
    _must_keep(county, by)
    check_terms(kind, terms)
    held = _held(county, kind)
    if held is not None and held.pk and held.terms == terms:
        return held
    with refusing({"conversion_rule_in_use_once": "conversion_changed"}):
        ConversionRule.objects.in_use().filter(county=county, kind=kind).update(is_in_use=False)
        return ConversionRule.objects.create(county=county, kind=kind, made_by=by, **terms._asdict())


@transaction.atomic
def drop_rule(county: Place, kind: ConversionKind, *, by: User) -> bool:
    """The county asks this no more; False when it did not before. A row that was never in use says who gave up a default."""
    _must_keep(county, by)
    held = _held(county, kind)
    if held is None:
        return False
    if held.pk:
        ConversionRule.objects.filter(pk=held.pk).update(is_in_use=False)
    else:
        ConversionRule.objects.create(county=county, kind=kind, made_by=by, is_in_use=False, **held.terms._asdict())
    return True


def _held(county: Place, kind: ConversionKind) -> ConversionRule | None:
    """The rule that holds, nobody changing the county's meanwhile."""
    Place.objects.select_for_update(no_key=True).get(pk=county.pk)
    return next((rule for rule in conversion_rules_of(county.pk) if rule.kind == kind), None)


def _must_keep(county: Place, by: User) -> None:
    if not by.may(Action.KEEP_SCHOOL, county.pk):
        raise NotAllowed("not_your_school")

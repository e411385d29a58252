"""A month with clashes planted in it: the planner finds exactly those, and so does comparing every claim with every other."""

from __future__ import annotations

from itertools import combinations

import pytest

from bench.planted import KINDS, Planted, plant
from livestream.actions.claims import away_for, claims_between, rules_for
from livestream.actions.clash import clashes_between
from livestream.rules.clash import clash_of
from livestream.rules.planning import ClashKind

pytestmark = pytest.mark.django_db


def as_planted(clash):
    return Planted(frozenset({clash.mine, clash.other} - {None}), clash.key.split(":")[0], clash.subject)


def brute(month):
    """Every two claims of one subject, and every claim beside what its subject said of its time."""
    claims = claims_between(month.begins, month.ends, month.county.pk)
    rules, away = rules_for(claims), away_for(claims)
    subjects = {}
    for claim in claims:
        subjects.setdefault(claim.subject, []).append(claim)
    pairs = (pair for those in subjects.values() for pair in combinations(those, 2))
    found = {as_planted(clash) for one, other in pairs if (clash := clash_of(one, other, rules))}
    return found | {
        Planted(frozenset({claim.session}), "away", claim.subject)
        for claim in claims
        if claim.kind != ClashKind.PRICE and away(claim.subject, claim.begins, claim.ends)
    }


def test_the_planner_finds_every_planted_clash_and_nothing_else(county):
    month = plant(county, sessions=480, clashes=45)

    found = clashes_between(month.begins, month.ends, county=county.pk)

    assert len(month.planted) == 45
    assert {as_planted(clash) for clash in found} == month.planted == brute(month)
    assert len(found) == 45
    assert {clash.kind for clash in found} == set(KINDS)

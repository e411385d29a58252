from __future__ import annotations

import hashlib
import random
from uuid import UUID

from training.rules.spot_check import SpotResult, digest_of, drawn, outcome_of

PEOPLE = [UUID(int=n) for n in range(40)]


def test_the_same_seed_draws_the_same_whatever_the_order():
    mixed = random.Random(1).sample(PEOPLE, 40)
    assert drawn("2026-11-22", mixed, 5) == drawn("2026-11-22", PEOPLE, 5)
    assert digest_of(mixed) == digest_of(PEOPLE)
    assert drawn("7", PEOPLE, 5) != drawn("8", PEOPLE, 5)


def test_anybody_can_draw_it_again_by_what_the_page_says():
    ranked = sorted(PEOPLE, key=lambda one: hashlib.sha256(f"seed:{one}".encode()).hexdigest())
    assert drawn("seed", PEOPLE, 40) == ranked
    assert drawn("seed", PEOPLE, 3) == ranked[:3]


def test_the_rate_is_over_who_was_reached_and_beside_it_over_who_was_drawn():
    outcome = outcome_of(["confirmed"] * 8 + ["partly", "denied"] + ["unreached"] * 5 + [""] * 5)

    assert (outcome.reached, outcome.called, outcome.sample) == (10, 15, 20)
    assert outcome.counts[SpotResult.UNREACHED] == 5
    assert outcome.authentic[:2] == (8, 10)
    assert outcome.over_sample[:2] == (8, 20)
    assert outcome_of(["", ""]).authentic is None

"""Two hands draw at the same moment: one draw stands. Its control has no guard."""

from __future__ import annotations

import pytest
from django.db import connection

from livestream.actions.reward import draw_winners
from livestream.models import RewardDraw, RewardRule
from livestream.rules.errors import NotAllowed
from tests.campaigns import AT, HOUR, make_published
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 4
UNIQUE = "livestream_rewarddraw_rule_id_key"


@pytest.fixture
def rule(session, staff):
    return make_published(session, staff)


def draw_at_once(rule, staff):
    """Each hand with entries of its own."""

    def hand(number):
        return lambda: draw_winners(RewardRule.objects.get(pk=rule.pk), entries=f"{number} 100 200 300", by=staff, at=AT + HOUR)

    return race(*(hand(number) for number in range(HANDS)))


def test_two_draws_at_once_give_one(rule, staff):
    errors = draw_at_once(rule, staff)

    assert [(type(error), error.code) for error in errors] == [(NotAllowed, "drawn_already")] * (HANDS - 1)
    assert RewardDraw.objects.count() == 1


def test_control_without_the_constraint_every_hand_draws(rule, staff):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE livestream_rewarddraw DROP CONSTRAINT {UNIQUE}")
    try:
        assert draw_at_once(rule, staff) == []
        assert RewardDraw.objects.count() == HANDS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE livestream_rewarddraw")
            cursor.execute(f"ALTER TABLE livestream_rewarddraw ADD CONSTRAINT {UNIQUE} UNIQUE (rule_id)")

from __future__ import annotations

import pytest

from orders.actions.intake import receive
from orders.actions.tally import audit_tallies, rebuild_tallies
from orders.models import DayTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body

pytestmark = pytest.mark.django_db


def totals(scope):
    return DayTally.objects.filter(scope=scope).values_list("orders", "units", "paid_fen", "refunded_fen").get()


def test_receive_counts_an_order_of_a_room_for_its_session(shop, session, now):
    receipts = receive([make_arrival(shop, make_order_body("T1"), message_id="m1")], cause=Cause.PUSH, at=now)

    assert [(r.applied, r.duplicate, r.stale) for r in receipts] == [(1, 0, 0)]
    assert totals(f"session:{session.pk}") == (1, 2, 11960, 0)
    assert totals("county:140425") == (1, 2, 11960, 0)
    assert audit_tallies() == []


def test_rebuilt_tallies_equal_the_running_ones(shop, session, now):
    receive([make_arrival(shop, make_order_body("T1"), make_order_body("T2", room=None))], cause=Cause.PUSH, at=now)
    receive([make_arrival(shop, make_order_body("T1", version=2, refunds=[("R1", 1, 5980)]))], cause=Cause.PUSH, at=now)
    before = list(DayTally.objects.order_by("scope").values_list("scope", "orders", "units", "paid_fen", "refunded_fen"))

    rebuild_tallies()

    assert list(DayTally.objects.order_by("scope").values_list("scope", "orders", "units", "paid_fen", "refunded_fen")) == before
    assert audit_tallies() == []

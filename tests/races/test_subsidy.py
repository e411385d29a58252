"""Several workers follow the same orders at the same moment: each line is paid for once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Sum

from livestream.models import SubsidyRule
from orders.actions import subsidy as verbs
from orders.actions.intake import receive
from orders.actions.subsidy import follow_subsidies
from orders.models import SubsidyEntry
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session
from tests.goods import make_subsidy
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORKERS = 4


@pytest.fixture
def rule(county, host, staff, shop):
    session = make_session(county, host, went_live_at=AT, line_up=[(make_product(county, "XM"), 2990, 100)])
    rule = make_subsidy(county, staff, per_unit_fen=200, cap_fen=900)
    session.line_up.update(subsidy=rule)
    bodies = [make_order_body(f"T{n}", at=AT + timedelta(minutes=n), lines=((1, "XM", 1, 2990),)) for n in range(6)]
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=AT)
    return rule


def work():
    follow_subsidies(at=AT + timedelta(hours=1))


def paid():
    return SubsidyEntry.objects.aggregate(fen=Sum("amount_fen"))["fen"]


def test_each_line_is_paid_for_once_whatever_the_number_of_workers(rule):
    assert race(*[work] * WORKERS) == []

    assert (SubsidyEntry.objects.count(), paid(), SubsidyRule.objects.get().used_fen) == (5, 900, 900)


def test_control_without_the_lock_a_line_is_paid_for_more_than_once(rule, monkeypatch):
    gate, look = threading.Barrier(WORKERS), verbs.booked_of

    def booked_of(rule):
        found = look(rule)
        gate.wait(10)
        return found

    monkeypatch.setattr(verbs, "booked_of", booked_of)
    monkeypatch.setattr(type(SubsidyRule.objects.all()), "select_for_update", lambda rows, **_how: rows)

    race(*[work] * WORKERS)

    assert paid() > 900

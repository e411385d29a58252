"""A batch that loses every race against other writers is no poison: its senders are told to come again."""

from __future__ import annotations

import pytest

from orders.actions import intake
from orders.models import Delivery
from orders.push import PushApp
from tests.doors import as_bytes, ask_all, signed, totals
from tests.factories import make_order_body

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_push_that_lost_every_race_is_busy_and_not_poison(shop, session, monkeypatch):
    app = PushApp()
    path, body = f"/push/standard/{shop.key}/", as_bytes(make_order_body("T1"))
    book = intake.book

    def lose(cursor, changed, *rest):
        """What another writer would have done a moment ago: the order is there already, under its unique key."""
        book(cursor, changed, *rest)
        for state in changed.values():
            state.id = None
        book(cursor, changed, *rest)

    monkeypatch.setattr(intake, "book", lose)
    ((status, _),) = ask_all(app, path, [(body, signed(body))])
    assert (status, Delivery.objects.count()) == (503, 0)

    monkeypatch.setattr(intake, "book", book)
    ((status, _),) = ask_all(app, path, [(body, signed(body))])
    app.stop()
    assert (status, totals()) == (200, (1, 2, 11960, 0))

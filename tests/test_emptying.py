"""Between two tests that commit, nothing is left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.emptying import empty
from tests.factories import make_arrival, make_order_body


def rows():
    tables = {model._meta.db_table: model.objects.count() for model in apps.get_models(include_auto_created=True)}
    return {name for name, number in tables.items() if number}


@pytest.mark.django_db(transaction=True)
def test_also_what_no_statement_may_delete_is_gone(shop, session):
    at = datetime.now(UTC)
    receive([make_arrival(shop, make_order_body("T1", at=at), now=at)], cause=Cause.PUSH, at=at)
    assert {"orders_order", "orders_ledgerentry", "livestream_livesession"} < rows()

    empty("default")

    assert rows() == {"django_content_type", "auth_permission"}
    assert ContentType.objects.filter(app_label="orders", model="order").exists()

"""Writers that meet the first moment of a month all seal under one key, the one that is kept."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from orders.actions import raw
from orders.actions.rows import raw_cursor
from orders.models import MonthKey
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
AT, WRITERS = datetime(2026, 12, 1, tzinfo=UTC), 8


@pytest.fixture
def sealed_under(monkeypatch):
    """The keys that writers got at once; each takes its time between looking for a key and making one."""
    new_key, got = raw.new_key, []

    def slowly():
        time.sleep(0.3)
        return new_key()

    def write():
        with transaction.atomic():
            got.append(raw.key_of_month(raw_cursor(connection), AT))

    def at_once():
        assert race(*[write] * WRITERS) == []
        return got

    monkeypatch.setattr(raw, "new_key", slowly)
    return at_once


def test_the_first_of_a_month_make_one_key(sealed_under):
    got = sealed_under()

    assert got == [MonthKey.objects.get().key] * WRITERS


def test_control_where_the_last_one_wins_the_keys_differ(sealed_under, monkeypatch):
    monkeypatch.setattr(raw, "MAKE_KEY", raw.MAKE_KEY.replace("DO NOTHING", "(month) DO UPDATE SET key = EXCLUDED.key"))

    assert len(set(sealed_under())) > 1

"""The database's time, whatever the machine's clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from orders.actions.clock import Clock


def test_until_it_was_read_it_is_the_machines():
    with time_machine.travel(datetime(2026, 11, 21, tzinfo=UTC), tick=False):
        assert Clock().now() == datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.django_db
def test_a_jump_of_the_machines_clock_changes_nothing():
    clock = Clock()
    before = datetime.now(UTC)
    clock.read()
    said, at = clock.last
    clock.last = said + timedelta(minutes=10), at  # the database is ten minutes ahead of us
    assert timedelta(minutes=10) - timedelta(seconds=1) < clock.now() - before < timedelta(minutes=10, seconds=5)
    assert clock.now().tzinfo is UTC

"""The desk of county staff, on the twenty-second of November 2026."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from tests.sign_in import signed_in


@pytest.fixture
def desk(staff):
    return signed_in(staff)


@pytest.fixture
def november():
    with time_machine.travel(datetime(2026, 11, 22, 4, tzinfo=UTC), tick=False):
        yield

"""An evening of one host, typed and planned, on a fixed Sunday noon."""

from __future__ import annotations

import pytest
import time_machine

from livestream.actions.session import SessionPlan
from tests.factories import make_user
from tests.livestream.plan_page import NOON, at


@pytest.fixture
def sunday():
    with time_machine.travel(NOON, tick=False):
        yield NOON


@pytest.fixture
def farmer(village):
    return make_user("host", village, name="王小红")


@pytest.fixture
def planner(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def typed_evening(farmer):
    """An evening of one host, as somebody types it."""
    return {"kind": "village_host", "title": "花椒专场", "day": "11月25日", "start": "晚7点半", "end": "21:30", "host": "王小红"}


@pytest.fixture
def evening(farmer, village):
    return SessionPlan("village_host", "花椒专场", farmer, village, at(19, 30), at(21, 30))

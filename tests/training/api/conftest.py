"""The county that programs ask about, and a program that may."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from tests.factories import make_place
from tests.school import make_cohort
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)  # Sunday, 9:00 in Shanghai
ROOT = "/api/v1/school/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def village(county):
    return make_place("140425100201", "东寺头村")


@pytest.fixture
def client(staff, now):
    return with_token(token_text(staff, "read:school", "write:school"))


@pytest.fixture
def cohort(county):
    return make_cohort(county, title="第36期", seats=2)

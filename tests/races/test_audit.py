"""Several seal at the same moment: one chain, nothing twice, nothing left out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, transaction

from livestream.actions import audit_chain
from livestream.actions.audit import note
from livestream.actions.audit_chain import check_chain, seal_entries
from livestream.models import AuditCheck, AuditEntry
from livestream.rules.deed import Deed
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
SEALERS = 4


@pytest.fixture(autouse=True)
def nothing_is_known_of_before():
    yield
    AuditCheck.objects.all().delete()


@pytest.fixture
def together(monkeypatch):
    """Every sealer has read the open entries before the first of them writes."""
    read, gate = audit_chain.rows, threading.Barrier(SEALERS)

    def read_and_wait(*args):
        found = read(*args)
        gate.wait(10)
        return found

    monkeypatch.setattr(audit_chain, "rows", read_and_wait)


def fill(number):
    for _ in range(number):
        note(Deed.EXPORTED)


def test_of_all_who_seal_at_once_one_does():
    fill(50)

    def write_and_seal():
        for _ in range(10):
            with transaction.atomic():
                fill(3)
            seal_entries()

    assert race(*[write_and_seal] * SEALERS) == []

    seal_entries()
    number = 50 + SEALERS * 30
    assert sorted(AuditEntry.objects.values_list("position", flat=True)) == list(range(1, number + 1))
    check = check_chain(at=datetime.now(UTC))
    assert (check.fault, check.entries) == ("", number)


def test_control_without_the_lock_they_take_each_others_places(together, monkeypatch):
    monkeypatch.setattr(audit_chain, "alone", lambda _key: True)
    fill(5)

    told = race(*[seal_entries] * SEALERS)

    assert [type(error) for error in told] == [ProgrammingError] * (SEALERS - 1)  # the trigger, the last guard, refuses them

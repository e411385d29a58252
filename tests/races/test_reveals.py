"""Many requests of one person at once: nobody looks behind more masks in an hour than he may. With a control without the turn."""

from __future__ import annotations

import time

import pytest

from livestream.actions import vault as verbs
from livestream.actions.vault import reveal
from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from livestream.rules.vault import RevealReason, Secret
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE, LIMIT = 6, 3


@pytest.fixture
def looks(host, staff, settings, monkeypatch):
    """Six looks at once of somebody who may look three times; each waits a moment between counting and looking."""
    settings.REVEALS_PER_HOUR = LIMIT
    count = verbs.revealed_lately

    def waited(by):
        found = count(by)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(verbs, "revealed_lately", waited)
    return [lambda: reveal(host, Secret.PHONE, reason=RevealReason.CONTACT, by=staff)] * AT_ONCE


def seen():
    return AuditEntry.objects.filter(deed="revealed").count()


def test_an_hour_has_its_limit_however_many_ask_at_once(looks):
    errors = race(*looks)

    assert ([error.code for error in errors if isinstance(error, NotAllowed)], seen()) == (["reveal_limit"] * LIMIT, LIMIT)


def test_control_without_taking_turns_more_is_seen(looks, monkeypatch):
    monkeypatch.setattr(verbs, "take_turn", lambda by: None)

    assert race(*looks) == []
    assert seen() == AT_ONCE

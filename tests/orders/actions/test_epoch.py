"""Boards begin anew when the database is another one than before."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import call_command

from orders.actions.audit import rebuild_tallies
from orders.actions.epoch import begin_epoch, follow_timeline
from orders.models import BoardEpoch

pytestmark = pytest.mark.django_db


def epoch() -> uuid.UUID:
    return BoardEpoch.objects.get(id=1).epoch


def test_an_epoch_carries_the_timeline_it_began_on():
    begun = begin_epoch()
    assert (begun, begun.hex[:8]) == (epoch(), "00000001")
    assert begin_epoch() != begun


def test_the_same_timeline_keeps_its_epoch():
    begun = begin_epoch()
    assert follow_timeline() is False
    assert epoch() == begun


def test_another_timeline_begins_another_epoch():
    BoardEpoch.objects.update_or_create(id=1, defaults={"epoch": uuid.UUID(hex="00000007" + "a" * 24)})
    assert follow_timeline() is True
    assert epoch().hex[:8] == "00000001"
    assert follow_timeline() is False


def test_a_database_without_an_epoch_gets_one():
    BoardEpoch.objects.all().delete()
    assert follow_timeline() is True
    assert epoch().hex[:8] == "00000001"


def test_a_rebuild_is_an_epoch_of_its_own():
    begun = begin_epoch()
    rebuild_tallies()
    follow_timeline()
    assert epoch() != begun


def test_the_command_says_the_new_epoch(capsys):
    call_command("begin_epoch")
    assert str(epoch()) in capsys.readouterr().out

"""No reminder of a superseded time, each at most once, and exactly one of each version whose time came while it was in force.

CI lives through a few dozen of them; `make histories` lives through ten thousand."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from livestream.actions import notice, notice_claim
from tests.livestream import outbox
from tests.livestream.notice_histories import inbox, live_through

pytestmark = pytest.mark.django_db
AT_ONCE = 250
SMOKE = 80
WANTED = int(os.environ.get("CUNBO_HISTORIES", "0"))
BATCHES = [(seed, AT_ONCE) for seed in range(WANTED // AT_ONCE)] or [(0, SMOKE)]


@pytest.fixture(autouse=True)
def sender(settings):
    settings.SMS_SENDER = "tests.livestream.outbox.remember"
    outbox.TEXTS.clear()


@pytest.mark.parametrize(("seed", "count"), BATCHES)
def test_reminders_are_those_of_the_plan_in_force(county, seed, count):
    histories, left = live_through(count, seed, county)

    sent = Counter(one.key for one in left)
    expected = Counter((h.session.host_id, version, kind) for h in histories for _, version, kind in h.expected)
    assert [(one, one.history.told) for one in left if one.is_wrong] == []
    assert max(sent.values()) == 1
    assert sent == expected
    assert inbox(histories) == sorted(expected)
    assert len(expected) > count / 2  # it was no empty plan


def test_control_without_the_check_reminders_leave_for_sessions_that_are_not_to_come(county, monkeypatch):
    drop_the_check(monkeypatch)

    _, left = live_through(SMOKE, 0, county)

    assert len([one for one in left if one.is_wrong]) > 0


def test_control_without_the_check_and_the_withdrawal_superseded_times_are_told(county, monkeypatch):
    drop_the_check(monkeypatch)
    monkeypatch.setattr(notice, "withdraw", lambda session, before_version: 0)

    _, left = live_through(SMOKE, 0, county)

    assert len([one for one in left if one.is_superseded]) > 10


def drop_the_check(monkeypatch):
    for name in ("OF_ITS_VERSION", "RETIRE"):
        monkeypatch.setattr(notice_claim, name, getattr(notice_claim, name).replace(notice_claim.IN_FORCE, "TRUE"))

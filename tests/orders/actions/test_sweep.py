from __future__ import annotations

from datetime import timedelta

import pytest

from orders.actions.sweep import note_sweep
from orders.models import Sweep
from orders.tasks import answer_waiting_hints, follow_session_windows, raise_due_alerts, retry_kept_messages

pytestmark = pytest.mark.django_db


def test_a_sweep_is_one_row_with_its_last_time(now):
    note_sweep("hints", at=now - timedelta(minutes=1))
    note_sweep("windows", at=now - timedelta(seconds=5))
    note_sweep("hints", at=now)

    assert dict(Sweep.objects.values_list("name", "ran_at")) == {"hints": now, "windows": now - timedelta(seconds=5)}


def test_every_task_of_the_timetable_notes_that_it_came_to_its_end(now):
    for task in (answer_waiting_hints, follow_session_windows, retry_kept_messages, raise_due_alerts):
        task()

    assert {name: now <= at for name, at in Sweep.objects.values_list("name", "ran_at")} == {
        "hints": True, "windows": True, "messages": True, "alerts": True,
    }  # fmt: skip

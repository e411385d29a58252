"""The business day is Shanghai's, wherever the server, its clock's zone or the database's zone are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.db import connection

from orders.actions import intake_rows
from orders.actions.intake import receive
from orders.models import LedgerEntry
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body
from tests.faults.conftest import ROOT
from tests.faults.day_in_a_zone import CELLS, MOMENTS

ZONES = {"UTC": "UTC", "America/New_York": "EST", "Asia/Shanghai": "CST"}
EXPECTED = {
    "pushes": {
        "last microsecond of the 20th": "2026-11-20",
        "first of the 21st": "2026-11-21",
        "noon": "2026-11-21",
        "midnight of UTC": "2026-11-21",
        "midnight of New York": "2026-11-21",
        "a millisecond before the 22nd": "2026-11-21",
        "the 22nd": "2026-11-22",
        "the 22nd, as New York says it": "2026-11-22",
    },
    "files": ["2026-11-20", "2026-11-21", "2026-11-21", "2026-11-22"],
    "county": {"2026-11-20": 2, "2026-11-21": 7, "2026-11-22": 3},
    # Both sides of midnight belong to the session that was on air, and each keeps its own day.
    "session": ["a millisecond before the 22nd", "the 22nd", "the 22nd, as New York says it"],
    "minutes": [
        "2026-11-20T15:59:00+00:00", "2026-11-20T16:00:00+00:00", "2026-11-21T00:00:00+00:00", "2026-11-21T04:00:00+00:00",
        "2026-11-21T05:00:00+00:00", "2026-11-21T15:59:00+00:00", "2026-11-21T16:00:00+00:00",
    ],
}  # fmt: skip


def counted_in(zone, uploads):
    url = os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]  # the tests' own database: what is counted there is rolled back
    own = url.replace("/cunbo?", f"/{name}?") if "/cunbo?" in url else url.rsplit("/", 1)[0] + "/" + name
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.day_in_a_zone", str(uploads)], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"DATABASE_URL": own, "TZ": zone, "PGTZ": zone},
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_days_are_the_same_in_every_zone(tmp_path):
    running = {zone: counted_in(zone, tmp_path / str(n)) for n, zone in enumerate(ZONES)}

    answers = {zone: process.communicate(timeout=60) for zone, process in running.items()}

    for zone, (out, err) in answers.items():
        assert running[zone].returncode == 0, err
        found = json.loads(out.splitlines()[-1])
        assert found.pop("local") == ZONES[zone]  # or the zones would not have been tried
        assert found == EXPECTED
    assert len(EXPECTED["pushes"]) == len(MOMENTS)
    assert len(EXPECTED["files"]) == len(CELLS)


@pytest.mark.django_db
def test_control_with_the_date_of_utc_an_order_of_the_small_hours_falls_on_the_day_before(shop, session, now, monkeypatch):
    monkeypatch.setattr(intake_rows, "SHANGHAI", UTC)
    body = make_order_body("T1", at=datetime.fromisoformat(MOMENTS["first of the 21st"]))

    receive([make_arrival(shop, body)], cause=Cause.PUSH, at=now)

    assert str(LedgerEntry.objects.get().business_day) == "2026-11-20"

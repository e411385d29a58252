"""Two people at one export at the same moment, two workers at one person's exports: the database knows who was first."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from orders import tasks
from orders.actions import export as verbs
from orders.actions import stored_file
from orders.actions.export import SHELF, approve_export, ask_export, charge, download_export, reject_export, withdraw_export
from orders.actions.export_making import claim, make_export
from orders.models import Export, ExportHour
from tests.orders.exports import make_approver, make_exporter, make_wish
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime.now(UTC)


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path


@pytest.fixture
def exporter(county):
    return make_exporter(county)


def ask(by, state="queued") -> Export:
    export = ask_export(make_wish(), by=by, at=AT)
    Export.objects.filter(pk=export.pk).update(state=state)
    return Export.objects.get(pk=export.pk)


def codes(errors):
    assert all(isinstance(error, NotAllowed) for error in errors), errors
    return [error.code for error in errors]


def without_comparing(monkeypatch):
    """The control: whoever decides looks first and then writes, whatever has happened in between."""
    gate = threading.Barrier(2)
    real = Export.objects.all().__class__.update

    def update(self, **facts):
        if "decided_by" in facts or facts.get("state") == "withdrawn":
            waits = self.exists()
            gate.wait(10)
            return real(Export.objects.all(), **facts) if waits else 0
        return real(self, **facts)

    monkeypatch.setattr(Export.objects.all().__class__, "update", update)


def decisions():
    return list(
        AuditEntry.objects.filter(deed__in=["export_approved", "export_rejected", "export_withdrawn"]).values_list(
            "deed", flat=True
        )
    )


@pytest.mark.parametrize("time", range(3))
def test_of_two_approvals_one_counts(county, exporter, time):
    export = ask(exporter, "waiting")
    approvers = [make_approver(county) for _ in range(3)]

    errors = race(*[lambda who=who: approve_export(export, words="", by=who, at=AT) for who in approvers])

    assert codes(errors) == ["export_decided"] * 2
    assert decisions() == ["export_approved"]


@pytest.mark.parametrize("time", range(3))
def test_of_a_rejection_and_a_withdrawal_one_counts(county, exporter, time):
    export, approver = ask(exporter, "waiting"), make_approver(county)

    errors = race(lambda: reject_export(export, words="不", by=approver, at=AT), lambda: withdraw_export(export, by=exporter))

    assert codes(errors) == ["export_decided"]
    export.refresh_from_db()
    assert (export.state == "withdrawn") == (export.decided_by_id is None)
    assert len(decisions()) == 1


def test_without_comparing_both_would_count(county, exporter, monkeypatch):
    export, approver = ask(exporter, "waiting"), make_approver(county)
    without_comparing(monkeypatch)

    errors = race(lambda: approve_export(export, words="", by=approver, at=AT), lambda: withdraw_export(export, by=exporter))

    assert errors == []
    assert sorted(decisions()) == ["export_approved", "export_withdrawn"]


def test_every_download_counts(county, exporter):
    export = ask(exporter)
    name = stored_file.keep_pieces([b"abc"])
    (stored_file.folder() / name).rename(stored_file.folder("exports") / name)
    ready = {"state": "ready", "stored_as": name, "sha256": "a", "expires_at": AT + timedelta(days=1)}
    Export.objects.filter(pk=export.pk).update(**ready)
    export.refresh_from_db()

    assert race(*[lambda: download_export(export, by=exporter, at=AT) for _ in range(6)]) == []

    assert (Export.objects.get().downloads, AuditEntry.objects.filter(deed="exported").count()) == (6, 6)


def test_a_counter_that_is_read_and_written_loses_some(county, exporter):
    """The control."""
    export, gate = ask(exporter), threading.Barrier(6)

    def count():
        seen = Export.objects.get(pk=export.pk).downloads
        gate.wait(10)
        Export.objects.filter(pk=export.pk).update(downloads=seen + 1)

    assert race(*[count] * 6) == []
    assert Export.objects.get().downloads == 1


def test_two_of_a_person_are_made_at_a_time_whoever_begins(county, exporter):
    exports = [ask(exporter) for _ in range(6)]
    claimed = []

    assert race(*[lambda export=export: claimed.append(claim(export, AT)) for export in exports]) == []

    assert sorted(claimed) == [False] * 4 + [True] * 2
    assert sorted(Export.objects.filter(state="making").values_list("slot", flat=True)) == [1, 2]


def test_without_the_constraint_six_would_be_made(county, exporter):
    """The control."""
    exports = [ask(exporter) for _ in range(6)]
    claimed = []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_export DROP CONSTRAINT two_exports_of_a_person_being_made")
    try:
        assert race(*[lambda export=export: claimed.append(claim(export, AT)) for export in exports]) == []
        assert claimed == [True] * 6
    finally:
        Export.objects.update(state="queued", slot=None)
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE orders_export ADD CONSTRAINT two_exports_of_a_person_being_made UNIQUE (asked_by_id, slot)"
            )


def test_two_workers_make_one_file(county, exporter):
    export = ask(exporter)

    assert race(*[lambda: make_export(export.pk, "140425") for _ in range(3)]) == []

    assert (Export.objects.get().state, Export.objects.get().attempt) == ("ready", 1)
    assert len(list(stored_file.folder("exports").iterdir())) == 1


def test_the_last_rows_of_an_hour_are_taken_once(county, exporter, settings):
    settings.EXPORT_ROWS_WITHOUT_APPROVAL = 10
    exports, full = [ask(exporter) for _ in range(6)], []

    assert race(*[lambda export=export: full.append(charge(export, 4, at=AT)) for export in exports]) == []

    assert sorted(full) == [""] * 2 + ["rows_without_approval_within_the_hour"] * 4
    assert ExportHour.objects.get().free_rows == 8


def test_asking_first_whether_there_are_rows_left_would_let_all_take_them(county, exporter, settings):
    """The control: look, then write."""
    settings.EXPORT_ROWS_WITHOUT_APPROVAL = 10
    gate = threading.Barrier(6)
    charge(ask(exporter), 0, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_exporthour DROP CONSTRAINT rows_without_approval_within_the_hour")

    def take():
        used = verbs.used_within_the_hour(exporter, AT)
        gate.wait(10)
        if used.free_rows + 4 <= used.free_limit:
            assert charge(Export.objects.first(), 4, at=AT) == ""

    try:
        assert race(*[take] * 6) == []
        assert ExportHour.objects.get().free_rows == 24
    finally:
        ExportHour.objects.all().delete()
        check = "CHECK (free_rows <= free_limit)"
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE orders_exporthour ADD CONSTRAINT rows_without_approval_within_the_hour {check}")


def test_one_key_pressed_twice_at_once_is_one_export(county, exporter):
    wish = make_wish()

    assert race(*[lambda: ask_export(wish, by=exporter, at=AT) for _ in range(3)]) == []

    assert Export.objects.count() == AuditEntry.objects.filter(deed="export_asked").count() == 1


def test_a_queued_export_is_made_once(county, exporter):
    export = ask(exporter)

    assert race(*[lambda: tasks.make_export_file(str(export.pk), "140425") for _ in range(3)]) == []

    export.refresh_from_db()
    assert (export.state, len(list(stored_file.folder(SHELF).iterdir()))) == ("ready", 1)


def test_a_queued_export_that_no_task_announced_is_made_once(county, exporter):
    export = ask(exporter)
    Export.objects.filter(pk=export.pk).update(heartbeat_at=AT - timedelta(days=1))

    assert race(*[tasks.continue_export_files] * 3) == []

    export.refresh_from_db()
    assert (export.state, len(list(stored_file.folder(SHELF).iterdir()))) == ("ready", 1)


def test_old_export_files_are_forgotten_once(county, exporter):
    export = ask(exporter)
    make_export(export.pk, "140425")
    Export.objects.filter(pk=export.pk).update(expires_at=AT - timedelta(days=1))

    assert race(*[tasks.forget_export_files] * 3) == []

    export.refresh_from_db()
    assert (export.state, list(stored_file.folder(SHELF).iterdir())) == ("expired", [])

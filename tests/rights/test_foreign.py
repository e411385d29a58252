"""Another county's object: the same answer as one that never was, a line in the log, an entry in the audit log, and no more."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from structlog.testing import capture_logs

from livestream.models import AuditEntry, LiveSession, Pitch
from livestream.rules.deed import Deed
from orders.actions.file import store_file
from orders.board.admission import Handshake, admit_all
from orders.models import KioskLink, OrderFile, OrderFileState
from orders.tasks import import_order_file, read_order_file
from tests.factories import make_product, make_session, make_shop, make_user
from tests.orders.sheets.exports import make_file, make_row
from tests.sign_in import signed_in

NUMBER = re.compile(rb'<p class="muted request-number">.*?</p>|"request_id":"[0-9a-f]+"')


@pytest.fixture
def foreign(other_county, now):
    return make_session(other_county, room="R9", account="A9", went_live_at=now)


@pytest.fixture
def clerk(staff):
    return signed_in(staff)


def refusals(**where):
    return list(AuditEntry.objects.filter(deed=Deed.REFUSED, **where).order_by("pk"))


@pytest.mark.parametrize(
    "path", ["/sessions/{}/", "/board/session/{}/", "/api/v1/sessions/{}/pitches/", "/sessions/{}/figures/", "/files/{}/"]
)
def test_foreign_and_absent_are_the_same(clerk, foreign, path):
    theirs, never = (clerk.get(path.format(key)) for key in (foreign.pk, uuid.uuid4()))

    assert theirs.status_code == never.status_code == 404
    assert NUMBER.sub(b"", theirs.content) == NUMBER.sub(b"", never.content)


def test_both_cost_the_database_the_same(clerk, foreign, django_assert_num_queries):
    clerk.get(f"/sessions/{uuid.uuid4()}/")
    counts = []
    for key in (foreign.pk, uuid.uuid4()):
        before = len(connection.queries_log)
        with django_assert_num_queries(12, exact=False):
            clerk.get(f"/sessions/{key}/")
        counts.append(len(connection.queries_log) - before)

    assert counts[0] == counts[1]


def test_the_try_is_logged_and_written_down(clerk, staff, foreign):
    with capture_logs() as lines:
        answer = clerk.get(f"/sessions/{foreign.pk}/")

    (entry,) = refusals()
    (line,) = [line for line in lines if line["event"] == "foreign_object_asked"]
    assert (line["user"], line["route"], line["request_id"]) == (staff.pk, "livestream:session", answer.headers["X-Request-ID"])
    assert (entry.actor_id, entry.request_id) == (staff.pk, answer.headers["X-Request-ID"])
    assert entry.detail == {"route": "livestream:session", "asked": {"session_id": str(foreign.pk)}}
    assert not set(line) - {
        "event",
        "log_level",
        "level",
        "logger",
        "timestamp",
        "user",
        "route",
        "request_id",
    }  # no name, no phone


def test_ten_a_minute_are_enough_and_another_person_has_ten_of_his_own(clerk, county, foreign):
    for _ in range(12):
        clerk.get(f"/sessions/{foreign.pk}/")
    assert len(refusals()) == 10

    signed_in(make_user("staff", county)).get(f"/sessions/{foreign.pk}/")
    assert len(refusals()) == 11


@pytest.mark.parametrize("path", ["/nowhere/", "/sessions/not-a-uuid/", f"/join/{'x' * 43}/", "/files/"])
def test_what_names_no_object_is_not_written_down(clerk, path):
    clerk.get(path)

    assert refusals() == []


def test_nobody_who_is_not_signed_in_is_written_down(client, foreign):
    assert client.get(f"/sessions/{foreign.pk}/").status_code == 302
    assert client.get(f"/board/session/{foreign.pk}/?kiosk={'x' * 43}").status_code == 404
    assert refusals() == []


def test_a_socket_that_is_refused_is_written_down(clerk, staff, foreign, county):
    key = clerk.cookies["cunbo"].value
    asked = [Handshake({"session_id": foreign.pk}, key), Handshake({"code": "130529"}, key), Handshake({"code": county.pk}, key)]

    assert [watcher is not None for watcher in admit_all(asked)] == [False, False, True]
    found = {entry.detail["asked"]["scope"] for entry in refusals(actor=staff)}
    assert found == {f"session:{foreign.pk}", "county:130529"}


# --- keys of another county where a form asks for one ---------------------------------------------------------------------


def test_forms_take_no_key_of_another_county(clerk, session, foreign, other_county):
    product, shop = make_product(other_county), make_shop(other_county, "douyin")
    given = SimpleUploadedFile("a.csv", make_file([make_row(1)]))

    statuses = [
        clerk.post(f"/sessions/{session.pk}/desk/press/", {"press": f"pitch:{product.pk}"}).status_code,
        clerk.post("/files/upload/", {"shop": shop.pk, "file": given}).status_code,
        clerk.post("/board/links/", {"name": "屏", "board": f"session:{foreign.pk}", "term": "day"}).status_code,
        clerk.post("/board/links/", {"name": "屏", "board": "county:130529", "term": "day"}).status_code,
        clerk.post("/alerts/thresholds/?county=130529", {}).status_code,
    ]

    assert statuses == [404, 422, 422, 422, 404]
    assert (Pitch.objects.count(), OrderFile.objects.count(), KioskLink.objects.count()) == (0, 0, 0)
    assert LiveSession.objects.filter(state="live").count() == 2


# --- tasks ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", [read_order_file, import_order_file])
@pytest.mark.parametrize(("county_code", "is_done"), [("140425", True), ("130529", False), ("1404", False), ("", False)])
def test_task_leaves_another_countys_file_alone(county, staff, now, task, county_code, is_done):
    given = SimpleUploadedFile("a.csv", make_file([make_row(1)]))
    file = store_file(make_shop(county, "douyin"), given, name="a.csv", by=staff, at=now)
    state = OrderFileState.IMPORTING if task is import_order_file else OrderFileState.UPLOADED
    OrderFile.objects.filter(pk=file.pk).update(state=state)

    with capture_logs() as lines:
        task(str(file.pk), county_code)

    file.refresh_from_db()
    after = OrderFileState.DONE if task is import_order_file and is_done else state
    assert (file.state, [line["event"] for line in lines if "foreign" in line["event"]]) == (
        after,
        [] if is_done else ["foreign_file_refused"],
    )

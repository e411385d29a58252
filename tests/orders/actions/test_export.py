"""Asking for exports, deciding them, fetching them: what is refused, and what the database refuses by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from livestream.models import Appointment, AuditEntry
from livestream.rules.errors import NotAllowed
from orders.actions import stored_file
from orders.actions.export import (
    approve_export,
    ask_export,
    charge,
    download_export,
    measure,
    reject_export,
    withdraw_export,
)
from orders.actions.intake import receive
from orders.models import Export, ExportHour
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_place, make_user
from tests.orders.exports import make_approver, make_exporter, make_wish

AT = datetime.now(UTC)


@pytest.fixture(autouse=True)
def few(settings, tmp_path):
    settings.UPLOADS, settings.EXPORT_ROWS_WITHOUT_APPROVAL, settings.EXPORT_ROWS_PER_HOUR = tmp_path, 3, 50


@pytest.fixture
def exporter(county):
    return make_exporter(county)


@pytest.fixture
def approver(county):
    return make_approver(county)


def sell(shop, n, *, first=0):
    bodies = [make_order_body(f"T{first + k}", at=AT, lines=((1, "A", 1, 100),)) for k in range(n)]
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=AT)


def ask(by, kind="orders", **kwargs) -> Export:
    return ask_export(make_wish(kind, **kwargs), by=by, at=AT)


def refusal(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused:
        verb(*args, **kwargs)
    assert "{" not in str(refused.value)
    return refused.value.code


def make_file(export, rows=1, **kwargs):
    """As the worker leaves it."""
    name = stored_file.keep_pieces([b"abc"])
    (stored_file.folder() / name).rename(stored_file.folder("exports") / name)
    facts = {
        "state": "ready",
        "stored_as": name,
        "sha256": "a" * 64,
        "rows": rows,
        "bytes": 3,
        "expires_at": AT + timedelta(days=7),
    }
    Export.objects.filter(pk=export.pk).update(**facts | kwargs)
    export.refresh_from_db()
    return export


def test_a_small_export_is_made_at_once_and_the_log_knows_what_for(session, shop, exporter, django_capture_on_commit_callbacks):
    sell(shop, 3)

    with django_capture_on_commit_callbacks() as woken:
        export = ask(exporter)

    assert (export.state, export.rows_expected, export.rows_allowed, len(woken)) == ("queued", 3, 3, 1)
    entry = AuditEntry.objects.get(deed="export_asked")
    assert (entry.place, entry.actor_id, entry.object_id) == ("140425", exporter.pk, str(export.pk))
    assert entry.detail == {
        "number": export.number, "kind": "orders", "from_on": str(export.from_on), "until_on": str(export.until_on), "format": "csv",
        "purpose": "report", "purpose_words": "上报十一月直播销售", "receiver": "市商务局 王科长", "rows": 3,
    }  # fmt: skip


def test_a_big_one_waits_for_another_person(session, shop, exporter, approver, django_capture_on_commit_callbacks):
    sell(shop, 4)
    with django_capture_on_commit_callbacks() as woken:
        export = ask(exporter)
    assert (export.state, len(woken)) == ("waiting", 0)

    approve_export(export, words=" 同意\n ", by=approver, at=AT)

    export.refresh_from_db()
    assert (export.state, export.decided_by, export.decision_words, export.rows_allowed) == ("queued", approver, "同意", 104)
    assert AuditEntry.objects.get(deed="export_approved").detail["words"] == "同意"


def test_many_small_ones_within_an_hour_are_one_big_one(session, shop, exporter):
    sell(shop, 2)
    assert not measure(make_wish("orders"), by=exporter, at=AT).needs_approval
    assert charge(ask(exporter), 2, at=AT) == ""

    assert measure(make_wish("orders"), by=exporter, at=AT).needs_approval
    assert not measure(make_wish("orders"), by=exporter, at=AT + timedelta(hours=1)).needs_approval
    assert charge(ask(exporter), 2, at=AT) == "rows_without_approval_within_the_hour"
    assert ExportHour.objects.get().free_rows == 2


def test_nobody_takes_more_rows_an_hour_than_there_may_be(session, shop, exporter, approver):
    sell(shop, 30)
    export = ask(exporter)
    approve_export(export, words="", by=approver, at=AT)
    export.refresh_from_db()

    assert charge(export, 30, at=AT) == ""
    assert charge(export, 21, at=AT) == "exported_rows_within_the_hour"
    assert charge(export, 20, at=AT) == ""
    assert refusal(ask, exporter) == "export_hour_full"
    assert ExportHour.objects.get().rows == 50


def test_nobody_approves_his_own_not_even_an_administrator(session, shop):
    admin = make_user("admin", session.county)
    sell(shop, 4)
    export = ask(admin)

    assert refusal(approve_export, export, words="", by=admin, at=AT) == "own_export"
    assert refusal(reject_export, export, words="不", by=admin, at=AT) == "own_export"
    with pytest.raises(IntegrityError, match="export_approved_by_somebody_else"), transaction.atomic():
        Export.objects.update(decided_by=admin, state="queued")


@pytest.mark.parametrize("who", ["exporter", "staff", "auditor", "approver elsewhere"])
def test_only_an_approver_of_the_place_approves(session, shop, exporter, other_county, who):
    sell(shop, 4)
    export = ask(exporter)
    place = other_county if who == "approver elsewhere" else session.county

    assert refusal(approve_export, export, words="", by=make_user(who.split()[0], place), at=AT) == "not_your_export"


def test_an_approver_above_the_county_approves_too(session, shop, exporter):
    sell(shop, 4)

    approve_export(ask(exporter), words="", by=make_approver(make_place("14", "山西省")), at=AT)

    assert Export.objects.get().state == "queued"


def test_a_rejection_says_why_and_is_the_end(session, shop, exporter, approver):
    sell(shop, 4)
    export = ask(exporter)
    assert refusal(reject_export, export, words=" ", by=approver, at=AT) == "words_missing"

    reject_export(export, words="请写清楚交给谁", by=approver, at=AT)

    assert refusal(approve_export, export, words="", by=approver, at=AT) == "export_decided"
    assert refusal(withdraw_export, export, by=exporter) == "export_decided"
    assert Export.objects.get().state == "rejected"


def test_an_approval_is_for_the_rows_that_the_page_showed(session, shop, exporter, approver):
    sell(shop, 4)
    export = ask(exporter)
    Export.objects.update(rows_expected=4000)

    assert refusal(approve_export, export, words="", by=approver, at=AT) == "export_decided"


def test_only_its_asker_withdraws(session, shop, exporter, approver):
    sell(shop, 4)
    export = ask(exporter)
    assert refusal(withdraw_export, export, by=approver) == "not_your_export"

    withdraw_export(export, by=exporter)

    assert Export.objects.get().state == "withdrawn"
    assert AuditEntry.objects.filter(deed="export_withdrawn").count() == 1


@pytest.mark.parametrize(
    ("role", "kind", "place", "may"),
    [
        ("exporter", "orders", "140425", True), ("exporter", "people", "140425", False), ("exporter", "audit", "140425", False),
        ("exporter", "orders", "130529", False), ("exporter", "orders", "1404", False), ("auditor", "audit", "140425", True),
        ("auditor", "orders", "140425", False), ("staff", "people", "140425", False), ("approver", "orders", "140425", False),
        ("host", "orders", "140425", False), ("admin", "people", "130529", True),
    ],
)  # fmt: skip
def test_who_may_take_out_what_where(county, other_county, role, kind, place, may):
    user = make_user(role, county)
    if may:
        assert ask(user, kind, place=place).place_id == place
    else:
        assert refusal(ask, user, kind, place=place) == "not_your_export"


def test_a_second_post_adds_what_it_lets_one_see(county):
    staff = make_user("staff", county)
    Appointment.objects.create(user=staff, role="exporter", place=county, from_on=timezone.localdate())

    assert ask(staff, "people").kind == "people"


def test_the_same_key_is_the_same_export_but_nobody_elses(county, exporter):
    wish = make_wish("orders")
    first = ask_export(wish, by=exporter, at=AT)

    assert ask_export(wish, by=exporter, at=AT).pk == first.pk
    assert AuditEntry.objects.filter(deed="export_asked").count() == 1
    assert refusal(ask_export, wish, by=make_exporter(county), at=AT) == "not_your_export"


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"receiver": " \u200b"}, "words_missing"), ({"purpose_words": "长" * 201}, "too_long"), ({"days": -1}, "period_backwards")],
)
def test_a_wish_without_purpose_receiver_or_period_is_refused(exporter, changed, code):
    assert refusal(ask, exporter, **changed) == code
    assert Export.objects.count() == 0


def test_each_download_counts_and_is_logged(county, exporter):
    export = make_file(ask(exporter))

    assert [b"".join(download_export(export, by=exporter, at=AT)) for _ in range(2)] == [b"abc", b"abc"]

    assert Export.objects.get().downloads == 2
    entries = AuditEntry.objects.filter(deed="exported")
    assert [(e.actor_id, e.detail["rows"], e.detail["receiver"], e.detail["sha256"]) for e in entries] == [
        (exporter.pk, 1, "市商务局 王科长", "a" * 64)
    ] * 2


@pytest.mark.parametrize("case", ["another's", "right gone", "too late", "file gone", "not ready"])
def test_a_download_is_refused_and_not_counted(county, exporter, case):
    export = make_file(ask(exporter))
    by, at, code = exporter, AT, "export_gone"
    if case == "another's":
        by, code = make_exporter(county), "not_your_export"
    if case == "right gone":
        exporter.role, code = "trainer", "not_your_export"
        exporter.__dict__.pop("posts", None)
    if case == "too late":
        at += timedelta(days=7)
    if case == "file gone":
        stored_file.forget(export.stored_as, "exports")
    if case == "not ready":
        Export.objects.update(state="expired")

    assert refusal(download_export, export, by=by, at=at) == code
    assert (Export.objects.get().downloads, AuditEntry.objects.filter(deed="exported").count()) == (0, 0)


@pytest.mark.parametrize("field", ["receiver", "purpose_words", "place_id", "asked_by_id", "kind"])
def test_what_was_asked_for_never_changes(county, other_county, exporter, field):
    export = ask(exporter)
    value = {"place_id": other_county.pk, "asked_by_id": make_exporter(county).pk}.get(field, "lines")

    with pytest.raises(DatabaseError, match="stays as it was asked for"), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(**{field: value})


def test_the_record_stays_for_three_years(exporter):
    export = ask(exporter)
    with pytest.raises(DatabaseError, match="kept for three years"), transaction.atomic():
        export.delete()

    old = ask_export(make_wish("orders", until_on=(AT - timedelta(days=1100)).date()), by=exporter, at=AT - timedelta(days=1099))
    Export.objects.filter(pk=old.pk).delete()

    assert list(Export.objects.all()) == [export]


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"rows": 4}, "export_within_what_was_allowed"),
        ({"rows": 4, "rows_allowed": 4}, "big_export_is_approved"),
        ({"state": "making"}, "export_being_made_has_a_slot"),
        ({"state": "making", "slot": 3}, "export_being_made_has_a_slot"),
        ({"slot": 1}, "export_being_made_has_a_slot"),
        ({"state": "ready"}, "ready_export_has_a_file"),
        ({"state": "gone"}, "export_state_is_known"),
    ],
)
def test_the_database_refuses_what_cannot_be(exporter, changed, constraint):
    export = ask(exporter)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(**changed)


def test_visible_are_ones_own_and_those_of_the_places_one_approves_or_audits(county, other_county, exporter, approver):
    mine, colleagues = ask(exporter), ask(make_exporter(county))
    elsewhere = ask(make_exporter(other_county), place="130529")

    def seen_by(user):
        return set(Export.objects.visible_to(user))

    assert seen_by(exporter) == {mine}
    assert seen_by(approver) == seen_by(make_user("auditor", county)) == {mine, colleagues}
    assert seen_by(make_approver(make_place("13", "河北省"))) == {elsewhere}
    assert seen_by(make_user("staff", county)) == seen_by(make_user("host", county)) == set()
    assert seen_by(make_user("admin", county)) == {mine, colleagues, elsewhere}

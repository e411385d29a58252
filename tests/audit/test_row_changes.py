"""Each change of a tracked row is one entry, whoever made it and however; nothing else is, and no secret is named."""

from __future__ import annotations

import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection, models

from config.tracked import TRACKED, UNTRACKED
from livestream.actions.occasion import Occasion, on
from livestream.actions.place import import_places
from livestream.models import AuditEntry
from tests.audit.rows import NOW, make_row
from tests.factories import make_product, make_shop, make_supplier

pytestmark = pytest.mark.django_db
VALUES = {
    models.CharField: "x", models.TextField: "x", models.BooleanField: True, models.IntegerField: 7, models.BigIntegerField: 7,
    models.PositiveIntegerField: 7, models.PositiveSmallIntegerField: 7, models.DateField: NOW.date() + timedelta(days=3), models.DateTimeField: NOW + timedelta(minutes=5),
}  # fmt: skip
# What is changed, where not any free column will do.
CHANGES = {
    "livestream.Availability": ("reason", "赶集"),
    "livestream.Booking": ("duty", "support"),
    "livestream.User": ("role", "trainer"),
    "orders.Export": ("decision_words", "好"),
    "livestream.SubjectRequest": ("due_on", "2026-12-31"),
    "livestream.PersonalData": ("verify_by", "2027-01-01"),
    "training.SchoolMonth": ("theme", "学会上架"),
    "training.FollowUp": ("words", "缺打包箱"),
    "training.Cohort": ("summary", "办完了"),
    "training.CohortTrainer": ("duty", "assistant"),
    "training.Enrolment": ("left_because", "外出打工"),
    "training.Evidence": ("words", "快手小店"),
    "training.Certificate": ("revoked_because", "代签"),
    "training.IncubationStep": ("words", "教了打包"),
    "training.SpotCall": ("words", "本人来过"),
}

# Guards that keep a row as it is, for ever: without them, it would be followed too.
GUARDS = {
    "training.Certificate": ("training.Certificate:certificate_is_never_deleted",),
    "training.CertificateRule": ("training.CertificateRule:certificate_rule_stays",),
    "training.SpotCheck": ("training.SpotCheck:spot_check_stays",),
    "training.SpotCall": ("training.SpotCall:spot_call_stays_drawn",),
}

# What goes first, or the row may not go.
HELD_BY = {
    "livestream.LiveSession": tuple(f"livestream_{table} WHERE session_id" for table in ("booking", "lineupitem", "room")),
    "livestream.User": ("livestream_personaldata WHERE user_id",),
}


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def entries(label, pk=None):
    found = AuditEntry.objects.filter(kind=label, deed__startswith="row_").order_by("pk")
    return list(found if pk is None else found.filter(object_id=str(pk)))


def changeable(model, label):
    """A column that entries name whole and that may become something else without breaking anything."""
    if label in CHANGES:
        return CHANGES[label]
    tracked = next(t for t in TRACKED if t.model == label)
    kept = set(tracked.columns(model)) - {*tracked.masked, *tracked.hidden}
    for field in model._meta.local_fields:
        if field.column in kept and type(field) in VALUES and not (field.primary_key or field.unique or field.choices):
            return field.column, VALUES[type(field)]
    raise AssertionError(label)


@pytest.mark.parametrize("label", [tracked.model for tracked in TRACKED])
def test_each_row_added_changed_and_removed_by_raw_sql_is_one_entry(county, label):
    model, row = apps.get_model(label), make_row(label, county)
    table, key = model._meta.db_table, model._meta.pk.column
    column, value = changeable(model, label)
    columns = set(next(t for t in TRACKED if t.model == label).columns(model))
    *before, added = entries(label, row.pk)
    n = len(before)
    unguarded = pgtrigger.ignore(*GUARDS[label]) if label in GUARDS else nullcontext()

    with unguarded:
        run(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", value, row.pk)
        run(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", value, row.pk)  # nothing changes
        changed = entries(label, row.pk)[n + 1 :]
        for other in HELD_BY.get(label, ()):
            run(f"DELETE FROM {other} = %s", row.pk)
        run(f"DELETE FROM {table} WHERE {key} = %s", row.pk)
    removed = entries(label, row.pk)[n + 2 :]

    assert [(e.deed, e.place) for e in (added, *changed, *removed)] == [
        (deed, "140425100" if label == "livestream.Place" else "140425") for deed in ("row_added", "row_changed", "row_removed")
    ]
    assert (added.before, set(added.after)) == (None, columns)
    assert [set(e.before) | set(e.after) for e in changed] == [{column}]
    assert [(set(e.before), e.after) for e in removed] == [(columns, None)]


def test_no_column_that_may_be_in_an_entry_sounds_like_a_secret():
    secret = ("secret", "token", "password", "digest", "cipher")
    no_secret = {
        ("livestream.User", "must_change_password"), ("orders.Shop", "old_secret_until"), ("orders.Shop", "secret_changed_at"),
    }  # fmt: skip
    columns = {(t.model, name) for t in TRACKED for name in t.columns(apps.get_model(t.model)) if name not in t.hidden}
    assert {(model, name) for model, name in columns if any(word in name for word in secret)} == no_secret


def test_excluded_columns_never_appear_and_masked_ones_never_whole(county, staff):
    shop = make_shop(county, app_key="APPKEY-1", access_token="ACCESS-1")
    link = make_row("orders.KioskLink", county)
    run("UPDATE orders_shop SET secret = 'whsec_new', access_token = 'ACCESS-2', token_error = 'ACCESS-3' WHERE id = %s", shop.pk)
    run("UPDATE orders_shop SET app_key = 'APPKEY-2' WHERE id = %s", shop.pk)
    run("UPDATE orders_kiosklink SET seen_at = now() WHERE id = %s", link.pk)
    run("UPDATE livestream_user SET password = 'argon-1', last_login = now() WHERE id = %s", staff.pk)
    run("UPDATE livestream_user SET phone = '13812345678' WHERE id = %s", staff.pk)
    run("UPDATE livestream_user SET name = '欧阳娜' WHERE id = %s", staff.pk)

    said = " ".join(str((e.before, e.after, e.detail)) for e in AuditEntry.objects.all())
    assert [e.after for e in entries("orders.Shop", shop.pk)[1:]] == [{"app_key": "…"}]
    assert [e.after for e in entries("livestream.User", staff.pk)[1:]] == [{"phone": "138****5678"}, {"name": "欧**"}]
    assert len(entries("orders.KioskLink", link.pk)) == 1
    assert [
        word for word in ("APPKEY", "ACCESS", "whsec", "argon", staff.phone, "13812345678", "欧阳", "01010101") if word in said
    ] == []


def test_of_persons_data_an_entry_says_only_what_changed(county):
    person = make_row("livestream.PersonalData", county)
    run("UPDATE livestream_personaldata SET second_phone = 'SEALED-2', guardian_name = '' WHERE user_id = %s", person.pk)

    *_before, added, changed = entries("livestream.PersonalData", person.pk)
    assert (added.after["birth"], added.after["guardian_phone"], added.after["is_adult"]) == ("…", "", False)
    assert (changed.before, changed.after) == ({"second_phone": ""}, {"second_phone": "…"})
    assert [word for word in ("1990", "gAAAA", "SEALED") if word in str([added.after, changed.before, changed.after])] == []


def test_an_entry_says_who_for_whom_from_where_and_in_which_request(county, staff, host):
    product = make_product(county)
    with on(Occasion(staff.pk, host.pk, "203.0.113.7", "ab" * 16)):
        product.title = "连翘茶"
        product.save(update_fields=["title"])
    with on(Occasion(through="task orders.tasks.x")):
        type(product).objects.filter(pk=product.pk).update(list_price_fen=1)

    by_people, by_task = entries("livestream.Product", product.pk)[1:]
    assert (by_people.actor, by_people.acted_for, by_people.address, by_people.request_id, by_people.detail) == (
        staff, host, "203.0.113.7", "ab" * 16, {},
    )  # fmt: skip
    assert (by_task.actor, by_task.detail) == (None, {"through": "task orders.tasks.x"})
    assert datetime.now(UTC) - by_people.at < timedelta(minutes=1)


def test_what_moves_between_places_may_be_read_in_both(county, other_county, staff):
    run("UPDATE livestream_user SET place_id = %s WHERE id = %s", other_county.pk, staff.pk)

    assert {(e.place, e.after["place_id"]) for e in entries("livestream.User", staff.pk)[1:]} == {
        ("140425", "130529"), ("130529", "130529"),
    }  # fmt: skip


def test_places_added_together_are_one_entry(county):
    before = len(entries("livestream.Place"))
    import_places([("140425100", "青羊镇"), *((f"140425100{n:03}", f"村{n}") for n in range(200, 942))])

    (entry,) = entries("livestream.Place")[before:]
    assert (entry.deed, entry.place, entry.object_id, entry.after) == ("row_added", "140425", "", None)
    assert entry.detail == {"rows": 743, "first": "140425100", "last": "140425100941"}
    import_places([("140425100", "青羊乡")])
    assert [(e.before, e.after) for e in entries("livestream.Place")[before + 1 :]] == [({"name": "青羊镇"}, {"name": "青羊乡"})]


def test_a_price_list_of_two_thousand_rows_stays_quick(county):
    supplier = make_supplier(county)
    rows = [(county.pk, f"S{n}", "货", supplier.pk, 500, 100, "") for n in range(2000)]
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO livestream_product (county_id, sku, title, supplier_id, net_weight_grams, list_price_fen, selling_points)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            rows,
        )
    assert len(entries("livestream.Product")) == 2000
    assert time.perf_counter() - began < 5


def test_every_table_is_tracked_or_says_why_not():
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    tracked = {t.model for t in TRACKED}

    assert tracked & set(UNTRACKED) == set()
    assert labels - tracked - set(UNTRACKED) == set()
    assert (tracked | set(UNTRACKED)) - labels == set()
    assert all(len(reason) > 10 for reason in UNTRACKED.values())

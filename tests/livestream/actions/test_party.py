from __future__ import annotations

import pytest
from django.db import connection

from livestream.actions.party import (
    SupplierFacts,
    change_supplier,
    put_supplier_in_use,
    register_supplier,
    reveal_supplier,
)
from livestream.models import AuditEntry, Supplier
from livestream.rules.errors import NotAllowed
from livestream.rules.vault import RevealReason
from tests.factories import make_place, make_product, make_supplier, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def village(county):
    return make_place("140425201216", "神龙湾村")


def code_of(act, *args, **kwargs):
    with pytest.raises(NotAllowed) as told:
        act(*args, **kwargs)
    assert str(told.value) != told.value.code
    return told.value.code


def facts(village, **more):
    return SupplierFacts(**{"name": "牛家醋坊", "kind": "household", "place": village, "phone": "13800001111"} | more)


def test_phone_and_contact_lie_encrypted_and_stay_where_nothing_new_is_typed(county, village):
    made = register_supplier(facts(village, contact="牛大山", registration="exempt"), county=county)

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, contact FROM livestream_supplier")
        (phone, contact) = cursor.fetchone()
    assert "13800001111" not in phone
    assert "牛大山" not in contact
    changed = change_supplier(made, facts(village, phone=None, contact=None, name="牛家老醋坊"), version=1)
    stored = Supplier.objects.get()
    assert (stored.name, stored.phone, stored.contact, stored.version) == ("牛家老醋坊", "13800001111", "牛大山", 2)
    assert changed.version == 2
    assert not AuditEntry.objects.filter(after__icontains="13800001111").exists()


def test_a_supplier_is_refused(county, other_county, village):
    made = register_supplier(facts(village), county=county)

    assert code_of(register_supplier, facts(village), county=county) == "supplier_there"
    assert code_of(register_supplier, facts(other_county, name="x"), county=county) == "supplier_place"
    for kind in ("cooperative", "firm"):
        odd = facts(village, name="x", kind=kind, registration="exempt")
        assert code_of(register_supplier, odd, county=county) == "supplier_exempt"
    assert register_supplier(facts(village, name="x", kind="farm", registration="exempt"), county=county).pk
    change_supplier(made, facts(village, address="东街"), version=1)
    assert code_of(change_supplier, made, facts(village), version=1) == "goods_changed"
    assert Supplier.objects.get(pk=made.pk).address == "东街"


def test_whoever_still_supplies_stays_in_use(county):
    product = make_product(county)

    assert code_of(put_supplier_in_use, product.supplier, is_in_use=False) == "supplier_has_goods"
    product.is_in_use = False
    product.save(update_fields=["is_in_use"])
    assert put_supplier_in_use(product.supplier, is_in_use=False).is_in_use is False
    assert put_supplier_in_use(product.supplier, is_in_use=True).is_in_use is True


def test_whoever_keeps_the_goods_may_call_and_every_look_is_written_down(county, village, staff, stranger, settings):
    made = make_supplier(county, place=village, phone="13800001111", contact="牛大山")
    settings.REVEALS_PER_HOUR = 2

    def look(by, reason=RevealReason.CONTACT):
        return reveal_supplier(made, reason=reason, words="", by=by)

    assert look(staff) == "牛大山 13800001111"
    entry = AuditEntry.objects.get(deed="revealed")
    assert (entry.actor, entry.object_id, entry.detail["field"], entry.detail["reason"]) == (
        staff,
        str(made.pk),
        "contact",
        "contact",
    )
    assert "1380000" not in str(entry.detail)
    local = make_user("staff", village)
    assert look(local) == "牛大山 13800001111"
    assert code_of(look, local, RevealReason.INSPECTION) == "contact_not_yours"
    assert code_of(look, stranger) == "contact_not_yours"
    assert code_of(look, make_user("trainer", county)) == "contact_not_yours"
    assert look(staff, RevealReason.INSPECTION)
    assert code_of(look, staff) == "reveal_limit"
    made.phone = made.contact = ""
    assert code_of(look, local) == "reveal_nothing"

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from livestream.actions.product import (
    GeoFacts,
    Goods,
    add_geo,
    add_packaging,
    add_product,
    change_geo,
    change_product,
    goods_of,
    put_product_in_use,
    register_product,
    seller_of,
)
from livestream.models import BoardVersion, GeoIndication, Packaging, Product
from livestream.rules.errors import NotAllowed
from livestream.rules.goods import seller_sentence
from tests.factories import make_product, make_supplier
from tests.goods import make_item

pytestmark = pytest.mark.django_db
PARTY = Goods(
    "LDS-500", "潞党参 500g", 500, 7980, ("三年以上", "不熏硫"), product_class="food_medic", spec="一级", sale_unit="bag", grade=1,
    brand="神龙湾", storage="cool", shelf_life_days=540, return_policy="seven_days", actual_seller="县供销社", floor_price_fen=450,
    floor_per="jin",
)  # fmt: skip


def code_of(act, *args, **kwargs):
    with pytest.raises(NotAllowed) as told:
        act(*args, **kwargs)
    assert str(told.value) != told.value.code
    return told.value.code


def test_what_is_registered_is_read_back_as_it_was_said(county):
    supplier = make_supplier(county)

    made = register_product(PARTY, supplier=supplier)

    assert goods_of(Product.objects.get()) == PARTY
    assert (made.county, made.supplier, made.version) == (county, supplier, 1)
    assert add_product(replace(PARTY, title="x"), county=county, supplier=supplier).title == "潞党参 500g"


def test_two_people_change_one_product_and_the_later_is_told(county):
    made = register_product(PARTY, supplier=make_supplier(county))

    changed = change_product(made, replace(PARTY, title="党参"), supplier=made.supplier, version=1)

    assert (changed.title, changed.version) == ("党参", 2)
    assert code_of(change_product, made, PARTY, supplier=made.supplier, version=1) == "goods_changed"
    assert Product.objects.get().title == "党参"


def test_a_product_is_refused(county, other_county):
    supplier, there = make_supplier(county), make_product(county, sku="HXM")
    abroad = GeoIndication.objects.create(county=other_county, name="金银花")
    made = register_product(PARTY, supplier=supplier)

    assert code_of(register_product, PARTY, supplier=supplier) == "sku_taken"
    assert code_of(register_product, replace(PARTY, sku="x", net_weight_grams=0), supplier=supplier) == "product_weight"
    assert code_of(register_product, replace(PARTY, sku="x", geo_indication=abroad), supplier=supplier) == "geo_elsewhere"
    assert code_of(change_product, made, replace(PARTY, sku=there.sku), supplier=supplier, version=1) == "sku_taken"
    assert code_of(change_product, made, PARTY, supplier=make_supplier(other_county), version=1) == "supplier_elsewhere"
    assert goods_of(Product.objects.get(pk=made.pk)) == PARTY
    assert put_product_in_use(made, is_in_use=False).is_in_use is False
    assert Product.objects.get(pk=made.pk).is_in_use is False


def test_a_packaging_begins_on_a_day_of_its_own(county, staff):
    product = make_product(county)

    add_packaging(product, name="彩箱", from_on=date(2026, 1, 1), by=staff)
    add_packaging(product, name="礼盒", from_on=date(2026, 9, 1), note="加提手", by=staff)

    assert code_of(add_packaging, product, name="x", from_on=date(2026, 9, 1), by=staff) == "packaging_day_taken"
    assert list(Packaging.objects.values_list("name", "note", "added_by")) == [
        ("礼盒", "加提手", staff.pk),
        ("彩箱", "", staff.pk),
    ]


def test_a_changed_indication_moves_the_screens_of_rooms_that_sell_with_it(county, session):
    geo = add_geo(GeoFacts("潞党参", "AGI01"), county=county)
    add_geo(GeoFacts("花椒"), county=county)
    make_item(session, make_product(county, geo_indication=geo))
    scope = f"session:{session.pk}"
    before = BoardVersion.objects.get(scope=scope).version

    changed = change_geo(geo, GeoFacts("潞党参", "AGI02", "县协会", date(2030, 1, 1)))

    assert (changed.number, changed.holder, changed.valid_until_on) == ("AGI02", "县协会", date(2030, 1, 1))
    assert BoardVersion.objects.get(scope=scope).version == before + 1
    assert code_of(add_geo, GeoFacts("潞党参"), county=county) == "geo_there"
    assert code_of(change_geo, geo, GeoFacts("花椒")) == "geo_there"


def test_the_seller_is_who_the_line_up_names_then_the_product_then_the_supplier(county, session):
    item = make_item(session, make_product(county, supplier=make_supplier(county, name="醋坊")))
    assert seller_sentence(seller_of(item)) == "这件商品由醋坊销售和发货。"
    item.product.actual_seller = "县供销社"
    assert seller_of(item) == "县供销社"
    item.actual_seller = "青羊商贸"
    assert seller_of(item) == "青羊商贸"

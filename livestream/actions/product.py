"""Every write to a product, its packaging and the county's geographical indications."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from livestream.actions.gate import touch_rooms_of
from livestream.actions.refusal import refusing
from livestream.models import GeoIndication, Packaging, Product
from livestream.rules.errors import NotAllowed
from livestream.rules.goods import FloorPer, ReturnPolicy, SaleUnit, Storage

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from livestream.models import LineUpItem, Place, Supplier, User

BROKEN = {"sku_once_per_county": "sku_taken", "product_weighs_something": "product_weight"}


@dataclass(frozen=True, slots=True)
class Goods:
    """What a product's page says. `product_class` "": nobody has said it yet, and then it cannot be listed."""

    sku: str
    title: str
    net_weight_grams: int
    list_price_fen: int
    selling_points: tuple[str, ...] = ()
    product_class: str = ""
    spec: str = ""
    sale_unit: str = SaleUnit.PIECE
    grade: int | None = None
    geo_indication: GeoIndication | None = None
    brand: str = ""
    storage: str = Storage.ROOM
    shelf_life_days: int | None = None
    return_policy: str = ReturnPolicy.SEVEN_DAYS
    actual_seller: str = ""
    floor_price_fen: int | None = None
    floor_per: str = FloorPer.PIECE

    @property
    def columns(self) -> dict[str, Any]:
        """As the table has them, without the merchant code."""
        said = {name: getattr(self, name) for name in self.__slots__ if name != "sku"}
        return said | {"selling_points": "\n".join(self.selling_points)}


def goods_of(product: Product) -> Goods:
    """What is stored, as it would be typed."""
    stored = {name: getattr(product, name) for name in Goods.__slots__}
    return Goods(**stored | {"selling_points": tuple(product.selling_points.splitlines())})


def add_product(goods: Goods, *, county: Place, supplier: Supplier) -> Product:
    """The county's product with this merchant code; one that is there already stays as somebody left it."""
    facts = goods.columns | {"supplier": supplier}
    return Product.objects.get_or_create(county=county, sku=goods.sku, defaults=facts)[0]


@transaction.atomic
def register_product(goods: Goods, *, supplier: Supplier) -> Product:
    """A product that was not there. Raises NotAllowed(`sku_taken`, `product_weight`, `geo_elsewhere`)."""
    _check_geo(goods, supplier.county_id)
    with refusing(BROKEN):
        return Product.objects.create(county_id=supplier.county_id, supplier=supplier, sku=goods.sku, **goods.columns)


@transaction.atomic
def change_product(product: Product, goods: Goods, *, supplier: Supplier, version: int) -> Product:
    """As it is from now on. Raises NotAllowed as `register_product`, also `goods_changed` when somebody wrote it after `version`,
    `supplier_elsewhere`. A line-up keeps the prices that it was given."""
    _check_geo(goods, product.county_id)
    if supplier.county_id != product.county_id:
        raise NotAllowed("supplier_elsewhere")
    asked = Product.objects.filter(pk=product.pk, version=version)
    with refusing(BROKEN):
        written = asked.update(version=F("version") + 1, supplier=supplier, sku=goods.sku, **goods.columns)
    if not written:
        raise NotAllowed("goods_changed")
    product.refresh_from_db()
    touch_rooms_of(product=product)
    return product


@transaction.atomic
def put_product_in_use(product: Product, *, is_in_use: bool) -> Product:
    """Taken out of use it is offered to no line-up and no selection any more; what was stays on record."""
    Product.objects.filter(pk=product.pk).update(is_in_use=is_in_use)
    product.is_in_use = is_in_use
    return product


def _check_geo(goods: Goods, county: str) -> None:
    if goods.geo_indication is not None and goods.geo_indication.county_id != county:
        raise NotAllowed("geo_elsewhere")


@transaction.atomic
def add_packaging(product: Product, *, name: str, from_on: date, note: str = "", by: User) -> Packaging:
    """A new packaging from that day on, so that sales before and after can be told apart. Raises
    NotAllowed(`packaging_day_taken`)."""
    with refusing({"one_packaging_begins_on_a_day": "packaging_day_taken"}):
        return Packaging.objects.create(product=product, name=name, from_on=from_on, note=note, added_by=by)


@dataclass(frozen=True, slots=True)
class GeoFacts:
    name: str
    number: str = ""
    holder: str = ""
    valid_until_on: date | None = None


@transaction.atomic
def add_geo(facts: GeoFacts, *, county: Place) -> GeoIndication:
    """Raises NotAllowed(`geo_there`)."""
    with refusing({"geo_indication_once_per_county": "geo_there"}):
        return GeoIndication.objects.create(county=county, **asdict(facts))


@transaction.atomic
def change_geo(geo: GeoIndication, facts: GeoFacts) -> GeoIndication:
    """Raises NotAllowed(`geo_there`)."""
    with refusing({"geo_indication_once_per_county": "geo_there"}):
        GeoIndication.objects.filter(pk=geo.pk).update(**asdict(facts))
    geo.refresh_from_db()
    touch_rooms_of(product__geo_indication=geo)
    return geo


def seller_of(item: LineUpItem) -> str:
    """Whoever sells this item in the sense of the law: as the line-up says, else as the product says, else its supplier.
    `rules/goods.seller_sentence` makes the sentence of it."""
    return item.actual_seller or item.product.seller

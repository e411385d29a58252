"""Every write to a product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livestream.models import Product

if TYPE_CHECKING:
    from livestream.models import Place, Supplier


@dataclass(frozen=True, slots=True)
class Goods:
    """What a product's page says."""

    sku: str
    title: str
    net_weight_grams: int
    list_price_fen: int
    selling_points: tuple[str, ...] = ()


def add_product(goods: Goods, *, county: Place, supplier: Supplier) -> Product:
    """The county's product with this merchant code; one that is there already stays as somebody left it."""
    facts = {
        "title": goods.title,
        "supplier": supplier,
        "net_weight_grams": goods.net_weight_grams,
        "list_price_fen": goods.list_price_fen,
        "selling_points": "\n".join(goods.selling_points),
    }
    return Product.objects.get_or_create(county=county, sku=goods.sku, defaults=facts)[0]

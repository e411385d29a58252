"""What pages about goods look up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from livestream.actions.gate import Gate
from livestream.rules.goods import seller_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

register = template.Library()


@register.filter
def gate_for(gates: Mapping[int, Gate] | None, product: Any) -> Gate:
    """`{{ gates|gate_for:item.product_id }}`, of what `actions/gate.gate_of` gave; a closed one where it is not there."""
    return (gates or {}).get(product) or Gate(is_open=False)


@register.filter
def sold_by(seller: str) -> str:
    """`{{ product.seller|sold_by }}` → `这件商品由…销售和发货。`."""
    return seller_sentence(seller)

"""Every write to a supplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.models import Supplier

if TYPE_CHECKING:
    from livestream.models import Place
    from livestream.rules.party import SupplierKind


def add_supplier(*, county: Place, name: str, kind: SupplierKind, place: Place) -> Supplier:
    """The supplier of this name in this place: one row, however often it is added."""
    return Supplier.objects.get_or_create(county=county, name=name, place=place, defaults={"kind": kind})[0]

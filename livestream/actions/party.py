"""Every write to a supplier, and every look behind the mask of its contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.refusal import refusing
from livestream.actions.vault import look_behind
from livestream.models import Product, Supplier
from livestream.rules.errors import NotAllowed
from livestream.rules.party import Registration, SupplierKind
from livestream.rules.rights import Action
from livestream.rules.vault import RevealReason

if TYPE_CHECKING:
    from livestream.models import Place, User

BROKEN = {"supplier_once_per_place": "supplier_there"}
SELLS_HIS_OWN = frozenset({SupplierKind.HOUSEHOLD, SupplierKind.FARM})


@dataclass(frozen=True, slots=True)
class SupplierFacts:
    """What staff know of a supplier. `phone` and `contact` None: as they were."""

    name: str
    kind: str
    place: Place
    registration: str = ""
    licence_no: str = ""
    address: str = ""
    phone: str | None = None
    contact: str | None = None


def add_supplier(*, county: Place, name: str, kind: SupplierKind, place: Place) -> Supplier:
    """The supplier of this name in this place: one row, however often it is added."""
    return Supplier.objects.get_or_create(county=county, name=name, place=place, defaults={"kind": kind})[0]


@transaction.atomic
def register_supplier(facts: SupplierFacts, *, county: Place) -> Supplier:
    """One that was not there. Raises NotAllowed(`supplier_there`, `supplier_place`, `supplier_exempt`)."""
    _check(facts, county.pk)
    with refusing(BROKEN):
        return Supplier.objects.create(county=county, **_columns(facts))


@transaction.atomic
def change_supplier(supplier: Supplier, facts: SupplierFacts, *, version: int) -> Supplier:
    """As it is from now on. Raises NotAllowed as `register_supplier`, also `goods_changed` when somebody wrote it after
    `version`."""
    _check(facts, supplier.county_id)
    stored = Supplier.objects.select_for_update(of=("self",)).get(pk=supplier.pk)
    if stored.version != version:
        raise NotAllowed("goods_changed")
    columns = _columns(facts)
    for name, value in columns.items():
        setattr(stored, name, value)
    stored.version += 1
    with refusing(BROKEN):
        stored.save(update_fields=[*columns, "version"])
    return stored


@transaction.atomic
def put_supplier_in_use(supplier: Supplier, *, is_in_use: bool) -> Supplier:
    """Raises NotAllowed(`supplier_has_goods`) while products in use would be without a supplier."""
    goods = Product.objects.filter(supplier=supplier, is_in_use=True).count()
    if goods and not is_in_use:
        raise NotAllowed("supplier_has_goods", n=goods)
    Supplier.objects.filter(pk=supplier.pk).update(is_in_use=is_in_use)
    supplier.is_in_use = is_in_use
    return supplier


@transaction.atomic
def reveal_supplier(supplier: Supplier, *, reason: RevealReason, words: str, by: User) -> str:
    """Contact and phone, to be shown once, within the hourly limit of every other mask. Whoever keeps the goods may call a
    supplier, for that reason alone; others need the right to look behind masks. Raises NotAllowed(`contact_not_yours`,
    `reveal_reason`, `reveal_nothing`, `reveal_limit`)."""
    may_call = reason == RevealReason.CONTACT and by.may(Action.KEEP_GOODS, supplier.place_id)
    if not (may_call or by.may(Action.REVEAL, supplier.place_id)):
        raise NotAllowed("contact_not_yours")
    plain = f"{supplier.contact} {supplier.phone}".strip()
    look_behind(supplier, plain, place=supplier.place_id, field="contact", reason=reason, words=words, by=by)
    return plain


def _check(facts: SupplierFacts, county: str) -> None:
    if not facts.place.pk.startswith(county):
        raise NotAllowed("supplier_place")
    if facts.registration == Registration.EXEMPT and facts.kind not in SELLS_HIS_OWN:
        raise NotAllowed("supplier_exempt")


def _columns(facts: SupplierFacts) -> dict[str, object]:
    said = {name: getattr(facts, name) for name in SupplierFacts.__slots__}
    return {name: value for name, value in said.items() if value is not None}

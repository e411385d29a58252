"""The register of goods read in from a sheet: what would come of each row, and then the good rows, in the order of the sheet."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from livestream.actions.audit import note
from livestream.actions.gate import lacks_of
from livestream.actions.product import Goods, change_product, goods_of, register_product
from livestream.models import GeoIndication, Product, Supplier
from livestream.rules import sheet
from livestream.rules.cell import yuan_decimal
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.goods_sheet import (
    BadCell,
    Column,
    Row,
    Verdict,
    class_of,
    days_of,
    grade_of,
    money_of,
    plain_choices,
    points_of,
    text_of,
    weight_of,
)
from livestream.rules.plan_sheet import near, short
from livestream.rules.rights import Action
from livestream.rules.sheet import Problem
from livestream.rules.weight import weight_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from livestream.models import Place, User

CHOSEN = {Column.UNIT, Column.FLOOR_PER, Column.STORAGE, Column.RETURNS}
MEANT_AT_MOST = 6


@dataclass(slots=True)
class Judged:
    """A row, what would come of it, and why not. `product`: which it is, where it is there already."""

    row: Row
    verdict: Verdict = Verdict.WRONG
    goods: Goods | None = None
    supplier: Supplier | None = None
    product: Product | None = None
    problems: list[Problem] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    def refuse(self, problem: Problem) -> None:
        sheet.refuse(self, problem)


class Look(sheet.Look[Judged]):
    """What would come of a sheet, and a digest of that: the same as long as neither the sheet nor the register has changed."""

    verdicts = Verdict

    @property
    def taken(self) -> list[Judged]:
        return [one for one in self.rows if one.verdict in {Verdict.NEW, Verdict.CHANGED}]

    @property
    def digest(self) -> str:
        facts = [
            (
                one.row.number,
                one.verdict.value,
                one.product and (one.product.pk, one.product.version),
                list(map(str, one.problems)),
            )
            for one in self.rows
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


class Register:
    """What a county has, as somebody who keeps its goods may name it; read once, however many rows ask."""

    def __init__(self, county: Place, by: User) -> None:
        self.county = county
        mine = Supplier.objects.visible_to(by, Action.KEEP_GOODS).filter(county=county, is_in_use=True)
        self.suppliers = list(mine.select_related("place").order_by("name", "pk"))
        self.products = {
            one.sku: one for one in Product.objects.filter(county=county).select_related("supplier__place", "geo_indication")
        }
        self.kept = set(Product.objects.visible_to(by, Action.KEEP_GOODS).filter(county=county).values_list("pk", flat=True))
        self.geos = {one.name: one for one in GeoIndication.objects.filter(county=county)}

    def label(self, supplier: Supplier) -> str:
        """The name; with the village where two are called the same."""
        alone = sum(other.name == supplier.name for other in self.suppliers) < 2
        return supplier.name if alone else f"{supplier.name}（{supplier.place.short_name}）"

    def supplier(self, typed: str) -> Supplier:
        """Raises BadCell."""
        if not typed:
            raise BadCell(Column.SUPPLIER, "empty")
        name = typed.replace("(", "（").replace(")", "）")
        found = [one for one in self.suppliers if name in {one.name, f"{one.name}（{one.place.short_name}）"}]
        if len(found) == 1:
            return found[0]
        if found:
            meant = "、".join(self.label(one) for one in found[:MEANT_AT_MOST])
            raise BadCell(Column.SUPPLIER, "supplier_several", typed=short(typed), meant=meant)
        names = near(typed, (self.label(one) for one in self.suppliers))
        raise BadCell(Column.SUPPLIER, "supplier", typed=short(typed), near=names)

    def geo(self, typed: str) -> GeoIndication | None:
        """Raises BadCell."""
        if typed and typed not in self.geos:
            raise BadCell(Column.GEO, "geo", typed=short(typed), near=near(typed, self.geos))
        return self.geos.get(typed)


def look_at(rows: Sequence[Row], *, county: Place, by: User) -> Look:
    """What would come of these rows now. Nothing is written; five questions however many rows there are."""
    register = Register(county, by)
    judged = [_read(row, register) for row in rows]
    first: dict[str, int] = {}
    for one in judged:
        sku = one.row.cells.get(Column.SKU, "")
        if sku in first:
            one.refuse(BadCell(Column.SKU, "twice", typed=short(sku), row=first[sku]).problem)
        elif sku:
            first[sku] = one.row.number
    return Look(judged)


def _read(row: Row, register: Register) -> Judged:
    one = Judged(row, product=register.products.get(row.cells.get(Column.SKU, "")))
    said = _said(one, register)
    if one.product and one.product.pk not in register.kept:
        one.refuse(BadCell(Column.SKU, "not_yours", typed=short(one.product.sku)).problem)
    if one.problems:
        return one
    one.supplier = said.pop("supplier")
    if one.product is None:
        one.goods, one.verdict = Goods(**said), Verdict.NEW
        return one
    stored = goods_of(one.product)
    one.goods = replace(stored, **said)
    changed = [name for name in Goods.__slots__ if getattr(stored, name) != getattr(one.goods, name)]
    changed += ["supplier"] if one.supplier.pk != one.product.supplier_id else []
    one.columns = [str(column.label) for column in Column if column.value in changed]
    one.verdict = Verdict.CHANGED if changed else Verdict.UNCHANGED
    return one


def _said(one: Judged, register: Register) -> dict[str, Any]:
    """The cells of the columns that the sheet has; of a new product also what it cannot be without."""
    cells, is_new = one.row.cells, one.product is None
    readers: dict[Column, Callable[[], object]] = {
        Column.SKU: lambda: text_of(Column.SKU, cells.get(Column.SKU, ""), is_needed=True),
        Column.TITLE: lambda: text_of(Column.TITLE, cells.get(Column.TITLE, ""), is_needed=True),
        Column.SUPPLIER: lambda: register.supplier(cells.get(Column.SUPPLIER, "")),
        Column.CLASS: lambda: class_of(cells.get(Column.CLASS, "")),
        Column.SPEC: lambda: text_of(Column.SPEC, cells.get(Column.SPEC, "")),
        Column.WEIGHT: lambda: weight_of(cells.get(Column.WEIGHT, "")),
        Column.LIST_PRICE: lambda: money_of(Column.LIST_PRICE, cells.get(Column.LIST_PRICE, ""), is_needed=True),
        Column.FLOOR: lambda: money_of(Column.FLOOR, cells.get(Column.FLOOR, "")),
        Column.GRADE: lambda: grade_of(cells.get(Column.GRADE, "")),
        Column.GEO: lambda: register.geo(cells.get(Column.GEO, "")),
        Column.BRAND: lambda: text_of(Column.BRAND, cells.get(Column.BRAND, "")),
        Column.SHELF: lambda: days_of(cells.get(Column.SHELF, "")),
        Column.SELLER: lambda: text_of(Column.SELLER, cells.get(Column.SELLER, "")),
        Column.POINTS: lambda: points_of(cells.get(Column.POINTS, "")),
    }
    said: dict[str, Any] = {}
    always = {Column.WEIGHT, Column.LIST_PRICE} if is_new else set()
    for column, reader in readers.items():
        if column in cells or column in always:
            try:
                said[column.value] = reader()
            except BadCell as bad:
                one.refuse(bad.problem)
    try:
        chosen = plain_choices(cells)
    except BadCell as bad:
        one.refuse(bad.problem)
    else:
        said |= {column.value: chosen[column.value] for column in CHOSEN if column in cells}
    return said


@transaction.atomic
def apply_sheet(rows: Sequence[Row], *, county: Place, by: User, digest: str) -> Look:
    """Keeps the good rows in one transaction; the wrong ones stay in what is returned. Raises NotAllowed(`goods_sheet_changed`)
    when something else would come of the sheet now than was seen (`digest`)."""
    look = look_at(rows, county=county, by=by)
    if look.digest != digest:
        raise NotAllowed("goods_sheet_changed")
    seen = {verdict.value: number for verdict, number in look.counts.items()}
    for one in look.taken:
        _keep(one)
    if taken := len(look.taken):
        note(Deed.GOODS_IMPORTED, place=county.pk, by=by, about=county, rows=len(rows), kept=taken, seen=seen)
    return look


def _keep(one: Judged) -> None:
    assert one.goods is not None
    assert one.supplier is not None
    try:
        if one.product is None:
            one.product = register_product(one.goods, supplier=one.supplier)
        else:
            change_product(one.product, one.goods, supplier=one.supplier, version=one.product.version)
    except NotAllowed as refused:
        one.refuse(Problem(None, str(refused)))


def lines_of(products: Sequence[Product], register: Register, *, on: date) -> list[dict[Column, str]]:
    """The register as a sheet's rows; what it lacks that day stands behind each."""
    lacks = lacks_of(products, on=on)
    return [
        {
            Column.SKU: one.sku,
            Column.TITLE: one.title,
            Column.SUPPLIER: register.label(one.supplier),
            Column.CLASS: one.get_product_class_display() if one.product_class else "",
            Column.SPEC: one.spec,
            Column.UNIT: one.get_sale_unit_display(),
            Column.WEIGHT: weight_words(one.net_weight_grams),
            Column.LIST_PRICE: str(yuan_decimal(one.list_price_fen)),
            Column.FLOOR: "" if one.floor_price_fen is None else str(yuan_decimal(one.floor_price_fen)),
            Column.FLOOR_PER: one.get_floor_per_display(),
            Column.GRADE: "" if one.grade is None else str(one.get_grade_display()),
            Column.GEO: one.geo_indication.name if one.geo_indication else "",
            Column.BRAND: one.brand,
            Column.STORAGE: one.get_storage_display(),
            Column.SHELF: "" if one.shelf_life_days is None else str(one.shelf_life_days),
            Column.RETURNS: one.get_return_policy_display(),
            Column.SELLER: one.actual_seller,
            Column.POINTS: "；".join(one.selling_points.splitlines()),
            Column.LACKS: "；".join(str(lack) for lack in lacks[one.pk]),
        }
        for one in products
    ]

"""The register of goods as a sheet: its columns under whatever names people give them, its header, its cells. Pure.

A cell that cannot be read says what would be accepted in its place; its neighbours are read all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.db.models import Choices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules import sheet
from livestream.rules.goods import FloorPer, ProductClass, Rank, ReturnPolicy, SaleUnit, Storage
from livestream.rules.money import fen_from_yuan
from livestream.rules.plan import MOST_FEN
from livestream.rules.plan_sheet import short
from livestream.rules.sheet import NoHeader, cell, known_by, names_of, places_of
from livestream.rules.text import one_line
from livestream.rules.weight import grams_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import Promise

ROWS_AT_MOST = 2_000
COLUMNS_AT_MOST = 60
HEADER_WITHIN = 20
KNOWN_NEEDED = 3
CELL_AT_MOST = 500
DAYS_AT_MOST = 32_767
OneOf = TypeVar("OneOf", bound=Choices)


class Column(TextChoices):
    """In the order of the sheet; the label heads the column."""

    SKU = "sku", _("商家编码")
    TITLE = "title", _("商品名")
    SUPPLIER = "supplier", _("供货商")
    CLASS = "product_class", _("商品类别")
    SPEC = "spec", _("规格")
    UNIT = "sale_unit", pgettext_lazy("goods", "单位")
    WEIGHT = "net_weight_grams", _("净重")
    LIST_PRICE = "list_price_fen", _("日常价（元）")
    FLOOR = "floor_price_fen", _("保护价（元）")
    FLOOR_PER = "floor_per", _("保护价按")
    GRADE = "grade", _("等级")
    GEO = "geo_indication", _("地理标志")
    BRAND = "brand", _("品牌")
    STORAGE = "storage", _("储存")
    SHELF = "shelf_life_days", _("保质期（天）")
    RETURNS = "return_policy", _("退货办法")
    SELLER = "actual_seller", _("实际销售者")
    POINTS = "selling_points", _("卖点")
    LACKS = "lacks", _("缺什么证件")


SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.SKU: ("商家编码", "编码", "货号", "SKU", "商品编码", "Merchant code"),
    Column.TITLE: ("商品名", "商品", "商品名称", "品名", "名称", "货品", "产品", "产品名称", "Product"),
    Column.SUPPLIER: ("供货商", "供应商", "合作社", "厂家", "企业", "企业名称", "农户", "Supplier"),
    Column.CLASS: ("商品类别", "类别", "分类", "产品类别", "Class"),
    Column.SPEC: ("规格", "规格型号", "Spec"),
    Column.UNIT: ("单位", "销售单位", "Unit"),
    Column.WEIGHT: ("净重", "净含量", "重量", "净重(克)", "重量(克)", "Net weight"),
    Column.LIST_PRICE: ("日常价(元)", "日常价", "价格", "单价", "零售价", "售价", "原价", "List price (yuan)"),
    Column.FLOOR: ("保护价(元)", "保护价", "底价", "Floor price (yuan)"),
    Column.FLOOR_PER: ("保护价按", "Floor price per"),
    Column.GRADE: ("等级", "级别", "Grade"),
    Column.GEO: ("地理标志", "地标", "Geographical indication"),
    Column.BRAND: ("品牌", "商标", "Brand"),
    Column.STORAGE: ("储存", "储存条件", "贮存条件", "Storage"),
    Column.SHELF: ("保质期(天)", "保质期", "Shelf life (days)"),
    Column.RETURNS: ("退货办法", "退货", "退换货", "Returns"),
    Column.SELLER: ("实际销售者", "销售主体", "Actual seller"),
    Column.POINTS: ("卖点", "产品卖点", "Selling points"),
    Column.LACKS: ("缺什么证件", "缺证件", "Papers missing"),
}
NEEDED = (Column.SKU, Column.TITLE, Column.SUPPLIER)
LENGTHS = {Column.SKU: 64, Column.TITLE: 80, Column.SPEC: 60, Column.BRAND: 40, Column.SELLER: 80}
CLASSES = {
    "农产品": ProductClass.PRIMARY, "鲜活": ProductClass.PRIMARY, "初加工": ProductClass.PRIMARY_PROCESSED,
    "食品": ProductClass.PROCESSED_FOOD, "预包装食品": ProductClass.PROCESSED_FOOD, "药材": ProductClass.HERB,
    "药食同源": ProductClass.FOOD_MEDICINE, "手工艺": ProductClass.CRAFT, "手工": ProductClass.CRAFT, "门票": ProductClass.TICKET,
}  # fmt: skip
SENTENCES: dict[str, Promise] = {
    "empty": _("空着。请填{column}。"),
    "long": _("太长了，最多 {most} 个字。"),
    "choice": _("没有“{typed}”这一项。请写：{accepted}。"),
    "weight": _("没看懂“{typed}”有多重。请写 500克、5斤 或 2.5公斤，要大于 0。"),
    "money": _("“{typed}”不是金额。请写元，例如 29.9。"),
    "days": _("“{typed}”不是天数。请写整数，例如 180；没有就空着。"),
    "supplier": _("县里没有登记“{typed}”。请先在“供货商”里登记，或改成登记的名字。{near}"),
    "supplier_several": _("叫“{typed}”的不止一家：{meant}。请写成这样。"),
    "geo": _("县里没有登记“{typed}”这个地理标志。{near}"),
    "twice": _("商家编码“{typed}”在第 {row} 行已经有了。一件商品只写一行。"),
    "points": _("卖点最多三条，每条最多 40 个字，用“；”隔开。"),
    "not_yours": _("商家编码“{typed}”是别的村的货，不归您管。"),
}


class Verdict(TextChoices):
    """What an import does with a row."""

    NEW = "new", pgettext_lazy("goods row", "新登记")
    CHANGED = "changed", pgettext_lazy("goods row", "改动")
    UNCHANGED = "unchanged", pgettext_lazy("goods row", "没有变")
    WRONG = "wrong", pgettext_lazy("goods row", "要改")


class BadCell(sheet.BadCell):
    sentences = SENTENCES


class Row(NamedTuple):
    number: int
    cells: dict[Column, str]


class Grid(NamedTuple):
    """A sheet that was read: its name, other sheets with such a header, and its rows with their number in the file."""

    name: str
    others: list[str]
    rows: list[Row]


KNOWN = known_by(SYNONYMS)


def known_names() -> dict[str, Column]:
    """Every name of a column, also those of the language in use."""
    return names_of(Column, KNOWN)


def grid_of(lines: Sequence[Sequence[str]]) -> Grid:
    """Of what the reader gave: a line of sheet names, then the rows. Raises NoHeader."""
    names, rows = (list(lines[0]), lines[1:]) if lines else ([""], [])
    known = known_names()
    for number, cells in enumerate(rows[:HEADER_WITHIN], start=1):
        places = places_of(cells, known)
        if len(places) >= KNOWN_NEEDED:
            return Grid((names or [""])[0], names[1:], _rows(rows, number, places))
    raise NoHeader


def _rows(rows: Sequence[Sequence[str]], header: int, places: Mapping[Column, int]) -> list[Row]:
    if missing := [column for column in NEEDED if column not in places]:
        raise NoHeader(missing)
    found = []
    for number, cells in enumerate(rows[header:], start=header + 1):
        said = {column: one_line(cell(cells[place])) if place < len(cells) else "" for column, place in places.items()}
        # A merged supplier or class runs on over rows that nobody has filled: they are no goods.
        if said.get(Column.SKU) or said.get(Column.TITLE):
            found.append(Row(number, said))
    return found


# --- what a cell means ----------------------------------------------------------------------------------------------------


def text_of(column: Column, text: str, *, is_needed: bool = False) -> str:
    """Raises BadCell."""
    if is_needed and not text:
        raise BadCell(column, "empty")
    if len(text) > LENGTHS[column]:
        raise BadCell(column, "long", most=LENGTHS[column])
    return text


def choice_of(column: Column, text: str, choices: type[OneOf], more: Mapping[str, OneOf] | None = None) -> OneOf | None:
    """What is meant by its label, its value or another name; None where nothing stands. Raises BadCell."""
    if not text:
        return None
    for one in choices:
        if text in {str(one.value), str(one.label)}:
            return one
    if more and text in more:
        return more[text]
    raise BadCell(column, "choice", typed=short(text), accepted="、".join(str(one.label) for one in choices))


def class_of(text: str) -> str:
    """ "" where nobody says it. Raises BadCell."""
    found = choice_of(Column.CLASS, text, ProductClass, CLASSES)
    return found.value if found else ""


def grade_of(text: str) -> int | None:
    """Raises BadCell."""
    found = choice_of(Column.GRADE, text, Rank)
    return None if found is None else int(found.value)


def weight_of(text: str) -> int:
    """In grams. Raises BadCell."""
    if not text:
        raise BadCell(Column.WEIGHT, "empty")
    try:
        return grams_of(text)
    except ValueError:
        raise BadCell(Column.WEIGHT, "weight", typed=short(text)) from None


def money_of(column: Column, text: str, *, is_needed: bool = False) -> int | None:
    """In fen. Raises BadCell."""
    try:
        fen = fen_from_yuan(text)
    except ValueError:
        raise BadCell(column, "money", typed=short(text)) from None
    if fen is None and is_needed:
        raise BadCell(column, "empty")
    if fen is not None and not 0 < fen <= MOST_FEN:
        raise BadCell(column, "money", typed=short(text))
    return fen


def days_of(text: str) -> int | None:
    """Raises BadCell."""
    typed = text.removesuffix(".0").removesuffix("天").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 5 and int(typed) <= DAYS_AT_MOST):
        raise BadCell(Column.SHELF, "days", typed=short(text))
    return int(typed)


def points_of(text: str) -> tuple[str, ...]:
    """Raises BadCell."""
    points = tuple(part.strip() for part in text.replace(";", "；").split("；") if part.strip())
    if len(points) > 3 or any(len(point) > 40 for point in points):
        raise BadCell(Column.POINTS, "points")
    return points


def plain_choices(cells: Mapping[Column, str]) -> dict[str, str]:
    """Columns where an empty cell means what is usual. Raises BadCell."""
    asked: tuple[tuple[Column, type[TextChoices], TextChoices], ...] = (
        (Column.UNIT, SaleUnit, SaleUnit.PIECE),
        (Column.FLOOR_PER, FloorPer, FloorPer.PIECE),
        (Column.STORAGE, Storage, Storage.ROOM),
        (Column.RETURNS, ReturnPolicy, ReturnPolicy.SEVEN_DAYS),
    )
    return {column.value: (choice_of(column, cells.get(column, ""), choices) or usual).value for column, choices, usual in asked}

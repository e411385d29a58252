"""The register of goods as a workbook for people: empty, with lists to choose from; as it is; or what could not be read in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from livestream.rules.goods import FloorPer, ProductClass, Rank, ReturnPolicy, SaleUnit, Storage
from livestream.rules.goods_sheet import ROWS_AT_MOST, Column
from livestream.sheets.sheet_book import Line, SheetBook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import Choices

WIDTHS = dict(zip(Column, (14, 24, 26, 14, 22, 7, 9, 12, 12, 10, 8, 14, 12, 10, 12, 26, 24, 40, 40), strict=True))
CHOICES: dict[Column, type[Choices]] = {
    Column.CLASS: ProductClass, Column.UNIT: SaleUnit, Column.FLOOR_PER: FloorPer, Column.GRADE: Rank, Column.STORAGE: Storage,
    Column.RETURNS: ReturnPolicy,
}  # fmt: skip


def explained() -> list[tuple[str, str, str]]:
    """Each column: its name, what belongs there, an example."""
    words = {
        Column.SKU: (_("必填。和店铺里填的一样；编码一样就是同一件商品。"), "LDS-500"),
        Column.TITLE: (_("必填。观众看到的名字。"), "潞党参 500g"),
        Column.SUPPLIER: (_("必填。要先在“供货商”里登记。"), "神龙湾党参种植专业合作社"),
        Column.CLASS: (_("空着就是还没分类，不能上架。"), ""),
        Column.WEIGHT: (_("新登记的必填。一件多重。"), "500克、5斤"),
        Column.LIST_PRICE: (_("新登记的必填。平时卖多少元，不是直播价。"), "79.8"),
        Column.FLOOR: (_("可以不填。供货方到手不能低于它。"), "22.5"),
        Column.GEO: (_("县里登记过的地理标志，没有就空着。"), "潞党参"),
        Column.POINTS: (_("最多三条，用“；”隔开。"), _("三年以上；条粗皮紧")),
        Column.LACKS: (_("系统写的，改了也不算。"), ""),
    }
    return [(str(column.label), *words.get(column, (_("可以不填。"), ""))) for column in Column]


def goods_book(lines: Sequence[Line], suppliers: Sequence[str], geos: Sequence[str], *, with_problems: bool = False) -> bytes:
    offered: Mapping[Column, Sequence[str]] = {
        Column.SUPPLIER: suppliers,
        Column.GEO: geos,
        **{column: [str(one.label) for one in choices] for column, choices in CHOICES.items()},
    }
    return SheetBook(_("货品"), WIDTHS, explained(), with_problems=with_problems).written(lines, offered, ROWS_AT_MOST)

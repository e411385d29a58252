"""A line-up as a workbook for people: one row an item, lists to choose from, and a page that says how to fill it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from livestream.rules.cell import plain
from livestream.rules.line_up_sheet import CHOICES, GIVEN, ROWS_AT_MOST, Column
from livestream.sheets.sheet_book import Line, SheetBook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import TextChoices
    from xlsxwriter.worksheet import Worksheet

USUAL_WIDTH = 12
WIDTHS = dict.fromkeys(Column, USUAL_WIDTH) | {
    Column.PLACE: 6, Column.SKU: 16, Column.TITLE: 24, Column.EVIDENCE: 24, Column.SUBSIDY: 18, Column.CUT_OFF: 17,
    Column.SELLER: 18, Column.POINTS: 32, Column.BANNED: 24, Column.NOTE: 20, Column.LINKS: 26, Column.OFFERS: 26,
    Column.PROMISES: 24, Column.SEEN: 18,
}  # fmt: skip


def explained() -> list[tuple[str, str, str]]:
    """Each column that is not plain: its name, what belongs there, an example."""
    said = {
        Column.PLACE: (_("讲的先后。改了数字，就换先后。"), "1"),
        Column.SKU: (_("系统按它认货，不要改。新加一样货，写货品里登记的编码。"), "XM-5"),
        Column.LIVE: (_("元。空着就不变。"), "29.9"),
        Column.BASIS: (_("写了划线价才要。“有证据”要写证据；另一种按系统算的前 7 天最低成交价。"), ""),
        Column.FLOOR: (_("空着就按商品登记的。卖家实收低于它的，存不进去。"), "4.5"),
        Column.COMMISSION: (_("百分数。"), "5"),
        Column.SUBSIDY: (_("补贴的名字，没有就空着。"), ""),
        Column.STOCK: (_("件。写了供货承诺的，不看这一格。"), "300"),
        Column.PRESALE: (_("哪天发货。"), "2026-12-05"),
        Column.CUT_OFF: (_("几点以后的单另说。"), "2026-12-01 22:00"),
        Column.POINTS: (_("一行一条，最多 300 个字。"), ""),
        Column.LINKS: (_("平台、链接号、价，几个用顿号分开。"), _("抖音 12345 29.9、快手 678")),
        Column.OFFERS: (_("只给看。券、满减、赠品在网页上改。"), ""),
        Column.PROMISES: (_("只给看。供货承诺在网页上改。"), ""),
        Column.SEEN: (_("系统给的，不要改：用来看别人是不是也改过。"), ""),
    }
    return [(str(column.label), *said[column]) for column in Column if column in said]


class LineUpBook(SheetBook):
    """What is only shown is grey."""

    def __init__(self, *, with_problems: bool = False) -> None:
        super().__init__(_("排品"), WIDTHS, explained(), with_problems=with_problems)
        self.given = self.format({"font_color": "#767676"})

    def made(self, lines: Sequence[Line], subsidies: Sequence[str]) -> bytes:
        """The whole file."""
        offered = {column: [str(choice.label) for choice in choices] for column, choices in CHOICES.items()}
        return self.written(lines, offered | {Column.SUBSIDY: subsidies}, ROWS_AT_MOST)

    def cell(self, sheet: Worksheet, where: tuple[int, int], column: TextChoices, line: Line) -> None:
        if column in GIVEN:
            sheet.write_string(*where, plain(line.cells.get(column, "")), self.given)
        else:
            super().cell(sheet, where, column, line)

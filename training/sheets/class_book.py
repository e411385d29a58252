"""Tables of a class's folder as a workbook: a sheet each, text as text, numbers as numbers; nothing is a formula or a link."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import TYPE_CHECKING

import xlsxwriter

from livestream.rules.cell import is_formula, plain
from livestream.rules.day import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from training.rules.dossier import Table, Value

NEVER = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
NAME_AT_MOST = 31
FORBIDDEN = str.maketrans("[]:*?/\\'", "        ")
HEAD_ROW = 2  # below the title and the note
NARROWEST, LINE_POINTS, LINES_AT_MOST = 9, 16, 12


class ClassBook:
    """`below`: which class it is. `at`: the file's own date; the same tables at the same date are the same bytes."""

    def __init__(self, below: str, at: datetime) -> None:
        self.out, self.below = io.BytesIO(), below
        self.book = xlsxwriter.Workbook(self.out, NEVER)
        self.book.set_properties({"title": below, "created": at.astimezone(SHANGHAI).replace(tzinfo=None)})
        self.title = self.book.add_format({"bold": True, "font_size": 15, "font_color": "#9B1C1F"})
        self.grey = self.book.add_format({"font_color": "#555555"})
        self.head = self.format({"bold": True, "bg_color": "#F3EFE6"})
        self.text, self.quoted = self.format({}), self.format({"quote_prefix": True})
        self.day, self.moment = (
            self.format({"num_format": "yyyy-mm-dd", "align": "center"}),
            self.format({"num_format": "yyyy-mm-dd hh:mm", "align": "center"}),
        )
        self.number = self.format({"num_format": "General"})

    def format(self, more: dict[str, object]) -> Format:
        return self.book.add_format({"border": 1, "border_color": "#B9B4A8", "text_wrap": True, "valign": "vcenter"} | more)

    def written(self, tables: Sequence[Table]) -> bytes:
        for table in tables:
            self._sheet(table)
        self.book.close()
        return self.out.getvalue()

    def _sheet(self, table: Table) -> None:
        sheet = self.book.add_worksheet(table.title.translate(FORBIDDEN)[:NAME_AT_MOST])
        sheet.write_string(0, 0, plain(table.title), self.title)
        sheet.write_string(1, 0, plain(f"{self.below}　{table.note}"), self.grey)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, max(column.width, NARROWEST))
            sheet.write_string(HEAD_ROW, place, column.title, self.head)
        widths = [max(column.width, NARROWEST) for column in table.columns]
        sheet.set_row(HEAD_ROW, height_of([column.title for column in table.columns], widths))
        for row, values in enumerate(table.rows, start=HEAD_ROW + 1):
            sheet.set_row(row, height_of(values, widths))
            for place, value in enumerate(values):
                self._cell(sheet, row, place, value)
        sheet.set_row(0, 24)
        sheet.freeze_panes(HEAD_ROW + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
        sheet.set_footer("&L&A&R&P / &N")

    def _cell(self, sheet: Worksheet, row: int, place: int, value: Value) -> None:
        if isinstance(value, str):
            text = plain(value)
            sheet.write_string(row, place, text, self.quoted if is_formula(text) else self.text)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, place, value.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0), self.moment)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, self.day)
        elif value is None:
            sheet.write_blank(row, place, None, self.text)
        else:
            sheet.write_number(row, place, value, self.number)


def height_of(values: Sequence[Value], widths: Sequence[int]) -> int:
    """In points: not every program grows a row with its text. A Chinese sign takes two characters."""
    lines = [
        -(-len(value.encode("gb18030", "replace")) // width)
        for value, width in zip(values, widths, strict=True)
        if isinstance(value, str)
    ]
    return LINE_POINTS * min(max([1, *lines]), LINES_AT_MOST)

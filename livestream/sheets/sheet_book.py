"""A workbook that people fill in: one row a thing, lists to choose from, and a page that says how. Every cell is text; none is a
formula (livestream/rules/cell.py)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import xlsxwriter
from django.utils.translation import gettext as _

from livestream.rules.cell import is_formula, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import TextChoices
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

PROBLEM_WIDTH = 70
NOTE_WIDTHS = (18, 60, 32, 4)
LIST_WIDTH = 22
LIST_COLUMN = 4  # of the page of explanations, on which the lists to choose from stand
NEVER = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


class Line(NamedTuple):
    """A row: its cells, what its day is (a holiday, a worked weekend), and why it could not be read in."""

    cells: Mapping[Any, str]
    mark: str = ""
    problem: str = ""


class SheetBook:
    """`widths`: the columns (TextChoices) in their order, with the width of each. `explained`: each column's name, what belongs
    there, an example. `with_problems`: one more column says what is wrong with each row."""

    def __init__(
        self,
        title: str,
        widths: Mapping[Any, int],
        explained: Sequence[tuple[str, str, str]],
        *,
        with_problems: bool = False,
    ) -> None:
        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.out, NEVER)
        self.title, self.widths, self.explained, self.with_problems = title, widths, explained, with_problems
        self.head = self.book.add_format({"bold": True, "bg_color": "#E9F1EA", "border": 1, "text_wrap": True, "valign": "top"})
        self.text, self.quoted = self.format({}), self.format({"quote_prefix": True})
        self.bad = self.format({"bg_color": "#FFF1D6"})

    def format(self, more: dict[str, object]) -> Format:
        return self.book.add_format({"text_wrap": True, "valign": "top"} | more)

    def written(self, lines: Sequence[Line], offered: Mapping[Any, Sequence[str]], rows_at_most: int) -> bytes:
        """The whole file. `offered`: what the drop-down lists of these columns show; the first two are the widest."""
        sheet = self.book.add_worksheet(self.title)
        notes = self.book.add_worksheet(_("填写说明"))
        self._head(sheet)
        for row, line in enumerate(lines, start=1):
            self._line(sheet, row, line)
        self._notes(notes, len(offered))
        self._lists(sheet, notes, offered, rows_at_most)
        self.book.close()
        return self.out.getvalue()

    def _head(self, sheet: Worksheet) -> None:
        for place, (column, width) in enumerate(self.widths.items()):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, str(column.label), self.head)
        if self.with_problems:
            sheet.set_column(len(self.widths), len(self.widths), PROBLEM_WIDTH)
            sheet.write_string(0, len(self.widths), _("问题"), self.head)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&R&P / &N")

    def _line(self, sheet: Worksheet, row: int, line: Line) -> None:
        for place, column in enumerate(self.widths):
            self.cell(sheet, (row, place), column, line)
        if self.with_problems:
            sheet.write_string(row, len(self.widths), plain(line.problem), self.bad)

    def cell(self, sheet: Worksheet, where: tuple[int, int], column: TextChoices, line: Line) -> None:
        if text := plain(line.cells.get(column, "")):
            sheet.write_string(*where, text, self.quoted if is_formula(text) else self.text)

    def _notes(self, notes: Worksheet, lists: int) -> None:
        for place, width in enumerate((*NOTE_WIDTHS, *[LIST_WIDTH] * lists)):
            notes.set_column(place, place, width)
        for row, words in enumerate([(_("列"), _("怎么填"), _("例子")), *self.explained]):
            for place, text in enumerate(words):
                notes.write_string(row, place, text, self.text if row else self.head)

    def _lists(self, sheet: Worksheet, notes: Worksheet, offered: Mapping[Any, Sequence[str]], rows_at_most: int) -> None:
        """The lists stand on the page of explanations; the cells choose from them, and take what is typed too."""
        columns = list(self.widths)
        for place, (column, names) in enumerate(offered.items(), start=LIST_COLUMN):
            notes.write_string(0, place, str(column.label), self.head)
            for row, name in enumerate(names, start=1):
                notes.write_string(row, place, plain(name), self.quoted if is_formula(name) else self.text)
            if names:
                letter, where = chr(ord("A") + place), columns.index(column)
                source = f"='{_('填写说明')}'!${letter}$2:${letter}${len(names) + 1}"
                free = {"error_type": "information", "show_error": False}
                sheet.data_validation(1, where, rows_at_most, where, {"validate": "list", "source": source, **free})

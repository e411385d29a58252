"""Rows that were not counted, as a CSV file to mend and send again: the sender's own cells with the reason behind them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from livestream.rules.cell import csv_cell
from orders.sheets.cells import EMPTY, JUNK
from orders.sheets.contract import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from orders.sheets.wire import ReturnedRow

LINE = "\r\n"


def returned(columns: Sequence[str], rows: Iterable[ReturnedRow]) -> Iterator[str]:
    """The file, line by line; with a byte order mark, so that spreadsheets read it as UTF-8."""
    yield "\ufeff" + line([*columns, _("退回原因"), _("原来的行号")])
    for row in rows:
        cells = [*row.cells, *[""] * (len(columns) - len(row.cells))]
        yield line([*(safe(cell) for cell in cells), str(Problem(row.code, row.column)), str(row.number)])


def safe(cell: str) -> str:
    """The same cell, never a formula."""
    bare = cell.strip(JUNK)
    if bare.startswith('="') and bare.endswith('"'):
        bare = bare[2:-1]
    return bare if bare in EMPTY else csv_cell(bare)


def line(cells: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=LINE).writerow(cells)
    return out.getvalue()

"""A line-up as somebody saved it, read in a process of its own; what is wrong with the file is said in a sentence."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from livestream.rules.line_up_sheet import COLUMNS_AT_MOST, HEADER_WITHIN, KNOWN_NEEDED, ROWS_AT_MOST, Grid, grid_of, known_names
from livestream.sheets import plan_file
from livestream.sheets.lines import lines_of
from livestream.sheets.workbook import Unreadable, Wanted

if TYPE_CHECKING:
    from django.utils.functional import Promise


class Refused(plan_file.Refused):
    """The file is not read at all. `str()` is a sentence in the reader's language."""

    sentences: ClassVar[dict[str, Promise]] = plan_file.SENTENCES | {
        "too_big": _("文件太大了，最大 2 MB。请只留排品那一张表，去掉图片，再传一次。"),
        "too_many_rows": _("超过 {limit} 行了，一场排不了这么多货。"),
        "too_many_columns": _("超过 {limit} 列了，这不像排品表。请只留要用的列。"),
        "bomb": _("这个 Excel 文件展开以后太大，没有打开它。请把排品复制到一张新表里再传。"),
        "no_header": _("没有找到表头。前 20 行里要有一行写着列名，至少有“商家编码”和“直播价”。可以先下载这一场的表看一看。"),
    }


def read(file: IO[bytes], name: str) -> Grid:
    """The rows of the first sheet that is a line-up. Raises Refused."""
    rows = ROWS_AT_MOST + HEADER_WITHIN
    wanted = Wanted(sorted(known_names()), HEADER_WITHIN, rows, COLUMNS_AT_MOST, KNOWN_NEEDED, is_grid=True)
    try:
        lines = lines_of(file, name, wanted)
    except Unreadable as error:
        raise Refused(error.code, **error.facts | {"limit": error.facts.get("limit", ROWS_AT_MOST)}) from error
    grid = grid_of(lines[1:])  # the first line names the sheets
    if grid is None:
        raise Refused("no_header")
    if not grid.rows:
        raise Refused("empty")
    if len(grid.rows) > ROWS_AT_MOST:
        raise Refused("too_many_rows", limit=ROWS_AT_MOST)
    return grid

"""A register of goods as somebody saved it, read in a process of its own; what is wrong with the file is said in a sentence."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from livestream.rules.goods_sheet import (
    CELL_AT_MOST,
    COLUMNS_AT_MOST,
    HEADER_WITHIN,
    KNOWN_NEEDED,
    ROWS_AT_MOST,
    Grid,
    grid_of,
    known_names,
)
from livestream.rules.sheet import NoHeader
from livestream.sheets import plan_file
from livestream.sheets.lines import lines_of
from livestream.sheets.workbook import Unreadable, Wanted

if TYPE_CHECKING:
    from django.utils.functional import Promise

OWN_SENTENCES: dict[str, Promise] = {
    "too_big": _("文件太大了，最大 2 MB。请只留货品那一张表，去掉图片，再传一次。"),
    "too_many_rows": _("超过 {limit} 行了。请分成几个文件再传。"),
    "too_many_columns": _("超过 {limit} 列了，这不像货品表。请只留要用的列。"),
    "bomb": _("这个 Excel 文件展开以后太大，没有打开它。请把货品复制到一张新表里再传。"),
    "no_header": _("没有找到表头。前 20 行里要有一行写着列名，至少有“商家编码”“商品名”“供货商”。可以先下载空表看一看。"),
}


class Refused(plan_file.Refused):
    """In the words of goods."""

    sentences: ClassVar[dict[str, Promise]] = plan_file.SENTENCES | OWN_SENTENCES


def read(file: IO[bytes], name: str) -> Grid:
    """The rows of the first sheet that has a header. Raises Refused."""
    wanted = Wanted(
        sorted(known_names()), HEADER_WITHIN, ROWS_AT_MOST + HEADER_WITHIN, COLUMNS_AT_MOST, KNOWN_NEEDED, is_grid=True
    )
    try:
        grid = grid_of([[text[:CELL_AT_MOST] for text in line] for line in lines_of(file, name, wanted)])
    except Unreadable as error:
        raise Refused(error.code, **error.facts | {"limit": error.facts.get("limit", ROWS_AT_MOST)}) from error
    except NoHeader as error:
        raise Refused("missing", missing="、".join(error.missing)) if error.missing else Refused("no_header") from error
    if not grid.rows:
        raise Refused("empty")
    if len(grid.rows) > ROWS_AT_MOST:
        raise Refused("too_many_rows", limit=ROWS_AT_MOST)
    return grid

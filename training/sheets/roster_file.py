"""A roster as a school saved it, read in a process of its own; what is wrong with the file is said in a sentence."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from livestream.rules.sheet import NoHeader
from livestream.sheets import plan_file
from livestream.sheets.lines import lines_of
from livestream.sheets.workbook import Unreadable, Wanted
from training.rules.roster import (
    CELL_AT_MOST,
    COLUMNS_AT_MOST,
    HEADER_WITHIN,
    KNOWN_NEEDED,
    ROWS_AT_MOST,
    Grid,
    grid_of,
    known_names,
)

if TYPE_CHECKING:
    from django.utils.functional import Promise

OWN_SENTENCES: dict[str, Promise] = {
    "too_big": _("文件太大了，最大 2 MB。请只留名册那一张表，去掉图片，再传一次。"),
    "too_many_rows": _("超过 {limit} 行了。请按班分开，一次传一个班。"),
    "too_many_columns": _("超过 {limit} 列了，这不像名册。请只留要用的列。"),
    "bomb": _("这个 Excel 文件展开以后太大，没有打开它。请把名册复制到一张新表里再传。"),
    "no_header": _("没有找到表头。前 20 行里要有一行写着列名，至少有“姓名”“手机号”“村”。可以先下载空表看一看。"),
    "missing": _("表头里少了这几列：{missing}。请补上再传，别的都不用动。"),
}


class Refused(plan_file.Refused):
    """In the words of a roster."""

    sentences: ClassVar[dict[str, Promise]] = plan_file.SENTENCES | OWN_SENTENCES


def read(file: IO[bytes], name: str) -> Grid:
    """The rows of every sheet that is a roster. Raises Refused."""
    rows = ROWS_AT_MOST + HEADER_WITHIN + 1
    wanted = Wanted(
        sorted(known_names()), HEADER_WITHIN, rows, COLUMNS_AT_MOST, KNOWN_NEEDED, is_grid=True, is_every=True
    )  # fmt: skip
    try:
        lines = lines_of(file, name, wanted)
        grid = grid_of([[text[:CELL_AT_MOST] for text in line] for line in lines])
    except Unreadable as error:
        raise Refused(error.code, **error.facts | {"limit": error.facts.get("limit", f"{ROWS_AT_MOST:,}")}) from error
    except NoHeader as error:
        if error.missing:
            raise Refused("missing", missing="、".join(error.missing)) from error
        raise Refused("no_header") from error
    if not grid.rows:
        raise Refused("empty")
    if len(grid.rows) > ROWS_AT_MOST:
        raise Refused("too_many_rows", limit=f"{ROWS_AT_MOST:,}")
    return grid

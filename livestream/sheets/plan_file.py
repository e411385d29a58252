"""A month of the plan as somebody saved it, read in a process of its own; what is wrong with the file is said in a sentence."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from livestream.rules.plan_sheet import (
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
from livestream.sheets.lines import lines_of
from livestream.sheets.workbook import Unreadable, Wanted

if TYPE_CHECKING:
    from django.utils.functional import Promise

SENTENCES: dict[str, Promise] = {
    "too_big": _("文件太大了，最大 2 MB。请只留排期那一张表，去掉图片，再传一次。"),
    "too_many_rows": _("超过 {limit} 行了。请按月分开，一次传一个月。"),
    "too_many_columns": _("超过 {limit} 列了，这不像排期表。请只留要用的列。"),
    "misnamed": _("文件名以 {ending} 结尾，里面却是另一种文件。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。"),
    "old_or_locked": _("这是旧式的（.xls）或加了密码的 Excel 文件。请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx 再传。"),
    "macros": _("这个 Excel 文件里有宏，不能上传。请另存为不带宏的 .xlsx 再传。"),
    "broken_workbook": _("这个 Excel 文件打不开，可能没有传完整。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。"),
    "encoding": _("这个文件读不出来，里面的文字编码不认识。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。"),
    "bomb": _("这个 Excel 文件展开以后太大，没有打开它。请把排期复制到一张新表里再传。"),
    "empty": _("这个文件是空的。"),
    "no_header": _("没有找到表头。前 20 行里要有一行写着列名，至少有“日期”“开始”“主题”“主播”。可以先下载空表看一看。"),
    "missing": _("表头里少了这几列：{missing}。请补上再传，别的都不用动。"),
}


class Refused(Exception):
    """The file is not read at all. `str()` is a sentence in the reader's language."""

    sentences: ClassVar[dict[str, Promise]] = SENTENCES

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts

    def __str__(self) -> str:
        return str(self.sentences[self.code]).format(**self.facts)


def read(file: IO[bytes], name: str) -> Grid:
    """The rows of the first sheet that has a header. Raises Refused."""
    rows = ROWS_AT_MOST + HEADER_WITHIN
    wanted = Wanted(sorted(known_names()), HEADER_WITHIN, rows, COLUMNS_AT_MOST, KNOWN_NEEDED, is_grid=True)
    try:
        lines = lines_of(file, name, wanted)
    except Unreadable as error:
        raise Refused(error.code, **error.facts | {"limit": error.facts.get("limit", ROWS_AT_MOST)}) from error
    return _grid([[text[:CELL_AT_MOST] for text in line] for line in lines])


def _grid(lines: list[list[str]]) -> Grid:
    try:
        grid = grid_of(lines)
    except NoHeader as error:
        if error.missing:
            raise Refused("missing", missing="、".join(error.missing)) from error
        raise Refused("no_header") from error
    if not grid.rows:
        raise Refused("empty")
    if len(grid.rows) > ROWS_AT_MOST:
        raise Refused("too_many_rows", limit=ROWS_AT_MOST)
    return grid

"""A platform's file about viewers, read in a process of its own; what is wrong with the file is said in a sentence."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from livestream.rules.viewer_sheet import (
    COLUMNS_AT_MOST,
    HEADER_WITHIN,
    KNOWN_NEEDED,
    ROWS_AT_MOST,
    Sheet,
    names_of,
    sheet_of,
)
from livestream.sheets import plan_file
from livestream.sheets.lines import lines_of
from livestream.sheets.workbook import Unreadable, Wanted

if TYPE_CHECKING:
    from django.utils.functional import Promise


class Refused(plan_file.Refused):
    """The file is not read at all. `str()` is a sentence in the reader's language."""

    sentences: ClassVar[dict[str, Promise]] = plan_file.SENTENCES | {
        "too_big": _("文件太大了，最大 2 MB。请只导出这一场，再传一次。"),
        "too_many_rows": _("超过 {limit} 行了。请只导出这一场，再传一次。"),
        "too_many_columns": _("超过 {limit} 列了，这不像平台的直播数据。"),
        "bomb": _("这个 Excel 文件展开以后太大，没有打开它。请复制到一张新表里再传。"),
        "no_header": _("没有找到表头。前 20 行里要有一行写着列名，至少两列认得，例如“时间”“在线人数”“观看人数”。"),
    }


def read(file: IO[bytes], name: str, platform: str) -> Sheet:
    """The rows of the first sheet with a header of this platform. Raises Refused."""
    rows = ROWS_AT_MOST + HEADER_WITHIN
    wanted = Wanted(sorted(names_of(platform)), HEADER_WITHIN, rows, COLUMNS_AT_MOST, KNOWN_NEEDED, is_grid=True)
    try:
        lines = lines_of(file, name, wanted)
    except Unreadable as error:
        raise Refused(error.code, **error.facts | {"limit": error.facts.get("limit", ROWS_AT_MOST)}) from error
    sheet = sheet_of(lines[1:], platform)  # the first line names the sheets
    if sheet is None:
        raise Refused("no_header")
    if not sheet.rows:
        raise Refused("empty")
    if len(sheet.rows) > ROWS_AT_MOST:
        raise Refused("too_many_rows", limit=ROWS_AT_MOST)
    return sheet

"""What is said about an export in the file itself 说明: who, for what, for whom, as of when, and what its figures add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from livestream.rules.cell import plain, yuan_decimal
from livestream.rules.day import SHANGHAI
from orders.sheets.dictionary import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orders.models import Export
    from orders.sheets.dictionary import Column

ON_BOARDS = ("orders", "units", "paid_yuan", "refunded_yuan")  # what the boards' sums are, in their order


class Totals:
    """How many rows went by, and the sums of those columns that can be added up."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.rows = 0
        self.places = {column.key: place for place, column in enumerate(columns) if column.is_summed}
        self.columns = {column.key: column for column in columns}
        self.sums = dict.fromkeys(self.places, 0)

    def add(self, piece: Sequence[tuple[Any, ...]]) -> None:
        self.rows += len(piece)
        for key, place in self.places.items():
            self.sums[key] += sum(row[place] or 0 for row in piece)

    def lines(self) -> list[tuple[str, str]]:
        return [(_("合计：{column}").format(column=self.columns[key].title), self.shown(key, n)) for key, n in self.sums.items()]

    def shown(self, key: str, amount: int) -> str:
        return str(yuan_decimal(amount) if self.columns[key].cell == Cell.YUAN else amount)

    def beside(self, boards: Sequence[int] | None) -> list[tuple[str, str]]:
        """The sums of the same days on the counties' boards, and whether they are the same."""
        if boards is None:
            return []
        title = _("大屏上同样几天：{column}")
        shown = [(title.format(column=self.columns[key].title), self.shown(key, n)) for key, n in self.on_boards(boards)]
        agree = all(self.sums[key] == n for key, n in self.on_boards(boards))
        return [*shown, (_("和大屏"), _("一致") if agree else _("不一致，请先核对账目"))]

    def on_boards(self, boards: Sequence[int]) -> list[tuple[str, int]]:
        return list(zip(ON_BOARDS, boards, strict=True))


def about(export: Export, totals: Totals, boards: Sequence[int] | None, fingerprint: str, at: datetime) -> list[tuple[str, str]]:
    """The lines of the page, each (what, said); what people typed is one line without hidden signs."""
    decided = export.decided_by
    approval = f"{decided.name} {export.decision_words}" if decided else _("不用批准（{n} 行以内）").format(n=export.rows_free)
    words = [
        (_("导出编号"), export.number),
        (_("内容"), export.get_kind_display()),
        (_("地方"), f"{export.place.name}（{export.place_id}）"),
        (_("日期"), f"{export.from_on} – {export.until_on}"),
        (_("申请人"), export.asked_by.name),
        (_("用途"), f"{export.get_purpose_display()}：{export.purpose_words}"),
        (_("交给谁"), export.receiver),
        (_("批准"), approval),
        (_("数据截至"), f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"),
        (_("行数"), str(totals.rows)),
        *totals.lines(),
        *totals.beside(boards),
        (_("口径"), _("到那一刻为止计入的数（实时），不是平台结算的数，也不是别人上报的数")),
        (_("内容指纹"), fingerprint),
        (_("指纹怎么算"), _("数据写成 CSV（UTF-8 带 BOM，CRLF 换行）的 SHA-256")),
        (_("请注意"), _("只能用于上面写的用途，不要转给别人。每一行都有导出编号，系统里查得到是谁拿走的。")),
    ]
    return [(plain(what), plain(said)) for what, said in words]

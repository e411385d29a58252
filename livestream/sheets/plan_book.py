"""The plan as a workbook for people: one row a session, lists to choose from, and a page that says how to fill it in. Every
cell is text or a plain day; none is a formula (livestream/rules/cell.py)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.rules.cell import plain
from livestream.rules.plan_sheet import ROWS_AT_MOST, Column
from livestream.rules.session import SessionKind
from livestream.sheets.sheet_book import Line, SheetBook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import TextChoices
    from xlsxwriter.worksheet import Worksheet

WIDTHS = {
    Column.ID: 15, Column.DAY: 12, Column.WEEKDAY: 7, Column.START: 8, Column.END: 11, Column.KIND: 11, Column.TITLE: 28,
    Column.HOST: 12, Column.PHONE: 14, Column.PLACE: 24, Column.THINGS: 20, Column.ROOMS: 22, Column.GUESTS: 22,
    Column.CREW: 22, Column.CAMPAIGN: 18, Column.GOAL: 12, Column.NOTE: 26, Column.STATE: 9, Column.VERSION: 7,
    Column.REASON: 20,
}  # fmt: skip
# Not typed by people: they come from the system and go back as they are.
GIVEN = {Column.ID, Column.VERSION}


def explained() -> list[tuple[str, str, str]]:
    """Each column: its name, what belongs there, an example."""
    kinds = "、".join(str(kind.label) for kind in SessionKind)
    return [
        (str(Column.ID.label), _("系统给的，不要改。新的场次空着。"), ""),
        (str(Column.DAY.label), _("哪一天直播。"), _("3月5日")),
        (str(Column.WEEKDAY.label), _("可以空着。写了，就和日期核对。"), _("周四")),
        (str(Column.START.label), _("几点开播。也可以和日期写在一格。"), _("19:30、晚8点、3月5日 晚8点")),
        (str(Column.END.label), _("几点下播。过了半夜写“次日”。"), _("21:30、次日 1:00")),
        (str(Column.KIND.label), _("空着就是村播。可以写：{kinds}。").format(kinds=kinds), ""),
        (str(Column.TITLE.label), _("这一场叫什么，最多 60 个字。"), _("潞党参专场")),
        (str(Column.HOST.label), _("主播的姓名。"), _("张三")),
        (str(Column.PHONE.label), _("有同名的人才要写。"), "5678"),
        (str(Column.PLACE.label), _("村名；空着就在主播的村。村名相同的，写上乡镇。"), _("东寺头村（东寺头乡）")),
        (str(Column.THINGS.label), _("登记过的直播间、外景地和设备，几样用顿号分开。"), _("一号直播间、一号灯")),
        (str(Column.ROOMS.label), _("平台和直播间号，几个用顿号分开。"), _("抖音 6688、快手 7799")),
        (str(Column.GUESTS.label), _("姓名（职务），几位用顿号分开。领导要先登记。"), _("张建军（县长）")),
        (str(Column.CREW.label), _("姓名（做什么），几位用顿号分开。"), _("李四（场控）、王五（助播）")),
        (str(Column.CAMPAIGN.label), _("属于哪个活动，没有就空着。"), ""),
        (str(Column.GOAL.label), _("元，没有就空着。"), "50000"),
        (str(Column.NOTE.label), _("最多 500 个字。"), ""),
        (str(Column.STATE.label), _("要取消这一场，就写“取消”。别的不要改。从表里删掉一行，不会取消那一场。"), _("取消")),
        (str(Column.VERSION.label), _("系统给的，不要改：用来看别人是不是也改过。"), ""),
        (str(Column.REASON.label), _("撞了时间、按规则说明理由可以排的，在这里写理由。"), ""),
    ]


class Lists(NamedTuple):
    """What the drop-down lists offer."""

    places: Sequence[str] = ()
    hosts: Sequence[str] = ()
    things: Sequence[str] = ()
    campaigns: Sequence[str] = ()


class PlanBook(SheetBook):
    """The plan; days are days, and what is given by the system is grey."""

    def __init__(self, *, with_problems: bool = False) -> None:
        super().__init__(_("排期"), WIDTHS, explained(), with_problems=with_problems)
        self.given, self.off = self.format({"font_color": "#767676"}), self.format({"font_color": "#B3261E"})
        self.day = self.format({"num_format": "yyyy-mm-dd"})
        self.day_off = self.format({"num_format": "yyyy-mm-dd", "font_color": "#B3261E"})

    def made(self, lines: Sequence[Line], lists: Lists) -> bytes:
        """The whole file."""
        offered = {
            Column.PLACE: lists.places, Column.HOST: lists.hosts, Column.THINGS: lists.things, Column.CAMPAIGN: lists.campaigns,
            Column.KIND: [str(kind.label) for kind in SessionKind],
        }  # fmt: skip
        return self.written(lines, offered, ROWS_AT_MOST)

    def cell(self, sheet: Worksheet, where: tuple[int, int], column: TextChoices, line: Line) -> None:
        text = plain(line.cells.get(column, ""))
        if column == Column.DAY and line.mark:
            sheet.write_comment(*where, line.mark)
        if column == Column.DAY and (day := _day(text)):
            sheet.write_datetime(*where, day, self.day_off if line.mark else self.day)
        elif column == Column.WEEKDAY and line.mark:
            sheet.write_string(*where, text, self.off)
        elif column in GIVEN:
            sheet.write_string(*where, text, self.given)
        else:
            super().cell(sheet, where, column, line)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

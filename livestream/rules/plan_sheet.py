"""A month of the plan as a sheet: its columns under whatever names people give them, its header, its cells. Pure.

A cell that cannot be read says what would be accepted in its place; its neighbours are read all the same."""

from __future__ import annotations

import re
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules import sheet
from livestream.rules.money import fen_from_yuan
from livestream.rules.plan import MOST_FEN
from livestream.rules.session import SessionKind, SessionState
from livestream.rules.sheet import NoHeader, cell, known_by, names_of, places_of
from livestream.rules.text import one_line
from livestream.rules.when import PART, Clock, clock_of, day_of, end_of, moment, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.utils.functional import Promise

ROWS_AT_MOST = 2_000
COLUMNS_AT_MOST = 60
HEADER_WITHIN = 20  # rows: a county writes its name and the month above the header
KNOWN_NEEDED = 3  # columns that make a row a header
CELL_AT_MOST = 2_000  # characters; more is no cell of a plan
NEAR_AT_MOST = 4
SEPARATORS = re.compile(r"[、,，;；\n]+")
MIDNIGHT = " 00:00:00"  # behind a day, as a spreadsheet's date is written
RANGE = re.compile(r"(.{0,60}\d(?:[:：点时][^-–—~～至到]{0,12})?)\s{0,4}[-–—~～至到]{1,3}\s{0,4}(\S.{0,60})")
WEEKDAYS = "一二三四五六日"


class Column(TextChoices):
    """In the order of the sheet; the label heads the column."""

    ID = "id", _("编号")
    DAY = "day", _("日期")
    WEEKDAY = "weekday", _("周几")
    START = "start", pgettext_lazy("hour", "开始")
    END = "end", pgettext_lazy("hour", "结束")
    KIND = "kind", _("类型")
    TITLE = "title", _("主题")
    HOST = "host", _("主播")
    PHONE = "phone", _("手机号后四位")
    PLACE = "place", _("地点")
    THINGS = "things", _("场地设备")
    ROOMS = "rooms", _("平台直播间")
    GUESTS = "guests", _("嘉宾")
    CREW = "crew", _("工作人员")
    CAMPAIGN = "campaign", _("活动")
    GOAL = "goal", _("目标（元）")
    NOTE = "note", _("备注")
    STATE = "state", _("状态")
    VERSION = "version", _("版本")
    REASON = "reason", _("撞时间的理由")


# As counties head their own sheets; the sheet that goes out is headed in Chinese or in English.
SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.ID: ("编号", "场次编号", "No.", "ID"),
    Column.DAY: ("日期", "直播日期", "哪一天", "Day", "Date"),
    Column.WEEKDAY: ("周几", "星期", "星期几", "Weekday"),
    Column.START: ("开始", "开始时间", "开播", "开播时间", "时间", "直播时间", "时段", "日期时间", "Start", "Starts"),
    Column.END: ("结束", "结束时间", "下播", "下播时间", "End", "Ends"),
    Column.KIND: ("类型", "直播类型", "场次类型", "Kind"),
    Column.TITLE: ("主题", "直播主题", "内容", "直播内容", "标题", "场次", "Title"),
    Column.HOST: ("主播", "播主", "姓名", "主播姓名", "主持人", "Host"),
    Column.PHONE: ("手机号后四位", "手机后四位", "手机尾号", "尾号", "Last four digits of phone"),
    Column.PLACE: ("地点", "直播地点", "村", "村名", "地方", "Place"),
    Column.THINGS: ("场地设备", "场地", "设备", "直播间场地", "Rooms and kit"),
    Column.ROOMS: ("平台直播间", "直播间", "直播间号", "平台", "Platform rooms"),
    Column.GUESTS: ("嘉宾", "领导", "来宾", "Guests"),
    Column.CREW: ("工作人员", "人员", "助播", "Crew"),
    Column.CAMPAIGN: ("活动", "所属活动", "Campaign"),
    Column.GOAL: ("目标(元)", "目标", "销售目标", "销售目标(元)", "Goal (yuan)"),
    Column.NOTE: ("备注", "说明", "Note", "Notes"),
    Column.STATE: ("状态", "State"),
    Column.VERSION: ("版本", "Version"),
    Column.REASON: ("撞时间的理由", "理由", "Why it may clash"),
}
NEEDED = (Column.START, Column.TITLE, Column.HOST)  # of a sheet: without these nothing can be planned
CANCEL = {"取消", "已取消", "cancelled", "cancel"}
SENTENCES: dict[str, Promise] = {
    "empty": _("空着。请填{column}。"),
    "day": _("没看懂“{typed}”是哪一天。请写 3月5日、2026-03-05。"),
    "weekday": _("{day} 是周{is_on}，不是周{typed}。请改其中一个。"),
    "start": _("没看懂“{typed}”是几点。请写 19:30、晚8点，或 3月5日 晚8点。"),
    "end": _("没看懂“{typed}”是几点。请写 21:30、晚9点半 或 次日 1:00。"),
    "kind": _("没有“{typed}”这个类型。请写：{accepted}。"),
    "goal": _("“{typed}”不是金额。请写元，例如 50000，没有就空着。"),
    "state": _("“{typed}”不能在表里改。要取消就写“取消”，别的请在场次的页面上办。"),
    "cancel_new": _("这一行没有编号，不知道要取消哪一场。请写编号，或删掉这一行。"),
    "id": _("没有编号“{typed}”的场次，或者它不归您管。新的场次不写编号。"),
    "twice": _("编号“{typed}”在第 {row} 行已经有了。一场只写一行；新的场次不写编号。"),
    "same": _("和第 {row} 行是同一场，请删掉一行。"),
    "version": _("您下载以后，{who}改过这一场。请重新下载，再改一次。"),
    "version_missing": _("版本空着，不知道您改的是不是最新的。请不要动“版本”一列，或重新下载。"),
    "host": _("您的地方里没有叫“{typed}”的人。{near}"),
    "host_tail": _("叫“{typed}”的人里，没有手机号后四位是 {tail} 的。有：{meant}。"),
    "host_several": _("叫“{typed}”的不止一个：{meant}。请在“手机号后四位”一列写清是哪一位。"),
    "place": _("没有找到“{typed}”。{near}"),
    "place_several": _("叫“{typed}”的不止一个，请写全：{meant}。"),
    "place_missing": _("空着。请写在哪个村直播。"),
    "thing": _("县里没有登记“{typed}”。{near}"),
    "thing_several": _("“{typed}”不止一个，请在网页上选。"),
    "room": _("没看懂“{typed}”。请写平台和直播间号，例如：抖音 6688。"),
    "guest": _("没看懂“{typed}”。请写姓名（职务），例如：张三（县长）。"),
    "crew": _("没看懂“{typed}”。请写姓名（做什么），例如：李四（场控）。可以做：{accepted}。"),
    "crew_person": _("您的地方里没有叫“{typed}”的人，或者不止一个。{near}"),
    "campaign": _("没有叫“{typed}”的活动。{near}"),
}
NEAR = _("是不是：{names}？")


class Verdict(TextChoices):
    """What an import does with a row."""

    NEW = "new", pgettext_lazy("row", "新排")
    CHANGED = "changed", pgettext_lazy("row", "改动")
    CANCELLED = "cancelled", pgettext_lazy("row", "取消")
    UNCHANGED = "unchanged", pgettext_lazy("row", "没有变")
    WRONG = "wrong", pgettext_lazy("row", "要改")


class BadCell(sheet.BadCell):
    sentences = SENTENCES


class Grid(NamedTuple):
    """A sheet that was read: its name, other sheets with such a header, where each column stands, and its rows with their number
    in the file."""

    name: str
    others: list[str]
    columns: list[Column]
    rows: list[Row]


class Row(NamedTuple):
    number: int
    cells: dict[Column, str]


KNOWN = known_by(SYNONYMS)


def known_names() -> dict[str, Column]:
    """Every name of a column, also those of the language in use."""
    return names_of(Column, KNOWN)


def grid_of(lines: Sequence[Sequence[str]]) -> Grid:
    """Of what the reader gave: a line of sheet names, then the rows. Raises NoHeader."""
    names, rows = (list(lines[0]), lines[1:]) if lines else ([""], [])
    known = known_names()
    for number, cells in enumerate(rows[:HEADER_WITHIN], start=1):
        places = places_of(cells, known)
        if len(places) >= KNOWN_NEEDED:
            return Grid((names or [""])[0], names[1:], list(places), _rows(rows, number, places))
    raise NoHeader


def _rows(rows: Sequence[Sequence[str]], header: int, places: Mapping[Column, int]) -> list[Row]:
    if missing := [column for column in NEEDED if column not in places]:
        raise NoHeader(missing)
    found = []
    for number, cells in enumerate(rows[header:], start=header + 1):
        said = {column: cell(cells[place]) if place < len(cells) else "" for column, place in places.items()}
        # A merged day or a drop-down runs on over rows that nobody has filled: they are no sessions.
        if any(said.get(column) for column in (Column.ID, Column.HOST, Column.TITLE)):
            found.append(Row(number, said))
    return found


# --- what a cell means ------------------------------------------------------------------------------------------------


class Window(NamedTuple):
    starts_at: datetime
    ends_at: datetime


def window_of(cells: Mapping[Column, str], *, today: date) -> Window:
    """When a session is, from the cells of day, start and end, however they share it. Raises BadCell."""
    start_text, end_text = cells.get(Column.START, ""), cells.get(Column.END, "")
    day_text = cells.get(Column.DAY, "").removesuffix(MIDNIGHT)
    if not end_text and (found := RANGE.fullmatch(start_text)) and _is_time(found[1], today):
        start_text, end_text = found[1], _same_part(found[1], found[2])
    starts_at = _start(day_text, start_text, today)
    _check_weekday(cells.get(Column.WEEKDAY, ""), starts_at)
    if not end_text:
        raise BadCell(Column.END, "empty")
    ends_at = end_of(end_text, starts_at=starts_at, today=today)
    if ends_at is None:
        raise BadCell(Column.END, "end", typed=short(end_text))
    return Window(starts_at, ends_at)


def _is_time(text: str, today: date) -> bool:
    return clock_of(text) is not None or moment_of(text, today=today) is not None


def _same_part(start: str, end: str) -> str:
    """`晚7点到9点` is over at nine in the evening."""
    part = PART.search(start)
    return part[0] + end if part and not PART.match(end) and not end.startswith("次日") else end


def _start(day_text: str, start_text: str, today: date) -> datetime:
    if full := moment_of(start_text, today=today) or (None if start_text else moment_of(day_text, today=today)):
        return full
    if not start_text:
        raise BadCell(Column.START, "empty")
    clock = _clock(start_text)
    if not day_text:
        raise BadCell(Column.DAY, "empty")
    day = day_of(day_text, today=today)
    if day is None:
        raise BadCell(Column.DAY, "day", typed=short(day_text))
    return moment(day, clock)


def _clock(text: str) -> Clock:
    found = clock_of(text)
    if found is None:
        raise BadCell(Column.START, "start", typed=short(text))
    return found


def _check_weekday(text: str, starts_at: datetime) -> None:
    """Who writes both sees a slip in either."""
    typed = one_line(text).removeprefix("星期").removeprefix("周").removeprefix("礼拜").replace("天", "日")[:1]
    is_on = WEEKDAYS[starts_at.weekday()]
    if typed and typed in WEEKDAYS and typed != is_on:
        raise BadCell(Column.WEEKDAY, "weekday", typed=typed, is_on=is_on, day=f"{starts_at:%Y-%m-%d}")


def kind_of(text: str) -> str:
    """Raises BadCell."""
    if not text:
        return SessionKind.VILLAGE_HOST
    for kind in SessionKind:
        if text in {kind.value, str(kind.label)}:
            return kind
    raise BadCell(Column.KIND, "kind", typed=short(text), accepted="、".join(str(kind.label) for kind in SessionKind))


def goal_of(text: str) -> int | None:
    """In fen. Raises BadCell."""
    try:
        fen = fen_from_yuan(text)
    except ValueError:
        raise BadCell(Column.GOAL, "goal", typed=short(text)) from None
    if fen is not None and not 0 <= fen <= 100 * MOST_FEN:
        raise BadCell(Column.GOAL, "goal", typed=short(text))
    return fen


def is_cancelled(text: str) -> bool:
    return text.casefold() in CANCEL or text == str(SessionState.CANCELLED.label)


def check_state(text: str, now: str) -> None:
    """The sheet cancels; every other step has its own page. `now` is the label of the state. Raises BadCell."""
    if text and text != now:
        raise BadCell(Column.STATE, "state", typed=short(text))


def parts_of(text: str) -> list[str]:
    """`张三、李四` as two."""
    return [part for part in (one_line(part) for part in SEPARATORS.split(text)) if part]


def with_bracket(text: str) -> tuple[str, str]:
    """`张三（县长）` as a name and what stands behind it, "" for nothing."""
    name, _bracket, more = text.replace("(", "（").rstrip("）)").partition("（")
    return name.strip(), more.strip()


def short(text: str) -> str:
    """As much as a sentence repeats."""
    return one_line(text)[:40]


def near(typed: str, names: Iterable[str]) -> str:
    """The names that somebody may have meant, as a sentence; "" for none."""
    listed = list(dict.fromkeys(names))
    inside = [name for name in listed if typed and (typed in name or name.partition("（")[0] in typed)]
    alike = get_close_matches(typed, listed, n=NEAR_AT_MOST, cutoff=0.34)
    found = list(dict.fromkeys([*inside, *alike]))[:NEAR_AT_MOST]
    return str(NEAR).format(names="、".join(found)) if found else ""

"""A platform's file about the viewers of a session: which of its columns mean what, and what its cells say. Pure.

Headers are data: platforms rename them, so every platform has its own list beside the one that all share. 抖店罗盘 exports a
session's summary, its minutes and its goods; 视频号 and 快手 much the same. Of 快手 no file was seen: its names are those of
its pages (UNVERIFIED), and whoever has another header adds a line here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from livestream.rules.audience import Count, check_counts
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import moment_on_air
from livestream.rules.sheet import plain_name
from livestream.rules.when import clock_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

ROWS_AT_MOST, COLUMNS_AT_MOST, HEADER_WITHIN, KNOWN_NEEDED, CELL_AT_MOST = 2000, 100, 20, 2, 200


class Column(TextChoices):
    """What a column says besides the counts of `Count`, which have their own names."""

    TIME = "time", _("时间")
    ITEM = "item", _("商品")
    STAY = "stay", _("人均观看时长")


SHARED: dict[str, tuple[str, ...]] = {
    Column.TIME: ("时间", "时刻", "时间点", "统计时间", "数据时间", "分钟", "时段", "Time"),
    Column.ITEM: ("商品", "商品名称", "商品标题", "商品编码", "货号", "SKU", "Item"),
    Column.STAY: ("人均观看时长", "人均观看时长(秒)", "平均观看时长", "平均观看时长(秒)", "人均停留", "人均停留时长"),
    Count.ONLINE_NOW: ("实时在线", "实时在线人数", "在线人数", "当前在线人数", "Online now"),
    Count.EXPOSURE_UV: ("曝光人数", "直播间曝光人数"),
    Count.VIEW_PV: ("观看人次", "观看次数", "场观", "直播间观看人次", "直播间观看次数"),
    Count.VIEW_UV: ("观看人数", "直播间观看人数", "进入直播间人数", "累计观看人数"),
    Count.WATCH_SECONDS: ("观看总秒数", "累计观看时长(秒)", "观看总时长(秒)", "累计观看时长", "观看总时长"),
    Count.ITEM_EXPOSURE_UV: ("商品曝光人数",),
    Count.ITEM_CLICK_UV: ("商品点击人数",),
    Count.ORDER_CREATORS: ("下单人数", "创建订单人数"),
    Count.BUYERS: ("成交人数", "支付人数", "购买人数"),
    Count.NEW_FOLLOWERS: ("新增粉丝", "新增粉丝数", "新增关注", "新增关注数"),
}
OF_PLATFORM: dict[str, dict[str, tuple[str, ...]]] = {
    "douyin": {
        Column.TIME: ("下播时间", "直播结束时间"),
        Count.EXPOSURE_UV: ("直播间曝光用户数",),
        Count.VIEW_UV: ("观看用户数", "看播用户数"),
        Count.NEW_FOLLOWERS: ("新增抖音粉丝数",),
    },
    "wechat": {
        Column.TIME: ("结束时间", "关播时间"),
        Count.VIEW_UV: ("看播人数", "观众总数"),
        Count.VIEW_PV: ("看播次数",),
        Count.NEW_FOLLOWERS: ("新增关注人数",),
    },
    "kuaishou": {
        Column.TIME: ("关播时间", "下播时间"),
        Count.ONLINE_NOW: ("实时在线观众数",),
        Count.VIEW_UV: ("观众人数", "观看观众数"),
        Count.NEW_FOLLOWERS: ("涨粉数", "新增粉丝量"),
    },
}
MINUTE = timedelta(minutes=1)
SUMS = {"合计", "总计", "汇总", "total"}
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(\d{1,4}))?(万|w|亿)?\+?(?:人|次|人次|单|秒|s)?", re.IGNORECASE)
_TIMES = {"万": 10_000, "w": 10_000, "亿": 100_000_000}
_LENGTH = re.compile(
    r"(?:(\d{1,4})(?:小时|时|h))?(?:(\d{1,4})(?:分钟|分|m|min))?(?:(\d{1,5})(?:\.\d{1,6})?(?:秒|s))?", re.IGNORECASE
)
_CLOCKS = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")


class Cells(NamedTuple):
    """A row of the file: its number there, what stands in the columns that are known."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was found: `columns` known, `others` by their names in the file (nothing is made of them)."""

    columns: tuple[str, ...]
    others: tuple[str, ...]
    rows: tuple[Cells, ...]

    @property
    def is_of_items(self) -> bool:
        return Column.ITEM in self.columns


@dataclass(frozen=True, slots=True)
class Understood:
    """A row that can be noted, or (`problem`) why not. `item`: what it calls the product, of a file about goods."""

    number: int
    read_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    item: str = ""
    problem: str = ""


def names_of(platform: str) -> dict[str, str]:
    """Every plain column name of a platform, and what it means."""
    own = OF_PLATFORM.get(platform, {})
    return {plain_name(name): meaning for meaning, names in SHARED.items() for name in (*names, *own.get(meaning, ()))}


def sheet_of(lines: Sequence[Sequence[str]], platform: str) -> Sheet | None:
    """Of the rows as they stand in the file; None where none of the first is a header."""
    names = names_of(platform)
    for place, header in enumerate(lines[:HEADER_WITHIN]):
        known: dict[int, str] = {}
        for column, name in enumerate(header):
            meaning = names.get(plain_name(name))
            if meaning and meaning not in known.values():
                known[column] = meaning
        if len(known) >= KNOWN_NEEDED:
            others = tuple(name.strip() for column, name in enumerate(header) if name.strip() and column not in known)
            rows = (_cells(number, line, known) for number, line in enumerate(lines[place + 1 :], start=place + 2))
            return Sheet(tuple(known.values()), others, tuple(row for row in rows if any(row.cells.values())))
    return None


def _cells(number: int, line: Sequence[str], known: Mapping[int, str]) -> Cells:
    return Cells(number, {known[n]: text.strip()[:CELL_AT_MOST] for n, text in enumerate(line) if n in known})


def count_of(text: str) -> int | None:
    """`1,234`, `1.2万`, `3w+`, `128人`; None for an empty cell or a dash. Raises ValueError."""
    shown = unicodedata.normalize("NFKC", text).replace(" ", "").strip("\t'")
    if shown in {"", "-", "--", "—", "/"}:
        return None
    found = _COUNT.fullmatch(shown)
    if found is None:
        raise ValueError(text)
    number = Decimal(found[1].replace(",", "") + "." + (found[2] or "0")) * _TIMES.get((found[3] or "").lower(), 1)
    if number != number.to_integral_value():
        raise ValueError(text)
    return int(number)


def seconds_of(text: str) -> int | None:
    """`80`, `1分20秒`, `00:01:20`, `1:20`; None for an empty cell or a dash. Raises ValueError."""
    shown = unicodedata.normalize("NFKC", text).replace(" ", "").strip("\t'")
    if clocks := _CLOCKS.fullmatch(shown):
        parts = [int(part) for part in clocks.groups() if part is not None]
        hours, minutes, seconds = ([0, 0, 0] + parts)[-3:]
        return hours * 3600 + minutes * 60 + seconds
    if (length := _LENGTH.fullmatch(shown)) and shown:
        hours, minutes, seconds = (int(part or 0) for part in length.groups())
        return hours * 3600 + minutes * 60 + seconds
    whole = re.sub(r"\.\d{1,6}$", "", shown)
    return count_of(whole)


def moment_in(text: str, *, began: datetime, until: datetime) -> datetime | None:
    """`2026-11-22 19:30`, `19:30` of the session, the end of `19:30-19:31`; None where it is neither, or not on air."""
    shown = unicodedata.normalize("NFKC", text).strip("\t' ")
    shown = re.sub(r"^(.*\d{1,2}:\d{2}(?::\d{2})?)\s*[-~至]\s*(\d{1,2}:\d{2}(?::\d{2})?)$", _later, shown)
    if at := moment_of(shown, today=shanghai_day(began)):
        return at
    clock = clock_of(shown)
    return moment_on_air(clock.at, began=began, until=until) if clock else None


def _later(found: re.Match[str]) -> str:
    day = re.match(r"\D*\d{4}\D\d{1,2}\D\d{1,2}\s+", found[1])
    return (day[0] if day else "") + found[2]


def understood(row: Cells, *, began: datetime, until: datetime, now: datetime) -> Understood:
    """What a row says. Without a column of time it says what was counted at the end (`until`). A row is wrong as a whole."""
    item = row.cells.get(Column.ITEM, "")
    try:
        if item in SUMS or row.cells.get(Column.TIME, "") in SUMS:
            raise _Wrong(gettext("这一行是合计，不记。"))
        read_at = _moment(row, began, until, now)
        counts = _counts(row)
        if read_at > until and counts[Count.ONLINE_NOW] is not None:
            raise _Wrong(gettext("下播以后没有在线人数，这一行不记。"))
    except _Wrong as wrong:
        return Understood(row.number, problem=str(wrong))
    try:
        return Understood(row.number, read_at, check_counts(counts), item)
    except NotAllowed as refused:
        return Understood(row.number, problem=str(refused))


class _Wrong(Exception):
    """Carries the sentence."""


def _moment(row: Cells, began: datetime, until: datetime, now: datetime) -> datetime:
    written = row.cells.get(Column.TIME)
    if not written:
        return until
    at = moment_in(written, began=began, until=until)
    if at is None:
        raise _Wrong(
            gettext("没看懂“{typed}”是什么时候，或者那时不在直播。请写 19:30，或 2026-11-22 19:30。").format(typed=written)
        )
    if began - MINUTE < at < began:  # files name the minute in which something began
        at = began
    if until < at < until + MINUTE:
        at = until
    if not began <= at <= now:
        raise _Wrong(gettext("“{typed}”在开播以前，或在将来。请看看是不是别的场次。").format(typed=written))
    return at


def _counts(row: Cells) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for count in Count:
        text = row.cells.get(count, "")
        try:
            found[count.value] = seconds_of(text) if count == Count.WATCH_SECONDS else count_of(text)
        except ValueError as error:
            raise _Wrong(
                gettext("“{column}”里的“{typed}”不是数。请写 1234 或 1.2万。").format(column=count.label, typed=text)
            ) from error
    if found[Count.WATCH_SECONDS] is None and (stay := row.cells.get(Column.STAY)) and found[Count.VIEW_UV] is not None:
        try:
            each = seconds_of(stay)
        except ValueError as error:
            raise _Wrong(gettext("没看懂“{typed}”是多久。请写 80，或 1分20秒。").format(typed=stay)) from error
        found[Count.WATCH_SECONDS] = None if each is None else each * (found[Count.VIEW_UV] or 0)
    return found

"""A line-up as a spreadsheet: its columns under whatever names people give them, its cells. Pure.

A cell that cannot be read says what would be accepted; a column that a file lacks leaves what is there as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.goods import FloorPer
from livestream.rules.line_up_item import ItemFacts, LinkFacts
from livestream.rules.money import fen_from_yuan
from livestream.rules.plan import MOST_FEN, Platform
from livestream.rules.plan_sheet import MIDNIGHT, SEPARATORS, short
from livestream.rules.price import BASIS_POINTS
from livestream.rules.price_words import CompareBasis, SampleStatus, SlotRole
from livestream.rules.sheet import cell, plain_name
from livestream.rules.when import day_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.utils.functional import Promise

ROWS_AT_MOST, COLUMNS_AT_MOST, HEADER_WITHIN, KNOWN_NEEDED, CELL_AT_MOST = 200, 60, 20, 2, 500


class Column(TextChoices):
    """In the order of the sheet; the label heads the column, the value is the field of `ItemFacts` where there is one."""

    PLACE = "place", _("序号")
    SKU = "sku", _("商家编码")
    TITLE = "title", _("商品")
    ROLE = "slot_role", _("款型")
    LIVE = "live_price_fen", _("直播价（元）")
    LIST = "list_price_fen", _("日常价（元）")
    COMPARE = "compare_price_fen", _("划线价（元）")
    BASIS = "compare_basis", _("划线价依据")
    EVIDENCE = "compare_evidence", _("证据")
    FLOOR = "floor_price_fen", _("保护价（元）")
    FLOOR_PER = "floor_per", _("保护价按")
    SETTLEMENT = "settlement_price_fen", _("结算价（元）")
    COMMISSION = "commission_basis_points", _("佣金（%）")
    SLOT_FEE = "slot_fee_fen", _("坑位费（元）")
    SUBSIDY = "subsidy_id", _("补贴")
    STOCK = "committed_stock", _("承诺库存")
    CAPACITY = "daily_ship_capacity", _("每天能发（件）")
    HOURS = "ship_within_hours", _("几小时内发货")
    PRESALE = "presale_on", _("预售发货日")
    CUT_OFF = "cut_off_at", _("截单时间")
    SAMPLE = "sample_status", _("样品")
    MINUTES = "planned_minutes", _("讲几分钟")
    SELLER = "actual_seller", _("实际销售者")
    POINTS = "points", _("卖点")
    BANNED = "banned_claims", _("不能说")
    NOTE = "note", _("备注")
    LINKS = "links", _("链接")
    OFFERS = "offers", _("优惠")
    PROMISES = "promises", _("供货承诺")
    SEEN = "seen", pgettext_lazy("column", "版本")


# As counties head their own sheets.
SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.PLACE: ("序号", "坑位", "顺序"), Column.SKU: ("商家编码", "编码", "货号", "SKU"),
    Column.TITLE: ("商品", "商品名", "品名"),
    Column.LIVE: ("直播价", "直播价(元)", "直播间价格"), Column.LIST: ("日常价", "日常价(元)", "原价"),
    Column.COMPARE: ("划线价", "划线价(元)"), Column.FLOOR: ("保护价", "保护价(元)", "底价"),
    Column.SETTLEMENT: ("结算价", "结算价(元)", "供货价"), Column.COMMISSION: ("佣金", "佣金(%)", "佣金率"),
    Column.SLOT_FEE: ("坑位费", "坑位费(元)"), Column.STOCK: ("承诺库存", "库存"), Column.CAPACITY: ("每天能发", "日发货能力"),
    Column.HOURS: ("几小时内发货", "发货时效", "发货时效(小时)"), Column.MINUTES: ("讲几分钟", "讲解时长", "讲解时长(分钟)"),
    Column.BANNED: ("不能说", "禁语"), Column.LINKS: ("链接", "链接号", "平台链接"),
}  # fmt: skip
MONEY = (Column.LIVE, Column.LIST, Column.COMPARE, Column.FLOOR, Column.SETTLEMENT, Column.SLOT_FEE)
WHOLE = (Column.STOCK, Column.CAPACITY, Column.HOURS, Column.MINUTES)
WORDS = (Column.SELLER, Column.EVIDENCE, Column.POINTS, Column.BANNED, Column.NOTE)
CHOICES: dict[Column, type[TextChoices]] = {
    Column.ROLE: SlotRole, Column.BASIS: CompareBasis, Column.FLOOR_PER: FloorPer, Column.SAMPLE: SampleStatus,
}  # fmt: skip
GIVEN = frozenset({Column.TITLE, Column.OFFERS, Column.PROMISES, Column.SEEN})  # shown, not read in
SENTENCES: dict[str, Promise] = {
    "money": _("“{typed}”不是金额。请写元，例如 29.9，没有就空着。"),
    "whole": _("“{typed}”要写 0 或更大的整数，没有就空着。"),
    "percent": _("“{typed}”要写 0 到 100 之间的百分数，例如 5。"),
    "choice": _("没有“{typed}”。请写：{accepted}。"),
    "day": _("没看懂“{typed}”是哪一天。请写 2026-03-05。"),
    "moment": _("没看懂“{typed}”是什么时候。请写 2026-03-05 20:00。"),
    "link": _("没看懂“{typed}”。请写平台、链接号和价，例如：抖音 12345 29.9。"),
    "subsidy": _("没有叫“{typed}”的补贴。请写：{accepted}。"),
    "sku": _("货品里没有编码“{typed}”，或者已经停用。请先在“货品”里登记。"),
    "sku_missing": _("空着。请写商家编码，系统按它认货。"),
    "twice": _("编码“{typed}”在第 {row} 行已经有了。一样货只写一行。"),
    "seen": _("您下载以后，别人改过这样货。请重新下载，再改一次。"),
    "price_missing": _("新加的货要写直播价。"),
}


class BadCell(Exception):
    """A cell that cannot be read; `str()` says what would be accepted."""

    def __init__(self, column: Column, code: str, **facts: object) -> None:
        super().__init__(code)
        self.column, self.code, self.facts = column, code, facts

    def __str__(self) -> str:
        return f"{self.column.label}：{str(SENTENCES[self.code]).format(**self.facts)}"


class Row(NamedTuple):
    number: int
    cells: dict[Column, str]


class Grid(NamedTuple):
    columns: list[Column]
    rows: list[Row]


def known_names() -> dict[str, Column]:
    names = {plain_name(name): column for column, those in SYNONYMS.items() for name in those}
    return names | {plain_name(str(column.label)): column for column in Column}


def grid_of(lines: Sequence[Sequence[str]]) -> Grid | None:
    """Of the rows as the reader gave them; None where none of the first is a header with codes."""
    names = known_names()
    for at, header in enumerate(lines[:HEADER_WITHIN]):
        places: dict[Column, int] = {}
        for place, text in enumerate(header):
            if column := names.get(plain_name(text)):
                places.setdefault(column, place)
        if len(places) >= KNOWN_NEEDED and Column.SKU in places:
            return Grid(list(places), _rows(lines, at + 1, places))
    return None


def _rows(lines: Sequence[Sequence[str]], begin: int, places: Mapping[Column, int]) -> list[Row]:
    rows = []
    for number, line in enumerate(lines[begin:], start=begin + 1):
        said = {column: cell(line[at])[:CELL_AT_MOST] if at < len(line) else "" for column, at in places.items()}
        if any(said.get(column) for column in (Column.SKU, Column.LIVE)):
            rows.append(Row(number, said))
    return rows


@dataclass(frozen=True, slots=True)
class Around:
    """What cells may name: subsidies by their names; and the day from which `3月5日` is understood."""

    today: date
    subsidies: Mapping[str, int] = field(default_factory=dict)


def facts_in(cells: Mapping[Column, str], old: ItemFacts, around: Around) -> tuple[ItemFacts, list[BadCell]]:
    """`old` with what the row says, and the cells that say nothing that can be read."""
    said: dict[str, Any] = {}
    bad: list[BadCell] = []
    for column in cells.keys() - GIVEN - {Column.PLACE, Column.SKU}:
        if column == Column.STOCK and old.promises:
            continue  # the sum of the promises
        try:
            said[column.value] = _value(column, cells[column], around)
        except BadCell as error:
            bad.append(error)
    if said.get(Column.LIVE.value, 0) is None:
        del said[Column.LIVE.value]
    facts = {name: getattr(old, name) for name in ItemFacts.__slots__} | said
    return ItemFacts(**facts), sorted(bad, key=lambda error: list(Column).index(error.column))


def _value(column: Column, text: str, around: Around) -> Any:
    if column in MONEY:
        return _money(column, text)
    if column in WHOLE:
        return _whole(column, text)
    if column in WORDS:
        return text
    if column in CHOICES:
        return _choice(column, text)
    return READERS[column](text, around)


def _money(column: Column, text: str) -> int | None:
    try:
        fen = fen_from_yuan(text)
    except ValueError:
        raise BadCell(column, "money", typed=short(text)) from None
    if fen is not None and not 0 <= fen <= MOST_FEN:
        raise BadCell(column, "money", typed=short(text))
    return fen or 0 if column == Column.SLOT_FEE else fen


def _whole(column: Column, text: str) -> int | None:
    plain = text.replace(",", "").replace("，", "").strip()
    if plain in {"", "-", "—"}:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        raise BadCell(column, "whole", typed=short(text))
    return int(plain)


def _choice(column: Column, text: str) -> str:
    choices = CHOICES[column]
    if not text or text == "—":
        return {Column.FLOOR_PER: FloorPer.PIECE.value, Column.SAMPLE: SampleStatus.NONE.value}.get(column, "")
    for choice in choices:
        if text in {choice.value, str(choice.label)}:
            return str(choice.value)
    raise BadCell(column, "choice", typed=short(text), accepted="、".join(str(choice.label) for choice in choices))


def _percent(text: str, _around: Around) -> int:
    try:
        points = Decimal(text.strip("%％ ") or "0") * 100
    except InvalidOperation:
        points = Decimal(-1)
    if not (points.is_finite() and 0 <= points <= BASIS_POINTS and points == points.to_integral_value()):
        raise BadCell(Column.COMMISSION, "percent", typed=short(text))
    return int(points)


def _subsidy(text: str, around: Around) -> int | None:
    if not text or text == "—":
        return None
    if text not in around.subsidies:
        raise BadCell(Column.SUBSIDY, "subsidy", typed=short(text), accepted="、".join(around.subsidies) or _now("没有"))
    return around.subsidies[text]


def _day(text: str, around: Around) -> date | None:
    if not text:
        return None
    day = day_of(text.removesuffix(MIDNIGHT), today=around.today)
    if day is None:
        raise BadCell(Column.PRESALE, "day", typed=short(text))
    return day


def _moment(text: str, around: Around) -> Any:
    if not text:
        return None
    at = moment_of(text, today=around.today)
    if at is None:
        raise BadCell(Column.CUT_OFF, "moment", typed=short(text))
    return at


PLATFORMS = {"抖音": "douyin", "快手": "kuaishou", "视频号": "wechat", "自有系统": "standard"}


def _links(text: str, _around: Around) -> tuple[LinkFacts, ...]:
    return tuple(_link(part) for part in (part.strip() for part in SEPARATORS.split(text)) if part)


def _link(text: str) -> LinkFacts:
    """`抖音 12345 29.9`, `快手 678`."""
    words = text.split()
    platform = next((value for name, value in names_of_platforms().items() if words and words[0] == name), None)
    if platform is None or len(words) not in {2, 3}:
        raise BadCell(Column.LINKS, "link", typed=short(text))
    try:
        return LinkFacts(platform, words[1], fen_from_yuan(words[2]) if len(words) > 2 else None)
    except ValueError:
        raise BadCell(Column.LINKS, "link", typed=short(text)) from None


def names_of_platforms() -> dict[str, str]:
    """In the language in use, in Chinese, and as we store them."""
    return PLATFORMS | {str(platform.label): platform.value for platform in Platform}


READERS: dict[Column, Any] = {
    Column.COMMISSION: _percent, Column.SUBSIDY: _subsidy, Column.PRESALE: _day, Column.CUT_OFF: _moment, Column.LINKS: _links,
}  # fmt: skip


def place_in(text: str) -> int | None:
    """Where a row wants to stand; None: it does not say."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None

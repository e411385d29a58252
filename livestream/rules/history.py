"""A session's whole history as one file: its parts, a digest of each, and the paper that people read. Pure.

电子商务法 第六十二条: in a dispute an operator produces the original records; lost or altered ones are his loss. So whoever gets
the file can compute each part's digest anew, and see that nothing was taken out of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from livestream.rules.day import SHANGHAI

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FORMAT = "cunbo-session-history/1"
CELL_AT_MOST = 300  # on paper; the JSON has the whole
ROWS_ON_PAPER = 500  # of a part

Row = dict[str, Any]


class Column(NamedTuple):
    """What a column is called on paper, and what its values are called."""

    label: str
    names: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Part:
    """Rows as the tables have them, and how paper says them; a column without words is called as it is."""

    rows: list[Row]
    columns: Mapping[str, Column] = field(default_factory=dict)


Parts = dict[str, Part]

TITLES: dict[str, _StrPromise] = {
    "session": _("场次"),
    "rooms": _("直播间"),
    "guests": _("嘉宾"),
    "plan": _("计划的每一步（留 30 天）"),
    "released": _("发布过的计划"),
    "line_up": _("排品和价格"),
    "links": _("平台链接"),
    "offers": _("优惠"),
    "promises": _("供货承诺"),
    "line_up_versions": _("排品表的每一版"),
    "papers": _("商品的证件"),
    "overrides": _("缺证件放行"),
    "script": _("直播脚本"),
    "script_rows": _("流程"),
    "cue_cards": _("手卡"),
    "preflight": _("开播前检查"),
    "start_choices": _("开播前的决定"),
    "log": _("中控记录"),
    "pitches": _("讲解"),
    "incidents": _("现场记录和更正"),
    "comments": _("观众的话（不记是谁）"),
    "readings": _("观众数据"),
    "statements": _("复盘数字"),
    "review_notes": _("复盘结论"),
    "review_actions": _("改进"),
    "complaints": _("公开页上的意见（不含原话和联系方式）"),
    "sales": _("成交（按商品合计）"),
    "subsidies": _("补贴台账"),
}


class Digest(NamedTuple):
    part: str
    rows: int
    sha256: str


def canonical(value: object) -> bytes:
    """JSON with sorted names and no spaces: the same value, the same bytes."""
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digests_of(parts: Parts) -> list[Digest]:
    return [Digest(name, len(part.rows), hashlib.sha256(canonical(part.rows)).hexdigest()) for name, part in parts.items()]


def sections_of(parts: Parts) -> list[dict[str, Any]]:
    """What the paper prints: each part as a table, each row as what it says, without what is empty."""
    return [
        {
            "title": str(TITLES[name]),
            "rows": [[str(number), said(row, part.columns)] for number, row in enumerate(part.rows[:ROWS_ON_PAPER], start=1)],
            "more": max(0, len(part.rows) - ROWS_ON_PAPER),
        }
        for name, part in parts.items()
    ]


def said(row: Row, columns: Mapping[str, Column]) -> str:
    """`做了什么：上架　什么时候：2026-11-22 19:30:05`."""
    words = []
    for name, value in row.items():
        if value is not None and value not in ("", [], {}):
            label, names = columns.get(name, Column(name))
            words.append(f"{label}：{names.get(str(value)) or _cell(value)}")
    return "　".join(words)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "✓" if value else "✗"
    text = canonical(value).decode() if isinstance(value, dict | list) else str(value)
    return text if len(text) <= CELL_AT_MOST else text[:CELL_AT_MOST] + "…"

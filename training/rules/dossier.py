"""The papers of a class's folder (一期一档) before they are set: tables, facts, words, pictures. Pure.

The same `Table` is printed on paper and written into a workbook, so a figure is the same in both."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from livestream.rules.cell import plain
from livestream.rules.day import SHANGHAI

Value = str | int | float | Decimal | date | datetime | None
NOTHING = "—"


class Column(NamedTuple):
    """`width`: in characters of a workbook; on paper its share of the page. `is_right`: numbers."""

    title: str
    width: int
    is_right: bool = False


class Table(NamedTuple):
    title: str
    columns: tuple[Column, ...]
    rows: list[tuple[Value, ...]]
    note: str = ""


class Facts(NamedTuple):
    """Labels with what they say."""

    rows: list[tuple[str, Value]]


class Words(NamedTuple):
    """Paragraphs, as somebody wrote them. `is_small`: how something was counted, where it comes from."""

    text: str
    title: str = ""
    is_small: bool = False


class Picture(NamedTuple):
    """`file`: a plain name, under which the bytes are handed over."""

    file: str
    caption: str


class Pictures(NamedTuple):
    items: list[Picture]
    title: str = ""
    columns: int = 3


Block = Table | Facts | Words | Pictures


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. `below`: the line under the title."""

    title: str
    below: str
    blocks: list[Block]
    is_wide: bool = False
    pictures: dict[str, bytes] = field(default_factory=dict)


def shown(value: Value) -> str:
    """As paper says it: moments and days of Shanghai, what is not known as a dash."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return plain(str(value))


def as_data(block: Block) -> dict[str, Any]:
    """What the template of papers reads."""
    if isinstance(block, Table):
        return {
            "kind": "table",
            "title": block.title,
            "note": block.note,
            "heads": [column.title for column in block.columns],
            "widths": [column.width for column in block.columns],
            "right": [column.is_right for column in block.columns],
            "rows": [[shown(value) for value in row] for row in block.rows],
        }
    if isinstance(block, Facts):
        return {"kind": "facts", "rows": [[label, lines(value)] for label, value in block.rows]}
    if isinstance(block, Words):
        return {"kind": "words", "title": block.title, "lines": lines(block.text), "is_small": block.is_small}
    items = [{"file": one.file, "caption": plain(one.caption)} for one in block.items]
    return {"kind": "pictures", "title": block.title, "columns": block.columns, "items": items}


def lines(value: Value) -> list[str]:
    """Each paragraph by itself."""
    if not isinstance(value, str):
        return [shown(value)]
    return [plain(line) for line in value.splitlines() if plain(line)] or [NOTHING]

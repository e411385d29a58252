"""A platform's list of who watched how many minutes, as it is pasted or comes in a spreadsheet. Pure: cells in, rows out."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from livestream.rules.text import one_line
from training.rules.study import MINUTES_A_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.utils.functional import Promise

ROWS_AT_MOST = 500
CELL_AT_MOST = 60
PASTED_AT_MOST = 60_000  # characters
NAMES = ("姓名", "学员", "学员姓名", "用户", "昵称")
PHONES = ("手机", "手机号", "电话", "联系电话", "尾号", "手机尾号", "手机号末四位")
MINUTES = ("分钟", "时长", "学习时长", "观看时长", "学习分钟", "观看分钟", "时长(分钟)", "学习时长(分钟)", "观看时长(分钟)")
SENTENCES: dict[str, Promise] = {
    "unknown": _("这个班里没有这个人"),
    "several": _("不止一个人，请在旁边写手机号末四位"),
    "twice": _("这个人在上面已经有一行了"),
    "minutes_not_understood": _("分钟数看不懂，请写整数，例如 45"),
    "minutes_too_many": _("一天最多 720 分钟；几天合起来的，请按天分开"),
    "day_is_full": _("这一天加起来超过 720 分钟了"),
}

DIGITS = re.compile(r"[0-9]{1,7}(?:[.][0-9]{1,3})?")
CLOCK = re.compile(r"([0-9]{1,4}):([0-5]?[0-9])(?::([0-5]?[0-9]))?")
WORDS = re.compile(r"(?:([0-9]{1,4})(?:小时|时|h))?(?:([0-9]{1,6})(?:分钟|分|min|m))?(?:[0-9]{1,2}(?:秒钟|秒|s))?")
PHONE_END = re.compile(r"(?:[0-9]{7}|[0-9]{3}[*]{4}|[*]*|尾号)?([0-9]{4})")


class TypedRow(NamedTuple):
    """One line of the list, counted from 1. `minutes`: None where they were not understood. `key`: where a program names the
    enrolment itself, instead of name and phone."""

    line: int
    name: str
    phone_end: str
    minutes: int | None
    key: str = ""


class Person(NamedTuple):
    """Somebody who has a seat: what the list may know him by."""

    name: str
    phone_end: str


def minutes_in(text: str) -> int | None:
    """Whole minutes, rounded down: `45`, `45分钟`, `45.6`, `0:45:30` (hours first), `1小时20分`; None for anything else."""
    plain = "".join(text.split()).casefold()
    if DIGITS.fullmatch(plain):
        return int(plain.split(".")[0])
    if clock := CLOCK.fullmatch(plain):
        hours, minutes, seconds = clock.groups()
        return int(hours) * 60 + int(minutes) if seconds is not None else int(hours)
    if plain and (words := WORDS.fullmatch(plain)):
        return int(words[1] or 0) * 60 + int(words[2] or 0)
    return None


def rows_in(cells: Iterable[Sequence[str]]) -> list[TypedRow]:
    """The lines that name somebody. A head says which column is what; without one the last column holds the minutes, one that
    ends in four digits the phone, the first other one the name."""
    columns: dict[str, int] = {}
    found: list[TypedRow] = []
    for line, raw in enumerate(cells, start=1):
        row = [one_line(unicodedata.normalize("NFKC", cell[:CELL_AT_MOST])) for cell in raw]
        if not any(row):
            continue
        if head := _head(row):
            columns = head
            continue
        found.append(_by_head(line, row, columns) if columns else _by_look(line, row))
    return found[:ROWS_AT_MOST]


def cells_in(text: str) -> list[list[str]]:
    """The cells of what was pasted: from a spreadsheet with tabs, else with commas or blanks between them."""
    return [
        re.split(r"\t" if "\t" in line else r"[,，、;；\s]+", line.strip())
        for line in text[:PASTED_AT_MOST].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]


def _head(row: Sequence[str]) -> dict[str, int]:
    kinds = {"name": NAMES, "phone_end": PHONES, "minutes": MINUTES}
    plain = [cell.replace(" ", "") for cell in row]
    found = {kind: next((i for i, cell in enumerate(plain) if cell in names), -1) for kind, names in kinds.items()}
    found = {kind: column for kind, column in found.items() if column >= 0}
    return found if "minutes" in found and len(found) > 1 else {}


def _by_head(line: int, row: Sequence[str], columns: Mapping[str, int]) -> TypedRow:
    said = {kind: row[column] if column < len(row) else "" for kind, column in columns.items()}
    return TypedRow(line, said.get("name", ""), _phone_end(said.get("phone_end", "")), minutes_in(said["minutes"]))


def _by_look(line: int, row: Sequence[str]) -> TypedRow:
    *others, minutes = [cell for cell in row if cell]
    phone_end = next((end for cell in others if (end := _phone_end(cell))), "")
    name = next((cell for cell in others if not _phone_end(cell) and not cell.isdecimal()), "")
    return TypedRow(line, name, phone_end, minutes_in(minutes))


def _phone_end(cell: str) -> str:
    found = PHONE_END.fullmatch(cell.replace(" ", "").replace("-", ""))
    return found[1] if found else ""


def who(row: TypedRow, people: Mapping[str, Person]) -> tuple[str, str]:
    """The key of the one who is meant and "", or "" and the code of what is wrong."""
    if row.key:
        return (row.key, "") if row.key in people else ("", "unknown")
    meant = [
        key
        for key, person in people.items()
        if (row.name or row.phone_end)
        and (not row.name or _plain(person.name) == _plain(row.name))
        and (not row.phone_end or person.phone_end == row.phone_end)
    ]
    if len(meant) == 1:
        return meant[0], ""
    return "", "several" if meant else "unknown"


def _plain(name: str) -> str:
    return "".join(name.split())


def wrong_with(minutes: int | None, *, others_that_day: int) -> str:
    """The code of what is wrong with these minutes, beside what the person has of that day already; "" for nothing."""
    if minutes is None:
        return "minutes_not_understood"
    if minutes > MINUTES_A_DAY:
        return "minutes_too_many"
    return "day_is_full" if minutes + others_that_day > MINUTES_A_DAY else ""

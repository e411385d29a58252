"""What stands in a cell, as a fact: identifiers, money, counts, times. Raises BadRow, never guesses."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from livestream.rules.money import fen_from_yuan
from orders.sheets.contract import BadRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# 抖店 puts a tab before numbers, 淘宝 an apostrophe or ="…", copied cells carry blanks nobody sees.
JUNK = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u202a\u202c"
EMPTY = frozenset({"", "-", "--", "—", "——", "/"})
SHANGHAI = timezone(timedelta(hours=8))  # no summer time since 1991
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
MOST_FEN = 10**11
_FLOATED = re.compile(r"\d+(\.\d+)?[eE]\+?\d+|\d+\.\d+")
_IDENTIFIER = re.compile(r"[0-9A-Za-z_-]{1,64}")
_USUAL = re.compile(r"\d{1,8}\.\d\d", re.ASCII)  # nine cells of ten; the others take the careful road
_COUNT = re.compile(r"(\d{1,6})(\.0+)?")
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?", re.ASCII
)  # fmt: skip
_STANDARD = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
EXACT_DIGITS = 15  # a spreadsheet keeps this many digits of a number and writes zeros for the others


def clean(cell: str) -> str:
    """The cell without its wrapping; "" for every way of saying "nothing"."""
    bare = cell.strip(JUNK)
    if bare in EMPTY:
        return ""
    if bare[0] == "=":
        bare = bare[1:].strip('"').strip(JUNK)
    if bare[:1] == "'":
        bare = bare[1:].strip(JUNK)
    return "" if bare in EMPTY else bare


class Row:
    """A row's cells by the key of their column."""

    __slots__ = ("cells", "places", "titles")

    def __init__(self, cells: Sequence[str], places: Mapping[str, int], titles: Mapping[str, str]) -> None:
        self.cells = cells
        self.places = places
        self.titles = titles

    def text(self, key: str, at_most: int = 64) -> str:
        """The cleaned text; "" where the cell is empty or the file has no such column."""
        place = self.places.get(key, -1)
        if place < 0 or place >= len(self.cells):
            return ""
        text = clean(self.cells[place])
        if len(text) > at_most:
            raise BadRow("long", self.titles[key])
        return text

    def has(self, key: str) -> bool:
        return key in self.places

    def identifier(self, key: str) -> str:
        """A number that names something; refuses one that a spreadsheet has rounded."""
        text = self.text(key, 200)
        if not text:
            raise BadRow("missing", self.titles[key])
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text)
        if text.isdecimal() and text.isascii() and len(text) <= 64:
            return text
        if _FLOATED.fullmatch(text):
            raise BadRow("floated", self.titles[key])
        if not _IDENTIFIER.fullmatch(text):
            raise BadRow("identifier", self.titles[key])
        return text

    def money(self, key: str) -> int | None:
        """Fen, None for an empty cell."""
        text = self.text(key)
        if not text:
            return None
        if _USUAL.fullmatch(text):
            return int(text.replace(".", ""))
        try:
            fen = fen_from_yuan(text)
        except ValueError:
            raise BadRow("money", self.titles[key]) from None
        if fen is not None and fen < 0:
            raise BadRow("negative", self.titles[key])
        if fen is not None and fen > MOST_FEN:
            raise BadRow("money", self.titles[key])
        return fen

    def count(self, key: str) -> int:
        text = self.text(key)
        if not text:
            raise BadRow("missing", self.titles[key])
        if not (found := _COUNT.fullmatch(text.replace(",", ""))):
            raise BadRow("count", self.titles[key])
        return int(found[1])

    def moment(self, key: str, now: datetime) -> datetime | None:
        """A Shanghai time, None for an empty cell."""
        text = self.text(key)
        if not text:
            return None
        try:
            found = moment_of(text)
        except ValueError:
            raise BadRow("time", self.titles[key]) from None
        if not EARLIEST <= found <= now + AHEAD:
            raise BadRow("time_range", self.titles[key])
        return found


def moment_of(text: str) -> datetime:
    """`2026-07-22 11:30:00`, `2026/7/22 11:30`, `2026年7月22日 11:30:00` as Shanghai time. Raises ValueError."""
    if _STANDARD.fullmatch(text):
        return datetime.fromisoformat(text + "+08:00")
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError("no time")
    return datetime(*(int(part or 0) for part in found.groups()), tzinfo=SHANGHAI)  # type: ignore[misc,arg-type]


def lost_its_tail(number: str) -> bool:
    """Only zeros after the 15th digit, as a spreadsheet leaves a long number. One true number in ten thousand looks so too."""
    return len(number) > EXACT_DIGITS and not number[EXACT_DIGITS:].strip("0")

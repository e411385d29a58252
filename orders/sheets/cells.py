"""What stands in a cell, as a fact: identifiers, money, counts, times. Raises BadCell, never guesses."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from livestream.rules.money import fen_from_yuan
from orders.sheets.contract import BadCell, BadRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from orders.sheets.contract import Column, Kind

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
REMEMBERED = 4096  # texts a column
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


def text(at_most: int = 64) -> Kind:
    """The cleaned text of a column."""

    def kind(cell: str, _now: datetime) -> str:
        found = clean(cell)
        if len(found) > at_most:
            raise BadCell("long")
        return found

    return kind


def stored_text(at_most: int) -> Kind:
    """Text that will lie in the database."""
    plain = text(at_most)

    def kind(cell: str, now: datetime) -> str:
        if "\0" in (found := plain(cell, now)):
            raise BadRow("nul")
        return str(found)

    return kind


plain_text = text()


def identifier(cell: str, now: datetime) -> str:
    """A number that names something; refuses one that a spreadsheet has rounded."""
    found = cell.strip("\t")
    if found.isdecimal() and found.isascii() and len(found) <= 64:
        return found
    found = text(200)(cell, now)
    if not found:
        raise BadCell("missing")
    if not found.isascii():
        found = unicodedata.normalize("NFKC", found)
    if _FLOATED.fullmatch(found):
        raise BadCell("floated")
    if not _IDENTIFIER.fullmatch(found):
        raise BadCell("identifier")
    return found


def money(cell: str, now: datetime) -> int | None:
    """Fen, None for an empty cell."""
    if _USUAL.fullmatch(cell):
        return int(cell.replace(".", ""))
    found = plain_text(cell, now)
    if not found:
        return None
    try:
        fen = fen_from_yuan(found)
    except ValueError:
        raise BadCell("money") from None
    if fen is not None and fen < 0:
        raise BadCell("negative")
    if fen is not None and fen > MOST_FEN:
        raise BadCell("money")
    return fen


def count(cell: str, now: datetime) -> int:
    found = plain_text(cell, now)
    if not found:
        raise BadCell("missing")
    if not (said := _COUNT.fullmatch(found.replace(",", ""))):
        raise BadCell("count")
    return int(said[1])


def moment(cell: str, now: datetime) -> datetime | None:
    """A Shanghai time, None for an empty cell."""
    found = cell.strip("\t")
    if not _STANDARD.fullmatch(found) and not (found := str(plain_text(cell, now))):
        return None
    try:
        said = moment_of(found).astimezone(UTC)  # half the work when it is compared and written down
    except ValueError:
        raise BadCell("time") from None
    if not EARLIEST <= said <= now + AHEAD:
        raise BadCell("time_range")
    return said


def needed(kind: Kind) -> Kind:
    """Refuses an empty cell."""

    def strict(cell: str, now: datetime) -> Any:
        if (value := kind(cell, now)) is None or value == "":
            raise BadCell("missing")
        return value

    return strict


class Parser(dict[str, Any]):
    """What the texts of one column mean: `parser[text]` parses each text once. Raises BadRow, naming the column."""

    def __init__(self, column: Column, now: datetime) -> None:
        self.column = column
        self.now = now

    def parse(self, cell: str) -> Any:
        try:
            return self.column.kind(cell, self.now)
        except BadCell as bad:
            raise BadRow(bad.code, self.column.title) from None

    def __missing__(self, cell: str) -> Any:
        value = self.parse(cell)
        if len(self) >= REMEMBERED:
            self.clear()
        self[cell] = value
        return value


class Values:
    """Rows as one value for each of the sheet's columns; an absent column is an empty cell."""

    def __init__(self, columns: Sequence[Column], places: Mapping[str, int], width: int, now: datetime) -> None:
        parsers = [Parser(column, now) for column in columns]
        here = [parser for parser in parsers if parser.column.key in places]
        self.parsers = [parser.parse if parser.column.is_unique else parser.__getitem__ for parser in here]
        self.pick: Callable[[Sequence[str]], tuple[str, ...]] = itemgetter(*[places[parser.column.key] for parser in here])
        self.absent = [(n, parser.parse("")) for n, parser in enumerate(parsers) if parser.column.key not in places]
        self.width = width

    def of(self, cells: list[str]) -> list[Any]:
        """Raises BadRow. A cell that the row does not have is empty."""
        if len(cells) < self.width:
            cells = cells + [""] * (self.width - len(cells))
        values = [parse(cell) for parse, cell in zip(self.parsers, self.pick(cells), strict=True)]
        for place, value in self.absent:
            values.insert(place, value)
        return values

    def of_many(self, rows: list[list[str]]) -> Iterator[tuple[Any, ...]]:
        """The same for rows of the full width, column by column. Raises BadRow before it gives the first."""
        columns = zip(*map(self.pick, rows), strict=True)
        values: list[Iterable[Any]] = [list(map(parse, column)) for parse, column in zip(self.parsers, columns, strict=True)]
        for place, value in self.absent:
            values.insert(place, repeat(value, len(rows)))
        return zip(*values, strict=True)


def moment_of(text: str) -> datetime:
    """`2026-07-22 11:30:00`, `2026/7/22 11:30`, `2026年7月22日 11:30:00` as Shanghai time. Raises ValueError."""
    if len(text) == len("2026-07-22 11:30:00") and _STANDARD.fullmatch(text):
        return datetime.fromisoformat(text + "+08:00")
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError("no time")
    return datetime(*(int(part or 0) for part in found.groups()), tzinfo=SHANGHAI)  # type: ignore[misc,arg-type]


def lost_its_tail(number: str) -> bool:
    """Only zeros after the 15th digit, as a spreadsheet leaves a long number. One true number in ten thousand looks so too."""
    return number[-1] == "0" and len(number) > EXACT_DIGITS and not number[EXACT_DIGITS:].strip("0")

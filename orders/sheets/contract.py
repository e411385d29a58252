"""What a platform's sheet offers and what reading it ends in. Pure: no query, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from orders.sheets.words import FILE, NOTE, ROW

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.utils.functional import Promise

Kind = Callable[[str, datetime], Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be counted: a stable code and the column it is about."""

    code: str
    column: str = ""

    def __str__(self) -> str:
        return str(ROW[self.code]).format(column=self.column)


class BadCell(Exception):
    """This text is not what its column holds."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadRow(Exception):
    """This row cannot be counted; its neighbours can."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(code, column)


class Refused(Exception):
    """Nothing of this file can be counted. `code` is stable; `str()` is a sentence in the reader's language."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return str(FILE[self.code]).format(**self.facts)


def note(code: str) -> str:
    """What a person should know before importing, as a sentence."""
    return str(NOTE[code])


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we read. `titles`: every name it has been seen under; the first one is shown to people.

    `kind` turns a cell's text into a fact, "" into what an empty cell says, and raises BadCell. It knows the time of the
    reading and nothing else, so that a text that comes again need not be parsed again (unless `is_unique`).
    """

    key: str
    titles: tuple[str, ...]
    kind: Kind
    is_needed: bool = False
    is_unique: bool = False
    if_missing: str = ""  # the note for a file without it

    @property
    def title(self) -> str:
        return self.titles[0]


class RowFact(msgspec.Struct, frozen=True, gc=False):
    """One row: one line of one order. `status` None: the row says nothing about its order (a gift).

    `due_fen` is what the file's own totals row adds up, `moment` the latest time the row knows, `submitted_at` when the
    order was made.
    """

    order_no: str
    line_no: str
    sku: str
    title: str
    quantity: int
    paid_fen: int
    due_fen: int
    status: str | None
    moment: datetime
    submitted_at: datetime
    paid_at: datetime | None
    host_account: str | None
    province: str | None
    is_refunded: bool


class Sheet(Protocol):
    """A platform's order export. A sheet is a module of data and one pure function."""

    NAME: str  # also the name of the platform whose shops it belongs to
    LABEL: Promise
    MARKS: frozenset[str]  # a file with one of these column names is one of these sheets
    COLUMNS: tuple[Column, ...]

    def read(self, values: Sequence[Any], known: Collection[str]) -> RowFact:
        """One value for each column, in their order; `known` are the columns that the file has. Raises BadRow."""

    def missing_columns(self, missing: list[Column]) -> Refused:
        """What to say of a file of this platform that lacks needed columns."""

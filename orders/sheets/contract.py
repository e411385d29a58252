"""What a platform's sheet offers and what reading it ends in. Pure: no query, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orders.sheets.words import FILE, NOTE, ROW

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import Promise

    from orders.rules.order import LineFact
    from orders.sheets.cells import Row


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be counted: a stable code and the column it is about."""

    code: str
    column: str = ""

    def __str__(self) -> str:
        return str(ROW[self.code]).format(column=self.column)


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
    """A column that we read. `titles`: every name it has been seen under; the first one is shown to people."""

    key: str
    titles: tuple[str, ...]
    is_needed: bool = False
    if_missing: str = ""  # the note for a file without it

    @property
    def title(self) -> str:
        return self.titles[0]


@dataclass(frozen=True, slots=True)
class RowFact:
    """One row: one line of one order. `status` None: the row says nothing about its order (a gift).

    `moment` is the latest time the row knows, `submitted_at` when the order was made.
    """

    order_no: str
    line: LineFact
    due_fen: int  # what the file's own totals row adds up
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

    def read(self, row: Row, now: datetime) -> RowFact:
        """Raises BadRow, and Refused for what makes the whole file unreadable."""

    def missing_columns(self, missing: list[Column]) -> Refused:
        """What to say of a file of this platform that lacks needed columns."""

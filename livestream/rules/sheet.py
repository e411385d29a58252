"""What all sheets that people send in have in common: which column a heading means, what is wrong with a cell, and what would
come of the rows. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from django.db.models import TextChoices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

C = TypeVar("C", bound=TextChoices)
WRONG = "wrong"  # the verdict that every sheet has


# --- headings -----------------------------------------------------------------------------------------------------------------


def plain_name(text: str) -> str:
    """A column's name without blanks, full-width brackets and case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).strip("\ufeff\"'*=:").casefold()


def known_by(synonyms: Mapping[C, Sequence[str]]) -> dict[str, C]:
    """The columns by their plain names, in whatever language those are."""
    return {plain_name(name): column for column, names in synonyms.items() for name in names}


def names_of(columns: type[C], known: Mapping[str, C]) -> dict[str, C]:
    """Every name of a column, also those of the language in use: a sheet that went out in it comes back in it."""
    return {plain_name(str(column.label)): column for column in columns} | dict(known)


def places_of(cells: Iterable[str], names: Mapping[str, C]) -> dict[C, int]:
    """Where each known column stands; of two of one name the first."""
    places: dict[C, int] = {}
    for place, text in enumerate(cells):
        if column := names.get(plain_name(text)):
            places.setdefault(column, place)
    return places


class NoHeader(Exception):
    """No row is a header, or it lacks columns: those are `missing`, by their labels."""

    def __init__(self, missing: Iterable[TextChoices] = ()) -> None:
        super().__init__("no_header")
        self.missing = [str(column.label) for column in missing]


# --- cells --------------------------------------------------------------------------------------------------------------------


def cell(text: str) -> str:
    """What stands in it, on one line; a quote or a tab that keeps a spreadsheet from reading it is none of it."""
    return text.replace("\r\n", "\n").strip(" \t\n\u3000").removeprefix("'")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell, in a sentence that says what would be accepted; `column` None: the row as a whole."""

    column: TextChoices | None
    text: str

    @property
    def label(self) -> str:
        return str(self.column.label) if self.column else ""

    def __str__(self) -> str:
        return f"{self.label}：{self.text}" if self.column else self.text


class BadCell(Exception):
    """Carries the Problem; each kind of sheet has its own `sentences`, by code."""

    sentences: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, column: TextChoices, code: str, **facts: object) -> None:
        super().__init__(code)
        self.problem = Problem(column, str(self.sentences[code]).format(column=column.label, **facts))


# --- rows ---------------------------------------------------------------------------------------------------------------------


class Judged(Protocol):
    """A row, what would come of it, and why not."""

    verdict: Any
    problems: list[Problem]


J = TypeVar("J", bound=Judged)


def refuse(row: Judged, problem: Problem) -> None:
    """It stays out."""
    row.verdict = type(row.verdict)(WRONG)
    row.problems.append(problem)


@dataclass(slots=True)
class Look(Generic[J]):
    """What would come of a sheet; `verdicts`: all that a row can get, in the order in which they are told."""

    verdicts: ClassVar[type[TextChoices]]

    rows: list[J]

    @property
    def counts(self) -> dict[Any, int]:
        found = Counter(one.verdict for one in self.rows)
        return {verdict: found[verdict] for verdict in self.verdicts}

    @property
    def wrong(self) -> list[J]:
        return [one for one in self.rows if one.verdict == WRONG]

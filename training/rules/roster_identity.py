"""Identity numbers in a roster: what they say is taken, and then they are gone. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from livestream.rules.plan_sheet import short
from livestream.rules.vault import birth_in
from training.rules.birth import IDENTITY, ROUNDED, BadBirth, Birth, birth_of
from training.rules.roster import BadCell, Column, Row
from training.rules.trainee import Sex

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

DIGEST = "\x1d"  # begins an identity cell whose number is gone
DIFFERS = "≠"  # stands for a number that says another birth date
NONE = "?"  # stands for a number that is none


def without_identity(row: Row, digest: Callable[[str], str], *, today: date) -> Row:
    """The row with a digest in place of the identity number, whichever cell it stood in, and what the number says of birth and
    sex where the row says nothing. A number that is none is taken away as well, and one in a cell that is not for it: `?`
    stays, which is refused."""
    cells = {column: _unnumbered(column, text) for column, text in row.cells.items()}
    for column in (Column.IDENTITY, Column.BIRTH):
        text = cells.get(column, "")
        written = _digits(text)
        is_number = column == Column.IDENTITY and text and text[0] not in {DIGEST, DIFFERS}
        if not (IDENTITY.fullmatch(written) or is_number):
            continue
        cells[column] = ""
        try:
            found = birth_of(written, today=today)
        except BadBirth as bad:
            cells[Column.IDENTITY] = NONE if bad.code != "rounded" else written
            continue
        if not found.identity:
            cells[Column.IDENTITY] = NONE
            continue
        cells[Column.IDENTITY] = DIGEST + digest(found.identity)
        if _differs(cells.get(Column.BIRTH, ""), found, today):
            cells[Column.IDENTITY] = DIFFERS
        cells[Column.BIRTH] = cells.get(Column.BIRTH) or birth_in(found.identity).isoformat()
        cells[Column.SEX] = cells.get(Column.SEX) or str((Sex.MALE if int(found.identity[16]) % 2 else Sex.FEMALE).label)
    return row._replace(cells=cells)


def _unnumbered(column: Column, text: str) -> str:
    return NONE if column not in {Column.IDENTITY, Column.BIRTH} and IDENTITY.fullmatch(_digits(text)) else text


def _digits(text: str) -> str:
    return re.sub(r"[\s'-]", "", unicodedata.normalize("NFKC", text))


def _differs(text: str, found: Birth, today: date) -> bool:
    """Whether the birth date beside an identity number is another one; what cannot be read is told as such."""
    try:
        said = birth_of(text, today=today)
    except BadBirth:
        return False
    return bool(said.on and said.on != found.on or said.year and said.year != found.year)


def digest_in(text: str) -> str:
    """The digest that stands in the cell; "" for an empty one. Raises BadCell."""
    if text == DIFFERS:
        raise BadCell(Column.BIRTH, "birth_differs")
    if not text or text.startswith(DIGEST):
        return text.removeprefix(DIGEST)
    code = "rounded" if ROUNDED.fullmatch(text) else "identity"
    raise BadCell(Column.IDENTITY, code, typed=short(text))

"""Small cells of a table of people: which numbers may be read, so that none of the small ones can be worked out from the others.

A number from 1 to `least` − 1 is small: in a village everybody knows who the one returnee of 16 is. Leaving it out is not
enough, because the total less the others gives it back; so another cell is hidden with it. Which one must not depend on the
numbers either, or whoever knows the rule would learn from the choice: it is the first that is not small, in the order of the
table. Where the two together leave the small ones less room than "1 to `least` − 1", or where the total is so small that every
cell could be, the whole table is withheld. `tests/training/test_suppression.py` tries every table of some sizes to show that
nobody finds a small number out, the rule in his hand. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST = 3  # below it "fewer than" would name the number: fewer than 2 is 1


class Mark(StrEnum):
    """What a cell says: its number; that it is small; or nothing, because it would give a small one away."""

    NUMBER = "number"
    FEW = "few"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Cell:
    """`number` is there only with the mark NUMBER."""

    mark: Mark
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it may be read. `is_withheld`: only its total may."""

    total: Cell
    cells: tuple[Cell, ...]
    is_withheld: bool = False


def number_of(number: int, least: int) -> Cell:
    """A single number that no table breaks down; nobody at all is no person to protect."""
    return Cell(Mark.FEW) if 0 < number < least else Cell(Mark.NUMBER, number)


def suppressed(numbers: Sequence[int], least: int) -> Table:
    """The table of these numbers, whose sum is published with it. `least` is `LEAST` or more; numbers are not negative."""
    total = number_of(sum(numbers), least)
    small = [0 < number < least for number in numbers]
    if total.mark == Mark.FEW:
        return withheld(total, len(numbers))
    if not any(small):
        return Table(total, tuple(Cell(Mark.NUMBER, number) for number in numbers))
    other = next((n for n, number in enumerate(numbers) if number >= least), None)
    if other is None or sum(numbers) <= len(numbers) * (least - 1):
        return withheld(total, len(numbers))
    if not leaves_room(numbers[other] + sum(number for number in numbers if number < least), sum(small), least):
        return withheld(total, len(numbers))
    return Table(total, tuple(cell_of(number, n == other, least) for n, number in enumerate(numbers)))


def leaves_room(together: int, smalls: int, least: int) -> bool:
    """Whether each of so many small cells can be anything from 1 to `least` − 1 where they and one hidden cell (`least` or more)
    sum to `together`: that is all that readers know."""
    return together >= least + (smalls - 1) + (least - 1)


def cell_of(number: int, is_hidden: bool, least: int) -> Cell:
    return Cell(Mark.HIDDEN) if is_hidden else number_of(number, least)


def withheld(total: Cell, cells: int) -> Table:
    return Table(total, (Cell(Mark.HIDDEN),) * cells, is_withheld=True)

"""Small numbers of people cannot be worked out: not from totals, and not by whoever knows the rule."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training.rules.suppression import LEAST, Cell, Mark, Table, number_of, suppressed

FEW, HIDDEN = Cell(Mark.FEW), Cell(Mark.HIDDEN)


def shown(number):
    return Cell(Mark.NUMBER, number)


@pytest.mark.parametrize(
    ("numbers", "table"),
    [
        ((), Table(shown(0), ())),
        ((0, 0), Table(shown(0), (shown(0), shown(0)))),
        ((20, 0, 7), Table(shown(27), (shown(20), shown(0), shown(7)))),
        ((20, 4, 7), Table(shown(31), (HIDDEN, FEW, shown(7)))),
        ((3, 0, 20, 7), Table(shown(30), (FEW, shown(0), HIDDEN, shown(7)))),
        ((1, 2, 20, 4), Table(shown(27), (FEW, FEW, HIDDEN, FEW))),
        ((4, 4, 4), Table(shown(12), (HIDDEN, HIDDEN, HIDDEN), is_withheld=True)),  # withheld with all others of 12,
        ((1, 2, 9), Table(shown(12), (HIDDEN, HIDDEN, HIDDEN), is_withheld=True)),  # or it would stand out alone
        ((4, 0), Table(FEW, (HIDDEN, HIDDEN), is_withheld=True)),
        ((4, 4), Table(shown(8), (HIDDEN, HIDDEN), is_withheld=True)),  # "fewer than 5" twice, of 8: both would be 4
        ((1, 5, 90), Table(shown(96), (HIDDEN, HIDDEN, HIDDEN), is_withheld=True)),  # of 6 only 1 + 5 is possible
        ((4, 5, 90), Table(shown(99), (FEW, HIDDEN, shown(90)))),
    ],
)
def test_tables_as_they_may_be_read(numbers, table):
    assert suppressed(numbers, 5) == table


@pytest.mark.parametrize(("number", "cell"), [(0, shown(0)), (1, FEW), (4, FEW), (5, shown(5))])
def test_a_single_number(number, cell):
    assert number_of(number, 5) == cell


def naive(numbers, least):
    """Small cells left out, and nothing else: the control."""
    return Table(number_of(sum(numbers), least), tuple(number_of(number, least) for number in numbers))


def found_out(rule, cells, least, most):
    """Every (table, cell) whose small number follows from what is published, for a reader who knows the rule and tries all
    tables of so many cells up to `most` each."""
    possible = defaultdict(list)
    for numbers in product(range(most + 1), repeat=cells):
        possible[rule(numbers, least)].append(numbers)
    small = range(1, least)
    return [
        (numbers, n)
        for published, tables in possible.items()
        for numbers in tables
        if sum(numbers) <= most  # beyond, tables with larger numbers are missing from the ones tried
        for n in range(cells)
        if numbers[n] in small and len({table[n] for table in tables}) == 1
    ]


@pytest.mark.parametrize(
    ("cells", "least", "most"), [(2, 3, 24), (2, 5, 40), (3, 3, 16), (3, 4, 20), (3, 5, 22), (4, 3, 12), (1, 5, 30)]
)
def test_nobody_finds_a_small_number_out_by_trying_every_table(cells, least, most):
    assert found_out(suppressed, cells, least, most) == []
    assert cells == 1 or found_out(naive, cells, least, most)


tables = st.lists(st.integers(0, 60), min_size=1, max_size=9)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tables, st.integers(LEAST, 10))
def test_no_small_number_is_ever_shown_and_nothing_is_invented(numbers, least):
    table = suppressed(numbers, least)

    for number, cell in zip(numbers, table.cells, strict=True):
        assert cell.mark != Mark.NUMBER or cell.number == number
        assert cell.mark != Mark.NUMBER or not 0 < number < least
        assert cell.mark != Mark.FEW or 0 < number < least
    assert table.total in {shown(sum(numbers)), FEW}


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tables, st.integers(LEAST, 10))
def test_every_small_cell_could_be_anything_small(numbers, least):
    """What is hidden sums to total − shown; each small cell can take every value from 1 to least − 1 within that."""
    table = suppressed(numbers, least)
    if table.is_withheld or Mark.FEW not in {cell.mark for cell in table.cells}:
        return
    together = table.total.number - sum(cell.number or 0 for cell in table.cells)
    smalls = sum(cell.mark == Mark.FEW for cell in table.cells)
    hidden = sum(cell.mark == Mark.HIDDEN for cell in table.cells)

    assert hidden == 1
    for value in range(1, least):
        others_at_least, others_at_most = smalls - 1, (smalls - 1) * (least - 1)
        assert any(together - value - others >= least for others in range(others_at_least, others_at_most + 1))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tables, st.integers(LEAST, 10), st.integers(0, 8), st.integers(0, 8))
def test_what_is_published_depends_on_no_small_value(numbers, least, which, other):
    """Move people between a small cell and the hidden one, keeping both what they are: the same table comes out."""
    table = suppressed(numbers, least)
    smalls = [n for n, cell in enumerate(table.cells) if cell.mark == Mark.FEW]
    if table.is_withheld or not smalls:
        return
    hidden = next(n for n, cell in enumerate(table.cells) if cell.mark == Mark.HIDDEN)
    small, value = smalls[which % len(smalls)], 1 + other % (least - 1)
    moved = list(numbers)
    moved[small], moved[hidden] = value, numbers[hidden] + numbers[small] - value

    assert moved[hidden] < least or suppressed(moved, least) == table

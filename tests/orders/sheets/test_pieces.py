from __future__ import annotations

import pytest

from orders.sheets.grouping import units
from orders.sheets.pieces import BadLine, cut, encode, pieces_after
from tests.orders.sheets.exports import make_file, make_reading, make_row, order_no


def kept(rows, size):
    return [encode(piece) for piece in cut(units(make_reading(make_file(rows)).rows(), {}), size)]


def said(pieces):
    """Every row in the sequence in which it is counted: the number of its sub-order, or of the row that nobody can read."""
    found = []
    for piece in pieces:
        events = iter(piece.events)
        bad = {problem.place: problem.number for problem in piece.problems}
        found += [bad[place] if place in bad else next(events).line_no for place in range(piece.rows)]
        assert next(events, None) is None
    return found


ROWS = [make_row(n // 3, n % 3, 商品数量="x" if n in {4, 11, 12} else "2") for n in range(20)]


@pytest.mark.parametrize("size", [1, 4, 7, 100])
@pytest.mark.parametrize("rows", range(21))
def test_pieces_go_on_after_any_row(size, rows):
    pieces = kept(ROWS, size)

    assert said(pieces_after(rows, pieces)) == said(pieces_after(0, pieces))[rows:]


def test_an_order_is_never_cut():
    pieces = list(pieces_after(0, kept([make_row(n // 5, n % 5) for n in range(20)], 4)))

    assert [(piece.rows, {row.order_no for row in piece.events}) for piece in pieces] == [(5, {order_no(n)}) for n in range(4)]


def test_a_row_that_nobody_can_read_keeps_its_number_and_its_reason():
    (piece,) = pieces_after(0, kept([make_row(1), make_row(2, 商品数量="x")], 10))

    assert (piece.rows, piece.problems) == (2, [BadLine(0, 3, "count", "商品数量")])  # the order before it may go on

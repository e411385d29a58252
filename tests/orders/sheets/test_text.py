from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.sheets.contract import Refused
from orders.sheets.text import LINE_AT_MOST, lines, records


def read(text, separator=",", encoding="utf-8"):
    return [(r.number, r.cells, r.is_broken) for r in records(lines(iter([text.encode(encoding)]), encoding), separator)]


def test_blank_rows_are_counted_and_not_given():
    assert read("a,b\n\n , \n1,2\r\n") == [(1, ["a", "b"], False), (3, [" ", " "], False), (4, ["1", "2"], False)]


def test_a_quoted_cell_may_run_over_lines():
    assert read('a,b,c\n1,"好，\n快发货",3\n4,5,6\n') == [
        (1, ["a", "b", "c"], False),
        (2, ["1", "好，\n快发货", "3"], False),
        (3, ["4", "5", "6"], False),
    ]


def test_an_open_quote_costs_one_row():
    assert read('a,b,c\n1,"2,3\n4,5,6\n7,8,9\n') == [
        (1, ["a", "b", "c"], False), (2, ["1", "2", "3"], True), (3, ["4", "5", "6"], False), (4, ["7", "8", "9"], False),
    ]  # fmt: skip


def test_two_open_quotes_cost_two_rows():
    assert [(cells, broken) for _, cells, broken in read('a,b,c\n1,"2,3\n4,"5,6\n7,8,9\n')] == [
        (["a", "b", "c"], False), (["1", "2", "3"], True), (["4", "5", "6"], True), (["7", "8", "9"], False),
    ]  # fmt: skip


def test_an_open_quote_in_the_last_row_costs_that_row():
    assert read('a,b,c\n1,2,3\n4,"5,6')[1:] == [(2, ["1", "2", "3"], False), (3, ["4", "5", "6"], True)]


def test_a_quote_inside_a_plain_cell_is_a_character():
    assert read('a,b,c\n1,5"盘,3\n4,5,6\n')[1:] == [(2, ["1", '5"盘', "3"], False), (3, ["4", "5", "6"], False)]


def test_a_quote_after_a_quoted_cell_is_broken():
    assert [broken for _, _, broken in read('a,b,c\n1,"x"y"z",3\n4,5,6\n')] == [False, True, False]


def test_bytes_of_another_encoding_name_their_line():
    with pytest.raises(Refused) as refused:
        list(records(lines(iter([b"a,b\n1,2\n", b"\xff\xfe,3\n"]), "utf-8"), ","))

    assert refused.value.code == "encoding"


def test_an_endless_line_is_refused_before_memory_is_used():
    pulled = []

    def endless():
        while True:
            pulled.append(1)
            yield b"x" * 65536

    with pytest.raises(Refused) as refused:
        list(lines(endless(), "utf-8"))

    assert refused.value.code == "row_too_long"
    assert len(pulled) * 65536 < 2 * LINE_AT_MOST


def test_a_giant_cell_is_a_broken_row():
    text = "a,b,c\n1," + "x" * 200_000 + ",3\n4,5,6\n"
    assert [broken for _, _, broken in read(text)] == [False, True, False]


@given(st.text(alphabet='",\n\r\tab峧', max_size=200), st.integers(1, 7))
def test_any_text_ends_and_loses_nothing_but_quotes_and_breaks(text, size):
    data = text.encode()
    found = list(records(lines((data[i : i + size] for i in range(0, len(data), size)), "utf-8"), ","))

    kept = "".join("".join(r.cells) for r in found)
    assert kept.count("a") == text.count("a")
    assert kept.count("峧") == text.count("峧")

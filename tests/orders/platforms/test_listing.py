from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.platforms.contract import Listed, ListPage
from orders.platforms.listing import Unsorted, changes_since

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIZE = 3


def at(second):
    return START + timedelta(seconds=second)


class Changing:
    """A list sorted by time of change whose rows change between two answers: they move to the end, the rest moves up."""

    def __init__(self, seconds, changes, ends_count=True):
        self.rows = {f"N{n}": second for n, second in enumerate(seconds)}
        self.changes = list(changes)
        self.second = max(seconds, default=0)
        self.ends_count = ends_count
        self.asked = 0
        self.late = set()  # changed after the last answer: the next look finds it

    def __call__(self, since, until, page):
        self.asked += 1
        assert self.asked < 500, "it never ends"
        slack = timedelta(0) if self.ends_count else timedelta(seconds=1)
        until = until or at(10**6)
        found = sorted((s, n) for n, s in self.rows.items() if since + slack <= at(s) <= until - slack)
        shown = found[page * SIZE : (page + 1) * SIZE]
        answer = ListPage(tuple(Listed(n, at(s), str(s)) for s, n in shown), len(found))
        self.late = set()
        if self.changes:
            number, later = self.changes.pop()
            self.second += later
            self.rows[f"N{number}"] = self.second
            self.late = {f"N{number}"}
        return answer


def read(ask, since=START):
    seen, reached = {}, None
    for page, moment in changes_since(ask, since, SIZE):
        reached = moment
        for row in page.rows:
            seen[row.number] = row.digest
    return seen, reached


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(0, 6), max_size=30),
    st.lists(st.tuples(st.integers(0, 35), st.integers(0, 2)), max_size=25),
    st.booleans(),
)
def test_no_row_is_missed_while_the_list_changes(seconds, changes, ends_count):
    """New rows too; many in one second; whether or not the platform counts the ends of a span in."""
    ask = Changing(seconds, changes, ends_count)

    seen, _reached = read(ask)

    assert {n: str(s) for n, s in ask.rows.items() if n not in ask.late} == {n: d for n, d in seen.items() if n not in ask.late}


def test_paging_by_number_would_miss_rows():
    """The control: what this module does not do."""
    ask = Changing([0, 1, 2, 3, 4, 5], [(0, 9)])
    seen = [row.number for page in range(2) for row in ask(START, None, page).rows]

    assert seen == ["N0", "N1", "N2", "N4", "N5", "N0"]
    assert set(read(Changing([0, 1, 2, 3, 4, 5], [(0, 9)]))[0]) == {f"N{n}" for n in range(6)}


def test_an_empty_list_is_read_up_to_where_it_was():
    assert read(Changing([], [])) == ({}, START)


def test_a_short_list_costs_one_question():
    ask = Changing([1, 2], [])

    assert read(ask) == ({"N0": "1", "N1": "2"}, at(2))
    assert ask.asked == 1


@pytest.mark.parametrize(
    "page",
    [
        ListPage((Listed("1", at(2), ""), Listed("2", at(1), "")), 2),
        ListPage((), 5, unreadable=3),
    ],
)
def test_a_list_that_does_not_say_where_to_go_on_is_refused(page):
    with pytest.raises(Unsorted):
        list(changes_since(lambda *_: page, START, SIZE))

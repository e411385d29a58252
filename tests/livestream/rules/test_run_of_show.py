"""The minute of each row, and a run-of-show made from a line-up."""

from __future__ import annotations

import pytest

from livestream.rules.run_of_show import Turn, minutes_before, moved, proposed

LINE_UP = [
    Turn(1, "苹果", "hero", 8), Turn(2, "花椒", "traffic", 3), Turn(3, "党参", "profit"), Turn(4, "小米", "welfare"),
    Turn(5, "核桃", ""), Turn(6, "醋", "encore"), Turn(7, "布鞋", "bundle", 4),
]  # fmt: skip


def shape(rows):
    return [(row.kind, row.minutes, row.product) for row in rows]


def test_a_row_begins_where_the_ones_before_it_end():
    assert minutes_before([5, 8, 3]) == [0, 5, 13]
    assert minutes_before([]) == []


@pytest.mark.parametrize(("steps", "order"), [(-1, [1, 3, 2]), (1, [1, 2, 3]), (-9, [3, 1, 2]), (9, [1, 2, 3]), (0, [1, 2, 3])])
def test_a_row_moves_not_beyond_the_ends(steps, order):
    assert moved([1, 2, 3], 3, steps) == order


def test_an_hour_opens_with_welfare_goes_in_cycles_and_ends_with_encore_and_notice():
    rows = proposed(LINE_UP, 60, has_guest=False)
    assert shape(rows) == [
        ("opening", 5, 4),
        ("item", 3, 2), ("item", 8, 1), ("item", 5, 3), ("item", 5, 5), ("item", 4, 7),
        ("item", 3, 2), ("item", 8, 1), ("item", 5, 3),
        ("interaction", 4, None),
        ("encore", 7, 6), ("closing", 3, None),
    ]  # fmt: skip
    assert sum(row.minutes for row in rows) == 60


def test_a_guest_speaks_of_home_and_of_no_price():
    rows = proposed(LINE_UP[:1], 30, has_guest=True)
    assert shape(rows) == [
        ("opening", 5, None),
        ("guest", 5, None),
        ("item", 8, 1),
        ("interaction", 2, None),
        ("encore", 7, 1),
        ("closing", 3, None),
    ]
    assert rows[1].speaker == "guest"


def test_more_goods_than_minutes_are_each_told_once():
    rows = proposed(LINE_UP, 10, has_guest=False)
    assert [row.product for row in rows if row.kind == "item"] == [2, 1, 3, 5, 7]
    assert not any(row.minutes < 1 for row in rows)


def test_further_welfare_comes_after_the_first_cycle():
    rows = proposed([Turn(1, "a", "welfare"), Turn(2, "b", "welfare", 2), Turn(3, "c", "hero", 20)], 60, has_guest=False)
    assert shape(rows)[:4] == [("opening", 5, 1), ("item", 20, 3), ("reward", 2, 2), ("item", 20, 3)]


def test_a_long_day_with_one_item_stays_readable():
    rows = proposed([Turn(1, "苹" * 80, "hero", 1)], 1440, has_guest=False)
    assert len(rows) <= 64
    assert sum(row.minutes for row in rows) == 1440
    assert max(len(row.what) for row in rows) <= 120

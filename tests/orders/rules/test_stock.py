from __future__ import annotations

import pytest

from orders.rules.stock import stock_level


@pytest.mark.parametrize(
    ("left", "committed", "level"),
    [
        (86, 86, "enough"),
        (11, 100, "enough"),
        (10, 100, "low"),
        (1, 3, "enough"),
        (1, 10, "low"),
        (0, 10, "out"),
        (-1, 10, "oversold"),
        (0, 0, "out"),
    ],
)
def test_a_tenth_or_less_is_low(left, committed, level):
    assert stock_level(left=left, committed=committed) == level

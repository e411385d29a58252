"""What suppliers got of a day, and when it is not told."""

from __future__ import annotations

import pytest

from orders.rules.income import Income, income


@pytest.mark.parametrize(
    ("settled", "units", "suppliers", "all_units", "net", "found"),
    [
        (0, 0, 0, 0, 0, Income(None, None, 0, 0, False)),
        (0, 0, 0, 7, 9000, Income(None, None, 0, 7, False)),  # nothing is settled: not known, and not 0
        (5000, 5, 2, 7, 9000, Income(None, None, 5, 2, True)),
        (5000, 5, 3, 7, 9000, Income(5000, 556, 5, 2, False)),
        (5000, 7, 3, 7, 10_000, Income(5000, 500, 7, 0, False)),
        (5000, 7, 3, 7, 0, Income(5000, None, 7, 0, False)),  # all of it went back
        (5000, 7, 3, 7, -100, Income(5000, None, 7, 0, False)),
        (12_000, 9, 9, 7, 10_000, Income(12_000, 1200, 9, 0, False)),  # paid for out of other money
    ],
)
def test_income(settled, units, suppliers, all_units, net, found):
    assert income(settled_fen=settled, settled_units=units, suppliers=suppliers, units=all_units, net_fen=net) == found

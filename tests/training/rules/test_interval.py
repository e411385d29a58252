from __future__ import annotations

from decimal import Decimal

import pytest

from training.rules.interval import share_of, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718), (20, 20, 0.8389, 1)],
)
def test_the_intervals_are_those_of_newcombes_table(part, whole, low, high):
    assert tuple(round(end, 4) for end in wilson(part, whole)) == (low, high)


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (3, 2), (-1, 5)])
def test_what_is_no_share_has_no_interval(part, whole):
    with pytest.raises(ValueError, match=r"\d"):
        wilson(part, whole)


def test_a_share_is_said_with_one_decimal():
    assert share_of(27, 30) == (27, 30, Decimal("90.0"), Decimal("74.4"), Decimal("96.5"))
    assert share_of(0, 0) is None

"""What comes next on a line-up."""

from __future__ import annotations

import pytest

from livestream.rules.lineup import next_up


@pytest.mark.parametrize(
    ("line_up", "open_pitch", "expected"),
    [
        ([], None, None),
        ([1, 2, 3], None, 1),
        ([1, 2, 3], 1, 2),
        ([1, 2, 3], 3, 1),  # after the last a second round begins
        ([1], 1, None),
        ([1, 2], 9, 1),  # what is not on the line-up is nowhere in it
    ],
)
def test_next_up(line_up, open_pitch, expected):
    assert next_up(line_up, open_pitch) == expected

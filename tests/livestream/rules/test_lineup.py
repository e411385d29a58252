"""What comes next on a line-up."""

from __future__ import annotations

import pytest

from livestream.rules.lineup import next_up


@pytest.mark.parametrize(
    ("line_up", "pitched", "open_pitch", "expected"),
    [
        ([], [], None, None),
        ([1, 2, 3], [], None, 1),
        ([1, 2, 3], [1], 1, 2),
        ([1, 2, 3], [1, 2, 3], 2, None),
        ([1, 2, 3], [1, 2, 3], None, None),
        ([1, 2, 3, 4], [3, 4], 3, 1),  # after it there is nothing new: begin again
        ([1, 2, 3, 4], [3], 3, 4),  # the one after it, though the first was left out
        ([1, 2], [9], 9, 1),  # what is not on the line-up is nowhere in it
    ],
)
def test_next_up(line_up, pitched, open_pitch, expected):
    assert next_up(line_up, pitched, open_pitch) == expected

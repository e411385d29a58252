"""What comes next on a line-up. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def next_up(line_up: Sequence[int], open_pitch: int | None) -> int | None:
    """The product to present after the open pitch: the one behind it, after the last the first again, and the first before any.

    `line_up` holds products in their order. None: there is no other.
    """
    if not line_up:
        return None
    start = line_up.index(open_pitch) + 1 if open_pitch in line_up else 0
    following = line_up[start % len(line_up)]
    return None if following == open_pitch else following

"""What comes next on a line-up. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def next_up(line_up: Sequence[int], pitched: Collection[int], open_pitch: int | None) -> int | None:
    """The next product to present: the first after the open pitch that was not presented yet, else the first of all.

    `line_up` holds products in their order, `pitched` those presented so far, the open one too. None: all were.
    """
    start = line_up.index(open_pitch) + 1 if open_pitch in line_up else 0
    ordered = [*line_up[start:], *line_up[:start]]
    return next((product for product in ordered if product not in pitched), None)

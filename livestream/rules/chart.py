"""Curves that a server draws: in coordinates of 1,000 by 100, stretched by the page, so that a chart needs no script and no
style of its own. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

WIDE, HIGH, AIR = 1000, 100, 6  # `AIR`: kept free above the highest value


class Bar(NamedTuple):
    """A rectangle; `y` is its upper edge."""

    x: str
    y: str
    width: str
    height: str


class Axis(NamedTuple):
    """Time from left to right."""

    first: datetime
    last: datetime

    def x(self, at: datetime) -> float:
        """Where a moment lies; what is outside lies at the edge."""
        whole = (self.last - self.first).total_seconds()
        share = (at - self.first).total_seconds() / whole if whole > 0 else 0.0
        return WIDE * min(1.0, max(0.0, share))


def shown(number: float) -> str:
    """`12.5`, `7`: a coordinate as SVG has it, whatever the language."""
    return f"{number:.1f}".rstrip("0").rstrip(".")


def height_of(value: int, most: int) -> float:
    """How high a value stands; of nothing and less, 0."""
    return (HIGH - AIR) * max(0, value) / most if most > 0 else 0.0


def line(points: Iterable[tuple[float, int]], most: int) -> str:
    """A path through (x, value)."""
    return "".join(
        f"{'L' if place else 'M'}{shown(x)} {shown(HIGH - height_of(value, most))}" for place, (x, value) in enumerate(points)
    )


def dots(points: Iterable[tuple[float, int]], most: int) -> list[tuple[str, str]]:
    return [(shown(x), shown(HIGH - height_of(value, most))) for x, value in points]


def bars(values: Sequence[int], most: int) -> list[Bar]:
    """Side by side, all of one width; what is 0 or less has none."""
    if not values:
        return []
    step = WIDE / len(values)
    return [
        Bar(shown(n * step + step * 0.1), shown(HIGH - height), shown(step * 0.8), shown(height))
        for n, value in enumerate(values)
        if (height := height_of(value, most)) > 0
    ]


def middles(number: int) -> list[float]:
    """Where the middles of so many bars lie."""
    return [WIDE * (2 * n + 1) / (2 * number) for n in range(number)]

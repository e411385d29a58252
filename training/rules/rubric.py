"""The rubric by which a session on air is marked as a practical (以战代训): lines whose points make a hundred. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from livestream.rules.errors import NotAllowed
from training.rules.exam import FULL_MARKS, marks_typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LINES_AT_MOST = 8
TITLE_AT_MOST = 60


class Line(NamedTuple):
    """One thing that is looked at, and its points at most. `key` is stable while the line means the same."""

    key: str
    title: str
    points: int


@dataclass(frozen=True, slots=True)
class Rubric:
    version: int
    lines: tuple[Line, ...]


# What a county has before it writes its own: the order of a session on air, the law where it is broken most (domain 2.1, 4).
DEFAULT = Rubric(
    1,
    (
        Line("opening", "开场：说清我是谁、在哪个村、今天卖什么", 10),
        Line("goods", "讲货：产地、规格、价格、怎么发货、坏了怎么办", 30),
        Line("talk", "互动：看留言、答问题、引导下单", 20),
        Line("picture", "画面和声音：看得清、听得见、不卡", 15),
        Line("law", "合规：不说“最”、不夸大、不说治病", 15),
        Line("close", "收尾：预告下一场，感谢观众", 10),
    ),
)


def check_lines(lines: Sequence[Line]) -> None:
    """Raises NotAllowed(`rubric_lines`, `rubric_title`, `rubric_points`, `rubric_sum`)."""
    if not 1 <= len(lines) <= LINES_AT_MOST:
        raise NotAllowed("rubric_lines", most=LINES_AT_MOST)
    titles = [line.title for line in lines]
    if not all(titles) or len(set(titles)) < len(titles):
        raise NotAllowed("rubric_title")
    if not all(1 <= line.points <= FULL_MARKS for line in lines):
        raise NotAllowed("rubric_points")
    if (total := sum(line.points for line in lines)) != FULL_MARKS:
        raise NotAllowed("rubric_sum", total=total)


def marks_by(rubric: Rubric, typed: Mapping[str, str]) -> dict[str, int]:
    """The points of each line, as they were typed by key.

    Raises NotAllowed(`points_missing`, `points_too_many`) and what `marks_typed` raises."""
    marks = {}
    for line in rubric.lines:
        points = marks_typed(typed.get(line.key, ""))
        if points is None:
            raise NotAllowed("points_missing", title=line.title)
        if points > line.points:
            raise NotAllowed("points_too_many", title=line.title, points=line.points)
        marks[line.key] = points
    return marks

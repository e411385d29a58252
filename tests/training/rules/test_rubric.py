from __future__ import annotations

import pytest

from livestream.rules.errors import NotAllowed
from training.rules.rubric import DEFAULT, Line, check_lines, marks_by


def test_the_rubric_that_comes_with_the_system_makes_a_hundred():
    check_lines(DEFAULT.lines)

    assert (len(DEFAULT.lines), sum(line.points for line in DEFAULT.lines)) == (6, 100)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "rubric_lines"),
        ([Line(str(n), str(n), 10) for n in range(9)], "rubric_lines"),
        ([Line("a", "讲货", 99)], "rubric_sum"),
        ([Line("a", "", 100)], "rubric_title"),
        ([Line("a", "讲货", 50), Line("b", "讲货", 50)], "rubric_title"),
        ([Line("a", "讲货", 100), Line("b", "收尾", 0)], "rubric_points"),
    ],
)
def test_other_rubrics_are_refused(lines, code):
    with pytest.raises(NotAllowed) as refused:
        check_lines(lines)

    assert refused.value.code == code


def test_each_line_gets_its_points():
    typed = {"opening": "10", "goods": "25", "talk": "0", "picture": "15", "law": "15", "close": " 8 ", "more": "x"}

    assert marks_by(DEFAULT, typed) == {"opening": 10, "goods": 25, "talk": 0, "picture": 15, "law": 15, "close": 8}


@pytest.mark.parametrize(
    ("goods", "code"),
    [("", "points_missing"), ("31", "points_too_many"), ("2.5", "marks_are_whole"), ("-1", "marks_of_a_hundred")],
)
def test_points_are_not_guessed(goods, code):
    with pytest.raises(NotAllowed) as refused:
        marks_by(DEFAULT, {line.key: "1" for line in DEFAULT.lines} | {"goods": goods})

    assert refused.value.code == code

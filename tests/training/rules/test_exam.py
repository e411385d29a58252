from __future__ import annotations

import pytest

from livestream.rules.errors import NotAllowed
from training.rules.exam import marks_typed


@pytest.mark.parametrize(
    ("typed", "marks"), [("60", 60), (" 100 ", 100), ("0", 0), ("", None), ("  ", None), ("８５", 85), ("007", 7), ("+5", 5)]
)
def test_marks_are_whole_numbers_or_nothing(typed, marks):
    assert marks_typed(typed) == marks


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("101", "marks_of_a_hundred"),
        ("-1", "marks_of_a_hundred"),
        ("60.5", "marks_are_whole"),
        ("60.", "marks_are_whole"),
        ("六十", "marks_are_a_number"),
        ("缺考", "marks_are_a_number"),
        ("1e2", "marks_are_a_number"),
        ("\0", "marks_are_a_number"),
        ("9" * 5000, "marks_of_a_hundred"),
    ],
)
def test_other_marks_are_refused_in_a_sentence(typed, code):
    with pytest.raises(NotAllowed) as refused:
        marks_typed(typed)

    assert refused.value.code == code
    assert len(str(refused.value)) < 60

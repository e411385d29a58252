from __future__ import annotations

from datetime import date, timedelta

import pytest

from livestream.rules.errors import NotAllowed
from training.rules.exam import FeedbackKind
from training.rules.feedback import ITEMS, answers_given, kinds_due, mean, summary_of

BEFORE, AFTER, PLEASED = FeedbackKind.BEFORE, FeedbackKind.AFTER, FeedbackKind.SATISFACTION


def test_every_line_wants_one_of_five_faces():
    given = {item.key: "4" for item in ITEMS[PLEASED]}

    assert answers_given(PLEASED, given) == {item.key: 4 for item in ITEMS[PLEASED]}
    for value in ("", "0", "6", "4.5", "四"):
        with pytest.raises(NotAllowed) as refused:
            answers_given(PLEASED, given | {"time": value})
        assert refused.value.code == "face_missing"


@pytest.mark.parametrize(
    ("values", "found"), [([], None), ([3], 3.0), ([1, 2], 1.5), ([5, 5, 4], 4.7), ([4, 4, 4, 3, 3, 3, 3, 3, 3, 3], 3.3)]
)
def test_mean_to_one_decimal(values, found):
    assert mean(values) == found


def test_few_answers_are_counted_and_not_shown():
    said = [({item.key: 5 for item in ITEMS[PLEASED]}, "老师好")] * 4

    few = summary_of(PLEASED, said, asked=40, small_cell=5)
    enough = summary_of(PLEASED, [*said, ({item.key: 1 for item in ITEMS[PLEASED]}, "")], asked=40, small_cell=5)

    assert (few.answered, few.asked, few.is_shown, few.words, {line.mean for line in few.lines}) == (4, 40, False, (), {None})
    assert (enough.answered, enough.is_shown, enough.words, {line.mean for line in enough.lines}) == (
        5,
        True,
        ("老师好",) * 4,
        {4.2},
    )


def test_nothing_said_is_never_shown():
    assert summary_of(BEFORE, [], asked=40, small_cell=0).is_shown is False


@pytest.mark.parametrize(
    ("day", "kinds"),
    [(-5, [BEFORE]), (7, [BEFORE]), (8, []), (25, [AFTER, PLEASED]), (60, [AFTER, PLEASED])],
)
def test_forms_are_due_when_they_mean_something(day, kinds):
    first = date(2026, 11, 2)

    assert kinds_due(first, first + timedelta(days=28), first + timedelta(days=day)) == kinds

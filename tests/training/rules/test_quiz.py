from __future__ import annotations

import pytest

from training.rules.quiz import QuestionFacts, check_question, marks_of, questions_in

TEXT = """1. 开播前先做什么？
A. 看网络 *
B. 关灯
C、睡觉

哪些话不能说？（多选）
A 最好
B 第一
C 产自平顺
答案：AB
3、坏果怎么办？
√ A）按承诺赔
B）不理
"""


def test_questions_are_read_as_teachers_write_them():
    found, wrong = questions_in(TEXT)

    assert wrong == []
    assert found == [
        QuestionFacts("开播前先做什么？", ("看网络", "关灯", "睡觉"), (0,)),
        QuestionFacts("哪些话不能说？（多选）", ("最好", "第一", "产自平顺"), (0, 1)),
        QuestionFacts("坏果怎么办？", ("按承诺赔", "不理"), (0,)),
    ]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", [(1, "nothing")]),
        ("A 看网络 *", [(1, "choice_first")]),
        ("问题？", [(1, "no_choices")]),
        ("问题？\nA 一 *", [(1, "one_choice")]),
        ("问题？\nA 一\nB 二", [(1, "no_answer")]),
        ("问题？\nA 一 *\nB 一", [(1, "choice_twice"), (3, "choice_twice")]),
        ("问题？\nA 一 *\nB. ", [(1, "choice_empty"), (3, "choice_empty")]),
        ("问题？\nA 一\nB 二\n答案：D", [(1, "no_answer"), (4, "answer_unknown")]),
        ("问题？\nA 一\nB 二\n答案：", [(1, "no_answer"), (4, "answer_unknown")]),
        ("问题？\n" + "\n".join(f"{letter} {letter}" for letter in "ABCDEFG") + "\n答案：A", [(1, "too_many_choices")]),
        ("问" * 201 + "\nA 一 *\nB 二", [(1, "text_too_long")]),
        ("问题？\nA " + "长" * 81 + "*\nB 二", [(1, "choice_too_long"), (2, "choice_too_long")]),
        ("好的？\nA 一 *\nB 二\n\n坏的？\nA 一\nB 二", [(5, "no_answer")]),
        ("问？\nA 一 *\nB 二\n" * 51, [(151, "too_many_questions")]),
    ],
)
def test_what_is_wrong_is_said_by_line(text, wrong):
    assert questions_in(text)[1] == wrong


def test_nobody_sees_signs_and_wide_letters_are_read():
    found, wrong = questions_in("问\u202e题？\0\r\nＡ．一＊\r\nＢ．二")

    assert wrong == []
    assert found == [QuestionFacts("问 题？", ("一", "二"), (0,))]


def test_right_answer_that_is_not_there_is_no_answer():
    assert check_question(QuestionFacts("问？", ("一", "二"), (2,))) == "answer_unknown"


@pytest.mark.parametrize(
    ("given", "marks"),
    [
        ({1: [0], 2: [0, 1], 3: [2]}, 100),
        ({1: [0], 2: [1, 0], 3: [0]}, 67),
        ({1: [0], 2: [0], 3: []}, 33),
        ({}, 0),
        ({1: [0, 1], 2: [0, 1, 2]}, 0),
        ({9: [0]}, 0),
    ],
)
def test_half_of_an_answer_is_none(given, marks):
    assert marks_of({1: [0], 2: [0, 1], 3: [2]}, given) == marks


def test_quiz_without_questions_gives_nothing():
    assert marks_of({}, {}) == 0

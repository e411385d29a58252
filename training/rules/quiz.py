"""Questions with two to six choices: read from plain text, and marked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from livestream.rules.text import one_line
from training.rules.exam import FULL_MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import Promise

CHOICES = range(2, 7)
LETTERS = "ABCDEF"
PLAIN = "0123456789ABCDEFGHabcdefgh*"
WIDE = str.maketrans("".join(chr(ord(sign) + 0xFEE0) for sign in PLAIN), PLAIN)  # letters as a Chinese keyboard gives them
QUESTIONS_AT_MOST = 50
TEXT_AT_MOST, CHOICE_AT_MOST = 200, 80
PASTED_AT_MOST = 60_000  # characters

CHOICE = re.compile(r"([*√✓✔]?)\s*([A-Ha-h])\s*[.、:：)）．\s]\s*(.*?)\s*([*√✓✔]?)\s*")
ANSWER = re.compile(r"(?:正确)?答案\s*[:：]?\s*(.*)")
NUMBER = re.compile(r"(?:第\s*)?\d{1,3}\s*(?:题)?\s*[.、:：)）．]\s*")
SENTENCES: dict[str, Promise] = {
    "choice_first": _("选项上面没有题目。请先写题目，再写选项。"),
    "no_choices": _("这道题没有选项。下面一行一个，用 A、B 开头，至少两个。"),
    "one_choice": _("只有一个选项，至少要两个。"),
    "too_many_choices": _("选项最多 6 个（A 到 F）。"),
    "choice_empty": _("这个选项后面没有字。"),
    "choice_twice": _("这个选项前面已经有了，请改一个。"),
    "choice_too_long": _("这个选项太长，最多 80 个字。"),
    "text_too_long": _("题目太长，最多 200 个字。"),
    "no_answer": _("没有写哪个对。请在对的选项后面加 *，或者另起一行写“答案：A”。"),
    "answer_unknown": _("答案里有的字母，选项里没有。"),
    "too_many_questions": _("一份小测验最多 50 道题。"),
    "nothing": _("没有找到题目。第一行写题目，下面一行一个选项，对的后面加 *。"),
}


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """`answers`: the numbers of the right choices, from 0, in order."""

    text: str
    choices: tuple[str, ...]
    answers: tuple[int, ...]


class LineError(NamedTuple):
    """What is wrong in which line, counted from 1."""

    line: int
    code: str

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.code])


@dataclass(slots=True)
class _Draft:
    line: int
    text: str
    choices: list[str] = field(default_factory=list)
    right: set[int] = field(default_factory=set)


def check_question(facts: QuestionFacts) -> str:
    """The code of what is wrong with it, "" for nothing."""
    choices = facts.choices
    wrong = {
        "nothing": not facts.text,
        "text_too_long": len(facts.text) > TEXT_AT_MOST,
        "no_choices": not choices,
        "one_choice": len(choices) == 1,
        "too_many_choices": len(choices) > CHOICES[-1],
        "choice_empty": not all(choices),
        "choice_too_long": any(len(choice) > CHOICE_AT_MOST for choice in choices),
        "choice_twice": len(set(choices)) < len(choices),
        "no_answer": not facts.answers,
        "answer_unknown": any(number >= len(choices) for number in facts.answers),
    }
    return next((code for code, is_wrong in wrong.items() if is_wrong), "")


def questions_in(text: str) -> tuple[list[QuestionFacts], list[LineError]]:
    """The questions of a text as teachers write them, and what is wrong in which line. A line that begins with a letter is a
    choice, right when a `*` or `√` stands beside it or when `答案：AC` names it; any other line begins a question."""
    drafts: list[_Draft] = []
    errors: list[LineError] = []
    for number, raw in enumerate(text[:PASTED_AT_MOST].replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if line := one_line(raw.translate(WIDE)):
            errors += _read(line, number, drafts)
    found = []
    for draft in drafts:
        facts = QuestionFacts(draft.text, tuple(draft.choices), tuple(sorted(draft.right)))
        if code := check_question(facts):
            errors.append(LineError(draft.line, code))
        found.append(facts)
    if len(found) > QUESTIONS_AT_MOST:
        errors.append(LineError(drafts[QUESTIONS_AT_MOST].line, "too_many_questions"))
    if not found and not errors:
        errors.append(LineError(1, "nothing"))
    return found, sorted(set(errors))


def _read(line: str, number: int, drafts: list[_Draft]) -> list[LineError]:
    """Adds what a line says to the last question, or begins one. Returns what is wrong with it."""
    if choice := CHOICE.fullmatch(line):
        return _read_choice(choice, number, drafts)
    if (answer := ANSWER.fullmatch(line)) and drafts:
        letters = {sign for sign in answer[1].upper() if sign.isalnum()}
        numbers = {LETTERS.find(sign) for sign in letters}
        if not numbers or not numbers <= set(range(len(drafts[-1].choices))):
            return [LineError(number, "answer_unknown")]
        drafts[-1].right |= numbers
        return []
    drafts.append(_Draft(number, NUMBER.sub("", line, count=1)))
    return []


def _read_choice(choice: re.Match[str], number: int, drafts: list[_Draft]) -> list[LineError]:
    if not drafts:
        return [LineError(number, "choice_first")]
    before, _letter, text, after = choice.groups()
    if before or after:
        drafts[-1].right.add(len(drafts[-1].choices))
    drafts[-1].choices.append(text)
    if not text:
        return [LineError(number, "choice_empty")]
    if text in drafts[-1].choices[:-1]:
        return [LineError(number, "choice_twice")]
    return [LineError(number, "choice_too_long")] if len(text) > CHOICE_AT_MOST else []


def is_right(answers: Sequence[int], given: Sequence[int]) -> bool:
    """All right choices and no other: half of an answer is none."""
    return set(answers) == set(given)


def marks_of(rights: Mapping[int, Sequence[int]], given: Mapping[int, Sequence[int]]) -> int:
    """Of a hundred, half up: `rights` and what was `given`, by question. A question without an answer is a wrong one."""
    right = sum(is_right(answers, given.get(question, ())) for question, answers in rights.items())
    return (2 * FULL_MARKS * right + len(rights)) // (2 * len(rights)) if rights else 0

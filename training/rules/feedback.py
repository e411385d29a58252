"""What trainees are asked of themselves and of the class, five faces each, and how their answers are told. Pure.

The same abilities before and after, so that the two can be put beside each other (reaction and learning, domain 3.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.errors import NotAllowed
from training.rules.exam import FeedbackKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.utils.functional import _StrPromise

WORDS_AT_MOST = 500
SCALE = range(1, 6)
BEFORE_FOR = timedelta(days=7)  # after the first day nobody remembers what he could not do before
AFTER_FROM = timedelta(days=3)  # before the last day


class Face(NamedTuple):
    value: int
    word: _StrPromise


class Item(NamedTuple):
    key: str
    title: _StrPromise


ABLE = (
    Face(1, pgettext_lazy("ability", "不会")),
    Face(2, pgettext_lazy("ability", "会一点")),
    Face(3, pgettext_lazy("ability", "还行")),
    Face(4, pgettext_lazy("ability", "差不多")),
    Face(5, pgettext_lazy("ability", "很会")),
)
PLEASED = (
    Face(1, pgettext_lazy("pleased", "很不满意")),
    Face(2, pgettext_lazy("pleased", "不太满意")),
    Face(3, pgettext_lazy("pleased", "一般")),
    Face(4, pgettext_lazy("pleased", "满意")),
    Face(5, pgettext_lazy("pleased", "很满意")),
)
ABILITIES = (
    Item("phone", _("用手机拍照、拍短视频")),
    Item("shop", _("开店、把货挂上去")),
    Item("live", _("开直播、对着镜头讲货")),
    Item("price", _("算价钱、算运费")),
    Item("service", _("打包发货、答复买家")),
)
OPINIONS = (
    Item("clear", _("老师讲得明白")),
    Item("useful", _("学的东西用得上")),
    Item("practice", _("动手练的时间够")),
    Item("time", _("上课的时间和地点方便")),
    Item("again", _("愿意叫乡亲也来学")),
)
FACES = {FeedbackKind.BEFORE: ABLE, FeedbackKind.AFTER: ABLE, FeedbackKind.SATISFACTION: PLEASED}
ITEMS = {FeedbackKind.BEFORE: ABILITIES, FeedbackKind.AFTER: ABILITIES, FeedbackKind.SATISFACTION: OPINIONS}


def answers_given(kind: FeedbackKind, given: Mapping[str, str]) -> dict[str, int]:
    """One face for each line of the form. Raises NotAllowed(`face_missing`)."""
    answers = {}
    for item in ITEMS[kind]:
        value = given.get(item.key, "")
        if value not in {str(one) for one in SCALE}:
            raise NotAllowed("face_missing", title=item.title)
        answers[item.key] = int(value)
    return answers


def mean(values: Iterable[int]) -> float | None:
    """To one decimal, half up; None of nothing."""
    found = list(values)
    return (20 * sum(found) + len(found)) // (2 * len(found)) / 10 if found else None


class Told(NamedTuple):
    """One line of a form: how people see it on average, None where too few answered for that to hide who said what."""

    title: _StrPromise
    mean: float | None


class Summary(NamedTuple):
    """What was said on one form: by how many of how many; the words in the order of the alphabet, which tells nothing."""

    kind: FeedbackKind
    answered: int
    asked: int
    lines: tuple[Told, ...]
    words: tuple[str, ...]
    is_shown: bool


def summary_of(kind: FeedbackKind, said: list[tuple[Mapping[str, int], str]], *, asked: int, small_cell: int) -> Summary:
    """`said`: the answers and the words of each. Fewer than `small_cell` are counted and not shown."""
    is_shown = len(said) >= max(1, small_cell)
    lines = tuple(
        Told(item.title, mean(answers[item.key] for answers, _words in said if item.key in answers) if is_shown else None)
        for item in ITEMS[kind]
    )
    words = tuple(sorted(words for _answers, words in said if words)) if is_shown else ()
    return Summary(kind, len(said), asked, lines, words, is_shown)


def kinds_due(starts_on: date, ends_on: date, on: date) -> list[FeedbackKind]:
    """Which forms a trainee is asked for on that day: himself until a week into the class, the others from its last days on."""
    before = [FeedbackKind.BEFORE] if on <= min(starts_on + BEFORE_FOR, ends_on) else []
    return before + ([FeedbackKind.AFTER, FeedbackKind.SATISFACTION] if on >= ends_on - AFTER_FROM else [])

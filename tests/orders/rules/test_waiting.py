from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.rules.errors import NotAllowed
from orders.rules.waiting import HINT_ADVICE, LETTER_ADVICE, HintReason, LetterReason, in_words, plain_note


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 秒"), (0, "0 秒"), (59.9, "59 秒"), (60, "1 分钟"), (3599, "59 分钟"), (3600, "1 小时"), (3660, "1 小时 1 分钟"),
        (10799, "2 小时 59 分钟"), (10860, "3 小时"), (86399, "23 小时"), (86400, "1 天"), (10**7, "115 天"),
    ],
)  # fmt: skip
def test_spans_are_said_as_one_says_them(seconds, words):
    assert in_words(timedelta(seconds=seconds)) == words


def test_every_reason_says_what_to_do():
    assert set(HINT_ADVICE) == {"", *HintReason.values}
    assert set(LETTER_ADVICE) == set(LetterReason.values)


def test_a_note_is_kept_without_what_nobody_sees():
    assert plain_note(" 平台\x00查不到\n ") == "平台 查不到"


@pytest.mark.parametrize(
    ("note", "sentence"),
    [("\u200b", "请写一句为什么不再处理，再点“不再处理”。"), ("长" * 201, "“备注”太长了，最多 200 个字。")],
)
def test_a_note_that_says_nothing_or_too_much_is_refused(note, sentence):
    with pytest.raises(NotAllowed) as refused:
        plain_note(note)

    assert str(refused.value) == sentence

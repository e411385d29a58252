from __future__ import annotations

import pytest

from livestream.rules.text import one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" 岳 小麦\n", "岳 小麦"), ("a\0b", "a b"), ("一\u202e二\u200b三", "一 二 三"), ("\t", ""), ("{{7*7}}<b>", "{{7*7}}<b>")],
)
def test_line_loses_what_nobody_sees_and_nothing_else(typed, kept):
    assert one_line(typed) == kept

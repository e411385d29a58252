"""What viewers say is kept without who said it, and what may be hidden."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from livestream.rules.audience import CommentKind
from livestream.rules.comment import TYPED_AT_MOST, check_hiding, without_people
from livestream.rules.errors import NotAllowed

CASES = {
    "苹果几天到？29.9 元 5 斤": "苹果几天到？29.9 元 5 斤",
    "价格29.9-39.9，5-10斤，100000 单了": "价格29.9-39.9，5-10斤，100000 单了",
    "我电话 138 0013 8000 快发货": "我电话 〔号码〕 快发货",
    "电话：１３８００１３８０００": "电话：〔号码〕",
    "打 0355-8922222": "打 〔号码〕",
    "手机幺三八零零一三八零零零": "手机〔号码〕",
    "订单号 6912345678901234567 没发": "订单号 〔号码〕 没发",
    "身份证14042519900307123X": "身份证〔号码〕",
    "加我微信号：abc_123": "加我微信号〔账号〕",
    "VX abc123 私聊": "VX〔账号〕 私聊",
    "a.b@example.com 发我": "〔账号〕 发我",
    "@小红 东西坏了": "〔网名〕 东西坏了",
    "寄到长风街 12 号 3单元 501，谢谢": "〔地址〕，谢谢",
    "山西省长治市平顺县青羊镇西街88号院2号楼1单元302室": "〔地址〕",
    "平顺县石城镇东寺头村好地方": "平顺县石城镇东寺头村好地方",
    "坏\0了\u202e  两个": "坏 了 两个",
}


def test_nobody_can_be_found_in_what_is_kept():
    assert {typed: without_people(typed).words for typed in CASES} == CASES
    assert without_people("13800138000，微信 abc123").taken_out == ("号码", "账号")


@pytest.mark.parametrize(("typed", "code"), [("", "comment_empty"), (" \0 ", "comment_empty"), ("好" * 201, "comment_too_long")])
def test_what_is_no_comment_is_refused(typed, code):
    with pytest.raises(NotAllowed) as refused:
        without_people(typed)
    assert refused.value.code == code


@pytest.mark.parametrize("unit", ["县", "村1", "1", "@a", "微信", "a.", "一路"])
def test_a_text_made_to_hang_does_not(unit):
    began = time.perf_counter()
    with suppress(NotAllowed):
        without_people(unit * TYPED_AT_MOST * 5)
    assert time.perf_counter() - began < 0.5


def test_only_what_disturbs_is_hidden_and_only_with_a_reason():
    hidden = {}
    for kind in CommentKind:
        try:
            check_hiding(kind, "刷屏")
        except NotAllowed as refused:
            hidden[kind.value] = refused.code
    assert hidden == {"question": "never_hidden", "complaint": "never_hidden"}
    with pytest.raises(NotAllowed, match="为什么隐藏"):
        check_hiding(CommentKind.SPAM, "")

from __future__ import annotations

import pytest
from django.utils import translation

from orders.rules.alert import AlertKind
from orders.rules.alert_words import ADVICE, WORDS, advice, sentence


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        ("oversold", {"number": 3, "units": 103, "stock": 100}, "卖出 103 件，承诺库存只有 100 件，多卖了 3 件。"),
        (
            "selling_out",
            {"number": 4, "left": 33, "stock": 100, "a_minute": 8.3},
            "只剩 33 件，最近几分钟每分钟卖 8.3 件，约 4 分钟卖完。",
        ),
        (
            "selling_out",
            {"number": 0, "left": 0, "stock": 100, "a_minute": None},
            "承诺的 100 件已经卖完，链接还挂着，再卖就是超卖。",
        ),
        ("refund_spike", {"number": 21, "refunded": 5, "orders": 24}, "今天退了 5 单，占这一场 24 单的 21%。"),
        ("feed_silent", {"number": 8}, "已经 8 分钟没有任何消息，平常不会隔这么久。"),
        ("no_orders", {"number": 75}, "正在直播，已经 1 小时 15 分钟没有新订单。"),
        ("broken", {"number": 2}, "核对时发现 2 处数字和账本对不上。"),
        ("oversold", {}, "卖出 — 件，承诺库存只有 — 件，多卖了 — 件。"),  # of a version that stored less
        ("selling_out", {"number": 4, "left": 3, "a_minute": None}, "只剩 3 件，最近几分钟每分钟卖 — 件，约 4 分钟卖完。"),
    ],
)
def test_a_sentence_a_clerk_understands(kind, detail, said):
    with translation.override("zh-hans"):
        assert sentence(kind, {"title": "潞党参", **detail}) == said


def test_every_kind_has_a_sentence_and_something_to_do():
    assert set(WORDS) == set(ADVICE) == set(AlertKind)
    assert all(advice(kind) for kind in AlertKind)

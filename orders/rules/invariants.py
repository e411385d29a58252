"""What must always be true of what was counted, and how to tell of one order. Pure: no query, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from orders.rules.worth import NOTHING, Amounts, EntryKey

if TYPE_CHECKING:
    from collections.abc import Mapping


class Invariant(TextChoices):
    TALLY = "tally", _("统计等于账本之和")
    SUM = "sum", _("全县等于各场次与未归因之和")
    ORDER = "order", _("订单的账本等于它现在的价值")
    REFUND = "refund", _("退款不超过支付，数量不为负")
    DELIVERY = "delivery", _("每条推送都有结果，或在等着")
    FILE = "file", _("文件的每一行都有结果")
    WAITING = "waiting", _("没有等得太久的订单")


# What an operator reads; `{subject}` is what was looked at, `{detail}` what was found.
SENTENCES = {
    Invariant.TALLY: _("{subject} 的统计与账本不一致：{detail} 行（逐行：audit_tallies，更正：rebuild_tallies）。"),
    Invariant.SUM: _("{subject} 不等于各场次与未归因之和：{detail} 行（更正：rebuild_tallies）。"),
    Invariant.ORDER: _("订单 {subject} 的账本与它现在的价值不一致：{detail}。"),
    Invariant.REFUND: _("订单 {subject} 的退款超过支付，或数量为负：{detail}。"),
    Invariant.DELIVERY: _("店铺 {subject} 的推送没有都交代清楚：{detail}。"),
    Invariant.FILE: _("文件 {subject} 的行数对不上：{detail}。"),
    Invariant.WAITING: _("店铺 {subject} 有订单一分钟还没有取到：{detail}。"),
}
Board = tuple[str, str]  # scope, county


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold: of what, and whose figures may be wrong."""

    invariant: Invariant
    subject: str
    detail: str
    boards: tuple[Board, ...] = ()

    @property
    def source(self) -> str:
        """What a later check must look at again."""
        return f"{self.invariant.value}:{self.subject}"

    def __str__(self) -> str:
        return SENTENCES[self.invariant].format(subject=self.subject, detail=self.detail)


Worth = dict[EntryKey, Amounts]


def misbooked(worth: Mapping[EntryKey, Amounts], booked: Mapping[EntryKey, Amounts]) -> Worth:
    """What the ledger of an order says too much or too little, line by line."""
    wrong = {key: booked.get(key, NOTHING).minus(worth.get(key, NOTHING)) for key in worth.keys() | booked.keys()}
    return {key: amounts for key, amounts in wrong.items() if amounts != NOTHING}


def is_impossible(booked: Mapping[EntryKey, Amounts]) -> bool:
    """No order is refunded more than was paid, counts twice, or holds less than nothing."""
    whole = NOTHING
    for amounts in booked.values():
        whole = Amounts(*(one + other for one, other in zip(whole, amounts, strict=True)))
    return whole.refunded_fen > whole.paid_fen or whole.orders > 1 or any(amount < 0 for amount in whole)

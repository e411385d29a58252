"""Rewards of a session or a campaign: what the law asks of them, and a draw that anybody can do again. Pure.

A draw is decided before it is made: with the rule, the SHA-256 of a secret seed is published. At the draw the seed is told. Each
entry number has the rank SHA-256(seed + ":" + number), as hexadecimal digits; the smallest ranks win, in that order. So nobody
can choose the winners after the entries are known, an entry that is added or left out changes no other's place, and a viewer
can compute the rank of his own number with any tool."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.errors import NotAllowed
from livestream.rules.money import MAX_FEN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.utils.functional import _StrPromise

TOP_PRIZE_FEN = 5_000_000  # ¥ 50,000
NUMBER_AT_MOST, ENTRIES_AT_MOST, ENTRY_AT_MOST = 100_000, 20_000, 12
SEED_BYTES = 32
_ENTRY = re.compile(r"[0-9A-Za-z-]{1,12}")
_PERSONAL = re.compile(r"1[3-9]\d{9}")  # a mobile number
_BETWEEN = re.compile(r"[\s,，;；、]+")


class RewardKind(TextChoices):
    DRAW = "draw", _("抽奖")
    GIFT = "gift", _("赠品（买就送、前几名送）")


@dataclass(frozen=True, slots=True)
class Limit:
    """What the law asks, in our words, and where it stands. `kinds`: of which rewards it is asked."""

    text: _StrPromise
    source: _StrPromise
    kinds: frozenset[RewardKind]


DRAWS, ALL = frozenset({RewardKind.DRAW}), frozenset(RewardKind)
LIMITS = (
    Limit(
        _("抽奖的最高奖不超过 50,000 元，物品按市场价折算。"),
        _("反不正当竞争法（2025 年修订，2025 年 10 月 15 日起施行）第十一条；2019 年文本是第十条"),
        DRAWS,
    ),
    Limit(
        _("奖的种类、兑奖条件、奖金或奖品要写明白；开始以后不能改。不能让内定的人中奖。"),
        _("反不正当竞争法（2025 年修订）第十一条"),
        ALL,
    ),
    Limit(
        _("开始以前公布：怎样参加、什么时候怎样开奖、奖品的品名、价格和数量、怎样兑奖和交付、谁主办和怎样联系。"),
        _("规范促销行为暂行规定（市场监管总局令第 32 号）第十三条"),
        ALL,
    ),
    Limit(
        _("赠品要写明品种、规格、数量、期限和方式。"),
        _("广告法第八条；明码标价和禁止价格欺诈规定（市场监管总局令第 56 号）"),
        frozenset({RewardKind.GIFT}),
    ),
    Limit(_("规则和结果的档案至少留两年。"), _("规范促销行为暂行规定第十九条"), ALL),
)


def limits_of(kind: str) -> list[Limit]:
    return [limit for limit in LIMITS if kind in limit.kinds]


def check_prize(kind: str, *, number: int, worth_fen: int) -> None:
    """Raises NotAllowed(`prize_too_high`, `prize_out_of_range`, `prizes_out_of_range`)."""
    if not 0 < number <= NUMBER_AT_MOST:
        raise NotAllowed("prizes_out_of_range", most=f"{NUMBER_AT_MOST:,}")
    if kind == RewardKind.DRAW and worth_fen > TOP_PRIZE_FEN:
        raise NotAllowed("prize_too_high")
    if not 0 < worth_fen <= MAX_FEN:
        raise NotAllowed("prize_out_of_range")


def commitment_of(seed: str) -> str:
    """What is published of the seed before the draw: 64 hexadecimal digits."""
    return sha256(seed.encode()).hexdigest()


def entries_of(text: str) -> list[str]:
    """The entry numbers that were typed, each once, sorted. Raises NotAllowed(`entries_missing`, `entry_not_understood`,
    `entry_is_personal`, `too_many_entries`)."""
    typed = [number for number in _BETWEEN.split(text.strip()) if number]
    if not typed:
        raise NotAllowed("entries_missing")
    for number in typed:
        if _PERSONAL.fullmatch(number):
            raise NotAllowed("entry_is_personal")
        if not _ENTRY.fullmatch(number):
            raise NotAllowed("entry_not_understood", number=number[:20])
    entries = sorted(set(typed))
    if len(entries) > ENTRIES_AT_MOST:
        raise NotAllowed("too_many_entries", most=f"{ENTRIES_AT_MOST:,}")
    return entries


def rank_of(seed: str, number: str) -> str:
    """Where a number stands in the draw: the smaller, the better."""
    return sha256(f"{seed}:{number}".encode()).hexdigest()


def winners(seed: str, entries: Iterable[str], number: int) -> list[str]:
    """The first `number` of the entries by rank; all of them, where there are fewer."""
    return sorted(set(entries), key=lambda entry: rank_of(seed, entry))[:number]


def entries_digest(entries: Iterable[str]) -> str:
    """SHA-256 of the sorted entry numbers, each followed by a newline: what `sha256sum` says of the file that we hand out."""
    return sha256("".join(f"{entry}\n" for entry in sorted(entries)).encode()).hexdigest()


def check_may_draw(kind: str, *, published_at: datetime | None, draws_at: datetime | None, at: datetime) -> None:
    """Raises NotAllowed(`nothing_to_draw`, `draw_before_publishing`, `draw_too_early`)."""
    if kind != RewardKind.DRAW:
        raise NotAllowed("nothing_to_draw")
    if published_at is None:
        raise NotAllowed("draw_before_publishing")
    if draws_at is not None and at < draws_at:
        raise NotAllowed("draw_too_early")

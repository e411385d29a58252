"""What a practice came to, and the three hints for the next one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from collections.abc import Iterable

HINTS = 3
SILENCE_S = 120  # so long without a pitch, and viewers go
PITCH_S = 480  # domain 2.8: long single pitches raise that item and lower the session
SHORT_S = 600


@dataclass(frozen=True, slots=True)
class Done:
    """What the host did, from the log of the room. Seconds are whole."""

    seconds: int
    goods: int
    presented: int
    longest_silence_s: int
    longest_pitch_s: int
    longest_pitch: str = ""
    prompts_unseen: int = 0
    not_listed: int = 0  # items that had not all their papers

    @property
    def minutes(self) -> int:
        return self.seconds // 60


def practice_title(title: str) -> str:
    """`练习 · 潞党参专场`: wherever the title of a practice stands, it says so."""
    word = _("练习")
    return title if title.startswith(word) else f"{word} · {title}"


def longest_silence(stretches: Iterable[tuple[int, int]], seconds: int) -> int:
    """The longest time in which nothing was presented; `stretches` are (from, until) in seconds, in order."""
    longest = reached = 0
    for begins, ends in stretches:
        longest, reached = max(longest, begins - reached), max(reached, ends)
    return max(longest, seconds - reached)


def hints_for(done: Done) -> list[str]:
    """Three, what matters most first."""
    return [*_from_what_was_done(done), *_always()][:HINTS]


def _from_what_was_done(done: Done) -> list[str]:
    if not done.presented:
        return [_("先按“开讲”，再开口讲：订单记在讲的那一件上，复盘才看得出哪件讲得好。")]
    found = []
    if done.longest_silence_s >= SILENCE_S:
        found.append(_("有 {n} 分钟没有在讲商品，观众会走。讲完一件，马上按“下一个”。").format(n=done.longest_silence_s // 60))
    if done.presented < done.goods:
        n = done.goods - done.presented
        words = ngettext("还有 {n} 件没讲到。先定好每件讲几分钟。", "还有 {n} 件没讲到。先定好每件讲几分钟。", n)
        found.append(words.format(n=n))
    if done.longest_pitch_s >= PITCH_S:
        words = _("“{title}”一口气讲了 {n} 分钟，太长了。每件讲 3 到 5 分钟，后面再返场。")
        found.append(words.format(title=done.longest_pitch, n=done.longest_pitch_s // 60))
    if done.prompts_unseen:
        found.append(_("有中控的提示没看到。手机放在眼前，看完按“看到了”。"))
    if done.not_listed:
        found.append(_("有的商品证件不齐，上不了架。正式开播前请县里补好。"))
    if done.seconds < SHORT_S:
        found.append(_("这次练得短。开播头 5 分钟人少，下次练到 15 分钟以上。"))
    return found


def _always() -> list[str]:
    return [
        _("每讲一件，先说是谁卖的、谁发货，再说价格、几斤、怎么退。"),
        _("价格报两遍：一件多少钱，合一斤多少钱。"),
        _("下播前说三件事：几天内发货、坏了怎么赔、下一场什么时候。"),
    ]

"""What viewers say, kept without who said it: telephone numbers, accounts, addresses and names of people in it are made
unreadable. Pure.

网络直播营销管理办法 第二十一条: comments are looked after while a session is on air, and unfavourable ones are not hidden to
mislead. What is hidden has a reason; a question or a complaint is answered, never hidden."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from livestream.rules.audience import CommentKind
from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line

WORDS_AT_MOST, ANSWER_AT_MOST, REASON_AT_MOST, TITLE_AT_MOST = 200, 300, 200, 40
TYPED_AT_MOST = 2000  # what is pasted may be long: it is looked through before it is cut short
NEVER_HIDDEN = frozenset({CommentKind.COMPLAINT, CommentKind.QUESTION})

NUMBER, ACCOUNT, ADDRESS, NICKNAME = "〔号码〕", "〔账号〕", "〔地址〕", "〔网名〕"
REPLACED = {NUMBER: _("号码"), ACCOUNT: _("账号"), ADDRESS: _("地址"), NICKNAME: _("网名")}

# Prices and weights have fewer digits; seven and more are a telephone, an order, an identity card. People part them by blanks.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?\d(?:[ \-.·()]{0,2}\d){6,}[Xx]?")
_HAN_NUMBER = re.compile(r"[零〇一二三四五六七八九幺两]{7,}")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+", re.ASCII)
_ACCOUNT = re.compile(r"(?i)(微信号?|薇信|[wv]x|qq|抖音号|快手号)(\s{0,2}[号是:：为]{0,2}\s{0,2})([a-z0-9_\-]{4,40})")
_NICKNAME = re.compile(r"@[^\s@，,。！!？?；;：:、〔〕]{1,20}")
_ROAD = r"[一-鿿]{1,20}(?:路|街道|街|大道|巷|胡同|弄|小区|花园|公寓|大厦|村|镇|乡)"
_DOOR = r"\s?\d{1,5}\s?(?:号楼|号院|号|栋|幢|单元|室|组|弄|座|层)"
_ADDRESS = re.compile(rf"{_ROAD}{_DOOR}(?:{_DOOR}){{0,5}}(?:\s?\d{{1,5}})?")
# Full-width digits and letters are read as plain ones; the punctuation of a Chinese sentence stays.
_WIDE = {wide: wide - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ", "＠＠") for wide in range(ord(first), ord(last) + 1)}


class Kept(NamedTuple):
    """What is kept of what was typed, and what was taken out of it, in words."""

    words: str
    taken_out: tuple[str, ...]


def without_people(typed: str) -> Kept:
    """One line of at most `WORDS_AT_MOST` characters in which nobody can be found. Raises NotAllowed(`comment_empty`,
    `comment_too_long`)."""
    words = one_line(typed[:TYPED_AT_MOST].translate(_WIDE))
    words = _MAIL.sub(ACCOUNT, words)
    words = _ACCOUNT.sub(lambda found: f"{found[1]}{ACCOUNT}", words)
    words = _NUMBER.sub(NUMBER, words)
    words = _HAN_NUMBER.sub(NUMBER, words)
    words = _ADDRESS.sub(ADDRESS, words)
    words = _NICKNAME.sub(NICKNAME, words)
    if not words:
        raise NotAllowed("comment_empty")
    if len(words) > WORDS_AT_MOST:
        raise NotAllowed("comment_too_long", limit=WORDS_AT_MOST)
    return Kept(words, tuple(str(name) for sign, name in REPLACED.items() if sign in words))


def check_hiding(kind: CommentKind, reason: str) -> None:
    """Raises NotAllowed(`never_hidden`, `hiding_reason_missing`, `reason_too_long`)."""
    if kind in NEVER_HIDDEN:
        raise NotAllowed("never_hidden", kind=kind.label)
    if not reason:
        raise NotAllowed("hiding_reason_missing")
    if len(reason) > REASON_AT_MOST:
        raise NotAllowed("reason_too_long", limit=REASON_AT_MOST)

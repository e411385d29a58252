"""What a poster may say beside whom (广告法 第九条第二项), and when it must say that it is an advertisement. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from livestream.rules.errors import NotAllowed
from livestream.rules.script import PosterKind
from livestream.rules.wording_plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

WHY_AT_MOST = 100
YEARS_KEPT = 3  # 互联网广告管理办法: the archive of advertisements
_PRICE = re.compile(
    r"[0-9][0-9.]{0,11}(?:元|块|折|角|%)|[¥￥$]\s*[0-9]|[一二两三四五六七八九十百千]{1,8}(?:元|块[一-九0-9钱]?|折)|(?:立减|直降|满减|包邮|秒杀|特价|半价|到手价|直播价|原价)"
)
_LEADER = re.compile(r"(?:副?(?:县|市|区|省|州|镇|乡)长|(?<![村社部])书记|常委|部长|局长|主任委员|人大|政协)")


def names_price(words: str) -> bool:
    """Whether a sum of money or a discount is named."""
    return _PRICE.search(plain(words).text) is not None or re.search(r"[¥￥$]\s*[0-9０-９]", words) is not None


def names_leader(words: str, leaders: Iterable[str]) -> bool:
    """Whether a guest in office, or an office, is named."""
    read = plain(words).text
    return _LEADER.search(read) is not None or any(name and plain(name).text in read for name in leaders)


def check_beside_leaders(
    kind: str, words: str, *, has_goods: bool, shows_price: bool, leaders: Iterable[str], goods: Iterable[str]
) -> None:
    """The name of somebody in office stands beside no price and no goods; a poster of leaders has neither at all. Raises
    NotAllowed(`poster_leader_price`, `poster_leader_goods`)."""
    if kind != PosterKind.LEADER and not names_leader(words, leaders):
        return
    if shows_price or names_price(words):
        raise NotAllowed("poster_leader_price")
    read = plain(words).text
    if has_goods or any(title and plain(title).text in read for title in goods):
        raise NotAllowed("poster_leader_goods")


def is_advertisement(kind: str, *, is_public_interest: bool) -> bool:
    """Goods with a link to buy them are an advertisement, whoever sells (互联网广告管理办法 第九条); the notice of a session with
    civil servants on air and nobody paid is none."""
    return kind == PosterKind.ITEM or (kind == PosterKind.SESSION and not is_public_interest)


def kept_until(made_on: date) -> date:
    """The day until which it must be kept at least."""
    try:
        return made_on.replace(year=made_on.year + YEARS_KEPT)
    except ValueError:  # of a 29 February
        return made_on.replace(year=made_on.year + YEARS_KEPT, month=3, day=1)
